"""The onboarding delivery, from whatever source, rewritten to the contract's columns.

What is kept of a delivery is the six tables with these columns and no others; any other column is dropped here,
unread but for its name (contract.md, Onboarding records). A row that does not fit its header could hold anything
in any place: its fields are not kept, only where it stood. An e-mail address or telephone number that someone wrote into
a column of the contract is masked (contacts.py).
"""

from __future__ import annotations

import io
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from oso_pipeline.contacts import without_contacts
from oso_pipeline.contracts.onboarding import ONBOARDING, OnboardingTable
from oso_pipeline.database_address import DatabaseAddress
from oso_pipeline.errors import SourceUnreadable
from oso_pipeline.intake.contacts import mask_contacts
from oso_pipeline.intake.delimited import SOURCE_ROW
from oso_pipeline.intake.snapshots import LICENCES, Snapshot, SnapshotStore
from oso_pipeline.intake.sources import open_source
from oso_pipeline.intake.sources.source import Misfits, OnboardingSource

SOURCE = "onboarding"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_LARGEST_FIRST = sorted(ONBOARDING, key=lambda table: table.name != "delivery_points")
"""In this order tables are read and kept: the largest is packed while the others are read."""


def take_delivery(where: Path | DatabaseAddress, store: SnapshotStore, *, at: datetime) -> Snapshot:
    """Read a delivery at the door and keep its contract columns.

    Args:
        where: a folder with the six CSV files or one workbook; the workbook itself; or a database.
        store: keeps the snapshot: a zip of six CSV files.
        at: the moment of reading, UTC.

    Raises:
        SourceUnreachable: there is no delivery.
        SourceUnreadable: a table or a column is missing, or a file cannot be read.
    """
    with open_source(where) as source:
        return _keep_contract_columns(source, store, at)


def _keep_contract_columns(
    source: OnboardingSource, store: SnapshotStore, at: datetime
) -> Snapshot:
    found, names = sorted(source.tables), [table.name for table in ONBOARDING]
    missing = [name for name in names if name not in found]
    if missing:
        raise SourceUnreadable(
            f"onboarding ({source.name}): table {', '.join(missing)} is missing."
            f" Expected {', '.join(names)};"
            f" found {', '.join(found) or 'none'}. All six have to be there, with their columns, an empty one too."
        )
    notes: dict[str, Any] = {
        "tables_not_read": [without_contacts(name) for name in found if name not in names],
        "columns_dropped": {},
        "misfits": {},
        "contacts_masked": {},
    }
    landing = store.landing(SOURCE)
    try:
        packed, problems = [], list[str]()
        with zipfile.ZipFile(landing / "body", "w") as archive, ThreadPoolExecutor(1) as packing:
            for table in _LARGEST_FIRST:
                what = f"onboarding ({source.name}), table {table.name}"
                try:
                    written = source.tables[table.name]()
                    columns, dropped = _used_columns(table, written.header, written.again, what)
                except SourceUnreadable as error:
                    problems.append(str(error))
                    continue
                if problems:  # the others are looked at only, so that all that is wrong is told
                    continue
                rows, misfits = written.read(list(columns.values()))
                empty = _empty_rows(rows)
                kept = _at_its_place(rows, misfits).select(
                    pl.col(name).alias(column) for column, name in columns.items()
                )
                notes["columns_dropped"] |= {table.name: dropped} if dropped else {}
                kept, masked = mask_contacts(kept)
                notes["contacts_masked"] |= {table.name: masked} if masked else {}
                notes["misfits"] |= {table.name: misfits} if misfits else {}
                if empty:
                    notes.setdefault("empty_rows", {})[table.name] = empty
                member = zipfile.ZipInfo(f"{table.name}.csv", _FIXED_TIME)
                csv = kept.write_csv()  # packed while the next table is read
                packed.append(
                    packing.submit(archive.writestr, member, csv, zipfile.ZIP_DEFLATED, 1)
                )
        if problems:
            raise SourceUnreadable("\n".join(problems))
        for one in packed:
            one.result()
        return store.keep(
            landing,
            SOURCE,
            fetched_at=at,
            url=without_contacts(source.url),
            licence=LICENCES["onboarding"],
            notes=notes,
        )
    finally:
        shutil.rmtree(landing, ignore_errors=True)


