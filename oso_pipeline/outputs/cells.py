"""Sheets to an .xlsx file, by openpyxl.

Codes are text cells (a BRIN may look like a clock time), and a text that begins with `=`, `+`, `-`, `@` or `#` stays text.
The same input gives the same bytes: openpyxl stamps the moment of saving, so the zip is written again with fixed times.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oso_pipeline.contracts.model import Column, Type
from oso_pipeline.outputs.parts import dutch_day, yes_no
from oso_pipeline.outputs.sheets import Sheet

if TYPE_CHECKING:
    from openpyxl import Workbook

Page = Any
"""A write-only sheet of openpyxl, which does not type what it can do."""

_FORMATS = {
    Type.DATE: ("d", "dd-mm-yyyy"),
    Type.COUNT: ("n", "#,##0"),
    Type.NUMBER: ("n", "0.0%"),  # all numbers of the workbook are shares
}
"""The kinds of cells that are not text, and how they are shown."""

_GUESSED = ("=", "+", "-", "@", "#", "\t", "\r")
"""What a spreadsheet, or openpyxl itself, may take for a formula or an error."""

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DARK, _WHITE = "FF1F4E78", "FFFFFFFF"
_STRIPES = "TableStyleMedium2"
_A4 = 9
_MARGIN = 0.4
"""In inches."""

_LINE = 15.0
"""The height of a line, in points; not every program fits the height of a row to a text that breaks."""

_WIDE = 1.0
"""How much wider a text may be in another program than its letters in this one's widths."""

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_PACKED = 4
"""zlib's level: half the time of its default, for a file that is a tenth larger."""


class Book:
    """A workbook in Dutch: its sheets in order, each a table with a filter beneath a frozen header.

    Args:
        title: of the file, and at the head of every printed page.
        as_of: the day that is printed on it, and the time of all that is in the file.
    """

    def __init__(self, title: str, as_of: date) -> None:
        """Begin it; it has no sheet yet."""
        from openpyxl import Workbook

        self._title, self._as_of = title, as_of
        self._book = Workbook(write_only=True)
        self._book.properties.title = title
        self._book.properties.creator = "oso-pipeline"
        self._book.properties.language = "nl-NL"
        self._book.properties.created = datetime.combine(as_of, time())

    def add(self, sheets: Sequence[Sheet]) -> None:
        """Add sheets after those that are there."""
        for sheet in sheets:
            _write_sheet(self._book, sheet, self._title, self._as_of)

    def save(self, path: Path) -> None:
        """Write the file; nothing can be added after that."""
        from openpyxl.writer.excel import ExcelWriter

        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as parts:  # packed below, once
            ExcelWriter(self._book, parts).write_data()
        path.write_bytes(with_fixed_times(buffer.getvalue(), self._as_of))


def write_book(path: Path, title: str, sheets: Sequence[Sheet], as_of: date) -> None:
    """Write a workbook of these sheets."""
    book = Book(title, as_of)
    book.add(sheets)
    book.save(path)


def _write_sheet(book: Workbook, sheet: Sheet, title: str, as_of: date) -> None:
    """A sheet is closed whatever happens: a book that is never saved complains of one that is open."""
    with closing(book.create_sheet(sheet.name)) as page:
        for place, width in enumerate(sheet.widths, start=1):
            page.column_dimensions[_letter(place)].width = width
        page.freeze_panes = "A2"
        _set_print(page, f"{title}: {sheet.name}", as_of)
        for place, texts in enumerate(_texts(sheet), start=1):
            page.row_dimensions[place].height = _LINE * _lines(texts, sheet.widths)
        page.append([_header_cell(page, column) for column in sheet.columns])
        writers = [_column_writer(page, column, wrapped=sheet.wrapped) for column in sheet.columns]
        for row in sheet.rows.iter_rows():
            page.append([write(value) for write, value in zip(writers, row, strict=True)])
        _add_filter(page, sheet)


def _texts(sheet: Sheet) -> Iterator[Sequence[str]]:
    """The rows in which texts break: the header, and all rows of a sheet of long texts."""
    yield [column.dutch for column in sheet.columns]
    if sheet.wrapped:
        yield from map(list, sheet.rows.iter_rows())


