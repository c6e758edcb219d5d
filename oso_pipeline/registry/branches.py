"""Open branches: a branch is open when it stands in the newest branch file read (contract.md, Open)."""

from __future__ import annotations

import polars as pl

from oso_pipeline.codes import packed
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
    by_code = rows.sort(packed(pl.col("branch_code")), rank, SOURCE_ROW)
    is_again = (pl.col("branch_code") == pl.col("branch_code").shift()).fill_null(value=False)
    kept, left_out = by_code.filter(~is_again), by_code.filter(is_again)
    names = kept.select("board_number").join(
        _board_names(boards), on="board_number", how="left", maintain_order="left"
    )
    return {
        "branches": OPEN_BRANCHES.shape(kept.with_columns(names["board_name"])),
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
    """Over branches in the order of their codes, in which those of one school stand together."""
    reason = "Branches of this school name different boards; the board of its 00 branch, else of its lowest, counts."
    brin, board = pl.col("brin"), pl.col("board_number")
    differs = (brin == brin.shift()) & board.ne_missing(board.shift())
    schools = branches.lazy().filter(differs).select("brin").unique().collect().to_series()
    mixed = branches.filter(brin.is_in(schools.implode()))
    found = [
        signal(str(source), "boards_differ", reason, rows=rows, subject=pl.col("brin"))
        for (source,), rows in mixed.group_by("source")
    ]
    return pl.concat([SIGNALS.empty(), *found])
