"""The onboarding delivery: a folder with six CSV files or one workbook, rewritten to the contract's columns.

What is kept of a delivery is the six tables with these columns and no others; any other column is dropped here,
unread but for its name (contract.md, Onboarding records). A row that does not fit its header could hold anything
in any place: its fields are not kept, only where it stood. An e-mail address or telephone number that someone wrote into
a column of the contract is masked (contacts.py).
"""

from __future__ import annotations

import io
import shutil
import zipfile
import zlib
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl

from oso_pipeline.contracts.onboarding import ONBOARDING, OnboardingTable
from oso_pipeline.errors import SourceUnreachable, SourceUnreadable
from oso_pipeline.intake.contacts import mask_contacts
from oso_pipeline.intake.delimited import SOURCE_ROW, header_names, read_delimited
from oso_pipeline.intake.guards import refuse_what_is_no_table
from oso_pipeline.intake.snapshots import LICENCES, Snapshot, SnapshotStore

SOURCE = "onboarding"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def take_delivery(folder: Path, store: SnapshotStore, *, at: datetime) -> Snapshot:
    """Read a delivery at the door and keep its contract columns.

    Args:
        folder: holds the six CSV files or one workbook; or the workbook itself.
        store: keeps the snapshot: a zip of six CSV files.
        at: the moment of reading, UTC.

    Raises:
        SourceUnreachable: there is no delivery.
        SourceUnreadable: a table or a column is missing, or a file cannot be read.
    """
    read_table, tables_found, name = _open_delivery(folder)
    missing = [table.name for table in ONBOARDING if table.name not in tables_found]
    if missing:
        raise SourceUnreadable(
            f"onboarding ({name}): table {', '.join(missing)} is missing."
            f" Expected {', '.join(table.name for table in ONBOARDING)};"
            f" found {', '.join(sorted(tables_found)) or 'none'}. An empty table still needs its header:"
            " deliver all six again."
        )
    notes: dict[str, Any] = {
        "tables_not_read": sorted(set(tables_found) - {table.name for table in ONBOARDING}),
        "columns_dropped": {},
        "misfits": {},
        "contacts_masked": {},
    }
    landing = store.landing(SOURCE)
    try:
        with zipfile.ZipFile(landing / "body", "w") as archive:
            for table in ONBOARDING:
                rows, dropped, misfits = _contract_columns(table, *read_table(table.name), name)
                notes["columns_dropped"] |= {table.name: dropped} if dropped else {}
                rows, masked = mask_contacts(rows)
                notes["contacts_masked"] |= {table.name: masked} if masked else {}
                notes["misfits"] |= {table.name: misfits} if misfits else {}
                member = zipfile.ZipInfo(f"{table.name}.csv", _FIXED_TIME)
                archive.writestr(member, rows.write_csv(), zipfile.ZIP_DEFLATED, compresslevel=1)
        return store.keep(
            landing,
            SOURCE,
            fetched_at=at,
            url=f"dir:{name}",
            licence=LICENCES["onboarding"],
            notes=notes,
        )
    finally:
        shutil.rmtree(landing, ignore_errors=True)


ReadTable = Callable[[str], tuple[pl.DataFrame, list[list[int]]]]
"""Table name -> its rows as text with `source_row`, and the misfits as [row, fields]."""


def _open_delivery(folder: Path) -> tuple[ReadTable, set[str], str]:
    if folder.suffix == ".xlsx" and folder.is_file():
        return _open_workbook(folder)
    if not folder.is_dir():
        raise SourceUnreachable(
            f"onboarding: there is no folder {folder}. Deliver the six tables there as CSV files or"
            " one workbook, or set OSO_ONBOARDING=dir:PATH."
        )
    workbooks = sorted(p for p in folder.glob("*.xlsx") if not p.name.startswith("~$"))
    files = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    if len(workbooks) > 1 or (workbooks and files):
        found = [path.name for path in [*workbooks, *files.values()]]
        raise SourceUnreadable(
            f"onboarding: expected six CSV files or one workbook in {folder}, found more than one delivery:"
            f" {', '.join(found)}. Leave one delivery in the folder."
        )
    if workbooks:
        return _open_workbook(workbooks[0])
    return (lambda table: _read_csv(files[table])), set(files), folder.name