def _lines(texts: Sequence[str], widths: Sequence[int]) -> int:
    """How many lines the longest of these texts needs in its width."""
    return max(ceil(len(text) * _WIDE / width) for text, width in zip(texts, widths, strict=True))


def _set_print(page: Page, title: str, as_of: date) -> None:
    """On paper: A4 across, all columns on a page, the header and what it is on each of them."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"
    page.print_options.gridLines = True
    page.page_margins.left = page.page_margins.right = _MARGIN
    page.oddHeader.left.text = title
    page.oddHeader.right.text = f"Peildatum {dutch_day(as_of)}"
    page.oddFooter.right.text = "Bladzijde &P van &N"


def _add_filter(page: Page, sheet: Sheet) -> None:
    from openpyxl.worksheet.table import Table, TableStyleInfo

    area = f"A1:{_letter(len(sheet.columns))}{sheet.rows.height + 1}"
    if sheet.rows.is_empty():  # a table needs a row; a filter does not
        page.auto_filter.ref = area
        return
    table = Table(displayName=sheet.name.title().replace(" ", ""), ref=area)
    table.tableStyleInfo = TableStyleInfo(name=_STRIPES, showRowStripes=True)
    table._initialise_columns()
    made: Any = table.tableColumns
    for table_column, column in zip(made, sheet.columns, strict=True):
        table_column.name = column.dutch
    page.tables.add(table)


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place))


def _header_cell(page: Page, column: Column) -> object:
    from openpyxl.styles import Alignment, Font, PatternFill

    cell = _text_cell(page, column.dutch)
    cell.font = Font(name="Calibri", bold=True, color=_WHITE)
    cell.fill = PatternFill("solid", fgColor=_DARK)
    side = "right" if column.type in {Type.COUNT, Type.NUMBER} else "left"
    cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
    return cell


def _column_writer(page: Page, column: Column, *, wrapped: bool) -> Callable[[Any], object]:
    """What makes a cell of a value of this column.

    A row is written out when it is appended, so one styled cell serves all rows of its column; a plain text needs no
    cell at all, in half the time. The value of a cell is set without openpyxl's guess of its type.
    """
    if column.type is Type.YES_NO:
        return yes_no
    if column.type is Type.TEXT and not wrapped:
        return lambda value: _plain_text(page, value)
    cell = _styled_cell(page, column, wrapped=wrapped)
    is_text = cell.data_type == "s"

    def write(value: Any) -> object:  # noqa: ANN401 - a text, a date or a number
        if value is None:
            return None
        cell._value = _ILLEGAL.sub("", value) if is_text else value
        return cell

    return write


def _styled_cell(page: Page, column: Column, *, wrapped: bool) -> Any:  # noqa: ANN401 - openpyxl does not type its cells
    from openpyxl.styles import Alignment

    cell = _text_cell(page, "")
    if column.type in _FORMATS:
        cell.data_type, cell.number_format = _FORMATS[column.type]
    if column.type is Type.DATE or wrapped:
        cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=wrapped)
    return cell


def _plain_text(page: Page, text: str | None) -> object:
    """The text itself, but for one that would be guessed to be something else, or be refused."""
    if text and (text.startswith(_GUESSED) or _ILLEGAL.search(text)):
        return _text_cell(page, text)
    return text


def _text_cell(page: Page, text: str) -> Any:  # noqa: ANN401 - openpyxl does not type its cells
    """A cell that is text whatever it begins with, and stays text when someone edits it."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, "")
    cell._value = _ILLEGAL.sub("", text)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def with_fixed_times(book: bytes, as_of: date) -> bytes:
    """The same workbook, its parts in order and stamped with fixed times."""
    stamp = f"{as_of.isoformat()}T00:00:00Z".encode()
    rewritten = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as source,
        zipfile.ZipFile(rewritten, "w", zipfile.ZIP_DEFLATED, compresslevel=_PACKED) as target,
    ):
        for name in sorted(
            source.namelist(), key=lambda part: (part != "[Content_Types].xml", part)
        ):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, content
                )
            part = zipfile.ZipInfo(name, _FIXED_TIME)
            target.writestr(part, content, zipfile.ZIP_DEFLATED, compresslevel=_PACKED)
    return rewritten.getvalue()
