"""The candidate: a release's files, built beside its place."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl

from oso_pipeline.contracts.registry import SECTORS
from oso_pipeline.contracts.statuses import STATUSES
from oso_pipeline.outputs.workbook import WORKBOOK, write_workbook
from oso_pipeline.release.content import file_hash, table_hash, together
from oso_pipeline.release.database import DATABASE, write_database
from oso_pipeline.release.night import Night

FILES_SCHEMA: dict[str, pl.DataType] = {
    "path": pl.String(),
    "bytes": pl.Int64(),
    "sha256": pl.String(),
    "content_hash": pl.String(),
}

OUTCOMES = (
    "branch_status",
    "school_status",
    "qualification_steps",
    "delivery_point_flags",
    "delivery_points",
    "reconciliation",
    "work_items",
    "connected_schools",
    "quarantine",
    "signals",
    "branch_history",
    "school_history",
    "board_history",
    "successions",
)
"""The tables that the day may change the content of without anything having happened are not among them."""


def build_candidate(
    folder: Path, night: Night, tables: Mapping[str, pl.DataFrame], content_hash: str
) -> pl.DataFrame:
    """Build the files of a release.

    Args:
        folder: where; what was there is removed.
        night: the inputs of the night.
        tables: all marts.
        content_hash: of the marts.

    Returns:
        The files, as FILES_SCHEMA.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with ThreadPoolExecutor() as pool:  # DuckDB writes without Python's lock, openpyxl with it
        database = pool.submit(write_database, folder / DATABASE, tables, demo=night.demo)
        write_workbook(
            folder / WORKBOOK,
            tables["connected_schools"],
            tables["sources"],
            tables["branch_status"],
            tables["adoption"],
            tables["change_log"],
            as_of=night.as_of,
            release_id=night.release_id,
            demo=night.demo,
        )
        database.result()
    workbook_hash = file_hash(folder / WORKBOOK)
    files = [
        _file(folder / DATABASE, file_hash(folder / DATABASE), content_hash),
        _file(folder / WORKBOOK, workbook_hash, workbook_hash),
    ]
    return pl.DataFrame(files, schema=FILES_SCHEMA)


def _file(path: Path, sha256: str, content_hash: str) -> dict[str, Any]:
    return {
        "path": path.name,
        "bytes": path.stat().st_size,
        "sha256": sha256,
        "content_hash": content_hash,
    }


def content_hashes(tables: Mapping[str, pl.DataFrame]) -> tuple[str, str]:
    """A hash over all marts, and one over what people would notice.

    The second is equal on two days when nothing happened between them.
    """
    hashes = {name: table_hash(frame) for name, frame in tables.items()}
    undated = table_hash(tables["branch_status"].drop("last_connected_on"))
    outcomes = {name: hashes[name] for name in OUTCOMES} | {"branch_status": undated}
    return together(hashes), together(outcomes)


def status_counts(tables: Mapping[str, pl.DataFrame]) -> dict[str, dict[str, dict[str, int]]]:
    """How many branches and schools have each status, per sector: unit -> sector -> status -> number."""
    return {
        unit: {
            sector: {
                status: tables[table]
                .filter((pl.col("sector") == sector) & (pl.col("status") == status))
                .height
                for status in STATUSES
            }
            for sector in SECTORS
            if sector in tables[table]["sector"]
        }
        for unit, table in (("branches", "branch_status"), ("schools", "school_status"))
    }
