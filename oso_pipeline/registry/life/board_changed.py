"""Moved to another board: an agreement of the former board does not go along.

The day is that on which the school came under this board; a branch that goes to another board
than its school does so when a release shows it first.
"""

from __future__ import annotations

import polars as pl

from oso_pipeline.codes import brin_of
from oso_pipeline.registry.life.event import Between, LifeEvent, told


def _guard(between: Between) -> pl.DataFrame:
    return between.both.filter(pl.col("board_number").ne_missing(pl.col("board_number_before")))


def _effect(rows: pl.DataFrame, between: Between) -> pl.DataFrame:
    since = rows.with_columns(brin_of(pl.col("branch_code")).alias("school")).join(
        between.under_board,
        left_on=["school", "board_number"],
        right_on=["brin", "board_number"],
        how="left",
        maintain_order="left",
        nulls_equal=True,
    )
    now, was = pl.col("board_number"), pl.col("board_number_before")
    return told(since, was=was, now=now, on=pl.col("under_board_since_on"))


BOARD_CHANGED = LifeEvent("board_changed", _guard, _effect)
