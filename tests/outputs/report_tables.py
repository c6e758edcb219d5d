"""What a report is made of, in tests: the tables of a small world, and an adoption of any length."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl
from world import World

from oso_pipeline.contracts import records, statuses

TABLES = (
    statuses.BRANCH_STATUS,
    statuses.SCHOOL_STATUS,
    statuses.QUALIFICATION_STEPS,
    statuses.ADOPTION,
    records.DELIVERY_POINT_FLAGS,
    records.RECONCILIATION,
    records.WORK_ITEMS,
    records.CHANGE_LOG,
    records.QUARANTINE,
    records.SIGNALS,
    records.SOURCES,
)
NOT_IN_WORLDS = (records.QUARANTINE, records.SIGNALS, records.SOURCES)


def tables_of(night: World, **instead: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The tables that a report takes, of a night; what a world does not tell has no rows."""
    empty = {table.name: table.empty() for table in NOT_IN_WORLDS}
    told = {table.name: night.table(table.name) for table in TABLES if table not in NOT_IN_WORLDS}
    return empty | told | instead


def adoption(releases: Iterable[tuple[date, int, int]], sector: str = "po") -> pl.DataFrame:
    """`adoption` of releases: the day, how many branches (and schools) are connected, how many are in progress."""
    rows: list[dict[str, Any]] = [
        dict.fromkeys(statuses.ADOPTION.names, 0)
        | {"as_of": day, "release_id": f"{day:%Y%m%d}", "sector": sector, "province": "Utrecht", "las": "ESIS"}
        | {"branches_connected": connected, "branches_in_progress": busy}
        | {"schools_connected": connected, "schools_in_progress": busy}
        for day, connected, busy in releases
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=statuses.ADOPTION.schema)
