"""What was repaired, by name, for the pandas peer. Only texts that were written otherwise than they are read are looked at."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from benchmarks.marts import pandas_codes as codes
from benchmarks.marts.pandas_sentences import joined

_LETTERS = "[OI]"


def find_repairs(table: str, text: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """The names of the repairs of every row that can be used; missing where there are none."""
    used = rows["rule"].isna()
    told = []
    for name, names_of in REPAIRS[table].items():
        odd = used & codes.differ(text[name], rows[name])
        told.append(names_of(text.loc[odd, name], rows.loc[odd, name]))
    for name in (name for name in rows.columns if name.endswith("_on")):
        timed = used & codes.is_longer(text[name], len("2024-08-31"))
        told.append(_all("time_left_off")(text.loc[timed, name], text.loc[timed, name]))
    each = pd.concat(told, axis=1, sort=True)
    return joined([each[column] for column in each], "+").reindex(rows.index)


def _named(text: pd.Series, named: dict[str, pd.Series]) -> pd.Series:
    parts = [pd.Series(name, text.index, dtype="str").where(so.astype("bool")) for name, so in named.items()]  # fmt: skip
    return joined(parts, "+")


def _all(name: str) -> Callable[[pd.Series, pd.Series], pd.Series]:
    return lambda text, _: pd.Series(name, text.index, dtype="str")


def _was_spaced(text: pd.Series, clean: pd.Series) -> pd.Series:
    return clean.str.len() < text.str.len()


def _of_brin(text: pd.Series, _: pd.Series) -> pd.Series:
    clean = codes.squeezed(text)
    is_clock = clean.str.contains(":", regex=False)
    return _named(
        text,
        {
            "spaces_removed": _was_spaced(text, clean),
            "upper_cased": text.str.upper() != text,
            "letter_for_digit": clean.str[:2].str.contains(_LETTERS, regex=True),
            "joined_code": (clean.str.len() > len("00XX")) & ~is_clock.astype("bool"),
            "clock_time": is_clock,
        },
    )


def _of_branch_number(text: pd.Series, _: pd.Series) -> pd.Series:
    clean = codes.squeezed(text)
    bare = clean.str.removesuffix(".0")
    is_joined = bare.str.len() > len("00XX")
    number = bare.str.replace(r"^[0-9OI]{2}[A-Z]{2}[-|]?", "", regex=True)
    return _named(
        text,
        {
            "spaces_removed": _was_spaced(text, clean),
            "number_cell": clean.str.endswith(".0"),
            "letter_for_digit": number.str.contains(_LETTERS, regex=True),
            "one_digit": number.str.len() == 1,
            "joined_code": is_joined,
        },
    )


def _of_board_number(text: pd.Series, _: pd.Series) -> pd.Series:
    clean = codes.squeezed(text)
    return _named(
        text,
        {
            "spaces_removed": _was_spaced(text, clean),
            "number_cell": clean.str.endswith(".0"),
            "letter_for_digit": clean.str.contains(_LETTERS, regex=True),
            "lost_zeroes": clean.str.removesuffix(".0").str.len() < len("00000"),
        },
    )


def _of_account(text: pd.Series, name: pd.Series) -> pd.Series:
    of_board = name.str.len() == len("00000")
    found = [
        _of_board_number(text[of_board], name[of_board]),
        _of_brin(text[~of_board], name[~of_board]),
    ]
    return pd.concat(found)


def _of_point_number(text: pd.Series, number: pd.Series) -> pd.Series:
    bare = text.str.removesuffix(".0")
    return _named(text, {"number_cell": bare != text, "leading_zeroes": bare != number})


_WORD = _all("lower_cased")
REPAIRS: dict[str, dict[str, Callable[[pd.Series, pd.Series], pd.Series]]] = {
    "accounts": {"account_name": _of_account, "kind": _WORD},
    "agreements": {"board_number": _of_board_number, "kind": _WORD},
    "branches": {"brin": _of_brin, "branch_number": _of_branch_number},
    "delivery_points": {
        "brin": _of_brin,
        "branch_number": _of_branch_number,
        "number": _of_point_number,
        "kind": _WORD,
    },
    "questionnaires": {"brin": _of_brin, "status": _WORD},
    "test_exchanges": {
        "brin": _of_brin,
        "delivery_point_number": _of_point_number,
        "partner_brin": _of_brin,
        "profile": _all("upper_cased"),
        "result": _WORD,
    },
}
