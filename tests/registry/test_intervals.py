"""History: intervals in which nothing changed, carried from one published release to the next."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from world import D, ago

from oso_pipeline.contracts.records import SCHOOL_HISTORY
from oso_pipeline.registry.history import carry_history

Interval = tuple[str, str | None, date, date | None, str]


def carry(previous: list[Interval], now: dict[str, str | None], day: date = D) -> list[Interval]:
    before = pl.DataFrame(previous, schema=SCHOOL_HISTORY.schema, orient="row")
    today = pl.DataFrame(
        [*now.items()], schema={"brin": pl.String, "board_number": pl.String}, orient="row"
    )
    return carry_history(SCHOOL_HISTORY, before, today, day=day, release_id="tonight").rows()


def test_what_is_seen_for_the_first_time_begins_on_the_day() -> None:
    assert carry([], {"00AA": "10001"}) == [("00AA", "10001", D, None, "tonight")]


def test_what_did_not_change_goes_on_with_its_first_day_and_release() -> None:
    going_on = [("00AA", "10001", ago(9), None, "earlier")]
    assert carry(going_on, {"00AA": "10001"}) == going_on


def test_what_changed_ends_on_the_day_and_begins_anew() -> None:
    assert carry([("00AA", "10001", ago(9), None, "earlier")], {"00AA": "10002"}) == [
        ("00AA", "10001", ago(9), D, "earlier"),
        ("00AA", "10002", D, None, "tonight"),
    ]


def test_what_is_gone_ends_on_the_day() -> None:
    assert carry([("00AA", "10001", ago(9), None, "earlier")], {}) == [
        ("00AA", "10001", ago(9), D, "earlier")
    ]


def test_what_comes_back_begins_a_new_interval_beside_its_old_one() -> None:
    gone = ("00AA", "10001", ago(9), ago(5), "earlier")
    assert carry([gone], {"00AA": "10001"}) == [gone, ("00AA", "10001", D, None, "tonight")]


def test_an_unknown_state_that_stays_unknown_is_no_change() -> None:
    going_on: list[Interval] = [("00AA", None, ago(9), None, "earlier")]
    assert carry(going_on, {"00AA": None}) == going_on


def test_of_two_states_on_one_day_the_last_stands() -> None:
    assert carry([("00AA", "10001", D, None, "earlier")], {"00AA": "10002"}) == [
        ("00AA", "10002", D, None, "tonight")
    ]


STATES = st.dictionaries(
    st.sampled_from(["00AA", "00BB"]), st.sampled_from(["10001", "10002", None]), max_size=2
)
NIGHTS = st.lists(st.tuples(st.integers(0, 2), STATES), min_size=1, max_size=6)
"""Days since the night before, and what stands there."""


def play(nights: list[tuple[int, dict[str, str | None]]]) -> tuple[list[Interval], date]:
    history: list[Interval] = []
    day = D
    for days, now in nights:
        day += timedelta(days)
        history = carry(history, now, day)
    return history, day


@settings(max_examples=25, deadline=None)
@given(NIGHTS)
def test_intervals_of_one_subject_never_overlap(
    nights: list[tuple[int, dict[str, str | None]]],
) -> None:
    history, _ = play(nights)
    for one, next_one in pairwise(history):  # by subject and first day
        same_subject = one[0] == next_one[0]
        assert not same_subject or (one[3] is not None and one[3] <= next_one[2])


@settings(max_examples=25, deadline=None)
@given(NIGHTS)
def test_the_running_intervals_are_what_stands_there_tonight(
    nights: list[tuple[int, dict[str, str | None]]],
) -> None:
    history, _ = play(nights)
    assert {one[0]: one[1] for one in history if one[3] is None} == nights[-1][1]


@settings(max_examples=25, deadline=None)
@given(NIGHTS)
def test_replaying_the_nights_in_any_order_of_rows_gives_the_same_history(
    nights: list[tuple[int, dict[str, str | None]]],
) -> None:
    in_another_order = [(days, dict(reversed(now.items()))) for days, now in nights]
    assert play(in_another_order) == play(nights)


@settings(max_examples=25, deadline=None)
@given(NIGHTS)
def test_the_same_state_once_more_on_the_same_day_changes_no_history(
    nights: list[tuple[int, dict[str, str | None]]],
) -> None:
    history, day = play(nights)
    assert carry(history, nights[-1][1], day) == history


@settings(max_examples=25, deadline=None)
@given(NIGHTS, st.data())
def test_the_history_says_of_every_earlier_day_what_stood_there(
    nights: list[tuple[int, dict[str, str | None]]], data: st.DataObject
) -> None:
    history, _ = play(nights)
    asked = data.draw(st.integers(1, len(nights)))
    last_of_its_day = asked == len(nights) or nights[asked][0] > 0
    day = play(nights[:asked])[1]
    then = {one[0]: one[1] for one in history if one[2] <= day and not (one[3] and one[3] <= day)}
    assert not last_of_its_day or then == nights[asked - 1][1]
