"""The workbook of decisions as a person filled it in: the decisions in it, and every cell that is not what it should be.

Subject and value are codes: a number or a time there is what a spreadsheet made of a code, and is refused by name.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oso_pipeline.errors import UsageError
from oso_pipeline.overrides.layout import (
    ANSWERS,
    COLUMNS,
    DATES,
    GUIDE,
    HEADERS,
    PROPOSED,
    REMOVE,
    SHEETS,
    STAMP,
    STANDING,
    written,
)

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Decision = dict[str, str | None]
"""The columns of a decision as text, days as ISO 8601; an empty one is None."""
_ERROR = "e"
_FORMULA = "f"


@dataclass(frozen=True)
class Wrong:
    """A cell that is not what it should be, where a person finds it."""

    sheet: str
    row: int
    column: str
    found: str | None
    expected: str

    def __str__(self) -> str:
        """One line, with the column as its header names it."""
        is_what = f"is {self.found!r}" if self.found is not None else "is empty"
        header = HEADERS.get(self.column, self.column)
        return f"{self.sheet}, row {self.row}: {header} {is_what}; expected {self.expected}."


@dataclass
class Filled:
    """What a workbook says.

    Attributes:
        decisions: in the order of the sheets.
        places: sheet and row of each.
        wrong: the cells that are not what they should be.
        stamp: which decisions the workbook was made from.
    """

    decisions: list[Decision] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    stamp: str = ""


def read_workbook(path: Path) -> Filled:
    """Read a workbook that `oso overrides export` made.

    Raises:
        UsageError: it is not such a workbook.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    if not path.is_file():
        raise UsageError(f"There is no file {path}. `oso overrides export` makes one.")
    try:
        book = load_workbook(path)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError):
        raise UsageError(
            f"{path.name}: expected an .xlsx workbook that `oso overrides export` made, without a password."
            " Save it as .xlsx, and import it again."
        ) from None
    names = [STANDING, *(sheet.name for sheet in SHEETS)]
    missing = [name for name in [GUIDE, *names] if name not in book.sheetnames]
    if missing:
        raise UsageError(
            f"{path.name}: sheet {', '.join(missing)} is missing. Found: {', '.join(book.sheetnames)}."
            " Leave the sheets as they were exported; export again and copy what was filled in."
        )
    filled = Filled(stamp=_stamp(book[GUIDE]))
    for name in names:
        _read_sheet(book[name], name, path.name, filled)
    return filled


def _stamp(guide: Worksheet) -> str:
    lines = {str(row[0]): row[1] for row in guide.iter_rows(max_col=2, values_only=True)}
    return str(lines.get(STAMP) or "")


def _read_sheet(sheet: Worksheet, name: str, file: str, filled: Filled) -> None:
    header, *rows = sheet.iter_rows()
    places = {str(cell.value).strip(): place for place, cell in enumerate(header)}
    more = [REMOVE] if name == STANDING else [PROPOSED]
    missing = [label for label in [*HEADERS.values(), *more] if label not in places]
    if missing:
        raise UsageError(
            f"{file}, sheet {name}: column {', '.join(missing)} is missing from row 1."
            f" Found: {', '.join(places)}. Leave row 1 as it was exported."
        )
    for number, cells in enumerate(rows, start=2):
        row = _Row(
            name, number, {column: cells[places[label]] for column, label in HEADERS.items()}
        )
        decision = row.decision()
        beside = row.text(cells[places[more[0]]])
        if name == STANDING:
            takes = any(decision.values()) and not row.is_removed(beside)
        else:
            proposed = written("value", beside or "") or None
            answered = any(decision[column] for column in ANSWERS)
            takes = answered or decision["value"] != proposed
        if takes or (row.wrong and any(decision.values())):
            filled.decisions.append(decision)
            filled.places.append((name, number))
            filled.wrong += row.wrong


class _Row:
    """A row of a sheet: its decision as text, and what was wrong in reading it."""

    def __init__(self, sheet: str, number: int, cells: dict[str, Any]) -> None:
        self._sheet, self._number, self._cells = sheet, number, cells
        self.wrong: list[Wrong] = []

    def decision(self) -> Decision:
        return {column: self._read(column) for column in COLUMNS}

    def is_removed(self, beside: str | None) -> bool:
        if beside is not None and beside.casefold() not in {"ja", "nee"}:
            self._refuse(REMOVE, beside, "ja, or nothing")
        return beside is not None and beside.casefold() == "ja"

    def text(self, cell: Any) -> str | None:  # noqa: ANN401 - openpyxl does not type its cells
        return str(cell.value).strip() or None if cell.value is not None else None

    def _read(self, column: str) -> str | None:
        cell = self._cells[column]
        value = cell.value
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if cell.data_type in {_ERROR, _FORMULA}:
            return self._refuse(column, str(value), "a value, not a formula or an error")
        if column in DATES:
            return self._day(column, value)
        if isinstance(value, str):
            return written(column, value.strip())
        if column in {"subject", "decision", "value"}:
            kind = "a time" if isinstance(value, time | datetime) else "a number"
            return self._refuse(
                column,
                str(value),
                f"text; a spreadsheet made {kind} of it: make the cell text and write the code again",
            )
        return str(value)

    def _day(self, column: str, value: object) -> str | None:
        if isinstance(value, datetime) and value.time() == time():
            return value.date().isoformat()
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
        try:
            return date.fromisoformat(str(value).strip()).isoformat()
        except ValueError:
            return self._refuse(column, str(value), "a day, as a date cell or as 2026-08-31")

    def _refuse(self, column: str, found: str, expected: str) -> str:
        self.wrong.append(Wrong(self._sheet, self._number, column, found, expected))
        return found


def named(decisions: Sequence[Decision]) -> list[str]:
    """Each decision in a few words, as messages name it."""
    return [f"{one['decision']} {one['subject']} = {one['value']}" for one in decisions]
