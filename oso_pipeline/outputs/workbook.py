"""`overzicht-scholen-met-oso.xlsx`: which branches are connected, and what the workbook is made of.

Codes are text cells (a BRIN may look like a clock time), and a text that begins with `=`, `+`, `-` or `@` stays text.
The same input gives the same bytes: openpyxl stamps the moment of saving, so the zip is written again with fixed times.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from oso_pipeline.contracts.model import Column, Type
from oso_pipeline.contracts.records import SOURCE_NAMES
from oso_pipeline.contracts.registry import REGISTRY_TABLES, tables_left_out
from oso_pipeline.contracts.statuses import CONNECTED_SCHOOLS, SECTOR_NAMES, STATUS_NAMES
from oso_pipeline.outputs.parts import dutch_day, dutch_moment, dutch_number, yes_no

if TYPE_CHECKING:
    from openpyxl import Workbook

Sheet = Any
"""A write-only sheet of openpyxl, which does not type what it can do."""

WORKBOOK = "overzicht-scholen-met-oso.xlsx"
SHEET_SCHOOLS = "Aangesloten scholen"
SHEET_NOTES = "Toelichting"

_WIDTHS = {
    "branch_name": 62, "address": 30, "city": 22, "municipality": 22, "province": 16,
    "sector": 22, "board_name": 48, "las": 16, "connected_on": 18,
}  # fmt: skip
_NARROW = 11
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_PACKED = 4
"""zlib's level: half the time of its default, for a file that is a tenth larger."""
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def write_workbook(
    path: Path,
    connected: pl.DataFrame,
    sources: pl.DataFrame,
    branches: pl.DataFrame,
    *,
    as_of: date,
    release_id: str,
    demo: bool,
) -> None:
    """Write the workbook.

    Args:
        path: the file to write.
        connected: the `connected_schools` table.
        sources: the `sources` table.
        branches: the `branch_status` table, for the counts.
        as_of: the day of the release.
        release_id: the release.
        demo: whether the data is made up; every sheet says so.
    """
    from openpyxl import Workbook
    from openpyxl.writer.excel import ExcelWriter

    book = Workbook(write_only=True)
    book.properties.title = "Overzicht scholen met OSO" + (" (DEMO)" if demo else "")
    book.properties.creator = "oso-pipeline"
    book.properties.language = "nl-NL"
    book.properties.created = datetime.combine(as_of, time())
    _write_schools(book, connected)
    _write_notes(book, _notes(sources, branches, as_of=as_of, release_id=release_id, demo=demo))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as parts:  # packed below, once
        ExcelWriter(book, parts).write_data()
    path.write_bytes(_with_fixed_times(buffer.getvalue(), as_of))


def _write_schools(book: Workbook, connected: pl.DataFrame) -> None:
    from openpyxl.worksheet.table import Table, TableStyleInfo

    sheet = book.create_sheet(SHEET_SCHOOLS)
    columns = CONNECTED_SCHOOLS.columns
    _set_widths(sheet, [_WIDTHS.get(column.name, _NARROW) for column in columns])
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.append([_header_cell(sheet, column.dutch) for column in columns])
    writers = [_column_writer(sheet, column) for column in columns]
    for row in connected.iter_rows():
        sheet.append([write(value) for write, value in zip(writers, row, strict=True)])
    area = f"A1:{_letter(len(columns))}{connected.height + 1}"
    if connected.is_empty():  # a table needs a row; a filter does not
        sheet.auto_filter.ref = area
        return
    table = Table(displayName="AangeslotenScholen", ref=area)
    table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium2", showRowStripes=True)
    table._initialise_columns()
    made: Any = table.tableColumns
    for table_column, column in zip(made, columns, strict=True):
        table_column.name = column.dutch
    sheet.tables.add(table)


def _write_notes(book: Workbook, notes: list[tuple[str, str]]) -> None:
    sheet = book.create_sheet(SHEET_NOTES)
    _set_widths(sheet, [54, 110])
    sheet.freeze_panes = "A2"
    sheet.append([_header_cell(sheet, "Onderwerp"), _header_cell(sheet, "Toelichting")])
    for label, text in notes:
        sheet.append([_text_cell(sheet, label), _text_cell(sheet, text)])


