"""Cells and sheets of a workbook: what every workbook of ours has in common.

A text that begins with `=`, `+`, `-` or `@` stays text. The same input gives the same bytes: openpyxl stamps the moment
of saving, so the zip is written again with fixed times.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpyxl import Workbook

Sheet = Any
"""A write-only sheet of openpyxl, which does not type what it can do."""

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_PACKED = 4
"""zlib's level: half the time of its default, for a file that is a tenth larger."""
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def new_book(title: str, as_of: date, *, demo: bool) -> Workbook:
    """An empty workbook in Dutch, made on the day of the release."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = title + (" (DEMO)" if demo else "")
    book.properties.creator = "oso-pipeline"
    book.properties.language = "nl-NL"
    book.properties.created = datetime.combine(as_of, time())
    return book


def save(book: Workbook, path: Path, as_of: date) -> None:
    """Write the workbook."""
    from openpyxl.writer.excel import ExcelWriter

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as parts:  # packed below, once
        ExcelWriter(book, parts).write_data()
    path.write_bytes(_with_fixed_times(buffer.getvalue(), as_of))


def set_widths(sheet: Sheet, widths: list[int]) -> None:
    """The widths of the columns, in characters."""
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[letter(index)].width = width


def letter(index: int) -> str:
    """The letter of a column, from 1."""
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(index))


def header_cell(sheet: Sheet, text: str) -> object:
    """A bold text."""
    from openpyxl.styles import Font

    cell = text_cell(sheet, text)
    cell.font = Font(name="Calibri", bold=True)
    return cell


def plain_text(sheet: Sheet, text: str | None) -> object:
    """The text itself, but for one that openpyxl would make a formula of, or refuse."""
    if text and (text.startswith("=") or _ILLEGAL.search(text)):
        return text_cell(sheet, text)
    return text


def text_cell(sheet: Sheet, text: str) -> Any:  # noqa: ANN401 - openpyxl does not type its cells
    """A cell that is text whatever it begins with, and stays text when someone edits it."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, _ILLEGAL.sub("", text))
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _with_fixed_times(book: bytes, as_of: date) -> bytes:
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
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            part = zipfile.ZipInfo(name, _FIXED_TIME)
            target.writestr(part, content, zipfile.ZIP_DEFLATED, compresslevel=_PACKED)
    return rewritten.getvalue()
