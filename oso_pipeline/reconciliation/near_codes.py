"""Open codes that differ in one character from an unknown one: offered in a reason, never used."""

from __future__ import annotations

import polars as pl

from oso_pipeline.codes import MOST_LETTERS, packed

_OFFERED = 3
_ALL = 0xFFFF_FFFF_FFFF_FFFF
"""All letters of a packed code, one byte each, the first one the highest."""


def near_codes(unknown: pl.Series, known: pl.Series) -> pl.DataFrame:
    """For each unknown code the known codes that differ from it in exactly one place.

    Args:
        unknown: codes, all of one length.
        known: codes of that length, each once.

    Returns:
        `code, near`: at most three, in order, joined by a comma; codes without any are not in it.
    """
    length = unknown.str.len_chars().max()
    if not isinstance(length, int):
        return pl.DataFrame(schema={"code": pl.String, "near": pl.String})
    ours, theirs = _packed(unknown.unique()), _packed(known)
    pairs = [
        _without(ours, place).join(_without(theirs, place), on="rest") for place in range(length)
    ]
    return (
        pl.concat(pairs)
        .filter(pl.col("code") != pl.col("code_right"))
        .group_by("code")
        .agg(pl.col("code_right").unique().sort().head(_OFFERED).str.join(", ").alias("near"))
    )


def _packed(codes: pl.Series) -> pl.DataFrame:
    """`code, packed`."""
    return codes.alias("code").to_frame().with_columns(packed(pl.col("code")).alias("packed"))


def _without(codes: pl.DataFrame, place: int) -> pl.DataFrame:
    """The codes with one place masked: `code, rest`."""
    others = _ALL ^ (0xFF << (8 * (MOST_LETTERS - 1 - place)))
    return codes.select("code", (pl.col("packed") & pl.lit(others, dtype=pl.UInt64)).alias("rest"))
