"""The sheet *Wijzigingen*: the events of a release in Dutch words, what it means for connected schools first.

Of a branch that is not connected the workbook says only that: not how it stands now.
"""

from __future__ import annotations

import polars as pl

from oso_pipeline.codes import brin_of
from oso_pipeline.contracts.model import Column, Table, Type
from oso_pipeline.contracts.records import CHANGE_LOG, EVENT_NAMES
from oso_pipeline.outputs.sheets import Sheet

SHEET_CHANGES = "Wijzigingen"

_ORDER = (
    "disconnected",
    "connected",
    "branch_opened",
    "branch_merged",
    "branch_split",
    "branch_renumbered",
    "branch_closed",
    "branch_vanished",
    "board_changed",
    "renamed",
    "moved",
)
_WENT_ON = ("branch_merged", "branch_split", "branch_renumbered")
_WENT = (*_WENT_ON, "branch_closed", "branch_vanished")
_TEXT_CHANGED = ("renamed", "moved")

_SHOWN = Table(
    "changes",
    SHEET_CHANGES,
    "event of this release",
    (
        Column("event", Type.TEXT, "Gebeurtenis", "What happened.", required=True),
        Column("brin", Type.CODE, "BRIN", "The school's code.", required=True),
        Column("branch_number", Type.CODE, "Vestiging", "The branch's two digits.", required=True),
        Column("branch_name", Type.TEXT, "Naam", "The branch's name, now or when it went."),
        Column("city", Type.TEXT, "Plaats", "City or village; empty when it is not open."),
        Column("from_value", Type.CODE, "Van", "What it was."),
        Column("to_value", Type.CODE, "Naar", "What it became, or who it went on as."),
        Column("effective_on", Type.DATE, "Per", "The day it took effect.", required=True),
    ),
)
_WIDTHS = (32, 8, 11, 52, 20, 46, 60, 12)


def changes_sheet(happened: pl.DataFrame | None, branches: pl.DataFrame) -> Sheet:
    """The events of one release.

    Args:
        happened: its rows of the `change_log` table; None for a sheet without a row.
        branches: its `branch_status` table, for names.
    """
    if happened is None:
        happened = CHANGE_LOG.empty()
    rank = pl.col("event").replace_strict(_ORDER, range(len(_ORDER)), return_dtype=pl.Int64)
    went = happened.filter(pl.col("event").is_in(_WENT)).unique("subject", keep="first")
    former_names = went.select("subject", pl.col("from_value").alias("former_name"))
    names = branches.select(pl.col("branch_code").alias("subject"), "branch_name", "city")
    known = (
        happened.sort(rank, "subject")
        .join(names, on="subject", how="left", maintain_order="left")
        .join(former_names, on="subject", how="left", maintain_order="left")
    )
    event = pl.col("event")
    rows = known.with_columns(
        brin_of(pl.col("subject")).alias("brin"),
        pl.col("subject").str.slice(4).alias("branch_number"),
        pl.coalesce("branch_name", "former_name").alias("branch_name"),
        _said("from_value", branches),
        _said("to_value", branches),
        event.replace_strict(EVENT_NAMES, return_dtype=pl.String).alias("event"),
    )
    return Sheet(SHEET_CHANGES, _SHOWN.columns, _WIDTHS, rows.select(_SHOWN.names))


def _said(side: str, branches: pl.DataFrame) -> pl.Expr:
    """What a change was from or to, for people: a name with its code; nothing where the event says it all."""
    event, value = pl.col("event"), pl.col(side)
    boards = branches.drop_nulls(["board_number", "board_name"])
    board_names = dict(boards.select("board_number", "board_name").sort("board_name").rows())
    branch_names = dict(branches.drop_nulls("branch_name").select("branch_code", "branch_name").rows())  # fmt: skip
    went_on = event.is_in(_WENT_ON) if side == "to_value" else pl.lit(value=False)
    return (
        pl.when(event == "board_changed").then(_named(value, board_names))
        .when(went_on).then(_named(value, branch_names))
        .when(event.is_in(_TEXT_CHANGED)).then(value)
        .alias(side)
    )  # fmt: skip


def _named(code: pl.Expr, names: dict[str, str]) -> pl.Expr:
    """`De Regenboog (23CT01)`; the code alone where its name is not known, or where it is several."""
    name = code.replace_strict(names, default=None, return_dtype=pl.String)
    return pl.coalesce(pl.concat_str(name, pl.lit(" ("), code, pl.lit(")")), code)
