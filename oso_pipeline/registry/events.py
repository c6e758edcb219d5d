"""What happened between two states: the registry's and ours, as events.

Two states in, events out. Without the register a branch that is gone is `branch_vanished`: gone, unexplained.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from oso_pipeline.contracts.records import CHANGE_LOG

_ADDRESS = ("street", "house_number", "postcode", "city")


def events_between(
    before: pl.DataFrame, after: pl.DataFrame, *, day: date, release_id: str
) -> pl.DataFrame:
    """The events between two states of `branch_status`.

    Args:
        before: the state of the last published release; being seen for the first time is no event, so an empty one
            gives none.
        after: tonight's state.
        day: the day of the release: without the register, the day on which a change took effect.
        release_id: the release.

    Returns:
        As the `change_log` table.
    """
    if before.is_empty():
        return CHANGE_LOG.empty()
    key = "branch_code"
    both = after.join(before, on=key, suffix="_before")
    opened = after.join(before, on=key, how="anti")
    gone = before.join(after, on=key, how="anti")
    events = [
        _event("branch_opened", opened, None, pl.col("branch_name")),
        _event("branch_vanished", gone, pl.col("branch_name"), None),
        _change("board_changed", both, pl.col("board_number"), pl.col("board_number_before")),
        _change("renamed", both, pl.col("branch_name"), pl.col("branch_name_before")),
        _change("moved", both, _address(""), _address("_before")),
        _event("connected", after.filter("connected").join(before.filter("connected"), on=key, how="anti"), pl.lit(None), pl.col("status")),
        _event("disconnected", before.filter("connected").join(after.filter("connected"), on=key, how="anti").drop("status").join(after.select(key, "status"), on=key, how="left"), pl.lit("connected"), pl.col("status")),
    ]  # fmt: skip
    return CHANGE_LOG.shape(
        pl.concat(events).with_columns(
            pl.lit(day).alias("effective_on"), pl.lit(release_id).alias("release_id")
        )
    )


def _address(suffix: str) -> pl.Expr:
    parts = [pl.col(f"{name}{suffix}") for name in _ADDRESS]
    return pl.concat_str(parts, separator=" ", ignore_nulls=True)


def _change(event: str, both: pl.DataFrame, now: pl.Expr, then: pl.Expr) -> pl.DataFrame:
    return _event(event, both.filter(now.ne_missing(then)), then, now)


def _event(
    event: str, rows: pl.DataFrame, from_value: pl.Expr | None, to_value: pl.Expr | None
) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.String)
    return rows.select(
        pl.lit(event).alias("event"),
        pl.col("branch_code").alias("subject"),
        (nothing if from_value is None else from_value).cast(pl.String).alias("from_value"),
        (nothing if to_value is None else to_value).cast(pl.String).alias("to_value"),
    )
