"""Opened: a branch that stands in the later state only; the register says since when, where it knows.

A day longer ago than the files lag is not that of this opening: a branch keeps the day of the school that it was.
"""

from __future__ import annotations

import polars as pl

from oso_pipeline.registry.life.event import Between, LifeEvent, told
from oso_pipeline.registry.schools import FILES_LAG
from oso_pipeline.wording import sentence


def _effect(rows: pl.DataFrame, between: Between) -> pl.DataFrame:
    opened_on = pl.col("opened_on")
    late = opened_on < (pl.lit(between.day, dtype=pl.Date) - FILES_LAG)
    dated = rows.join(
        between.openings, left_on="branch_code", right_on="code", how="left", maintain_order="left"
    ).join(_predecessors(between), on="branch_code", how="left", maintain_order="left")
    reason = sentence("{} went on as this branch.", "predecessors")
    on = pl.when(~late.fill_null(value=False)).then(opened_on)
    return told(dated, now=pl.col("branch_name"), on=on, reason=reason)


def _predecessors(between: Between) -> pl.DataFrame:
    """`branch_code, predecessors`: the branches that went on as a branch."""
    each = between.successions.select("code", pl.col("successors").alias("branch_code"))
    return (
        each.explode("branch_code")
        .sort("code")
        .group_by("branch_code", maintain_order=True)
        .agg(pl.col("code").str.join(", ").alias("predecessors"))
    )


OPENED = LifeEvent("branch_opened", lambda between: between.new, _effect)
