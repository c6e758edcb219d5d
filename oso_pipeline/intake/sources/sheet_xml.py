"""What the reader of workbooks does not tell of a sheet, from its XML: cells that would pass for empty ones, and cells far away.

The reader gives an error as #N/A, and a formula that was never computed, as an empty cell; an empty end date means active.
A space in the last cell of a sheet makes it ask for room for all cells before it, which ends the process.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

NOT_COMPUTED = "#FORMULA"
"""How a formula is shown that no program computed: no code, no day and no word of a list."""

MOST_CELLS = 20_000_000
"""From the first cell of a sheet to its last: a table of a million rows has half as many."""

LARGEST_PART = 1024**3
"""Bytes of one part of a workbook, unpacked."""

_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*\br=[\"']([0-9]+)[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)(?<!/)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_PLACE = re.compile(rb"\br=[\"']([A-Z]+[0-9]+)[\"']")
_IS_ERROR = re.compile(rb"\bt=[\"']e[\"']")
_IS_TEXT = re.compile(rb"\bt=[\"']str[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v[^>/]*>([^<]+)</")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_FAR = re.compile(rb"<(?:\w+:)?c\s[^>]*\br=[\"']([A-Z]{2,3})[0-9]+[\"'][^>]*(?<!/)>")
"""A cell with something in it beyond column Z."""


def refuse_what_unpacks_too_large(archive: zipfile.ZipFile) -> None:
    """A workbook may not unpack to more than any table needs.

    Raises:
        ValueError: a part of it would.
    """
    for part in archive.infolist():
        if part.file_size > LARGEST_PART:
            raise ValueError(
                f"{part.filename} unpacks to {part.file_size:,} bytes, more than the {LARGEST_PART:,} allowed"
            )


def parts_of_sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """The name of a sheet -> the part of the workbook that holds its cells."""
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - expat refuses entities that grow
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - the same
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    parts = {}
    for sheet in book.iterfind("{*}sheets/{*}sheet"):
        link = next((value for key, value in sheet.items() if key.endswith("}id")), None)
        parts[sheet.get("name", "")] = str(PurePosixPath("/xl", targets.get(link, ""))).lstrip("/")
    return parts


def refuse_what_is_too_far(cells: bytes) -> None:
    """A sheet may not reach further than a table does.

    Raises:
        ValueError: a cell with something in it stands too far away.
    """
    from openpyxl.utils.cell import column_index_from_string, get_column_letter

    far = {column_index_from_string(column.decode()) for column in set(_FAR.findall(cells))}
    rows = max(map(int, _ROW.findall(cells)), default=0) if far else 0
    if rows * max(far, default=0) > MOST_CELLS:
        raise ValueError(
            f"something in column {get_column_letter(max(far))} of a sheet that goes to row {rows:,}: clear the columns and rows beyond the table"
        )


def unseen_cells(cells: bytes) -> Iterator[tuple[int, int, str]]:
    """Row, column (from 0) and text of cells that hold an error, or a formula that no program computed.

    Raises:
        ValueError: such a cell does not say where it stands.
    """
    from openpyxl.utils.cell import coordinate_to_tuple

    if not (_IS_ERROR.search(cells) or _FORMULA.search(cells)):
        return
    for attributes, content in _CELL.findall(cells):
        is_error, value = _IS_ERROR.search(attributes), _VALUE.search(content)
        is_computed = value or _IS_TEXT.search(attributes) or not _FORMULA.search(content)
        if is_computed and not is_error:
            continue
        place = _PLACE.search(attributes)
        if place is None:
            raise ValueError("a cell with an error that does not say where it stands")
        row, column = coordinate_to_tuple(place[1].decode())
        text = value[1].decode() if value and is_error else NOT_COMPUTED
        yield int(row) - 1, int(column) - 1, str(text)
