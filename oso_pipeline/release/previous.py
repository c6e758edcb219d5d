"""The last published release: with the snapshots and the decisions, the pipeline's only memory."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from oso_pipeline.contracts import records, statuses
from oso_pipeline.errors import PipelineError
from oso_pipeline.release.database import DATABASE, read_tables
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import read_index

REMEMBERED = (
    statuses.BRANCH_STATUS,
    statuses.ADOPTION,
    records.DELIVERY_POINT_FLAGS,
    records.WORK_ITEMS,
    records.ISSUES,
    records.CHANGE_LOG,
    records.SOURCES,
    records.BRANCH_HISTORY,
    records.SCHOOL_HISTORY,
    records.BOARD_HISTORY,
    records.CONNECTION_HISTORY,
)
"""What tonight is told of the last published release."""


def last_release(folder: Path | None) -> dict[str, pl.DataFrame]:
    """The remembered tables of a release; all of them empty when there is none.

    Raises:
        PipelineError: the database of the release is damaged.
    """
    import duckdb

    if folder is None:
        return {table.name: table.empty() for table in REMEMBERED}
    try:
        return read_tables(folder / DATABASE, REMEMBERED)
    except (duckdb.Error, OSError) as error:
        raise PipelineError(
            f"{folder / DATABASE} of the release before this one cannot be read: {error}. Put {DATABASE} back from a"
            " backup, or point latest to an earlier release that is whole (docs/runbook.md), and run `oso run` again."
        ) from None


def day_of_release(folder: DataFolder, release_id: str | None) -> date | None:
    """The day D of a release; None when there is none."""
    if release_id is None:
        return None
    as_of = read_index(folder.release(release_id))["as_of"]
    return date.fromisoformat(as_of) if as_of else None