def _notes(
    sources: pl.DataFrame, branches: pl.DataFrame, *, as_of: date, release_id: str, demo: bool
) -> list[tuple[str, str]]:
    notes = [
        (
            "Wat is dit",
            "De vestigingen van scholen die zijn aangesloten op OSO (Overstapservice Onderwijs): de school is gekwalificeerd en een actief aanleverpunt bedient de vestiging.",
        ),
        ("Peildatum", dutch_day(as_of)),
        ("Release", release_id),
        ("Aangesloten vestigingen", dutch_number(int(branches["connected"].sum()))),
    ]
    if demo:
        notes.insert(0, ("DEMO", "Dit zijn verzonnen gegevens van een verzonnen land."))
    notes += [
        (f"Vestigingen {name}", _share(branches.filter(pl.col("sector") == sector)))
        for sector, name in SECTOR_NAMES.items()
        if sector in branches["sector"]
    ]
    notes += [
        (f"Vestigingen: {name}", dutch_number(branches.filter(pl.col("status") == status).height))
        for status, name in STATUS_NAMES.items()
    ]
    notes += [_source_note(source) for source in _sources_for_people(sources).iter_rows(named=True)]
    left_out = [REGISTRY_TABLES[table] for table in tables_left_out(sources["source"])]
    notes.append(("Niet gelezen uit het register", ", ".join(left_out) or "niets"))
    notes.append(
        ("Licentie", "Registergegevens: DUO (Dienst Uitvoering Onderwijs), open data, CC0.")
    )
    return notes


def _sources_for_people(sources: pl.DataFrame) -> pl.DataFrame:
    """The sources under the names that people know; the six onboarding tables are one delivery."""
    named = sources.filter(pl.col("source").is_in(list(SOURCE_NAMES))).with_columns(
        pl.col("source").replace_strict(SOURCE_NAMES).alias("name")
    )
    return named.group_by("name", maintain_order=True).agg(
        pl.col("fetched_at").max(), pl.col("rows_read").sum(), pl.col("fallback").any()
    )


def _source_note(source: dict[str, Any]) -> tuple[str, str]:
    stand_in = (
        " (een eerdere momentopname: er kwam niets nieuws binnen)" if source["fallback"] else ""
    )
    rows = dutch_number(source["rows_read"])
    return (
        f"Bron: {source['name']}",
        f"opgehaald op {dutch_moment(source['fetched_at'])}, {rows} rijen{stand_in}",
    )


def _share(branches: pl.DataFrame) -> str:
    connected = int(branches["connected"].sum())
    return f"{dutch_number(connected)} van {dutch_number(branches.height)} aangesloten"


def _set_widths(sheet: Sheet, widths: list[int]) -> None:
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[_letter(index)].width = width


def _letter(index: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(index))


def _header_cell(sheet: Sheet, text: str) -> object:
    from openpyxl.styles import Font

    cell = _text_cell(sheet, text)
    cell.font = Font(name="Calibri", bold=True)
    return cell


def _column_writer(sheet: Sheet, column: Column) -> Callable[[Any], object]:
    """What makes a cell of a value of this column.

    A row is written out when it is appended, so one styled cell serves all rows of its column; a plain text needs no
    cell at all. The value of a cell is set without openpyxl's guess of its type.
    """
    from openpyxl.styles import Alignment

    if column.type is Type.YES_NO:
        return yes_no
    if column.type is Type.TEXT:
        return lambda value: _plain_text(sheet, value)
    cell = _text_cell(sheet, "")
    if column.type is Type.DATE:
        cell.data_type = "d"
        cell.number_format = "dd-mm-yyyy"
        cell.alignment = Alignment(horizontal="left")

    def write(value: Any) -> object:  # noqa: ANN401 - a code or a date
        if value is None:
            return None
        cell._value = value
        return cell

    return write


def _plain_text(sheet: Sheet, text: str | None) -> object:
    """The text itself, but for one that openpyxl would make a formula of, or refuse."""
    if text and (text.startswith("=") or _ILLEGAL.search(text)):
        return _text_cell(sheet, text)
    return text


def _text_cell(sheet: Sheet, text: str) -> Any:  # noqa: ANN401 - openpyxl does not type its cells
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
