"""Sentences about many rows at once.

`pl.format` of Polars 2.1 panics on a column of more than one chunk (what `pl.concat` gives), so sentences are put
together by `pl.concat_str`.
"""

from __future__ import annotations

import polars as pl


def sentence(template: str, *values: str | pl.Expr) -> pl.Expr:
    """The template with each `{}` replaced by a column's value; null where a value is null.

    Raises:
        ValueError: the number of values is not that of the places.
    """
    parts = template.split("{}")
    if len(parts) != len(values) + 1:
        raise ValueError(f"{len(values)} values for {len(parts) - 1} places in {template!r}")
    pieces: list[pl.Expr] = [pl.lit(parts[0])]
    for value, part in zip(values, parts[1:], strict=True):
        pieces += [pl.col(value) if isinstance(value, str) else value, pl.lit(part)]
    return pl.concat_str(pieces)
