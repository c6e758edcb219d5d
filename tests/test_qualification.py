"""The steps of qualifying: which holds, since when, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from world import (
    REGISTERED,
    SENT_IN,
    SIGNED,
    TESTED,
    Case,
    D,
    Row,
    World,
    account,
    ago,
    agreement,
    ahead,
    apart,
    branch,
    connected_school,
    exchange,
    extension,
    in_any_world,
    point,
    questionnaire,
    served_by,
    world,
)

REQUIRED = ["agreement", "questionnaire", "delivery_point", "test_exchange"]


def passed_since(night: World | Case, step: str) -> tuple[bool, date | None]:
    found = night.step(step)
    return found["passed"], found["since_on"]


def test_a_school_has_five_steps_and_the_four_required_ones_qualify_it() -> None:
    night = connected_school()
    steps = night.qualification_steps.select("step", "passed").rows()
    assert dict(steps) == {"account": False} | dict.fromkeys(REQUIRED, True)
    assert night.school()["qualified"]


# ---- step 0: account


@pytest.mark.parametrize(
    ("night", "passed"),
    apart(
        lambda accounts: {
            "branches": ["00AA00", branch("00BB00", board="10002")],
            "accounts": accounts,
        },
        [
            ([account("00AA")], True),
            ([account("10001")], True),
            ([account("00AA", ago(5)), account("10001", ago(9))], True),
            ([account("00AA", None, requested_on=ago(9))], False),
            ([account("00AA", closed_on=D)], False),
            ([account("00AA", closed_on=ahead(1))], True),
            ([account("00BB")], False),
            ([account("10002")], False),
            ([], False),
        ],
    ),
)
def test_the_account_step_needs_an_active_account_of_the_school_or_its_board_and_shows_no_day(
    night: Case, passed: bool
) -> None:
    assert passed_since(night, "account") == (passed, None)


def test_a_school_without_an_account_is_qualified_all_the_same() -> None:
    assert connected_school(accounts=[]).school()["qualified"]


def test_the_account_is_not_among_the_missing_steps() -> None:
    assert world(["00AA00"]).school()["missing_steps"] == REQUIRED


def test_a_late_account_does_not_make_the_school_qualified_later() -> None:
    assert connected_school(accounts=[account("00AA", D)]).school()["qualified_on"] == TESTED


# ---- step 1: agreement


@pytest.mark.parametrize(
    ("night", "passed"),
    apart(lambda agreements: {"branches": ["00AA00", branch("00BB00", board="10002")], "agreements": agreements}, [
        ([agreement(signed_on=ago(1))], (True, ago(1))),
        ([agreement(signed_on=D)], (True, D)),
        ([agreement(signed_on=ahead(1))], (False, None)),
        ([agreement(signed_on=None)], (False, None)),
        ([agreement(ended_on=ago(1))], (False, None)),
        ([agreement(ended_on=D)], (False, None)),
        ([agreement(ended_on=ahead(1))], (True, SIGNED)),
        ([agreement("10002")], (False, None)),
        ([extension()], (False, None)),
        ([agreement(signed_on=ago(5)), agreement(signed_on=ago(9))], (True, ago(9))),
        ([agreement(signed_on=ago(9), ended_on=ago(5)), agreement(signed_on=ago(5))], (True, ago(5))),
    ]),
)  # fmt: skip
def test_the_agreement_step_needs_an_active_base_agreement_of_the_board(
    night: Case, passed: tuple[bool, date | None]
) -> None:
    assert passed_since(night, "agreement") == passed


def test_the_agreement_of_a_side_branchs_board_is_not_that_of_the_school() -> None:
    branches = ["00AA00", branch("00AA01", board="10002")]
    assert not connected_school(branches, agreements=[agreement("10002")]).school()["qualified"]


def test_a_school_whose_new_board_has_no_agreement_is_no_longer_qualified() -> None:
    before = connected_school(day=ago(1))
    night = connected_school([branch("00AA00", board="10002")], before=before)
    assert night.school()["missing_steps"] == ["agreement"]


def test_a_school_whose_new_board_has_no_agreement_is_disconnected() -> None:
    before = connected_school(day=ago(1))
    night = connected_school([branch("00AA00", board="10002")], before=before)
    assert night.branch()["status"] == "lapsed"
    assert night.events() == [
        ("board_changed", "00AA00", "10001", "10002"),
        ("disconnected", "00AA00", "connected", "lapsed"),
    ]


def moved(*, signed_on: date, day: date = D) -> World:
    """The school came under board 10002 five days ago."""
    both = [agreement("10001"), agreement("10002", signed_on)]
    before = connected_school(agreements=both, day=ago(6))
    change = connected_school(
        [branch("00AA00", board="10002")], agreements=both, day=ago(5), before=before
    )
    again = [branch("00AA00", board="10002")]
    return connected_school(again, agreements=both, day=day, before=change)


@pytest.mark.parametrize(
    ("signed_on", "since"), [(SIGNED, ago(5)), (ago(5), ago(5)), (ago(4), ago(4))]
)
def test_an_agreement_holds_since_the_school_came_under_the_board_if_that_is_later(
    signed_on: date, since: date
) -> None:
    assert passed_since(moved(signed_on=signed_on), "agreement") == (True, since)


def test_a_school_that_goes_from_one_signed_board_to_another_stays_connected_since_it_was() -> None:
    assert moved(signed_on=SIGNED).branch()["connected_on"] == TESTED


def test_being_seen_for_the_first_time_does_not_make_an_agreement_younger() -> None:
    assert passed_since(connected_school(), "agreement") == (True, SIGNED)


@pytest.mark.parametrize(
    ("branches", "agreements", "said"),
    [
        ([branch("00AA00", board=None)], [], "names no board"),
        (["00AA00"], [agreement(ended_on=ago(9))], "of board 10001 ended on 2026-11-11"),
        (["00AA00"], [], "board 10001 has none"),
    ],
)
def test_the_reason_says_why_there_is_no_agreement(
    branches: list[Any], agreements: list[Row], said: str
) -> None:
    assert said in world(branches, agreements=agreements).step("agreement")["reason"]


# ---- step 2: questionnaire


@pytest.mark.parametrize(
    ("night", "passed"),
    apart(lambda rows: {"branches": ["00AA00", "00BB00"], "questionnaires": rows}, [
        ([questionnaire(status="approved")], (True, SENT_IN)),
        ([questionnaire(status="submitted")], (True, SENT_IN)),
        ([questionnaire(status="draft")], (False, None)),
        ([questionnaire(status="rejected")], (False, None)),
        ([questionnaire(submitted_on=D)], (True, D)),
        ([questionnaire(submitted_on=ahead(1))], (False, None)),
        ([questionnaire(submitted_on=None)], (False, None)),
        ([questionnaire(submitted_on=ago(5)), questionnaire(submitted_on=ago(9))], (True, ago(9))),
        ([questionnaire(submitted_on=ago(9), status="rejected"), questionnaire(submitted_on=ago(5))], (True, ago(5))),
        ([questionnaire("00BB")], (False, None)),
    ]),
)  # fmt: skip
def test_the_questionnaire_step_needs_one_that_was_sent_in(
    night: Case, passed: tuple[bool, date | None]
) -> None:
    assert passed_since(night, "questionnaire") == passed


# ---- step 3: delivery point


@pytest.mark.parametrize(
    ("night", "passed"),
    apart(
        lambda rows: {"branches": ["00AA00", "00AA01", "00BB00"], "points": rows},
        [
            ([point("0")], (True, REGISTERED)),
            ([point("1")], (True, REGISTERED)),
            ([point("7")], (False, None)),
            ([point("A", link="00")], (True, REGISTERED)),
            ([point("0", link="07")], (False, None)),
            ([point("0", kind="ot")], (False, None)),
            ([point("0", registered_on=D)], (True, D)),
            ([point("0", registered_on=ahead(1))], (False, None)),
            ([point("0", registered_on=None)], (False, None)),
            ([point("0", ended_on=D)], (False, None)),
            ([point("0", ended_on=ahead(1))], (True, REGISTERED)),
            ([point("0", requested_on=ahead(1))], (False, None)),
            ([point("0", registered_on=ago(5)), point("1", registered_on=ago(9))], (True, ago(9))),
            ([point("0", registered_on=ago(5)), point("7", registered_on=ago(9))], (True, ago(5))),
            ([point("0", "00BB")], (False, None)),
        ],
    ),
)
def test_the_delivery_point_step_needs_an_active_las_point_that_serves_an_open_branch(
    night: Case, passed: tuple[bool, date | None]
) -> None:
    assert passed_since(night, "delivery_point") == passed


def test_a_point_that_serves_by_decision_makes_the_delivery_point_step() -> None:
    night = world(["00AA00"], points=[point("7")], decisions=[served_by("00AA00", "7")])
    assert passed_since(night, "delivery_point") == (True, REGISTERED)


# ---- step 4: test exchange


@pytest.mark.parametrize(
    ("night", "passed"),
    apart(lambda rows: {"branches": ["00AA00", "00BB00"], "points": [point("0")], "exchanges": rows}, [
        ([exchange()], (True, TESTED)),
        ([exchange(performed_on=D)], (True, D)),
        ([exchange(performed_on=ahead(1))], (False, None)),
        ([exchange(performed_on=None)], (False, None)),
        ([exchange(result="failed")], (False, None)),
        ([exchange("7")], (False, None)),
        ([exchange(None)], (False, None)),
        ([exchange(profile="UNKNOWN")], (True, TESTED)),
        ([exchange(performed_on=ago(5)), exchange(performed_on=ago(9))], (True, ago(9))),
        ([exchange(performed_on=ago(9), result="failed"), exchange(performed_on=ago(5))], (True, ago(5))),
        ([exchange("0", "00BB")], (False, None)),
    ]),
)  # fmt: skip
def test_the_test_exchange_step_needs_a_passed_one_by_a_las_point_of_the_school(
    night: Case, passed: tuple[bool, date | None]
) -> None:
    assert passed_since(night, "test_exchange") == passed


@pytest.mark.parametrize(
    ("night", "passed"),
    apart(
        lambda row: {
            "branches": ["00AA00", "00BB00"],
            "points": [row],
            "exchanges": [exchange("3")],
        },
        [
            pytest.param(point("3", ended_on=ago(9)), True, id="ended"),
            pytest.param(point("3", registered_on=None), True, id="never registered"),
            pytest.param(point("3"), True, id="serves no branch"),
            pytest.param(point("3", kind="ot"), False, id="ot"),
            pytest.param(point("3", kind="ldos"), False, id="ldos"),
            pytest.param(point("3", kind="swv"), False, id="swv"),
            pytest.param(point("3", requested_on=ahead(1)), False, id="begins after D"),
            pytest.param(point("3", "00BB"), False, id="of another school"),
            pytest.param(point(None), False, id="no number"),
        ],
    ),
)
def test_the_number_of_a_test_exchange_is_that_of_any_las_point_of_the_school(
    night: Case, passed: bool
) -> None:
    assert night.step("test_exchange")["passed"] is passed


def test_a_test_exchange_without_a_number_is_not_by_a_point_without_one() -> None:
    night = world(["00AA00"], points=[point(None)], exchanges=[exchange(None)])
    assert not night.step("test_exchange")["passed"]


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([None], "The passed test exchange says no delivery point's number."),
        ([None, "9"], "The passed test exchange used a number that no LAS delivery point of the school has."),
    ],
)  # fmt: skip
def test_a_passed_test_exchange_that_does_not_count_is_told_by_what_its_number_is(
    numbers: list[str | None], said: str
) -> None:
    night = world(["00AA00"], exchanges=[exchange(number) for number in numbers])
    assert night.step("test_exchange")["reason"] == said


@pytest.mark.parametrize(
    ("night", "step", "said"),
    [
        (world(["00AA00"]), "delivery_point", "The school has no LAS delivery point."),
        (world(["00AA00"], points=[point(requested_on=None, registered_on=None)]), "delivery_point", "The school has a LAS delivery point that is not active: it is not registered yet, or has ended."),
        (world(["00AA00"], points=[point("3")]), "delivery_point", "No active LAS delivery point of the school serves an open branch of it."),
        (world(["00AA00"]), "questionnaire", "There is no questionnaire of this school."),
        (world(["00AA00"], questionnaires=[questionnaire(status="rejected"), questionnaire(status="draft", submitted_on=None)]), "questionnaire", "The questionnaire is a draft; it has not been sent in."),
        (world(["00AA00"], questionnaires=[questionnaire(status="draft", submitted_on=None), questionnaire(submitted_on=None)]), "questionnaire", "The questionnaire has no day on which it was sent in."),
        (world(["00AA00"]), "test_exchange", "There is no test exchange of this school."),
        (world(["00AA00"], exchanges=[exchange(performed_on=None)]), "test_exchange", "The test exchange has no day."),
        (world(["00AA00"], exchanges=[exchange("3", result="failed", performed_on=ago(5)), exchange("1", result="failed", performed_on=ago(9))]), "test_exchange", "The test exchange of 2026-11-15 with delivery point 3 failed."),
        (world(["00AA00"], exchanges=[exchange("3", result="failed", performed_on=None)]), "test_exchange", "The test exchange with delivery point 3 failed."),
        (world(["00AA00"], exchanges=[exchange(None, result="failed", performed_on=ago(5))]), "test_exchange", "The test exchange of 2026-11-15 failed."),
        (world(["00AA00", "00BB00"], exchanges=[exchange("3", "00BB", result="failed")]), "test_exchange", "There is no test exchange of this school."),
        (world(["00AA00"], agreements=[extension(ended_on=ago(9))]), "agreement", "Board 10001 has no base agreement that is active."),
        (world(["00AA00"]), "account", "Neither the school nor its board has an account."),
        (world(["00AA00"], accounts=[account(closed_on=ago(9))]), "account", "The account of the school or its board was closed."),
        (world(["00AA00"], accounts=[account(closed_on=ago(9)), account("10001", activated_on=None, letter_sent_on=ago(5))]), "account", "An account was requested and its letter was sent; nobody has logged in with it yet."),
        (world(["00AA00"], accounts=[account(activated_on=None)]), "account", "An account was requested; its letter has not been sent yet."),
    ],
)  # fmt: skip
def test_a_step_that_does_not_hold_says_what_is_nearest_to_it(
    night: World, step: str, said: str
) -> None:
    assert night.step(step)["reason"] == said


@pytest.mark.parametrize(
    ("step", "rows", "told"),
    [
        pytest.param("questionnaire", {"questionnaires": [questionnaire(status="gereed")]}, "There is no questionnaire of this school. Mind questionnaires row 2, which could not be read: status gereed; expected one of draft, submitted, approved, rejected.", id="of the school"),
        pytest.param("agreement", {"agreements": [agreement(signed_on="31-12-2019")]}, "No agreement is known; board 10001 has none. Mind agreements row 2, which could not be read: signed_on 31-12-2019; expected a day as 2024-08-31.", id="of its board"),
        pytest.param("agreement", {"agreements": [extension(signed_on="31-12-2019")]}, "No agreement is known; board 10001 has none.", id="an extension is no base agreement"),
        pytest.param("delivery_point", {"points": [point(kind="LDOS", ended_on="x")]}, "The school has no LAS delivery point.", id="a point of another kind"),
        pytest.param("delivery_point", {"points": [point(kind="swv", ended_on="x")]}, "The school has no LAS delivery point.", id="a point of a partnership"),
        pytest.param("delivery_point", {"points": [point(kind="las?")]}, "The school has no LAS delivery point. Mind delivery_points row 2, which could not be read: kind las?; expected one of las, ot, ldos, swv.", id="a point of a kind that cannot be read"),
        pytest.param("test_exchange", {"exchanges": [exchange(result="ja"), exchange(performed_on="x")]}, "There is no test exchange of this school. Mind test_exchanges row 2, which could not be read: result ja; expected one of passed, failed. Mind test_exchanges row 3, which could not be read: performed_on x; expected a day as 2024-08-31.", id="two rows"),
        pytest.param("questionnaire", {"questionnaires": [questionnaire("00BB", status="gereed")]}, "There is no questionnaire of this school.", id="of another school"),
        pytest.param("questionnaire", {"questionnaires": [questionnaire(), questionnaire(status="gereed")]}, f"The questionnaire was sent in on {SENT_IN}.", id="of a step that holds"),
    ],
)  # fmt: skip
def test_a_step_that_does_not_hold_names_the_rows_that_could_not_be_read_and_may_be_its(
    step: str, rows: Row, told: str
) -> None:
    assert connected_school(as_delivered=True, **rows).step(step)["reason"] == told


def test_a_number_that_is_text_may_be_that_of_a_test_exchange() -> None:
    night = world(["00AA00"], points=[point("A")], exchanges=[exchange("A")])
    assert night.step("test_exchange")["passed"]


# ---- together


@pytest.mark.parametrize(
    ("missing", "without"),
    [
        ("agreement", {"agreements": []}),
        ("questionnaire", {"questionnaires": []}),
        ("delivery_point", {"points": [point(ended_on=ago(9))]}),
        ("test_exchange", {"exchanges": []}),
    ],
)
def test_a_school_that_misses_one_step_is_not_qualified(missing: str, without: Row) -> None:
    school = connected_school(**without).school()
    assert (school["qualified"], school["qualified_on"]) == (False, None)
    assert school["missing_steps"] == [missing]


@pytest.mark.parametrize(
    "latest",
    [
        {"agreements": [agreement(signed_on=ago(3))]},
        {"questionnaires": [questionnaire(submitted_on=ago(3))]},
        {"points": [point(registered_on=ago(3))]},
        {"exchanges": [exchange(performed_on=ago(3))]},
    ],
)
def test_a_school_is_qualified_on_the_latest_of_the_four_days(latest: Row) -> None:
    assert connected_school(**latest).school()["qualified_on"] == ago(3)


def test_the_evidence_names_the_rows_that_make_a_step_hold() -> None:
    rows = [agreement(ended_on=ago(9)), agreement(signed_on=ago(5)), agreement(signed_on=ago(7))]
    evidence = connected_school(agreements=rows).step("agreement")["evidence"]
    assert evidence == ["agreements row 4", "agreements row 3"]


def test_a_step_that_does_not_hold_has_no_day_and_no_evidence() -> None:
    step = world(["00AA00"]).step("questionnaire")
    assert (step["since_on"], step["evidence"]) == (None, [])


@in_any_world
def test_a_school_is_qualified_exactly_when_no_required_step_is_missing(night: World) -> None:
    rows = night.school_status.select("qualified", "qualified_on", "missing_steps").rows()
    for qualified, on, missing in rows:
        assert qualified == (missing == []) == (on is not None)


@in_any_world
def test_every_step_that_holds_does_so_since_a_day_on_or_before_the_day(night: World) -> None:
    required = night.qualification_steps.filter(pl.col("step") != "account")
    for passed, since_on in required.select("passed", "since_on").rows():
        assert passed == (since_on is not None and since_on <= D)
