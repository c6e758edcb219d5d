"""Dates, choices and places out of text, as Polars expressions that read, repair or refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from unicodedata import normalize

import polars as pl

from oso_pipeline.contracts.registry import PROVINCE_NAMES, PROVINCES

_DAY = r"^((?:19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2})"
_TIME_OF_DAY = r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?$"


def read_day(text: pl.Expr) -> pl.Expr:
    """An ISO 8601 day; a local time behind it is left off. Null where it cannot be read (30 February too).

    A moment with a time zone is refused: which day it is in the Netherlands is not for us to guess. So is a year before
    1900: 0001-01-01 and 1899-12-30 are how programs write that there is no day.
    """
    return text.str.extract(_DAY + _TIME_OF_DAY).str.to_date("%Y-%m-%d", strict=False)


def read_each_once(
    text: pl.Expr, reader: Callable[[pl.Expr], pl.Expr], read_as: pl.DataType
) -> pl.Expr:
    """The same as the reader alone, for columns of few different texts: days above all."""

    def read(texts: pl.Series) -> pl.Series:
        different = texts.drop_nulls().unique()
        found = different.alias("text").to_frame().select(reader(pl.col("text")).alias("read"))
        return texts.replace_strict(different, found["read"], default=None, return_dtype=read_as)

    return text.map_batches(read, return_dtype=read_as)


def read_dutch_day(text: pl.Expr) -> pl.Expr:
    """A day as the register writes it, unpadded: `1-8-2005`. Null where it cannot be read (30 February too)."""
    day, month, year = (
        text.str.extract(r"^([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})$", group).str.zfill(2)
        for group in (1, 2, 3)
    )
    return (year + "-" + month + "-" + day).str.to_date("%Y-%m-%d", strict=False)


def is_unreadable(text: pl.Expr, value: pl.Expr) -> pl.Expr:
    """Something was written, and nothing could be read of it."""
    return text.is_not_null() & value.is_null()


def read_choice(text: pl.Expr) -> pl.Expr:
    """A word of a closed list, whatever its case; whether it stands in the list is checked apart."""
    return text.str.to_lowercase()


def read_postcode(text: pl.Expr) -> pl.Expr:
    """`9999AA` and `9999 AA` as `9999 AA`; anything else as it is written."""
    return text.str.to_uppercase().str.replace(r"^([0-9]{4})\s*([A-Z]{2})$", "${1} ${2}")


def province_spellings(written: pl.Series) -> dict[str, str]:
    """Every spelling of a province in a column, with the province as outputs name it.

    Case, spaces, hyphens and accents do not tell two provinces apart, so `Noord Holland` has one meaning (domain.md 3);
    what is none of the twelve is not among them.
    """
    told = {_letters(name): name for name in PROVINCES}
    told |= {_letters(name): meant for name, meant in PROVINCE_NAMES.items()}
    return {
        text: told[_letters(text)]
        for text in written.unique().drop_nulls()
        if _letters(text) in told
    }


def _letters(text: str) -> str:
    return re.sub("[^a-z]", "", normalize("NFKD", text.casefold()))
