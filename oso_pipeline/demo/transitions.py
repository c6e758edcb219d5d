"""OVERGANGEN: who went on as whom, as the register tells it (domain.md, 2.2)."""

from __future__ import annotations

import polars as pl

from oso_pipeline.demo.population import Population

TRANSITION_COLUMNS = (
    "NR_ADMIN_VAN", "CODE_FUNCTIE_VAN", "CODE_SOORT_VAN", "CODE_WET_VAN", "NR_ADMIN_NAAR",
    "CODE_FUNCTIE_NAAR", "CODE_SOORT_NAAR", "CODE_WET_NAAR", "DT_OVERGANG", "CODE_OVERGANG",
    "NAAM_OVERGANG", "IND_VOLLEDIG", "CODE_STAND_RECORD",
)  # fmt: skip
_NAMES = {"F": "Fusie", "V": "Overdracht", "S": "Splitsing"}


def transitions(before: Population, everybody: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Tell the events as transitions.

    A merger gives paired rows, of the schools and of their branches. One board after another is told of
    the boards, and never completely: the old one has other schools.

    Args:
        before: who there was before any event.
        everybody: ``number, function, kind, law`` of everybody there ever was.
        events: of ``events.happenings``.

    Returns:
        ``TRANSITION_COLUMNS``: String, ``DT_OVERGANG`` a Date; one row per transition.
    """
    school = before.schools.select("school", "board", brin="brin")
    partner = before.schools.select(partner="school", partner_brin="brin")
    branch = before.branches.select("branch", "branch_code")
    old_board = before.boards.select("board", old_board="board_number")
    new_board = before.boards.select(to_board="board", new_board="board_number")
    told = (
        events.join(school, on="school", how="left")
        .join(partner, on="partner", how="left")
        .join(branch, on="branch", how="left")
        .join(old_board, on="board", how="left")
        .join(new_board, on="to_board", how="left")
    )
    brin, into, new = pl.col("brin"), pl.col("partner_brin"), pl.col("new_brin")
    pairs = [
        _pair(told, "merges_away", "F", "J", brin, into),
        _pair(told, "merges_away", "F", "J", brin + "00", into + "00"),
        _pair(told, "merges_as_branch", "F", "J", brin, into),
        _pair(told, "merges_as_branch", "F", "J", brin + "00", into + "01"),
        _pair(told, "renumbers", "V", "J", brin, new),
        _pair(told, "renumbers", "V", "J", brin + "00", new + "00"),
        _pair(told, "splits", "S", "N", brin, new),
        _pair(told, "splits", "S", "J", pl.col("branch_code"), new + "00"),
        _pair(told, "moves_board", "V", "N", pl.col("old_board"), pl.col("new_board")),
    ]
    spoken = pl.concat(pairs).unique().with_columns(
        NAAM_OVERGANG=pl.col("CODE_OVERGANG").replace_strict(_NAMES), CODE_STAND_RECORD=pl.lit("H")
    )  # fmt: skip
    who = everybody.select("number", "function", "kind", "law")
    for side in ("VAN", "NAAR"):
        called = {"number": f"NR_ADMIN_{side}", "function": f"CODE_FUNCTIE_{side}",
                  "kind": f"CODE_SOORT_{side}", "law": f"CODE_WET_{side}"}  # fmt: skip
        spoken = spoken.join(who.rename(called), on=f"NR_ADMIN_{side}", how="left")
    return spoken.select(TRANSITION_COLUMNS).sort("NR_ADMIN_VAN", "NR_ADMIN_NAAR", "DT_OVERGANG")


def _pair(
    told: pl.DataFrame, kind: str, code: str, complete: str, source: pl.Expr, target: pl.Expr
) -> pl.DataFrame:
    return told.filter(pl.col("kind") == kind).select(
        NR_ADMIN_VAN=source,
        NR_ADMIN_NAAR=target,
        DT_OVERGANG="on",
        CODE_OVERGANG=pl.lit(code),
        IND_VOLLEDIG=pl.lit(complete),
    )
