"""Six sheets of one `.xlsx`: every cell as a person reads it, and what a spreadsheet made of a code stays visible."""

from __future__ import annotations

import zipfile
import zlib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import polars as pl

from oso_pipeline.codes import without_blanks
from oso_pipeline.errors import SourceUnreadable
from oso_pipeline.intake.delimited import SOURCE_ROW, header_names
from oso_pipeline.intake.sources.sheet_xml import (
    parts_of_sheets,
    refuse_what_is_too_far,
    refuse_what_unpacks_too_large,
    unseen_cells,
)
from oso_pipeline.intake.sources.source import OnboardingSource, WrittenTable

_NO_WORKBOOK = (
    OSError,
    KeyError,
    ValueError,
    RuntimeError,
    ParseError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What Python says of a zip or of XML that is not whole, is locked, or lacks a part; and what sheet_xml.py refuses."""

MERGED = "#MERGED"
"""How an empty cell is shown that was merged with another: no code, no day and no word of a list."""

_Merged = list[tuple[tuple[int, int], tuple[int, int]]]
"""The first and the last cell of each range of merged cells, as row and column from 0."""


def open_workbook(path: Path) -> OnboardingSource:
    """The workbook as a source.

    Raises:
        SourceUnreadable: it is no workbook, or not a whole one.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    def refuse(error: Exception, where: str = "") -> SourceUnreadable:
        return SourceUnreadable(
            f"onboarding ({path.name}{where}): expected an .xlsx workbook without a password, found: {error}."
            " Was it written to the end? Save it and deliver it again."
        )

    try:
        with zipfile.ZipFile(path) as archive:
            refuse_what_unpacks_too_large(archive)
            parts = parts_of_sheets(archive)
        book = CalamineWorkbook.from_path(path)
    except (*_NO_WORKBOOK, CalamineError) as error:
        raise refuse(error) from None

    def open_sheet(table: str) -> WrittenTable:
        try:
            with zipfile.ZipFile(path) as archive:
                written = archive.read(parts[table])
            refuse_what_is_too_far(written)
            sheet = book.get_sheet_by_name(table)
            cells = sheet.to_python(skip_empty_area=False)
            for row, column, text in unseen_cells(written):
                if row < len(cells) and column < len(cells[row]):
                    cells[row][column] = text
        except (*_NO_WORKBOOK, CalamineError) as error:
            raise refuse(error, f", sheet {table}") from None
        _show_merged(cells, sheet.merged_cell_ranges or [])
        rows, again = _sheet_as_text(cells, f"onboarding ({path.name}, sheet {table})")
        header = [name for name in rows.columns if name != SOURCE_ROW]
        return WrittenTable(header, again, lambda columns: (rows.select(*columns, SOURCE_ROW), []))

    sheets = {name: lambda name=name: open_sheet(name) for name in book.sheet_names}
    return OnboardingSource(path.name, f"dir:{path.name}", sheets)


def _show_merged(cells: list[list[Any]], ranges: _Merged) -> None:
    """Beneath the header, a cell that a person sees filled by the one that it was merged with is no empty cell.

    Whether each row was meant to have the value is not for us to guess, and an empty end date means active. A row that has
    nothing of its own is left blank: a remark below the table.
    """
    for (top, left), (bottom, right) in ranges:
        if top >= len(cells) or left >= len(cells[top]) or cells[top][left] == "":
            continue
        for row in cells[max(top, 1) : bottom + 1]:
            if any(cell != "" for cell in row):
                row[left : right + 1] = [
                    MERGED if cell == "" else cell for cell in row[left : right + 1]
                ]


def _sheet_as_text(cells: list[list[Any]], what: str) -> tuple[pl.DataFrame, list[str]]:
    """The rows, and the names that stand in the header more than once; a column without any text is none."""
    if not cells:
        raise SourceUnreadable(f"{what}: expected a header in row 1, found an empty sheet.")
    texts = [[_cell_as_text(cell) for cell in column] for column in zip(*cells, strict=True)]
    names, again = header_names([first for first, *_ in texts], what)
    columns = {
        name: pl.Series(column[1:], dtype=pl.String)
        for name, column in zip(names, texts, strict=True)
        if any(text.strip() for text in column)
    }
    rows = without_blanks(pl.DataFrame(columns)).with_row_index(SOURCE_ROW, offset=2)
    is_blank = pl.all_horizontal(pl.exclude(SOURCE_ROW).is_null())
    return rows.filter(~is_blank), again


def _cell_as_text(cell: object) -> str:
    """A cell as a person reads it: whole numbers without a point, days as ISO 8601."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)
