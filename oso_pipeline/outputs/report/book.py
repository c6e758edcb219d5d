"""The report's tables as a workbook: a sheet per table, one header row, all rows, codes as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from oso_pipeline.outputs.cells import (
    Sheet,
    header_cell,
    letter,
    new_book,
    plain_text,
    save,
    set_widths,
    text_cell,
)
from oso_pipeline.outputs.parts import dutch_day
from oso_pipeline.outputs.report import words
from oso_pipeline.outputs.report.model import Kind, Part, Report, Shown
from oso_pipeline.outputs.report.sections import build_report

if TYPE_CHECKING:
    from openpyxl import Workbook

SHEET_NOTES = "Toelichting"
_FORMATS = {
    Kind.COUNT: "#,##0",
    Kind.SHARE: "0.0%",
    Kind.CHANGE: "+#,##0;-#,##0;0",
    Kind.DAY: "dd-mm-yyyy",
}
_WIDEST = 60
_NARROWEST = 13
_LINE = 15
"""The height of a line, in points."""


def write_report_workbook(
    path: Path,
    tables: Mapping[str, pl.DataFrame],
    *,
    as_of: date,
    release_id: str,
    demo: bool,
) -> None:
    """Write the workbook; what it takes is what `write_report` takes."""
    report = build_report(tables, as_of=as_of, release_id=release_id, demo=demo)
    book = new_book("Managementrapport OSO", as_of, demo=demo)
    for section in report.sections:
        for part in section.parts:
            _write_part(book, part)
    _write_notes(book, report)
    path.parent.mkdir(parents=True, exist_ok=True)
    save(book, path, as_of)


def _write_part(book: Workbook, part: Part) -> None:
    sheet: Sheet = book.create_sheet(part.sheet)
    rows = part.rows.select(column.name for column in part.columns)
    widths = [_width(column, rows[column.name]) for column in part.columns]
    set_widths(sheet, widths)
    lines = max(ceil(1.3 * len(c.label) / width) for c, width in zip(part.columns, widths, strict=True))  # fmt: skip
    sheet.row_dimensions[1].height = _LINE * lines
    sheet.freeze_panes = "B2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.auto_filter.ref = f"A1:{letter(len(part.columns))}{rows.height + 1}"
    sheet.append([_header(sheet, column) for column in part.columns])
    writers = [_writer(sheet, column) for column in part.columns]
    for row in rows.iter_rows():
        sheet.append([write(value) for write, value in zip(writers, row, strict=True)])


def _header(sheet: Sheet, column: Shown) -> object:
    from openpyxl.styles import Alignment

    cell: Any = header_cell(sheet, column.label)
    side = "right" if column.kind.is_number else "left"
    cell.alignment = Alignment(horizontal=side, vertical="bottom", wrap_text=True)
    return cell


def _width(column: Shown, values: pl.Series) -> int:
    longest = max(map(len, column.label.split()), default=0) + 2
    if column.kind in {Kind.TEXT, Kind.CODE}:
        texts = [column.words.get(value, value) for value in values.drop_nulls()]
        longest = max([longest, len(column.empty), *map(len, texts)])
    return min(max(longest + 2, _NARROWEST), _WIDEST)


def _writer(sheet: Sheet, column: Shown) -> Callable[[Any], object]:
    """What makes a cell of a value of this column; what is not there is an empty cell, or what it is called."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    def text(value: Any) -> object:  # noqa: ANN401 - a text or nothing
        said = column.words.get(value, value) if value is not None else column.empty
        if not said:
            return None
        return text_cell(sheet, said) if column.kind is Kind.CODE else plain_text(sheet, said)

    def number(value: Any) -> object:  # noqa: ANN401 - a number, a day or nothing
        if value is None:
            return None
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = _FORMATS[column.kind]
        if column.kind is Kind.DAY:
            cell.alignment = Alignment(horizontal="left")
        return cell

    return text if column.kind in {Kind.TEXT, Kind.CODE} else number


def _write_notes(book: Workbook, report: Report) -> None:
    sheet: Sheet = book.create_sheet(SHEET_NOTES)
    set_widths(sheet, [44, 130])
    sheet.freeze_panes = "A2"
    sheet.append([header_cell(sheet, "Onderwerp"), header_cell(sheet, "Toelichting")])
    for label, said in _notes(report):
        sheet.append([text_cell(sheet, label), text_cell(sheet, said)])


def _notes(report: Report) -> Iterator[tuple[str, str]]:
    if report.demo:
        yield "DEMO", "Dit zijn verzonnen gegevens van een verzonnen land."
    yield "Stand van", dutch_day(report.as_of)
    yield "Release", report.release_id
    for section in report.sections:
        yield section.title, section.answer
        for part in section.parts:
            yield f"Blad {part.sheet}", part.caption
    yield from words.GLOSSARY
