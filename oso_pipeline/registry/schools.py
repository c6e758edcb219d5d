"""Open schools: a school is open when it has an open branch (contract.md, Open)."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from oso_pipeline.codes import MAIN_BRANCH
from oso_pipeline.contracts.registry import OPEN_SCHOOLS


def open_schools(
    branches: pl.DataFrame,
    school_history: pl.DataFrame,
    governance: pl.DataFrame,
    board_transitions: pl.DataFrame,
    day: date,
) -> pl.DataFrame:
    """The open schools.

    A school's board, sector, province and name are those of its 00 branch, without one of its lowest branch.

    Args:
        branches: as OPEN_BRANCHES, in order.
        school_history: as SCHOOL_HISTORY, tonight included: it knows when a school was seen under another board.
        governance: the register's relations between boards and schools.
        board_transitions: the register's transitions between boards, on or before the day.
        day: the day D.

    Returns:
        As OPEN_SCHOOLS.
    """
    schools = branches.group_by("brin", maintain_order=True).agg(  # 00 is the first
        pl.col("branch_name").first().alias("school_name"),
        pl.col("board_number").first(),
        pl.col("board_name").first(),
        pl.col("sector").first(),
        pl.col("province").first(),
        pl.len().alias("branches"),
        (pl.col("branch_number") == MAIN_BRANCH).any().alias("has_main_branch"),
    )
    since = came_under_board(
        schools.select("brin", "board_number"), school_history, governance, board_transitions, day
    )
    return OPEN_SCHOOLS.shape(schools.join(since, on="brin", how="left"))


def school_boards(branches: pl.DataFrame) -> pl.DataFrame:
    """Which board governs each open school: `brin, board_number`; of branches as OPEN_BRANCHES, in order."""
    return branches.group_by("brin", maintain_order=True).agg(pl.col("board_number").first())


FILES_LAG = timedelta(days=366)
"""How much later than it took effect a release may show a change: the files are monthly, and late."""


def came_under_board(
    schools: pl.DataFrame,
    school_history: pl.DataFrame,
    governance: pl.DataFrame,
    board_transitions: pl.DataFrame,
    day: date,
) -> pl.DataFrame:
    """When each school came under its board, and which board it came from (contract.md, step 1).

    The register's relation says so, else a transition between exactly these two boards, else the first release that
    shows the change; being seen for the first time is no change.

    Args:
        schools: `brin, board_number`.
        school_history: as SCHOOL_HISTORY, tonight included.
        governance: the register's relations: `brin, board_number, begins_on`.
        board_transitions: `from_code, to_code, effective_on`.
        day: the day D.

    Returns:
        `brin, under_board_since_on, former_board_number`; schools of which nothing is known are not in it.
    """
    by_register = _by_register(schools, governance, day)
    by_release = _by_release(school_history)
    moved = by_release.join(schools, on="brin").join(
        board_transitions,
        left_on=["former_board_number", "board_number"],
        right_on=["from_code", "to_code"],
    )
    in_time = pl.col("effective_on") <= pl.col("shown_on")
    by_transition = moved.filter(in_time).group_by("brin").agg(pl.col("effective_on").max())
    return (
        schools.select("brin")
        .join(by_register, on="brin", how="left")
        .join(by_transition, on="brin", how="left")
        .join(by_release, on="brin", how="left")
        .select(
            "brin",
            pl.coalesce("registered_on", "effective_on", "shown_on").alias("under_board_since_on"),
            pl.coalesce("registered_former", "former_board_number").alias("former_board_number"),
        )
        .filter(pl.col("under_board_since_on").is_not_null())
    )


def _by_register(schools: pl.DataFrame, governance: pl.DataFrame, day: date) -> pl.DataFrame:
    """`brin, registered_on, registered_former`: the first day of the relations since it last had another board."""
    told = governance.filter(pl.col("begins_on") <= day).join(
        schools.rename({"board_number": "board_now"}), on="brin"
    )
    other = pl.col("board_number") != pl.col("board_now")
    by_begin = told.sort("begins_on", "source_row").with_columns(
        pl.col("begins_on").filter(other).last().over("brin").alias("last_other_on"),
        pl.col("board_number").filter(other).last().over("brin").alias("registered_former"),
    )
    later = pl.col("last_other_on").is_null() | (pl.col("begins_on") > pl.col("last_other_on"))
    return (
        by_begin.filter(later & ~other)
        .group_by("brin")
        .agg(pl.col("begins_on").min().alias("registered_on"), pl.col("registered_former").first())
    )


def _by_release(history: pl.DataFrame) -> pl.DataFrame:
    """`brin, shown_on, former_board_number`: the first day of the intervals since it last had another board.

    Being seen for the first time is no change: a school that never had another board is not in it. A night on which the
    board could not be read says nothing about the board.
    """
    told = history.drop_nulls("board_number")
    ordered = told.filter(pl.col("brin").is_duplicated()).sort("brin", "from_on")
    current = pl.col("board_number").last().over("brin")
    other = pl.col("board_number").ne_missing(current)
    return (
        ordered.with_columns(
            pl.col("from_on").filter(other).max().over("brin").alias("last_other_on"),
            pl.col("board_number").filter(other).last().over("brin").alias("former_board_number"),
        )
        .filter(pl.col("from_on") > pl.col("last_other_on"))
        .group_by("brin")
        .agg(pl.col("from_on").min().alias("shown_on"), pl.col("former_board_number").first())
    )
