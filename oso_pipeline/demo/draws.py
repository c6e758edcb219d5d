"""A dice that can be thrown for a million rows at once, and gives the same for the same question.

A draw is a function of the seed, the name of the question and the row's number, not of what was drawn
before (SplitMix64 over a counter). So a country can be computed column by column, and a fact about one
school does not change because another school was added.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

_STEP = 0x9E3779B97F4A7C15
_STIR = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_LAST_SHIFT = 31


@dataclass(frozen=True)
class Draws:
    """All the chance of one country.

    Attributes:
        seed: two countries with one seed are the same country.
    """

    seed: int

    def bits(self, question: str, key: pl.Expr) -> pl.Expr:
        """Draw 64 bits (UInt64) per row; one question and key give one answer."""
        drawn = key.cast(pl.UInt64) * _word(_STEP) + _word(self._salt(question))
        for shift, factor in _STIR:
            drawn = (drawn ^ (drawn // _word(2**shift))) * _word(factor)
        return drawn ^ (drawn // _word(2**_LAST_SHIFT))

    def below(self, question: str, key: pl.Expr, end: int | pl.Expr) -> pl.Expr:
        """Draw a whole number (Int64) of 0 up to, not including, ``end``."""
        size = _word(end) if isinstance(end, int) else end.cast(pl.UInt64)
        return (self.bits(question, key) % size).cast(pl.Int64)

    def share(self, question: str, key: pl.Expr) -> pl.Expr:
        """Draw a number (Float64) of 0 up to, not including, 1."""
        return (self.bits(question, key) // _word(2**11)).cast(pl.Float64) / 2.0**53

    def chance(self, question: str, key: pl.Expr, probability: float) -> pl.Expr:
        """Draw yes or no (Boolean)."""
        return self.share(question, key) < probability

    def pick(self, question: str, key: pl.Expr, words: Sequence[str]) -> pl.Expr:
        """Draw one of the words (String), each as likely."""
        return pl.lit(pl.Series(words, dtype=pl.String)).gather(
            self.below(question, key, len(words)),
        )

    def weighted(self, question: str, key: pl.Expr, weights: Mapping[str, float]) -> pl.Expr:
        """Draw one of the names (String) in proportion to its weight."""
        total = sum(weights.values())
        bounds = [upto / total for upto in itertools.accumulate(weights.values())]
        passed = pl.lit(pl.Series(bounds[:-1], dtype=pl.Float64)).search_sorted(
            self.share(question, key), side="right"
        )
        return pl.lit(pl.Series(list(weights), dtype=pl.String)).gather(passed)

    def dealt(
        self,
        frame: pl.DataFrame,
        key: str,
        into: str,
        weights: Mapping[str, float],
    ) -> pl.DataFrame:
        """Deal the rows over the names so that every name gets its share, and at least one row.

        Unlike ``weighted``, a rare name is sure to be there even in a small country (as far as there
        are rows: the rarest come first).

        Args:
            frame: the rows, with a column ``key`` that is unique.
            key: the column that tells the rows apart.
            into: the column (String) that is added.
            weights: name -> share of the rows; they need not add up to one.
        """
        names = _shares(frame.height, weights)
        order = frame.select(pl.col(key), self.bits(f"deal {into}", pl.col(key)).alias("_order"))
        dealt = order.sort("_order", key).select(key, pl.Series(into, names, dtype=pl.String))
        return frame.join(dealt, on=key, how="left", maintain_order="left")

    def _salt(self, question: str) -> int:
        digest = hashlib.sha256(f"{self.seed}:{question}".encode()).digest()
        return int.from_bytes(digest[:8], "big")


def _word(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.UInt64)


def _shares(rows: int, weights: Mapping[str, float]) -> list[str]:
    """Name ``rows`` places, the rarest names first, the commonest taking what is left."""
    total = sum(weights.values())
    by_weight = sorted(weights, key=lambda name: (weights[name], name))
    places: list[str] = []
    for name in by_weight[:-1]:
        places += [name] * max(1, round(rows * weights[name] / total))
    places += [by_weight[-1]] * max(0, rows - len(places))
    return places[:rows]
