"""Moved house: the same branch at another address; another municipality or province around it moves nobody."""

from __future__ import annotations

import polars as pl

from oso_pipeline.registry.life.event import Between, LifeEvent, told

_ADDRESS = ("street", "house_number", "postcode", "city")


def address(suffix: str = "") -> pl.Expr:
    """The visiting address as one text, of the columns that end so."""
    parts = [pl.col(f"{name}{suffix}") for name in _ADDRESS]
    return pl.concat_str(parts, separator=" ", ignore_nulls=True)


def _guard(between: Between) -> pl.DataFrame:
    return between.both.filter(address().ne_missing(address("_before")))


def _effect(rows: pl.DataFrame, between: Between) -> pl.DataFrame:  # noqa: ARG001 - as every effect
    return told(rows, was=address("_before"), now=address())


MOVED = LifeEvent("moved", _guard, _effect)
