"""Codes: every damage of domain.md section 3 that has one meaning is repaired by name; the rest is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oso_pipeline import codes

BRINS = st.from_regex(r"\A[0-9]{2}[A-Z]{2}\Z")
BOARDS = st.from_regex(r"\A[0-9]{5}\Z")
NUMBERS = st.from_regex(r"\A[0-9]{2}\Z")


def read(reader: Callable[..., pl.Expr], *texts: str | None, brin: str | None = None) -> Any:
    frame = pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)})
    arguments = [pl.col("text")] if brin is None else [pl.col("text"), pl.lit(brin)]
    return frame.select(reader(*arguments).alias("read"))["read"].to_list()


@pytest.mark.parametrize(
    ("text", "brin", "branch_number", "repair"),
    [
        ("00AH", "00AH", None, None),
        (" 00AH ", "00AH", None, None),
        ("00ah", "00AH", None, "upper_cased"),
        ("00 AH", "00AH", None, "spaces_removed"),
        ("O0AH", "00AH", None, "letter_for_digit"),
        ("IOOV", "10OV", None, "letter_for_digit"),
        ("10OV", "10OV", None, None),
        ("00XX-02", "00XX", "02", "joined_code"),
        ("00XX|2", "00XX", "02", "joined_code"),
        ("00XX 02", "00XX", "02", "spaces_removed+joined_code"),
        ("00XX02", "00XX", "02", "joined_code"),
        ("03PM", "03PM", None, None),
        ("15:00:00", "03PM", None, "clock_time"),
        ("0:00", "12AM", None, "clock_time"),
        ("3:00:00 PM", "03PM", None, "spaces_removed+clock_time"),
        ("12:00:00", "12PM", None, "clock_time"),
    ],
)
def test_a_damaged_brin_with_one_meaning_is_repaired_by_name(
    text: str, brin: str, branch_number: str | None, repair: str | None
) -> None:
    expected = {"brin": brin, "joined_branch_number": branch_number, "repair": repair}
    assert read(codes.read_brin, text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "00SU-000",
        "15:30:00",
        "100000",
        "0AH",
        "00A1",
        "00A0",
        "AH00",
        "",
        "  ",
        "00AHX",
        "\u0660\u0660AH",
        None,
    ],
)
def test_what_may_mean_something_else_is_refused_as_a_brin(text: str | None) -> None:
    assert read(codes.read_brin, text)[0]["brin"] is None


@pytest.mark.parametrize(
    ("text", "number", "repair"),
    [
        ("02", "02", None),
        ("2", "02", "one_digit"),
        ("0", "00", "one_digit"),
        ("2.0", "02", "number_cell+one_digit"),
        ("O2", "02", "letter_for_digit"),
        ("00XX-02", "02", "joined_code"),
        ("00xx2", "02", "one_digit+joined_code"),
    ],
)
def test_a_damaged_branch_number_is_repaired_by_name(text: str, number: str, repair: str) -> None:
    assert read(codes.read_branch_number, text, brin="00XX") == [
        {"branch_number": number, "repair": repair}
    ]


@pytest.mark.parametrize("text", ["002", "A2", "00YY02", "-2", "2,0", ""])
def test_a_branch_number_of_another_school_or_shape_is_refused(text: str) -> None:
    assert read(codes.read_branch_number, text, brin="00XX")[0]["branch_number"] is None


@pytest.mark.parametrize(
    ("text", "number", "repair"),
    [
        ("10249", "10249", None),
        ("599", "00599", "lost_zeroes"),
        ("599.0", "00599", "number_cell+lost_zeroes"),
        ("1O249", "10249", "letter_for_digit"),
        ("10 249", "10249", "spaces_removed"),
    ],
)
def test_a_damaged_board_number_is_repaired_by_name(text: str, number: str, repair: str) -> None:
    assert read(codes.read_board_number, text) == [{"board_number": number, "repair": repair}]


@pytest.mark.parametrize("text", ["102490", "1024A", "10.249", "", "-1"])
def test_a_board_number_with_another_shape_is_refused(text: str) -> None:
    assert read(codes.read_board_number, text)[0]["board_number"] is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("02", "2"),
        ("2", "2"),
        ("00", "0"),
        ("0", "0"),
        ("2.0", "2"),
        (" 7 ", "7"),
        ("x2", "x2"),
        ("", None),
    ],
)
def test_delivery_point_numbers_lose_leading_zeroes_and_text_is_kept(
    text: str, number: str
) -> None:
    assert read(codes.read_delivery_point_number, text)[0]["number"] == number


@pytest.mark.parametrize(
    ("text", "repair"),
    [
        ("2", None),
        ("02", "leading_zeroes"),
        ("2.0", "number_cell"),
        ("02.0", "number_cell+leading_zeroes"),
        ("x2.0", None),
    ],
)
def test_what_was_repaired_of_a_delivery_point_number_has_a_name(
    text: str, repair: str | None
) -> None:
    assert read(codes.read_delivery_point_number, text)[0]["repair"] == repair


@given(st.lists(BRINS, unique=True, min_size=1))
def test_a_valid_brin_is_never_changed_and_no_two_merge(brins: list[str]) -> None:
    assert read(codes.read_brin, *brins) == [
        {"brin": brin, "joined_branch_number": None, "repair": None} for brin in brins
    ]


@given(st.lists(BOARDS, unique=True, min_size=1))
def test_a_valid_board_number_is_never_changed_and_no_two_merge(boards: list[str]) -> None:
    assert read(codes.read_board_number, *boards) == [
        {"board_number": board, "repair": None} for board in boards
    ]


@given(BRINS, st.lists(NUMBERS, unique=True, min_size=1))
def test_a_valid_branch_number_is_never_changed_and_no_two_merge(
    brin: str, numbers: list[str]
) -> None:
    assert read(codes.read_branch_number, *numbers, brin=brin) == [
        {"branch_number": number, "repair": None} for number in numbers
    ]


@given(st.text(max_size=8))
def test_whatever_is_written_is_read_as_a_code_of_the_grammar_or_refused(text: str) -> None:
    brin = read(codes.read_brin, text)[0]["brin"]
    board = read(codes.read_board_number, text)[0]["board_number"]
    assert brin is None or pl.Series([brin]).str.contains(codes.BRIN_PATTERN).item()
    assert board is None or pl.Series([board]).str.contains(codes.BOARD_PATTERN).item()


@given(BRINS, st.sampled_from(["{} ", " {}", "{}\t"]), st.booleans())
def test_damage_never_turns_one_school_into_another(brin: str, form: str, lower: bool) -> None:
    damaged = form.format(brin.lower() if lower else brin)
    assert read(codes.read_brin, damaged)[0]["brin"] == brin
