"""Codes and days out of hand-kept text, for the pandas peer: read, repair where one meaning is possible, else missing.

Texts are pandas' own `str` (Arrow behind it). Nearly all codes are valid and pass one regular expression; only the few
others are worked on. What repeats, as a day or a BRIN does, is read once per distinct text.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

BLANKS = " \t\r\n\u00a0\u200b\ufeff"
WHITE_SPACE = rf"[\s{BLANKS}]+"
BRIN = "[0-9]{2}[A-Z]{2}"
JOINED = r"([0-9OI]{2}[A-Z]{2})[-|]?([0-9OI]{1,2})"
_DAY = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?$"
Reader = Callable[[pd.Series], pd.Series]


def blank_as_missing(text: pd.Series) -> pd.Series:
    trimmed = text.str.strip(BLANKS)
    return trimmed.where(trimmed != "")


def once_per_text(text: pd.Series, read: Reader) -> pd.Series:
    """What `read` makes of every text, asked once for each that differs."""
    places, texts = pd.factorize(text)
    made = read(pd.Series(texts, dtype="str"))
    return made.reindex(places).set_axis(text.index)  # -1, a missing text, is no place


def among(values: pd.Series, known: pd.Series) -> pd.Series:
    """`values.isin(known)`, by Arrow: pandas' own makes a list of Python texts."""
    found = pc.is_in(pa.array(values), value_set=pa.array(known.dropna()))
    return pd.Series(found.to_numpy(zero_copy_only=False), index=values.index)


def differ(one: pd.Series, other: pd.Series) -> pd.Series:
    """Where both are known and not the same."""
    found = pc.fill_null(pc.not_equal(pa.array(one), pa.array(other)), False)
    return pd.Series(found.to_numpy(zero_copy_only=False), index=one.index)


def is_longer(text: pd.Series, length: int) -> pd.Series:
    found = pc.fill_null(pc.greater(pc.binary_length(pa.array(text)), length), False)
    return pd.Series(found.to_numpy(zero_copy_only=False), index=text.index)


def _repaired(text: pd.Series, pattern: str, repair: Reader) -> pd.Series:
    bad = text.notna() & ~text.str.fullmatch(pattern).astype(bool)
    if not bad.any():
        return text
    made = text.copy()
    made[bad] = repair(text[bad]).astype("str")
    return made


def squeezed(text: pd.Series) -> pd.Series:
    return text.str.replace(WHITE_SPACE, "", regex=True).str.upper()


def _digits(text: pd.Series) -> pd.Series:
    return text.str.replace("O", "0").str.replace("I", "1")


def brin(text: pd.Series) -> pd.Series:
    return once_per_text(text, lambda one: _repaired(one, BRIN, _repaired_brin))


def _repaired_brin(text: pd.Series) -> pd.Series:
    clean = squeezed(text)
    written = clean.str.extract(r"^([0-9OI]{2}[A-Z]{2})(?:[-|]?[0-9OI]{1,2})?$", expand=False)
    times = _clock_brin(clean[clean.str.contains(":", regex=False).astype(bool)])
    return (_digits(written.str[:2]) + written.str[2:]).fillna(times.reindex(clean.index))


def _clock_brin(clean: pd.Series) -> pd.Series:
    """`15:00:00` and `3:00 PM` -> `03PM`: what a spreadsheet made of a code."""
    hour = clean.str.extract(r"^([01]?[0-9]|2[0-3]):00(?::00)?$", expand=False).astype("float")
    half = hour.lt(12).map({True: "AM", False: "PM"}).where(hour.notna()).astype("str")
    dial = ((hour + 11) % 12 + 1).astype("Int64").astype("str").str.zfill(2) + half
    written = clean.str.extract(r"^(0?[1-9]|1[0-2]):00(?::00)?([AP]M)$").astype("str")
    return dial.fillna(written[0].str.zfill(2) + written[1])


def joined_number(text: pd.Series) -> pd.Series:
    """The branch number of `00XX-02`; missing for a code that stands alone."""

    def read(one: pd.Series) -> pd.Series:
        found = squeezed(one[one.str.len() > len("00XX")]).str.extract(f"^{JOINED}$")[1]
        return _digits(found.astype("str")).str.zfill(2).reindex(one.index)

    return once_per_text(text, read)


def branch_number(text: pd.Series, school: pd.Series) -> pd.Series:
    """Two digits, one digit, or a whole branch code of the same school."""

    def repair(bad: pd.Series) -> pd.Series:
        clean = squeezed(bad).str.removesuffix(".0")
        is_alone = clean.str.fullmatch("[0-9OI]{1,2}").astype(bool)
        joined = clean[~is_alone].str.extract(f"^{JOINED}$").astype("str")
        same = _digits(joined[0].str[:2]) + joined[0].str[2:] == school.loc[joined.index]
        number = clean.where(is_alone)
        number[~is_alone] = joined[1].where(same)
        return _digits(number).str.zfill(2)

    return _repaired(text, "[0-9]{2}", repair)


def branch_code(text: pd.Series, school: pd.Series) -> pd.Series:
    """The registry writes the whole code where its number is asked for."""
    whole = text.str.fullmatch(BRIN + "[0-9]{2}").astype(bool) & (text.str[:4] == school)
    if whole.all():
        return text
    code = text.where(whole)
    code[~whole] = school[~whole] + branch_number(text[~whole], school[~whole])
    return code


def board_number(text: pd.Series) -> pd.Series:
    """Five digits; zeroes that a spreadsheet took off are put back."""

    def repair(bad: pd.Series) -> pd.Series:
        clean = squeezed(bad).str.removesuffix(".0")
        return _digits(clean.where(clean.str.fullmatch("[0-9OI]{1,5}").astype(bool))).str.zfill(5)

    return once_per_text(text, lambda one: _repaired(one, "[0-9]{5}", repair))


def point_number(text: pd.Series) -> pd.Series:
    """`02` and `2` are the same; what is no number stays text."""

    def read(one: pd.Series) -> pd.Series:
        return one.str.extract(r"^0*([0-9]+)(?:\.0)?$", expand=False).fillna(one)

    return once_per_text(text, read)


def number_by_convention(number: pd.Series) -> pd.Series:
    """The two digits of the branch that a LAS point with this number serves."""
    return once_per_text(
        number, lambda one: one.where(one.str.fullmatch("[0-9]{1,2}").astype(bool)).str.zfill(2)
    )


def day(text: pd.Series) -> pd.Series:
    def read(one: pd.Series) -> pd.Series:
        found = one.str.extract(_DAY, expand=False)
        return pd.to_datetime(found, format="%Y-%m-%d", errors="coerce").dt.as_unit("s")

    return once_per_text(text, read)


def postcode(text: pd.Series) -> pd.Series:
    def repair(bad: pd.Series) -> pd.Series:
        return bad.str.replace(r"^([0-9]{4})\s*([A-Z]{2})$", r"\1 \2", regex=True)

    return _repaired(text.str.upper(), "[0-9]{4} [A-Z]{2}", repair)
