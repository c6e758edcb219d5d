"""Near codes: open codes that differ from an unknown one in exactly one character."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oso_pipeline.reconciliation.near_codes import near_codes

BRINS = st.from_regex(r"\A[0-2]{2}[AB]{2}\Z")


def near(code: str, *known: str) -> str | None:
    found = near_codes(pl.Series([code]), pl.Series(known, dtype=pl.String))
    return found["near"].item() if found.height else None


@pytest.mark.parametrize("known", ["10AA", "01AA", "00BA", "00AB"])
def test_a_code_with_one_other_character_is_near(known: str) -> None:
    assert near("00AA", known) == known


@pytest.mark.parametrize("known", ["11AA", "00BB", "99ZZ"])
def test_a_code_with_two_other_characters_is_not_near(known: str) -> None:
    assert near("00AA", known) is None


def test_three_codes_are_offered_at_most_the_lowest_first() -> None:
    assert near("00AA", "00AE", "00AD", "00AC", "00AB") == "00AB, 00AC, 00AD"


def test_without_unknown_codes_nothing_is_offered() -> None:
    assert near_codes(pl.Series([], dtype=pl.String), pl.Series(["00AA"])).is_empty()


@given(BRINS, st.lists(BRINS, unique=True, max_size=8))
def test_what_is_offered_differs_in_exactly_one_place(code: str, known: list[str]) -> None:
    by_hand = sorted(
        other for other in known if sum(a != b for a, b in zip(code, other, strict=True)) == 1
    )
    assert near(code, *known) == (", ".join(by_hand[:3]) or None)
