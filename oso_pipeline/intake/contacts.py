"""E-mail addresses and telephone numbers that someone wrote where a code or a name belongs, masked at the door.

The columns for them are dropped whole (delivery.py). What is typed into another column, a user name or the name of a
branch, would go on into the snapshot and, of a row that cannot be read, into the quarantine. A masked value is no code
either, and two that differ stay two, so no row is read otherwise for it.
"""

from __future__ import annotations

import polars as pl

from oso_pipeline.contacts import MAY_HOLD_ONE, without_contacts

_SHORTEST = len("a@b.nl")
"""A column of codes has nothing so long, and need not be looked through."""


def _masked(texts: pl.Series) -> pl.Series:
    if not (texts.str.len_bytes() >= _SHORTEST).any():
        return texts
    told = texts.filter(texts.str.contains(MAY_HOLD_ONE)).unique()
    if told.is_empty():
        return texts
    return texts.replace(told, pl.Series([without_contacts(text) for text in told]))


def mask_contacts(rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """A table of texts without contacts, and in how many rows there were any."""
    masked = rows.with_columns(_masked(rows[name]) for name in rows.columns)
    changed = (rows[name].ne_missing(masked[name]) for name in rows.columns)
    return masked, int(pl.select(pl.any_horizontal(*changed).sum()).item())