def _used_columns(
    table: OnboardingTable, header: list[str], again: list[str], what: str
) -> tuple[dict[str, str], list[str]]:
    """Column of the contract -> its name as written, and the names of the columns that are dropped."""
    written = {column.lower(): column for column in header}
    named = [column.lower() for column in (*header, *again)]
    twice = [column for column in table.names if named.count(column) > 1]
    if twice:
        raise SourceUnreadable(
            f"{what}: expected column {', '.join(twice)} once, found it more than once (upper and lower case"
            " are the same). Take one out and deliver it again."
        )
    missing = [column for column in table.names if column not in written]
    if missing:
        raise SourceUnreadable(
            f"{what}: column {', '.join(missing)} is missing from its header. Expected: {';'.join(table.names)}."
            f" Found: {_shown(header, table, missing)}. Give the table all its columns again."
        )
    dropped = [without_contacts(name) for name in header if name.lower() not in table.names]
    return {column: written[column] for column in table.names}, dropped


def _shown(header: list[str], table: OnboardingTable, missing: list[str]) -> str:
    """The header for a message, unless row 1 may be a record: what stands in a record is not for a message.

    A record may hold a word that is a column's name: every LAS delivery point is of kind `las`.
    """
    ours = [name for name in table.names if name not in missing]
    if len(ours) >= len(missing):
        return ";".join(header)
    told = f"{', '.join(ours)} only" if ours else "none of them"
    return f"{told} (the rest is not shown, as row 1 may be a record; is it the header, with , or ; between the names?)"


def _empty_rows(rows: pl.DataFrame) -> list[int]:
    """The numbers of the rows that say nothing in our columns, and something in others.

    In the snapshot they look like the place of a blank row, which is none.
    """
    nothing = pl.all_horizontal(pl.exclude(SOURCE_ROW).is_null())
    return [int(row) for row in rows.filter(nothing)[SOURCE_ROW]]


def _at_its_place(rows: pl.DataFrame, misfits: Misfits) -> pl.DataFrame:
    """Every row at its place: what is no row, or does not fit, leaves a blank one."""
    last = max([1, *rows[SOURCE_ROW].tail(1), *(row for row, _ in misfits)])
    if rows.height == last - 1:  # every place has its row
        return rows.drop(SOURCE_ROW)
    places = pl.DataFrame({SOURCE_ROW: pl.int_range(2, last + 1, eager=True)})
    return places.join(
        rows.with_columns(pl.col(SOURCE_ROW).cast(pl.Int64)),
        on=SOURCE_ROW,
        how="left",
        maintain_order="left",
    ).drop(SOURCE_ROW)


def open_snapshot(snapshot: Snapshot, body: bytes, table: OnboardingTable) -> pl.DataFrame:
    """A table of an onboarding snapshot, as text, with `source_row`; rows that were blank are left out.

    As we wrote it (its snapshot is what its hash says), so nothing about its form is in doubt: blanks are null already.
    """
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        rows = pl.read_csv(archive.read(f"{table.name}.csv"), infer_schema=False)
    nothing = rows.select(pl.all_horizontal(pl.all().is_null())).to_series()
    numbered = rows.with_row_index(SOURCE_ROW, offset=2).cast({SOURCE_ROW: pl.Int64})
    if not nothing.any():
        return numbered
    empty = snapshot.notes.get("empty_rows", {}).get(table.name, [])
    return numbered.filter(~nothing | pl.col(SOURCE_ROW).is_in(empty))
