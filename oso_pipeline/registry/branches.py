"""Open branches: a branch is open when it stands in the newest branch file read (contract.md, Open)."""

from __future__ import annotations

import polars as pl

from oso_pipeline.contracts.records import SIGNALS
from oso_pipeline.contracts.registry import OPEN_BRANCHES, SECTORS
from oso_pipeline.intake.delimited import SOURCE_ROW
from oso_pipeline.intake.reading import signal


def open_branches(rows: pl.DataFrame, boards: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The open branches, and the rows that were left out of them.

    A code that stands in two files is signalled, and the first of po, so, vo counts.

    Args:
        rows: the branch files' rows, with `source` and `source_row`.
        boards: the board files' rows; without any, boards have no name.

    Returns:
        `branches` as OPEN_BRANCHES; `used` and `ignored`: `source` of the rows that count and that do not; `signals`.
    """
    rank = pl.col("source").replace_strict(SECTORS, range(len(SECTORS)), return_dtype=pl.Int64)
    by_rank = rows.sort(rank, SOURCE_ROW)
    is_first = pl.col("branch_code").is_first_distinct()
    kept, left_out = by_rank.filter(is_first), by_rank.filter(~is_first)
    named = kept.join(_board_names(boards), on="board_number", how="left")
    return {
        "branches": OPEN_BRANCHES.shape(named),
        "used": kept.select("source", SOURCE_ROW),
        "ignored": left_out.select("source", SOURCE_ROW, pl.lit("code_in_two_files").alias("rule")),
        "signals": pl.concat([_code_in_two_files(left_out), _boards_of_one_school(kept)]),
    }


def _board_names(boards: pl.DataFrame) -> pl.DataFrame:
    """`board_number, board_name`: of a board in several files the first of po, so, vo."""
    rank = pl.col("source").replace_strict(
        [f"boards_{sector}" for sector in SECTORS], range(len(SECTORS)), return_dtype=pl.Int64
    )
    first = boards.sort(rank, SOURCE_ROW).unique("board_number", keep="first", maintain_order=True)
    return first.select("board_number", "board_name")


def _code_in_two_files(left_out: pl.DataFrame) -> pl.DataFrame:
    reason = "The code stands in two branch files; the first of po, so, vo counts."
    found = [
        signal(str(source), "code_in_two_files", reason, rows=rows, subject=pl.col("branch_code"))
        for (source,), rows in left_out.group_by("source")
    ]
    return pl.concat([SIGNALS.empty(), *found])


def _boards_of_one_school(branches: pl.DataFrame) -> pl.DataFrame:
    reason = "Branches of this school name different boards; the board of its 00 branch, else of its lowest, counts."
    mixed = branches.filter(pl.col("board_number").n_unique().over("brin") > 1)
    found = [
        signal(str(source), "boards_differ", reason, rows=rows, subject=pl.col("brin"))
        for (source,), rows in mixed.group_by("source")
    ]
    return pl.concat([SIGNALS.empty(), *found])
