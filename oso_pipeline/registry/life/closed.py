"""Closed: gone, without a successor, and the register says on which day."""

from __future__ import annotations

import polars as pl

from oso_pipeline.registry.life.event import Between, LifeEvent, told
from oso_pipeline.registry.life.gone import went_on
from oso_pipeline.wording import sentence


def _guard(between: Between) -> pl.DataFrame:
    return between.gone.filter(~went_on() & pl.col("closed_on").is_not_null())


def _effect(rows: pl.DataFrame, between: Between) -> pl.DataFrame:  # noqa: ARG001 - as every effect
    reason = sentence("The register says that it closed on {}.", "closed_on")
    return told(rows, was=pl.col("branch_name"), on=pl.col("closed_on"), reason=reason)


CLOSED = LifeEvent("branch_closed", _guard, _effect)
