"""Events: what happened between the last published release and tonight."""

from __future__ import annotations

from typing import Any

import pytest
from world import (
    TESTED,
    D,
    World,
    ago,
    agreement,
    branch,
    connected_school,
    exchange,
    in_any_world,
    point,
    questionnaire,
    world,
)


def test_on_the_first_night_nothing_happened() -> None:
    assert connected_school().events() == []


def test_a_branch_that_is_new_in_the_file_has_opened() -> None:
    night = world(["00AA00", branch("00AA01", branch_name="New")], before=world(["00AA00"]))
    assert night.events() == [("branch_opened", "00AA01", None, "New")]


def test_a_branch_that_is_gone_unexplained_has_vanished() -> None:
    before = world(["00AA00", branch("00AA01", branch_name="Old")])
    assert world(["00AA00"], before=before).events() == [("branch_vanished", "00AA01", "Old", None)]


def test_a_branch_under_another_board_has_changed_board() -> None:
    night = world([branch("00AA00", board="10002")], before=world(["00AA00"]))
    assert night.events() == [("board_changed", "00AA00", "10001", "10002")]


def test_a_branch_that_gets_a_board_has_changed_board() -> None:
    night = world(["00AA00"], before=world([branch("00AA00", board=None)]))
    assert night.events() == [("board_changed", "00AA00", None, "10001")]


def test_a_branch_with_another_name_is_renamed() -> None:
    before = world([branch("00AA00", branch_name="Old")])
    night = world([branch("00AA00", branch_name="New")], before=before)
    assert night.events() == [("renamed", "00AA00", "Old", "New")]


@pytest.mark.parametrize("part", ["street", "house_number", "postcode", "city"])
def test_a_branch_with_another_address_has_moved(part: str) -> None:
    before = world([branch("00AA00", **{part: "old"})])
    night = world([branch("00AA00", **{part: "new"})], before=before)
    assert night.events() == [("moved", "00AA00", "old", "new")]


@pytest.mark.parametrize("part", ["municipality", "province"])
def test_another_municipality_or_province_around_it_does_not_move_a_branch(part: str) -> None:
    before = world([branch("00AA00", **{part: "old"})])
    assert world([branch("00AA00", **{part: "new"})], before=before).events() == []


def test_a_branch_that_is_connected_now_and_was_not_has_been_connected() -> None:
    before = connected_school(exchanges=[])
    assert connected_school(before=before).events() == [("connected", "00AA00", None, "connected")]


def test_a_connection_takes_effect_on_the_day_from_which_the_branch_is_connected() -> None:
    night = connected_school(before=connected_school(exchanges=[], day=ago(3)))
    assert night.branch()["connected_on"] == TESTED
    assert night.change_log["effective_on"].to_list() == [TESTED]


def test_a_connection_takes_no_effect_before_the_branch_was_last_connected() -> None:
    once = connected_school(day=ago(9))
    lost = connected_school(exchanges=[], before=once, day=ago(3))
    night = connected_school(before=lost)
    assert night.change_log.filter(event="connected")["effective_on"].to_list() == [ago(9)]


def test_a_branch_that_opens_connected_has_opened_and_been_connected() -> None:
    records: dict[str, Any] = {
        "agreements": [agreement()],
        "questionnaires": [questionnaire()],
        "points": [point()],
        "exchanges": [exchange()],
    }
    night = world(["00AA00", "00BB00"], **records, before=world(["00BB00"], **records))
    assert [event for event, *_ in night.events()] == ["branch_opened", "connected"]


def test_a_branch_that_was_connected_and_is_not_has_been_disconnected() -> None:
    night = connected_school(points=[], before=connected_school())
    assert night.events() == [("disconnected", "00AA00", "connected", "lapsed")]


@pytest.mark.parametrize(
    ("instead", "why"),
    [
        ({"points": []}, "The school has no LAS delivery point. The passed test exchange used a number that no LAS delivery point of the school has."),
        ({"agreements": [agreement(ended_on=ago(3))]}, f"The base agreement of board 10001 ended on {ago(3)}."),
        ({"points": [point("0", link="02")], "branches": ["00AA00", "00AA02"]}, "No active LAS delivery point serves it any more."),
    ],
    ids=["no point", "no agreement", "not covered"],
)  # fmt: skip
def test_why_a_branch_was_disconnected_is_what_it_lacked_then(
    instead: dict[str, Any], why: str
) -> None:
    night = connected_school(before=connected_school(), **instead)
    assert night.change_log.filter(event="disconnected")["reason"].to_list() == [why]


def test_a_connected_branch_that_is_gone_has_been_disconnected_too() -> None:
    night = world(["00BB00"], before=connected_school(["00AA00", "00BB00"]))
    assert ("disconnected", "00AA00", "connected", None) in night.events()
    assert night.change_log.filter(event="disconnected")["reason"].to_list() == [None]


def test_an_event_has_the_day_and_the_release_that_show_it_first() -> None:
    night = world(["00AA00", "00AA01"], before=world(["00AA00"], day=ago(1)))
    assert night.change_log.select("effective_on", "release_id").rows() == [(D, "2")]


def test_the_change_log_keeps_the_events_of_earlier_releases() -> None:
    second = world(["00AA00", "00AA01"], before=world(["00AA00"], day=ago(2)), day=ago(1))
    third = world(["00AA00"], before=second)
    assert third.change_log.select("event", "release_id").rows() == [
        ("branch_opened", "2"),
        ("branch_vanished", "3"),
    ]


@in_any_world
def test_nothing_happens_between_a_state_and_itself(night: World) -> None:
    state = night.branch_status
    again = night.happened_between(state, state)
    assert again.is_empty()


@in_any_world
def test_what_opened_one_way_vanished_the_other_way(night: World) -> None:
    earlier, now = night.last["branch_status"], night.branch_status
    there = night.happened_between(earlier, now)
    back = night.happened_between(now, earlier)
    opened = there.filter(event="branch_opened")["subject"].to_list()
    assert opened == back.filter(event="branch_vanished")["subject"].to_list()
