"""Work items: what a person must do next, who, and since when."""

from __future__ import annotations

import pytest
from world import (
    REGISTERED,
    D,
    Row,
    World,
    account,
    ago,
    agreement,
    branch,
    connected_school,
    entered,
    exchange,
    in_any_world,
    point,
    questionnaire,
    requested,
    world,
)

STEPS = {"fill_in_questionnaire:00AA", "register_delivery_point:00AA", "pass_test_exchange:00AA"}


def test_a_connected_school_with_nothing_odd_has_nothing_to_do() -> None:
    assert connected_school().open_items() == set()


def test_a_school_that_has_not_started_has_nothing_to_do() -> None:
    assert world(["00AA00"]).open_items() == set()


def test_a_school_that_began_has_an_item_for_every_step_that_it_misses() -> None:
    night = world(["00AA00"], accounts=[account()])
    assert night.open_items() == STEPS | {"sign_agreement:10001"}


def test_the_account_is_never_an_item() -> None:
    night = connected_school(accounts=[])
    assert night.open_items() == set()


def test_a_board_signs_once_for_all_its_schools() -> None:
    night = world(["00AA00", "00BB00"], accounts=[account("00AA"), account("00BB")])
    signing = [item for item in night.items().values() if item["kind"] == "sign_agreement"]
    assert [(item["subject"], item["responsible"]) for item in signing] == [("10001", "board")]
    assert "2 school/scholen" in signing[0]["action"]


def test_a_school_without_a_known_board_gives_no_board_something_to_sign() -> None:
    night = world([branch("00AA00", board=None)], accounts=[account()])
    assert night.open_items() == STEPS


def test_a_school_that_came_under_a_board_without_an_agreement_makes_that_board_sign() -> None:
    night = connected_school([branch("00AA00", board="10002")], before=connected_school(day=ago(1)))
    assert night.open_items() == {"sign_agreement:10002"}


@pytest.mark.parametrize(
    ("instead", "item_id", "subject", "responsible"),
    [
        pytest.param(
            {"branches": ["00AA00", "00AA01"], "entries": [entered("00AA01")]},
            "request_delivery_point:00AA01",
            "00AA01",
            "school",
            id="a branch of a qualified school that is not covered",
        ),
        pytest.param(
            {"points": [point("0"), requested("3", requested_on=ago(14))]},
            "approve_delivery_point:00AA:3",
            "00AA",
            "service_desk",
            id="a point that is pending",
        ),
        pytest.param(
            {"points": [point("0"), requested("3", approved_on=ago(30))]},
            "register_approved_delivery_point:00AA:3",
            "00AA",
            "school",
            id="a point that is not registered",
        ),
        pytest.param(
            {"points": [point("0"), point("7")]},
            "link_delivery_point:00AA:7",
            "00AA",
            "school",
            id="a point without a branch",
        ),
        pytest.param(
            {
                "points": [point("0"), point("7")],
                "before": connected_school(["00AA00", "00AA07"], day=ago(1)),
            },
            "end_delivery_point:00AA:7",
            "00AA",
            "school",
            id="a point on a closed branch",
        ),
        pytest.param(
            {"points": [point("0"), point("7", link="00")]},
            "end_duplicate_delivery_point:00AA00",
            "00AA00",
            "school",
            id="a branch with two points",
        ),
        pytest.param(
            {"branches": ["00AA00", "00AA01"], "points": [point("0"), point("1")]},
            "enter_branch:00AA01",
            "00AA01",
            "school",
            id="a branch that is not entered",
        ),
        pytest.param(
            {"entries": [entered("00AA07")]},
            "remove_branch:00AA07",
            "00AA07",
            "school",
            id="an entered branch that is not open",
        ),
    ],
)
def test_a_finding_is_something_to_do_for_someone(
    instead: Row, item_id: str, subject: str, responsible: str
) -> None:
    night = connected_school(**instead)
    assert item_id in night.open_items()
    item = night.items()[item_id]
    assert (item["subject"], item["responsible"]) == (subject, responsible)


