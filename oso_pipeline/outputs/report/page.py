"""The report as one page that needs nothing else: style and charts within, no script, no other host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from oso_pipeline.outputs.parts import dutch_change, dutch_day, dutch_number, dutch_share, short_day
from oso_pipeline.outputs.report import charts, words
from oso_pipeline.outputs.report.model import Chart, Kind, Part, Shown
from oso_pipeline.outputs.report.sections import build_report

REPORT = "report/index.html"
"""Its place in a release."""

REPORTED = (
    "branch_status", "school_status", "qualification_steps", "delivery_point_flags", "reconciliation", "work_items",
    "change_log", "adoption", "quarantine", "signals", "sources",
)  # fmt: skip
"""The marts that it is made of."""

_HERE = Path(__file__).parent


def write_report(
    path: Path,
    tables: Mapping[str, pl.DataFrame],
    *,
    as_of: date,
    release_id: str,
    demo: bool,
    workbook: str | None = None,
) -> None:
    """Write the page; its folder is made. `draw_report` says what it takes."""
    page = draw_report(tables, as_of=as_of, release_id=release_id, demo=demo, workbook=workbook)
    write_page(path, page)


def draw_report(
    tables: Mapping[str, pl.DataFrame],
    *,
    as_of: date,
    release_id: str,
    demo: bool,
    workbook: str | None = None,
) -> str:
    """The page, as HTML.

    Args:
        tables: the marts of REPORTED. `adoption` holds this release and the earlier ones.
        as_of: the day of the release.
        release_id: the release.
        demo: whether the data is made up; the page says so at its top and on every printed page.
        workbook: the address of the same tables as a workbook, relative to the page; None: there is none.
    """
    report = build_report(tables, as_of=as_of, release_id=release_id, demo=demo)
    return str(_template().render(report=report, glossary=words.GLOSSARY, workbook=workbook))


def write_page(path: Path, page: str) -> None:
    """Write a page that was drawn; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8", newline="\n")


@cache
def _template() -> Any:  # noqa: ANN401 - jinja2 is imported here only
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": dutch_day,
        "short_day": short_day,
        "number": dutch_number,
        "share": dutch_share,
        "change": dutch_change,
    }
    style = Markup((_HERE / "page.css").read_text(encoding="utf-8"))  # noqa: S704 - a file of ours
    within = {"cells": cells, "draw": _drawn, "style": style}
    return environment.get_template("page.html.j2", globals=within)


def _drawn(chart: Chart) -> Any:  # noqa: ANN401 - markupsafe is imported here only
    from markupsafe import Markup

    return Markup(charts.draw(chart.make(), chart.label))  # noqa: S704 - drawn and escaped by charts.py


def cells(part: Part) -> Iterator[list[str]]:
    """The rows that the page shows, every value as people read it."""
    shown = part.rows.select(column.name for column in part.columns)
    for row in shown.head(part.limit if part.limit is not None else shown.height).iter_rows():
        yield [written(column, value) for column, value in zip(part.columns, row, strict=True)]


def written(column: Shown, value: Any) -> str:  # noqa: ANN401 - a value of any column
    """A value the Dutch way."""
    if value is None:
        return column.empty or "\N{EN DASH}"
    if column.kind in {Kind.TEXT, Kind.CODE}:
        return column.words.get(value, value)
    write: dict[Kind, Any] = {
        Kind.COUNT: dutch_number,
        Kind.SHARE: dutch_share,
        Kind.CHANGE: dutch_change,
        Kind.DAY: short_day,
    }
    return str(write[column.kind](value))
