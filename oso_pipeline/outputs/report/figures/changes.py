"""What happened since the last release, and why branches came and went."""

from __future__ import annotations

import polars as pl

from oso_pipeline.codes import brin_of
from oso_pipeline.contracts.records import EVENTS
from oso_pipeline.contracts.statuses import REQUIRED_STEPS

GONE = ("branch_merged", "branch_renumbered", "branch_split", "branch_closed", "branch_vanished")
CAUSES = (*GONE, "board_changed", *REQUIRED_STEPS, "branch_opened", "point_ended", "point_added")
_EXAMPLES = 3


def events(change_log: pl.DataFrame, release_id: str) -> pl.DataFrame:
    """The events that this release knew first.

    Args:
        change_log: the `change_log` table.
        release_id: this release.

    Returns:
        `event, number, first_on, last_on, examples`, in the order of EVENTS; only events that happened. `examples`
        names a few branches.
    """
    order = pl.col("event").replace_strict(EVENTS, range(len(EVENTS)), return_dtype=pl.Int64)
    return (
        change_log.filter(pl.col("release_id") == release_id)
        .group_by("event")
        .agg(
            pl.len().cast(pl.Int64).alias("number"),
            pl.col("effective_on").min().alias("first_on"),
            pl.col("effective_on").max().alias("last_on"),
            _examples("subject"),
        )
        .sort(order)
    )


def causes(
    change_log: pl.DataFrame,
    schools: pl.DataFrame,
    branches: pl.DataFrame,
    steps: pl.DataFrame,
    release_id: str,
) -> pl.DataFrame:
    """Why branches were connected and disconnected: what else is known to have happened to them.

    A branch that is disconnected is gone (by the event that says so), or its school moved to a board without an
    agreement, or lacks a step (the first that is missing), or lost its delivery point. A branch that is connected
    is new, or its school took the last step on that day, or the branch got its delivery point.

    Args:
        change_log: the `change_log` table.
        schools: the `school_status` table.
        branches: the `branch_status` table.
        steps: the `qualification_steps` table.
        release_id: this release.

    Returns:
        `event, cause, branches, examples`: `event` is connected or disconnected, `cause` one of CAUSES; the most
        frequent first.
    """
    happened = change_log.filter(pl.col("release_id") == release_id)
    came_or_went = happened.filter(pl.col("event").is_in(["connected", "disconnected"])).select(
        "event", "subject", brin_of(pl.col("subject")).alias("brin")
    )
    gone = _also(happened, "gone", *GONE)
    others = [
        gone,
        _also(happened, "new", "branch_opened"),
        _also(happened, "moved", "board_changed"),
    ]
    told = came_or_went
    for other in others:
        told = told.join(other, on="subject", how="left")
    told = (
        told.join(schools.select("brin", "qualified_on", pl.col("missing_steps").list.first().alias("missing")), on="brin", how="left")
        .join(branches.select(pl.col("branch_code").alias("subject"), "connected_on"), on="subject", how="left")
        .join(_last_step(steps), on="brin", how="left")
    )  # fmt: skip
    lost = (
        pl.when(pl.col("gone").is_not_null()).then("gone")
        .when((pl.col("missing") == "agreement") & pl.col("moved").is_not_null()).then("moved")
        .otherwise(pl.coalesce("missing", pl.lit("point_ended")))
    )  # fmt: skip
    won = (
        pl.when(pl.col("new").is_not_null()).then("new")
        .when(pl.col("qualified_on") == pl.col("connected_on")).then("last_step")
        .otherwise(pl.lit("point_added"))
    )  # fmt: skip
    cause = pl.when(pl.col("event") == "disconnected").then(lost).otherwise(won)
    return (
        told.group_by("event", cause.alias("cause"))
        .agg(pl.len().cast(pl.Int64).alias("branches"), _examples("subject"))
        .sort("event", -pl.col("branches"), "cause", descending=[True, False, False])
    )


def _also(happened: pl.DataFrame, name: str, *kinds: str) -> pl.DataFrame:
    """`subject` and an event of these kinds, under this name."""
    rows = happened.filter(pl.col("event").is_in(kinds))
    return rows.group_by("subject").agg(pl.col("event").min().alias(name))


def _last_step(steps: pl.DataFrame) -> pl.DataFrame:
    """`brin, last_step`: the required step that came to hold last; of one day the later in order."""
    order = pl.col("step").replace_strict(
        REQUIRED_STEPS, range(len(REQUIRED_STEPS)), default=None, return_dtype=pl.Int64
    )
    passed = steps.with_columns(order.alias("order")).filter(
        pl.col("passed") & pl.col("order").is_not_null()
    )
    return passed.sort("since_on", "order").group_by("brin").agg(pl.col("step").last().alias("last_step"))  # fmt: skip


def _examples(column: str) -> pl.Expr:
    return pl.col(column).sort().head(_EXAMPLES).str.join(", ").alias("examples")
