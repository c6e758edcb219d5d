"""What a report is made of, before it is a page or a workbook: sections with an answer, tables, and charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

import polars as pl

from oso_pipeline.outputs.parts import dutch_number
from oso_pipeline.outputs.report.charts import Drawing


class Kind(Enum):
    """What a value is, so that it is written the Dutch way: a share is from 0 to 1, a change may be negative."""

    TEXT = "text"
    CODE = "code"
    COUNT = "count"
    SHARE = "share"
    CHANGE = "change"
    DAY = "day"

    @property
    def is_number(self) -> bool:
        """Whether it stands to the right in its column."""
        return self not in {Kind.TEXT, Kind.CODE, Kind.DAY}


@dataclass(frozen=True)
class Shown:
    """A column of a frame as people see it.

    Attributes:
        name: the frame's column.
        label: the header.
        kind: what its values are.
        words: value -> what people read; a value that is not here shows as it is.
        empty: what stands where there is no value.
    """

    name: str
    label: str
    kind: Kind = Kind.COUNT
    words: Mapping[str, str] = field(default_factory=dict)
    empty: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart: what stands above it, what it says to people who cannot see it, and what makes it."""

    title: str
    label: str
    make: Callable[[], Drawing]


@dataclass(frozen=True)
class Part:
    """A table, with a chart above it where that helps.

    Attributes:
        sheet: its name in the workbook, of at most 31 characters.
        caption: its name on the page.
        rows: the frame.
        columns: of the frame, in order; the first names the row.
        limit: how many rows the page shows; the workbook has them all. None: all.
        when_empty: what the page says when there are no rows.
        chart: the chart above it.
    """

    sheet: str
    caption: str
    rows: pl.DataFrame
    columns: tuple[Shown, ...]
    limit: int | None = None
    when_empty: str = "Geen."
    chart: Chart | None = None


@dataclass(frozen=True)
class Section:
    """A question of managers: its name, the answer in a sentence or two, and the tables that it rests on."""

    name: str
    title: str
    answer: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Change:
    """How much a headline figure changed since an earlier release; None where there is none."""

    since: str
    number: int | None
    on: date | None


@dataclass(frozen=True)
class Card:
    """A headline figure."""

    label: str
    number: int
    share: float
    total: int
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Report:
    """All of it."""

    as_of: date
    release_id: str
    demo: bool
    cards: tuple[Card, ...]
    sections: tuple[Section, ...]


def top(rows: pl.DataFrame, most: int) -> str:
    """What a caption ends with where the page shows no more than the first rows."""
    if rows.height <= most:
        return ""
    return f": de eerste {most} van {dutch_number(rows.height)}"