def test_a_branch_that_is_not_covered_is_asked_for_only_when_its_school_is_qualified() -> None:
    night = world(["00AA00"], agreements=[agreement()])
    assert night.open_items() == STEPS


def test_the_number_to_ask_for_is_that_of_the_branch() -> None:
    night = connected_school(["00AA00", "00AA02"], entries=[entered("00AA02")])
    action = night.items()["request_delivery_point:00AA02"]["action"]
    assert "nummer 2 voor vestiging 00AA02" in action


@pytest.mark.parametrize(
    ("number", "item_id"),
    [("A", "link_delivery_point:00AA:A"), (None, "link_delivery_point:00AA:(zonder nummer)")],
)
def test_a_point_without_a_number_has_an_id_too(number: str | None, item_id: str) -> None:
    assert connected_school(points=[point("0"), point(number)]).open_items() == {item_id}


def test_two_points_with_one_number_are_one_thing_to_do() -> None:
    night = connected_school(points=[point("0"), point("7"), point("7", las="Magister")])
    assert list(night.items()) == ["link_delivery_point:00AA:7"]


# ---- since


def test_an_item_about_a_record_is_since_the_day_of_that_record() -> None:
    night = connected_school(points=[point("0"), point("7")])
    assert night.items()["link_delivery_point:00AA:7"]["since_on"] == REGISTERED


def test_an_item_without_a_day_is_since_the_release_that_shows_it_first() -> None:
    before = world(["00AA00"], accounts=[account()], day=ago(3))
    night = world(["00AA00"], accounts=[account()], before=before)
    assert night.items()["sign_agreement:10001"]["since_on"] == ago(3)


# ---- from night to night


def begun(before: World | None = None, ago_days: int = 0, *, signed: bool = False) -> World:
    return world(
        ["00AA00"],
        accounts=[account()],
        agreements=[agreement(signed_on=ago(400))] if signed else [],
        questionnaires=[questionnaire()],
        points=[point()],
        exchanges=[exchange()],
        before=before,
        day=ago(ago_days),
    )


def sign_agreement(night: World) -> Row:
    return night.items()["sign_agreement:10001"]


def test_an_item_that_stays_keeps_its_id() -> None:
    assert begun(begun(ago_days=1)).open_items() == begun(ago_days=1).open_items()


def test_an_item_that_is_open_has_no_closing_day() -> None:
    assert sign_agreement(begun())["closed_on"] is None


def test_an_item_that_is_done_closes_on_the_day_of_the_release_that_no_longer_shows_it() -> None:
    night = begun(begun(ago_days=2), signed=True)
    assert sign_agreement(night)["closed_on"] == D


def test_a_closed_item_keeps_the_day_on_which_it_closed() -> None:
    closed = begun(begun(ago_days=5), 3, signed=True)
    assert sign_agreement(begun(closed, signed=True))["closed_on"] == ago(3)


def test_a_closed_item_keeps_the_day_since_which_it_stood() -> None:
    night = begun(begun(ago_days=2), signed=True)
    assert sign_agreement(night)["since_on"] == ago(2)


def test_an_item_that_comes_back_is_open_again_since_it_came_back() -> None:
    closed = begun(begun(ago_days=5), 3, signed=True)
    item = sign_agreement(begun(closed))
    assert (item["since_on"], item["closed_on"]) == (D, None)


def test_an_item_of_a_school_that_closed_is_closed() -> None:
    night = world(["00BB00"], before=begun(ago_days=1))
    assert night.open_items() == set()
    assert sign_agreement(night)["closed_on"] == D


@in_any_world
def test_an_item_stands_there_once(night: World) -> None:
    assert night.work_items["item_id"].is_unique().all()


@in_any_world
def test_no_item_is_ever_forgotten(night: World) -> None:
    assert set(night.last["work_items"]["item_id"]) <= set(night.work_items["item_id"])


@in_any_world
def test_every_item_says_what_to_do_and_since_when(night: World) -> None:
    assert night.work_items.select("action", "since_on").null_count().row(0) == (0, 0)
