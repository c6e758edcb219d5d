"""E-mail addresses and telephone numbers that someone wrote where a code or a name belongs, masked at the door.

The columns for them are dropped whole (delivery.py). What is typed into another column, a user name or the name of a
branch, would go on into the snapshot and, of a row that cannot be read, into the quarantine. A masked value is no code
either, and two that differ stay two, so no row is read otherwise for it.
"""

from __future__ import annotations

import hashlib
import re

import polars as pl

_EMAIL = r"[\w.%+'-]+@[\w-]+(?:\.[\w-]+)+"


def _grouped(*sizes: int) -> str:
    return "[ .]".join(f"[0-9]{{{size}}}" for size in sizes)


_NUMBERS = (
    (1, ((8,), (2, 2, 2, 2), (4, 4), (3, 3, 2), (2, 3, 3))),
    (2, ((7,), (3, 2, 2), (3, 4), (2, 2, 3))),
    (3, ((6,), (3, 3), (2, 2, 2))),
)
"""How many digits follow the first zero, and how people group the rest: 06-12345678, 020 123 45 67, (0592) 123 456."""

_TELEPHONE = (
    r"(?:(?:\+|\b00)31[ .-]?(?:\(0\))?[ .-]?|\(?\b0)(?:"
    + "|".join(
        rf"[1-9][0-9]{{{area - 1}}}\)?[ .-]{{0,3}}(?:{'|'.join(_grouped(*sizes) for sizes in rest)})"
        for area, rest in _NUMBERS
    )
    + r")\b"
)
"""Ten digits from zero, or nine behind +31 or 0031: no BRIN, branch number, board number or day has so many."""

_MASKS = {re.compile(_EMAIL): "e-mailadres", re.compile(_TELEPHONE): "telefoonnummer"}
_MARK = 4
"""Hexadecimal digits of a hash: two contacts stay two, and none can be read from it."""


def without_contacts(text: str) -> str:
    """The text with every e-mail address and telephone number masked; the same one has the same mask."""
    for pattern, mask in _MASKS.items():
        text = pattern.sub(lambda found, mask=mask: f"[{mask} {_mark(found[0])}]", text)
    return text


def _mark(contact: str) -> str:
    return hashlib.sha256(contact.encode()).hexdigest()[:_MARK]


def _masked(texts: pl.Series) -> pl.Series:
    told = texts.filter(texts.str.contains(f"{_EMAIL}|{_TELEPHONE}")).unique()
    if told.is_empty():
        return texts
    return texts.replace(told, pl.Series([without_contacts(text) for text in told]))


def mask_contacts(rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """A table of texts without contacts, and in how many rows there were any."""
    masked = rows.with_columns(_masked(rows[name]) for name in rows.columns)
    changed = (rows[name].ne_missing(masked[name]) for name in rows.columns)
    return masked, int(pl.select(pl.any_horizontal(*changed).sum()).item())