def _read_csv(path: Path) -> tuple[pl.DataFrame, list[list[int]]]:
    what = f"onboarding ({path.name})"
    try:
        refuse_what_is_no_table(path, what)
        body = path.read_bytes()
    except OSError as error:
        raise SourceUnreadable(
            f"{what}: cannot be opened ({error.strerror}). Look at its rights; is it a file?"
        ) from None
    read = read_delimited(body, what=what, encodings=("utf-8",))
    return read.rows, [list(row) for row in read.misfits.rows()]


def _open_workbook(path: Path) -> tuple[ReadTable, set[str], str]:
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

    def read_sheet(table: str) -> tuple[pl.DataFrame, list[list[int]]]:
        try:
            cells = book.get_sheet_by_name(table).to_python(skip_empty_area=False)
        except CalamineError as error:
            raise refuse(error) from None
        if has_errors:
            _put_error_cells(cells, path, table)
        return _sheet_as_text(cells, f"onboarding ({path.name}, sheet {table})"), []

    return read_sheet, set(book.sheet_names), path.name


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


def _sheet_as_text(cells: list[list[Any]], what: str) -> pl.DataFrame:
    if not cells:
        raise SourceUnreadable(f"{what}: expected a header in row 1, found an empty sheet.")
    texts = [[_cell_as_text(cell) for cell in column] for column in zip(*cells, strict=True)]
    held = [column for column in texts if any(text.strip() for text in column)]
    names = header_names(
        [first.strip() or f"(no name, number {n})" for n, (first, *_) in enumerate(held, start=1)],
        what,
    )
    columns = {
        name: pl.Series(column[1:], dtype=pl.String)
        for name, column in zip(names, held, strict=True)
    }
    return pl.DataFrame(columns).with_row_index(SOURCE_ROW, offset=2)


def _cell_as_text(cell: object) -> str:
    """A cell as a person reads it: whole numbers without a point, days as ISO 8601."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _contract_columns(
    table: OnboardingTable, rows: pl.DataFrame, misfits: list[list[int]], name: str
) -> tuple[pl.DataFrame, list[str], list[list[int]]]:
    """The table's columns, every row at its place (what is no row, or does not fit, leaves a blank one)."""
    found = [column for column in rows.columns if column != SOURCE_ROW]
    written = {column.lower(): column for column in found}
    what = f"onboarding ({name}), table {table.name}"
    twice = [c for c in table.names if [column.lower() for column in found].count(c) > 1]
    if twice:
        raise SourceUnreadable(
            f"{what}: expected column {', '.join(twice)} once, found it more than once (upper and lower case"
            " are the same). Take one out and deliver it again."
        )
    missing = [column for column in table.names if column not in written]
    if missing:
        # where no name is ours, row 1 may be a record, and what stands in a record is not for a message
        shown = ";".join(found) if len(missing) < len(table.names) else "none of them"
        raise SourceUnreadable(
            f"{what}: column {', '.join(missing)} is missing from row 1. Expected: {';'.join(table.names)}."
            f" Found: {shown}. Export the table again with all its columns."
        )
    last = max([1, *rows[SOURCE_ROW].tail(1), *(row for row, _ in misfits)])
    places = pl.DataFrame({SOURCE_ROW: pl.int_range(2, last + 1, eager=True)})
    kept = places.join(
        rows.with_columns(pl.col(SOURCE_ROW).cast(pl.Int64)),
        on=SOURCE_ROW,
        how="left",
        maintain_order="left",
    ).select(pl.col(written[column]).alias(column) for column in table.names)
    dropped = [column for key, column in written.items() if key not in table.names]
    return kept, dropped, misfits


def open_snapshot(body: bytes) -> dict[str, pl.DataFrame]:
    """The six tables of an onboarding snapshot, as text, with `source_row`; rows that are blank are left out."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {
            table.name: read_delimited(
                archive.read(f"{table.name}.csv"), what=table.name, encodings=("utf-8",)
            ).rows
            for table in ONBOARDING
        }
