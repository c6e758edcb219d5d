"""Six sheets of one `.xlsx`: every cell as a person reads it, and what a spreadsheet made of a code stays visible."""

from __future__ import annotations

import zipfile
import zlib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl

from oso_pipeline.codes import without_blanks
from oso_pipeline.errors import SourceUnreadable
from oso_pipeline.intake.delimited import SOURCE_ROW, header_names
from oso_pipeline.intake.sources.source import OnboardingSource, WrittenTable


def open_workbook(path: Path) -> OnboardingSource:
    """The workbook as a source.

    Raises:
        SourceUnreadable: it is no workbook, or not a whole one.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    def refuse(error: Exception) -> SourceUnreadable:
        return SourceUnreadable(
            f"onboarding ({path.name}): expected an .xlsx workbook without a password, found: {error}."
            " Was it written to the end? Save it and deliver it again."
        )

    try:
        book = CalamineWorkbook.from_path(path)
        has_errors = _has_error_cells(path)
    except (CalamineError, OSError, zipfile.BadZipFile, zlib.error) as error:
        raise refuse(error) from None

    def open_sheet(table: str) -> WrittenTable:
        try:
            cells = book.get_sheet_by_name(table).to_python(skip_empty_area=False)
        except CalamineError as error:
            raise refuse(error) from None
        if has_errors:
            _put_error_cells(cells, path, table)
        rows, again = _sheet_as_text(cells, f"onboarding ({path.name}, sheet {table})")
        header = [name for name in rows.columns if name != SOURCE_ROW]
        return WrittenTable(header, again, lambda columns: (rows.select(*columns, SOURCE_ROW), []))

    sheets = {name: lambda name=name: open_sheet(name) for name in book.sheet_names}
    return OnboardingSource(path.name, f"dir:{path.name}", sheets)


def _has_error_cells(path: Path) -> bool:
    """Whether a cell holds an error as #N/A: the reader gives those as empty, and an empty end date means active."""
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b't="e"' in archive.read(name) for name in sheets)


def _put_error_cells(cells: list[list[Any]], path: Path, table: str) -> None:
    """Write the errors where they stand, by the slow reader that knows them."""
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    for row, values in zip(cells, book[table].iter_rows(values_only=True), strict=False):
        for place, value in enumerate(values[: len(row)]):
            if isinstance(value, str) and value.startswith("#"):
                row[place] = value
    book.close()


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
    return rows, again


def _cell_as_text(cell: object) -> str:
    """A cell as a person reads it: whole numbers without a point, days as ISO 8601."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)
