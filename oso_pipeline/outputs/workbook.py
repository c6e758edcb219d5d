"""`overzicht-scholen-met-oso.xlsx`: which branches are connected, and what the workbook is made of.

Codes are text cells (a BRIN may look like a clock time); what every workbook has in common is in cells.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from oso_pipeline.contracts.model import Column, Type
from oso_pipeline.contracts.records import SOURCE_NAMES
from oso_pipeline.contracts.registry import REGISTRY_TABLES, tables_left_out
from oso_pipeline.contracts.statuses import CONNECTED_SCHOOLS, SECTOR_NAMES, STATUS_NAMES
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
from oso_pipeline.outputs.parts import dutch_day, dutch_moment, dutch_number, yes_no

if TYPE_CHECKING:
    from openpyxl import Workbook

WORKBOOK = "overzicht-scholen-met-oso.xlsx"
SHEET_SCHOOLS = "Aangesloten scholen"
SHEET_NOTES = "Toelichting"

_WIDTHS = {
    "branch_name": 62, "address": 30, "city": 22, "municipality": 22, "province": 16,
    "sector": 22, "board_name": 48, "las": 16, "connected_on": 18,
}  # fmt: skip
_NARROW = 11


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
    book = new_book("Overzicht scholen met OSO", as_of, demo=demo)
    _write_schools(book, connected)
    _write_notes(book, _notes(sources, branches, as_of=as_of, release_id=release_id, demo=demo))
    save(book, path, as_of)


def _write_schools(book: Workbook, connected: pl.DataFrame) -> None:
    from openpyxl.worksheet.table import Table, TableStyleInfo

    sheet = book.create_sheet(SHEET_SCHOOLS)
    columns = CONNECTED_SCHOOLS.columns
    set_widths(sheet, [_WIDTHS.get(column.name, _NARROW) for column in columns])
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.append([header_cell(sheet, column.dutch) for column in columns])
    writers = [_column_writer(sheet, column) for column in columns]
    for row in connected.iter_rows():
        sheet.append([write(value) for write, value in zip(writers, row, strict=True)])
    area = f"A1:{letter(len(columns))}{connected.height + 1}"
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
    set_widths(sheet, [54, 110])
    sheet.freeze_panes = "A2"
    sheet.append([header_cell(sheet, "Onderwerp"), header_cell(sheet, "Toelichting")])
    for label, text in notes:
        sheet.append([text_cell(sheet, label), text_cell(sheet, text)])


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


def _column_writer(sheet: Sheet, column: Column) -> Callable[[Any], object]:
    """What makes a cell of a value of this column.

    A row is written out when it is appended, so one styled cell serves all rows of its column; a plain text needs no
    cell at all. The value of a cell is set without openpyxl's guess of its type.
    """
    from openpyxl.styles import Alignment

    if column.type is Type.YES_NO:
        return yes_no
    if column.type is Type.TEXT:
        return lambda value: plain_text(sheet, value)
    cell = text_cell(sheet, "")
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
