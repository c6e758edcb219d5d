"""The life events: what explains a branch that is gone, in which order, and since when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from world import D, Row, World, ago, ahead, branch, organisation, transition, world

GONE = ["branch_merged", "branch_renumbered", "branch_split", "branch_closed", "branch_vanished"]


def gone(**told: object) -> World:
    """00AA00 stood in the last release and is gone tonight."""
    return world(["00BB00"], before=world(["00AA00", "00BB00"], day=ago(1)), **told)  # type: ignore[arg-type]


def the_event(night: World) -> Row:
    (found,) = [row for row in night.change_log.to_dicts() if row["event"] in GONE]
    return found


@pytest.mark.parametrize(
    ("told", "event", "into", "on"),
    [
        ({}, "branch_vanished", None, D),
        ({"organisations": [organisation("00AA00", closed_on=ago(9))]}, "branch_closed", None, ago(9)),
        ({"organisations": [organisation("00AA", closed_on=ago(9))]}, "branch_closed", None, ago(9)),
        ({"organisations": [organisation("00AA00", closed_on=ahead(9))]}, "branch_vanished", None, D),
        ({"organisations": [organisation("00AA00", closed_on=D)]}, "branch_closed", None, D),
        ({"organisations": [organisation("00AA00", record="H", closed_on=ago(500)), organisation("00AA00", ago(400))]}, "branch_vanished", None, D),
        ({"organisations": [organisation("00AA00", record="H", closed_on=ago(9)), organisation("00AA00", ago(9500), record="H", closed_on=ago(9300))]}, "branch_closed", None, ago(9)),
        ({"transitions": [transition("00AA00", "00BB00", ago(9))]}, "branch_merged", "00BB00", ago(9)),
        ({"transitions": [transition("00AA00", "00BB00", ago(9), kind="transfer")]}, "branch_renumbered", "00BB00", ago(9)),
        ({"transitions": [transition("00AA00", "00BB00", ago(9), kind="split")]}, "branch_split", "00BB00", ago(9)),
        ({"transitions": [transition("00AA", "00BB", ago(9))]}, "branch_merged", "00BB", ago(9)),
        ({"transitions": [transition("00AA", "00BB", ago(5000))], "organisations": [organisation("00AA00", closed_on=ago(9)), organisation("00BB")]}, "branch_closed", None, ago(9)),
        ({"transitions": [transition("00AA02", "00BB03", ago(9000))], "organisations": [organisation("00AA", closed_on=ago(9)), organisation("00BB03")]}, "branch_closed", None, ago(9)),
        ({"transitions": [transition("00AA00", "00BB00", ahead(9))]}, "branch_vanished", None, D),
        ({"transitions": [transition("00AA00", "00CC00", ago(9))]}, "branch_merged", "00CC00", ago(9)),
        ({"transitions": [transition("00AA00", "00BB00", ago(9))], "organisations": [organisation("00AA00", closed_on=ago(8)), organisation("00BB00")]}, "branch_merged", "00BB00", ago(9)),
    ],
    ids=["nothing", "closed", "school_closed", "closes_later", "closes_today", "closed_once", "only_a_past", "merged", "renumbered", "split", "by_its_school", "its_school_went_long_before", "another_branch_went_long_before", "merges_later", "into_one_that_is_gone", "transition_wins"],
)  # fmt: skip
def test_what_explains_a_branch_that_is_gone(told: Row, event: str, into: str | None, on: object) -> None:  # fmt: skip
    found = the_event(gone(**told))
    assert (found["event"], found["to_value"], found["effective_on"]) == (event, into, on)
    assert (found["subject"], found["from_value"]) == ("00AA00", "School 00AA00")


def test_an_event_says_which_row_of_the_register_explains_it() -> None:
    rows = [transition("00AA00", "00CC00", ago(99)), transition("00CC00", "00BB00", ago(9))]
    assert the_event(gone(transitions=rows))["reason"] == (
        f"OVERGANGEN row 2, 3: merged on {ago(99)}, to 00BB00 by way of 00CC00."
    )


def test_a_newcomer_at_the_same_address_is_only_a_proposal() -> None:
    place = {"postcode": "3700 AA", "house_number": "1"}
    before = world([branch("00AA00", **place), "00BB00"], day=ago(1))
    found = the_event(world(["00BB00", branch("00CC00", **place)], before=before))
    assert (found["event"], found["to_value"]) == ("branch_vanished", None)
    assert "At its address opened 00CC00: it may be its successor." in found["reason"]


def test_what_vanished_is_explained_once_when_the_register_comes_to_know() -> None:
    first = gone()
    second = world(["00BB00"], before=first, day=D, transitions=[transition("00AA00", "00BB00", ago(9))])  # fmt: skip
    third = world(["00BB00"], before=second, transitions=[transition("00AA00", "00BB00", ago(9))])
    told = third.change_log.filter(subject="00AA00").select("event", "effective_on").rows()
    assert sorted(told) == [("branch_merged", ago(9)), ("branch_vanished", D)]


@pytest.mark.parametrize(("later", "explained"), [(366, True), (367, False)])
@pytest.mark.parametrize("what", ["transitions", "organisations"])
def test_what_befell_its_school_long_after_it_vanished_explains_nothing(
    what: str, later: int, explained: bool
) -> None:
    vanished_on = ago(1000)
    first = world(["00BB00"], day=vanished_on, before=world(["00AA00", "00BB00"], day=ago(1001)))
    on = vanished_on + timedelta(days=later)
    told = transition("00AA", "00BB", on) if what == "transitions" else organisation("00AA", closed_on=on)  # fmt: skip
    events = world(["00BB00"], before=first, **{what: [told]}).change_log["event"].to_list()
    assert ("branch_vanished" in events, len(events) == 2) == (True, explained)


def test_a_branch_that_came_back_is_not_explained_away() -> None:
    back = world(["00AA00", "00BB00"], before=gone())
    later = world(["00AA00", "00BB00"], before=back, organisations=[organisation("00AA00", closed_on=ago(9))])  # fmt: skip
    assert later.change_log["event"].to_list() == ["branch_vanished", "branch_opened"]


def test_a_branch_that_comes_back_begins_a_new_interval() -> None:
    back = world(["00AA00", "00BB00"], before=gone(), day=ahead(5))
    intervals = back.branch_history.filter(branch_code="00AA00").select("from_on", "until_on", "first_release_id")  # fmt: skip
    assert intervals.rows() == [(ago(1), D, "1"), (ahead(5), None, "3")]


@pytest.mark.parametrize(
    ("opened_on", "on"),
    [(ago(40), ago(40)), (ago(366), ago(366)), (ago(367), D), (ahead(3), D), (None, D)],
)
def test_a_branch_opened_on_the_day_that_the_register_gives_unless_long_ago(
    opened_on: object, on: object
) -> None:
    night = world(
        ["00AA00", "00BB00"],
        before=world(["00BB00"], day=ago(1)),
        organisations=[organisation("00AA00", opened_on)],  # type: ignore[arg-type]
    )
    assert night.change_log.select("event", "effective_on").rows() == [("branch_opened", on)]


def test_a_branch_that_the_register_opened_twice_opened_on_the_later_day() -> None:
    night = world(
        ["00AA00", "00BB00"],
        before=world(["00BB00"], day=ago(1)),
        organisations=[
            organisation("00AA00", ago(300), record="H", closed_on=ago(200)),
            organisation("00AA00", ago(40)),
        ],
    )
    assert night.change_log["effective_on"].to_list() == [ago(40)]


def test_a_branch_that_opened_out_of_another_says_so() -> None:
    before = world(["00AA00", "00BB00"], day=ago(1))
    night = world(["00BB00", "00BB01"], before=before, transitions=[transition("00AA00", "00BB01")])
    (opened,) = night.change_log.filter(event="branch_opened").to_dicts()
    assert opened["reason"] == "00AA00 went on as this branch."


def test_a_change_of_board_took_effect_on_the_day_of_the_transition() -> None:
    before = world(["00AA00"], day=ago(1))
    rows = [transition("10001", "10002", ago(60), kind="transfer", complete=False)]
    night = world([branch("00AA00", board="10002")], before=before, transitions=rows)
    assert night.change_log.select("event", "effective_on").rows() == [("board_changed", ago(60))]


def test_a_branch_that_came_back_opened_on_the_day_that_it_is_back() -> None:
    away = world(["00BB00"], before=world(["00AA00", "00BB00"], day=ago(2)), day=ago(1))
    back = world(["00AA00", "00BB00"], before=away, organisations=[organisation("00AA00", ago(40))])
    assert back.change_log.filter(event="branch_opened")["effective_on"].to_list() == [D]
