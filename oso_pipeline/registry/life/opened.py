"""Opened: a branch that stands in the later state only; the register says since when, where it knows."""

from __future__ import annotations

import polars as pl

from oso_pipeline.registry.life.event import Between, LifeEvent, told


def _effect(rows: pl.DataFrame, between: Between) -> pl.DataFrame:
    dated = rows.join(
        between.openings, left_on="branch_code", right_on="code", how="left", maintain_order="left"
    )
    return told(dated, now=pl.col("branch_name"), on=pl.col("opened_on"))


OPENED = LifeEvent("branch_opened", lambda between: between.new, _effect)
