"""Open codes that differ in one character from an unknown one: offered in a reason, never used."""

from __future__ import annotations

import polars as pl

_OFFERED = 3


def near_codes(unknown: pl.Series, known: pl.Series) -> pl.DataFrame:
    """For each unknown code the known codes that differ from it in exactly one place.

    Args:
        unknown: codes, all of one length.
        known: codes of that length.

    Returns:
        `code, near`: at most three, in order, joined by a comma; codes without any are not in it.
    """
    length = unknown.str.len_chars().max()
    if not isinstance(length, int):
        return pl.DataFrame(schema={"code": pl.String, "near": pl.String})
    pairs = [
        _without(unknown.unique(), place).join(_without(known.unique(), place), on="rest")
        for place in range(length)
    ]
    return (
        pl.concat(pairs)
        .filter(pl.col("code") != pl.col("code_right"))
        .group_by("code")
        .agg(pl.col("code_right").unique().sort().head(_OFFERED).str.join(", ").alias("near"))
    )


def _without(codes: pl.Series, place: int) -> pl.DataFrame:
    """The codes with one place masked: `code, rest`."""
    code = pl.col("code")
    rest = code.str.slice(0, place) + pl.lit("?") + code.str.slice(place + 1)
    return codes.alias("code").to_frame().with_columns(rest.alias("rest"))
