"""Putting text together from columns."""

from __future__ import annotations

import polars as pl


def fill_in(form: str, *parts: pl.Expr) -> pl.Expr:
    """Put the parts where ``{}`` stands; null when one of them is.

    ``pl.format`` does the same, but Polars 2.1 panics in it on a column of more than one chunk.
    """
    before, *between = form.split("{}")
    pieces = [pl.lit(before)]
    for part, after in zip(parts, between, strict=True):
        pieces += [part, pl.lit(after)]
    return pl.concat_str(pieces)
