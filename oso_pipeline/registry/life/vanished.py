"""Vanished: gone, and neither a transition nor the register says why. A newcomer at its address is only a proposal."""

from __future__ import annotations

import polars as pl

from oso_pipeline.registry.life.event import Between, LifeEvent, told
from oso_pipeline.registry.life.gone import went_on
from oso_pipeline.wording import sentence

_PLACE = ("postcode", "house_number")


def _guard(between: Between) -> pl.DataFrame:
    return between.gone.filter(pl.col("is_news") & ~went_on() & pl.col("closed_on").is_null())


def _effect(rows: pl.DataFrame, between: Between) -> pl.DataFrame:
    newcomers = (
        between.new.drop_nulls(_PLACE)
        .sort("branch_code")
        .group_by(*_PLACE, maintain_order=True)
        .agg(pl.col("branch_code").str.join(", ").alias("newcomers"))
    )
    placed = rows.join(
        between.before.select("branch_code", *_PLACE), on="branch_code", how="left"
    ).join(newcomers, on=_PLACE, how="left")
    proposal = sentence(" At its address opened {}: it may be its successor.", "newcomers")
    reason = pl.concat_str(pl.lit("Nothing explains it."), proposal, ignore_nulls=True)
    return told(placed, was=pl.col("branch_name"), reason=reason)


VANISHED = LifeEvent("branch_vanished", _guard, _effect)
