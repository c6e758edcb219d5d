"""Open schools: a school is open when it has an open branch (contract.md, Open)."""

from __future__ import annotations

import polars as pl

from oso_pipeline.codes import MAIN_BRANCH
from oso_pipeline.contracts.registry import OPEN_SCHOOLS


def open_schools(branches: pl.DataFrame, school_history: pl.DataFrame) -> pl.DataFrame:
    """The open schools.

    A school's board, sector, province and name are those of its 00 branch, without one of its lowest branch.

    Args:
        branches: as OPEN_BRANCHES.
        school_history: as SCHOOL_HISTORY, tonight included: it knows when a school came under another board.

    Returns:
        As OPEN_SCHOOLS.
    """
    schools = (
        branches.sort("branch_code")  # 00 sorts first
        .group_by("brin", maintain_order=True)
        .agg(
            pl.col("branch_name").first().alias("school_name"),
            pl.col("board_number").first(),
            pl.col("board_name").first(),
            pl.col("sector").first(),
            pl.col("province").first(),
            pl.len().alias("branches"),
            (pl.col("branch_number") == MAIN_BRANCH).any().alias("has_main_branch"),
        )
    )
    return OPEN_SCHOOLS.shape(
        schools.join(_under_board_since(school_history), on="brin", how="left")
    )


def school_boards(branches: pl.DataFrame) -> pl.DataFrame:
    """Which board governs each open school: `brin, board_number`."""
    return (
        branches.sort("branch_code")
        .group_by("brin", maintain_order=True)
        .agg(pl.col("board_number").first())
    )


def _under_board_since(history: pl.DataFrame) -> pl.DataFrame:
    """`brin, under_board_since_on`: the first day of the intervals since it last had another board.

    Being seen for the first time is no change: a school that never had another board is not in it. A night on which the
    board could not be read says nothing about the board.
    """
    ordered = history.drop_nulls("board_number").sort("brin", "from_on")
    current = pl.col("board_number").last().over("brin")
    other = pl.col("board_number").ne_missing(current)
    last_other = pl.col("from_on").filter(other).max().over("brin")
    return (
        ordered.with_columns(last_other.alias("last_other_on"))
        .filter(pl.col("from_on") > pl.col("last_other_on"))
        .group_by("brin")
        .agg(pl.col("from_on").min().alias("under_board_since_on"))
    )
