"""What a release would do to the branches that are connected: who drops out, and why, ranked.

This is what a person needs who must judge a release that is held: "37 connected branches would drop out, 35 because their
board changed".
"""

from __future__ import annotations

from typing import Any

import polars as pl

from oso_pipeline.contracts.model import Table
from oso_pipeline.contracts.records import CHANGE_LOG
from oso_pipeline.contracts.statuses import BRANCH_STATUS, SCHOOL_STATUS
from oso_pipeline.release.preview import Impact

COMPARED: tuple[Table, ...] = (BRANCH_STATUS, SCHOOL_STATUS, CHANGE_LOG)
"""The tables of a release that its impact is told from."""

GONE = {
    "branch_merged": "merged",
    "branch_renumbered": "renumbered",
    "branch_split": "split",
    "branch_closed": "closed",
    "branch_vanished": "unexplained",
}
"""Event -> what became of a branch that is gone."""

_CAUSES = {event: f"their branch is gone ({word})" for event, word in GONE.items()} | {
    "board_changed": "their board changed"
}


def impact_on_connected(
    then: pl.DataFrame, now: pl.DataFrame, schools: pl.DataFrame, happened: pl.DataFrame
) -> Impact:
    """What becomes of the connected branches.

    Args:
        then: `branch_status` of the earlier release.
        now: that of the later one.
        schools: `school_status` of the later one.
        happened: the events of its `change_log` that the earlier one does not have.
    """
    lost = _lost(then, now, schools, happened)
    gained = now.filter("connected").join(then.filter("connected"), on="branch_code", how="anti")
    return {
        "before": int(then["connected"].sum()),
        "now": int(now["connected"].sum()),
        "gained": gained.height,
        "lost": lost.to_dicts(),
        "by_cause": _ranked(lost, "cause"),
        "by_board": _ranked(lost, "board_number", "board_name"),
        "by_province": _ranked(lost, "province"),
    }


def _lost(
    then: pl.DataFrame, now: pl.DataFrame, schools: pl.DataFrame, happened: pl.DataFrame
) -> pl.DataFrame:
    """The branches that were connected and are not, each with what befell it, else what it lacks."""
    lost = then.filter("connected").join(now.filter("connected"), on="branch_code", how="anti")
    befell = (
        happened.filter(pl.col("event").is_in(list(_CAUSES)))
        .sort("release_id")
        .unique("subject", keep="last", maintain_order=True)
        .select(pl.col("subject").alias("branch_code"), pl.col("event").alias("befell"))
    )
    missing = schools.select("brin", pl.col("missing_steps").list.join(", ").alias("missing"))
    told = (
        lost.select("branch_code", "brin", "board_number", "board_name", "province")
        .join(now.select("branch_code", "status"), on="branch_code", how="left")
        .join(befell, on="branch_code", how="left")
        .join(missing, on="brin", how="left")
    )
    cause = pl.coalesce(
        pl.col("befell").replace_strict(_CAUSES, default=None, return_dtype=pl.String),
        pl.when(pl.col("missing") != "").then(pl.lit("their school lacks: ") + pl.col("missing")),
        pl.lit("no active delivery point serves them"),
    )
    return told.select(
        "branch_code", "board_number", "board_name", "province", "status", cause.alias("cause")
    ).sort("branch_code")


def _ranked(lost: pl.DataFrame, *by: str) -> list[dict[str, Any]]:
    counted = lost.group_by(by).agg(pl.len().cast(pl.Int64).alias("branches"))
    return counted.sort("branches", *by, descending=[True, *(False for _ in by)]).to_dicts()
