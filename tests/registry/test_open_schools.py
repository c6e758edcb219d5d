"""Open schools: what they are called, who governs them, and since when."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from world import D, World, ago, branch, governs, transition, world


def school(night: World, brin: str = "00AA") -> dict[str, Any]:
    return night.schools.row(by_predicate=pl.col("brin") == brin, named=True)


def under_board(board: str | None, before: World | None = None, **more: Any) -> World:
    return world([branch("00AA00", board=board)], before=before, **more)


def test_a_school_is_open_when_it_has_an_open_branch() -> None:
    assert world(["00AA00", "00BB03"]).schools["brin"].to_list() == ["00AA", "00BB"]


def test_a_school_is_what_its_00_branch_is() -> None:
    side = branch("00AA01", board="10002", sector="po", branch_name="Side", province="Utrecht")
    main = branch("00AA00", board="10001", sector="vo", branch_name="Main", province="Zeeland")
    found = school(world([side, main]))
    assert [found[name] for name in ("school_name", "board_number", "sector", "province")] == [
        "Main",
        "10001",
        "vo",
        "Zeeland",
    ]


def test_a_school_without_a_00_branch_is_what_its_lowest_branch_is() -> None:
    high = branch("00AA03", board="10003", sector="po", branch_name="High", province="Utrecht")
    low = branch("00AA02", board="10002", sector="vo", branch_name="Low", province="Zeeland")
    found = school(world([high, low]))
    assert [found[name] for name in ("school_name", "board_number", "sector", "province")] == [
        "Low",
        "10002",
        "vo",
        "Zeeland",
    ]


def test_a_field_that_is_empty_at_the_00_branch_is_not_taken_from_another() -> None:
    assert school(world([branch("00AA00", board=None), "00AA01"]))["board_number"] is None


def test_a_school_knows_whether_it_has_a_00_branch() -> None:
    night = world(["00AA00", "00BB01"])
    assert [school(night, brin)["has_main_branch"] for brin in ("00AA", "00BB")] == [True, False]


def test_a_school_that_is_seen_for_the_first_time_has_not_changed_board() -> None:
    assert school(under_board("10001"))["under_board_since_on"] is None


def test_a_school_seen_under_another_board_came_under_it_on_the_day_of_that_release() -> None:
    moved = under_board("10002", before=under_board("10001", day=ago(1)))
    assert school(moved)["under_board_since_on"] == D


def test_the_day_on_which_a_school_changed_board_is_remembered() -> None:
    moved = under_board("10002", before=under_board("10001", day=ago(9)), day=ago(5))
    assert school(under_board("10002", before=moved))["under_board_since_on"] == ago(5)


def test_a_school_that_comes_back_under_its_first_board_came_under_it_when_it_came_back() -> None:
    away = under_board("10002", before=under_board("10001", day=ago(9)), day=ago(5))
    assert school(under_board("10001", before=away))["under_board_since_on"] == D


def test_a_side_branch_that_changes_board_changes_nothing_for_the_school() -> None:
    yesterday = world(["00AA00", branch("00AA01", board="10002")], day=ago(1))
    night = world(["00AA00", branch("00AA01", board="10003")], before=yesterday)
    assert school(night)["under_board_since_on"] is None


def test_a_side_branch_that_changes_board_does_so_on_no_day_of_its_school() -> None:
    told = {"governance": [governs("10001", "00AA", ago(5000))]}
    yesterday = world(["00AA00", branch("00AA01", board="10002")], day=ago(1), **told)
    night = world(["00AA00", branch("00AA01", board="10003")], before=yesterday, **told)
    assert night.change_log.select("subject", "effective_on").rows() == [("00AA01", D)]


def test_of_two_transitions_the_later_one_dates_a_school_that_changed_board_before() -> None:
    first = world(["00AA00"], day=ago(9))
    second = under_board("10002", before=first, day=ago(5))

    def since(*days: date) -> date | None:
        rows = [transition("10001", "10002", day, complete=False) for day in days]
        return school(under_board("10002", before=second, transitions=rows))["under_board_since_on"]

    assert since(ago(2)) == ago(5), "it was seen under this board before that day"
    assert since(ago(60), ago(30)) == ago(30)


def test_the_register_says_whom_a_school_left_and_since_when_it_was_under_a_board() -> None:
    left = [governs("10001", "00AA", ago(5000), ago(70)), governs("10002", "00AA", ago(70))]
    assert school(under_board("10002", governance=left))["former_board_number"] == "10001"
    seen = under_board("10003", day=ago(9))
    night = under_board("10002", before=seen, governance=left)
    assert school(night)["former_board_number"] == "10001"
    again = [governs("10001", "00AA", ago(900), ago(500)), governs("10001", "00AA", ago(500))]
    assert school(under_board("10001", governance=again))["under_board_since_on"] == ago(900)


def test_a_school_whose_00_branch_closes_comes_under_the_board_of_its_lowest() -> None:
    yesterday = world(["00AA00", branch("00AA01", board="10002")], day=ago(1))
    night = world([branch("00AA01", board="10002")], before=yesterday)
    assert (school(night)["board_number"], school(night)["under_board_since_on"]) == ("10002", D)


def test_a_school_that_changed_board_twice_left_the_board_that_it_was_under_last() -> None:
    first = under_board("10001", day=ago(9))
    second = under_board("10002", before=first, day=ago(7))
    found = school(under_board("10003", before=second))
    assert (found["former_board_number"], found["under_board_since_on"]) == ("10002", D)


def test_a_night_on_which_the_board_could_not_be_read_is_no_change_of_board() -> None:
    unread = under_board(None, before=under_board("10001", day=ago(9)), day=ago(5))
    found = school(under_board("10001", before=unread))
    assert (found["former_board_number"], found["under_board_since_on"]) == (None, None)


def test_a_school_that_was_gone_and_is_back_under_the_same_board_has_not_changed_board() -> None:
    gone = world(["00BB00"], before=under_board("10001", day=ago(9)), day=ago(5))
    assert school(under_board("10001", before=gone))["under_board_since_on"] is None


def test_a_school_that_was_gone_and_is_back_under_another_board_came_under_it_that_day() -> None:
    gone = world(["00BB00"], before=under_board("10001", day=ago(9)), day=ago(5))
    assert school(under_board("10002", before=gone))["under_board_since_on"] == D


def test_a_school_that_is_gone_for_a_while_keeps_the_day_on_which_it_changed_board() -> None:
    moved = under_board("10002", before=under_board("10001", day=ago(9)), day=ago(7))
    gone = world(["00BB00"], before=moved, day=ago(5))
    assert school(under_board("10002", before=gone))["under_board_since_on"] == ago(7)


def test_a_change_that_the_same_day_takes_back_is_no_change() -> None:
    first = under_board("10001", day=ago(3))
    wrong = under_board("10002", before=first)
    assert school(under_board("10001", before=wrong))["under_board_since_on"] is None
