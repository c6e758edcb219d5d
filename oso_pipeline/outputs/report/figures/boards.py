"""Boards with the most open work: theirs, their schools', and what the service desk has to do for them."""

from __future__ import annotations

import polars as pl

from oso_pipeline.codes import brin_of
from oso_pipeline.contracts.records import RESPONSIBLE
from oso_pipeline.outputs.report.figures.adoption import share_of
from oso_pipeline.patterns import BOARD_PATTERN


def open_work_per_board(
    items: pl.DataFrame, schools: pl.DataFrame, branches: pl.DataFrame
) -> pl.DataFrame:
    """The open work items per board, the most first; an item about a school or branch is of the school's board.

    Args:
        items: the `work_items` table.
        schools: the `school_status` table.
        branches: the `branch_status` table, for the boards' names.

    Returns:
        `board_number, board_name, schools, branches, connected, share, items, board, school, service_desk, supplier,
        oldest_on`. Items of codes that are not open are of no board: one row without board, the last.
    """
    board_of = schools.select("brin", "board_number")
    about_board = pl.col("subject").str.contains(BOARD_PATTERN)
    items = (
        items.filter(pl.col("closed_on").is_null())
        .with_columns(brin_of(pl.col("subject")).alias("brin"))
        .join(board_of, on="brin", how="left")
        .with_columns(pl.when(about_board).then("subject").otherwise("board_number").alias("board_number"))
    )  # fmt: skip
    work = items.group_by("board_number").agg(
        pl.len().cast(pl.Int64).alias("items"),
        *((pl.col("responsible") == who).sum().cast(pl.Int64).alias(who) for who in RESPONSIBLE),
        pl.col("since_on").min().alias("oldest_on"),
    )
    governed = branches.join(board_of, on="brin", suffix="_of_school").group_by(pl.col("board_number_of_school").alias("board_number")).agg(
        pl.col("brin").n_unique().cast(pl.Int64).alias("schools"),
        pl.len().cast(pl.Int64).alias("branches"),
        pl.col("connected").sum().cast(pl.Int64),
    )  # fmt: skip
    names = branches.group_by("board_number").agg(pl.col("board_name").drop_nulls().min())
    rows = work.join(governed, on="board_number", how="left").join(
        names, on="board_number", how="left"
    )
    return rows.with_columns(share_of("connected", "branches").alias("share")).sort(
        pl.col("board_number").is_null(), -pl.col("items"), "board_number"
    ).select(
        "board_number", "board_name", "schools", "branches", "connected", "share", "items", *RESPONSIBLE, "oldest_on"
    )  # fmt: skip
