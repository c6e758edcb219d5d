"""Sentences about many rows at once, for the pandas peer: Arrow joins the pieces of all rows in one pass."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_TEXT = pa.large_string()


def sentence(template: str, *values: pd.Series) -> pd.Series:
    """The template with each `{}` replaced by a value; missing where a value is missing."""
    first, *others = template.split("{}")
    pieces = [_word(first)]
    for value, part in zip(values, others, strict=True):
        pieces += [_as_text(value), _word(part)]
    return _as_series(pc.binary_join_element_wise(*pieces, _word("")), values[0].index)


def joined(parts: list[pd.Series], separator: str) -> pd.Series:
    """The parts that are not missing; an empty text where all are."""
    texts = [_as_text(part) for part in parts]
    made = pc.binary_join_element_wise(*texts, _word(separator), null_handling="skip")
    return _as_series(made, parts[0].index)


def _word(text: str) -> pa.Scalar:
    return pa.scalar(text, _TEXT)


def _as_text(value: pd.Series) -> pa.Array:
    made = pa.array(value)
    return (made.cast(pa.date32()) if pa.types.is_timestamp(made.type) else made).cast(_TEXT)


def _as_series(texts: pa.Array, index: pd.Index) -> pd.Series:
    return pd.Series(pd.array(texts, dtype="str"), index=index)


def first_that_fits(cases: list[tuple[pd.Series, pd.Series | str]], otherwise: str) -> pd.Series:
    """Per row the text of the first case that fits."""
    fits = [pa.array(mask.to_numpy(dtype="bool")) for mask, _ in cases]
    texts = [_word(text) if isinstance(text, str) else _as_text(text) for _, text in cases]
    names = [str(place) for place in range(len(cases))]
    chosen = pc.case_when(pa.StructArray.from_arrays(fits, names), *texts, _word(otherwise))  # fmt: skip
    return _as_series(chosen, cases[0][0].index)


def in_turn(columns: list[pd.Series]) -> pd.Series:
    """The first of each column, then the second of each."""
    stacked = pd.concat(columns, ignore_index=True)
    order = np.arange(len(stacked)).reshape(len(columns), -1).T.ravel()
    return stacked.take(order).reset_index(drop=True)


def lists(texts: pd.Series, place: np.ndarray, how_many: int) -> pd.Series:
    """Of every place a list of its texts, which stand in the order of the places."""
    return pd.Series(pd.arrays.ArrowExtensionArray(_lists(texts, place, how_many)))


def listed(texts: pd.Series, place: np.ndarray, how_many: int) -> pd.Series:
    """The same as one text, with commas."""
    made = pc.binary_join(_lists(texts, place, how_many), _word(", "))
    return _as_series(made, pd.RangeIndex(how_many))


def _lists(texts: pd.Series, place: np.ndarray, how_many: int) -> pa.Array:
    ends = np.bincount(place, minlength=how_many).cumsum()
    words = _as_text(texts)
    if isinstance(words, pa.ChunkedArray):
        words = words.combine_chunks()
    return pa.ListArray.from_arrays(np.concatenate([[0], ends]).astype("int32"), words)
