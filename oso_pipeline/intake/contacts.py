"""E-mail addresses and telephone numbers that someone wrote where a code or a name belongs, masked at the door.

The columns for them are dropped whole (delivery.py). What is typed into another column, a user name or the name of a
branch, would go on into the snapshot and, of a row that cannot be read, into the quarantine. A masked value is no code
either, and two that differ stay two, so no row is read otherwise for it.
"""

from __future__ import annotations

import polars as pl

from oso_pipeline.contacts import MAY_HOLD_ONE, without_contacts

_SHORTEST = len("a@b.nl")
"""Bytes. A column of codes has nothing so long, and a column of days few that differ: neither takes long to look through."""


def mask_contacts(rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """A table of texts without contacts, and in how many rows there were any."""
    masked = [found for name in rows.columns if (found := _masked(rows[name])) is not None]
    if not masked:
        return rows, 0
    changed = (rows[column.name].ne_missing(column) for column in masked)
    return rows.with_columns(masked), int(pl.select(pl.any_horizontal(*changed).sum()).item())


def _masked(texts: pl.Series) -> pl.Series | None:
    """The texts without contacts; None when there is none in them."""
    long = texts.filter(texts.str.len_bytes() >= _SHORTEST).unique()
    told = long.filter(long.str.contains(MAY_HOLD_ONE))
    if told.is_empty():
        return None
    return texts.replace(told, pl.Series([without_contacts(text) for text in told]))
