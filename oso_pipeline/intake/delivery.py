"""The onboarding delivery: a folder with six CSV files or one workbook, rewritten to the contract's columns.

What is kept of a delivery is the six tables with these columns and no others; any other column is dropped here,
unread but for its name (contract.md, Onboarding records). A row that does not fit its header could hold anything
in any place: its fields are not kept, only where it stood.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl

from oso_pipeline.contracts.onboarding import ONBOARDING, OnboardingTable
from oso_pipeline.errors import SourceUnreachable, SourceUnreadable
from oso_pipeline.intake.delimited import SOURCE_ROW, read_delimited
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
            f" found {', '.join(sorted(tables_found)) or 'none'}. An empty table still needs its header."
        )
    notes: dict[str, Any] = {
        "tables_not_read": sorted(set(tables_found) - {table.name for table in ONBOARDING}),
        "columns_dropped": {},
        "misfits": {},
    }
    landing = store.landing(SOURCE)
    try:
        with zipfile.ZipFile(landing / "body", "w") as archive:
            for table in ONBOARDING:
                rows, dropped, misfits = _contract_columns(table, *read_table(table.name), name)
                notes["columns_dropped"] |= {table.name: dropped} if dropped else {}
                notes["misfits"] |= {table.name: misfits} if misfits else {}
                member = zipfile.ZipInfo(f"{table.name}.csv", _FIXED_TIME)
                archive.writestr(member, rows.write_csv(), zipfile.ZIP_DEFLATED)
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
            f"onboarding: expected six CSV files or one workbook in {folder.name}, found both or more:"
            f" {', '.join(found)}. Leave one delivery in the folder."
        )
    if workbooks:
        return _open_workbook(workbooks[0])
    return (lambda table: _read_csv(files[table])), set(files), folder.name


def _read_csv(path: Path) -> tuple[pl.DataFrame, list[list[int]]]:
    what = f"onboarding ({path.name})"
    refuse_what_is_no_table(path, what)
    read = read_delimited(path.read_bytes(), what=what, encodings=("utf-8",))
    return read.rows, [list(row) for row in read.misfits.rows()]


def _open_workbook(path: Path) -> tuple[ReadTable, set[str], str]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
    except (CalamineError, OSError) as error:
        raise SourceUnreadable(
            f"onboarding ({path.name}): expected an .xlsx workbook: {error}. Was it written to the end?"
        ) from None

    def read_sheet(table: str) -> tuple[pl.DataFrame, list[list[int]]]:
        return _sheet_as_text(book.get_sheet_by_name(table).to_python(skip_empty_area=False), f"onboarding ({path.name}, sheet {table})"), []  # fmt: skip

    return read_sheet, set(book.sheet_names), path.name


def _sheet_as_text(cells: list[list[Any]], what: str) -> pl.DataFrame:
    if not cells:
        raise SourceUnreadable(f"{what}: expected a header in row 1, found an empty sheet.")
    header = [_cell_as_text(cell).strip() for cell in cells[0]]
    named = [index for index, name in enumerate(header) if name]
    names = [header[index] for index in named]
    if len(set(names)) < len(names):
        raise SourceUnreadable(f"{what}: expected every column once, found {', '.join(names)}.")
    columns = {
        header[index]: pl.Series([_cell_as_text(row[index]) for row in cells[1:]], dtype=pl.String)
        for index in named
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
    written = {column.lower(): column for column in rows.columns if column != SOURCE_ROW}
    missing = [column for column in table.names if column not in written]
    if missing:
        raise SourceUnreadable(
            f"onboarding ({name}), table {table.name}: column {', '.join(missing)} is missing."
            f" Expected: {';'.join(table.names)}. Found: {';'.join(written.values())}."
        )
    last = max(
        [rows[SOURCE_ROW].cast(pl.Int64).max() or 1, *(row for row, _ in misfits)], default=1
    )
    places = pl.DataFrame({SOURCE_ROW: pl.int_range(2, int(last) + 1, eager=True)})
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
