"""Renamed: the same branch under another name."""

from __future__ import annotations

import polars as pl

from oso_pipeline.registry.life.event import Between, LifeEvent, told


def _guard(between: Between) -> pl.DataFrame:
    return between.both.filter(pl.col("branch_name").ne_missing(pl.col("branch_name_before")))


def _effect(rows: pl.DataFrame, between: Between) -> pl.DataFrame:  # noqa: ARG001 - as every effect
    return told(rows, was=pl.col("branch_name_before"), now=pl.col("branch_name"))


RENAMED = LifeEvent("renamed", _guard, _effect)
