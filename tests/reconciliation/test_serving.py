"""Which delivery point serves which open branch: the explicit link, else the convention, and what a person decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import INPUTS, LAW, POINTS, Row, World, ago, in_any_world, point, served_by, world

OPEN = ["00AA00", "00AA01", "00AA02", "00BB00"]
ALL_OF_THE_SCHOOL = ["00AA00", "00AA01", "00AA02"]


def serves(row: Row, *decisions: Row, branches: list[str] = OPEN) -> list[str]:
    return [code for _, code in world(branches, points=[row], decisions=decisions).served()]


@pytest.mark.parametrize(
    ("number", "served"),
    [
        ("0", ["00AA00"]),
        ("2", ["00AA02"]),
        ("7", []),
        ("102", []),
        ("A", []),
        ("A2", []),
        (None, []),
    ],
)
def test_a_las_point_without_a_link_serves_the_branch_with_its_number(
    number: str | None, served: list[str]
) -> None:
    assert serves(point(number)) == served


def test_a_number_with_zeroes_before_it_is_the_same_number() -> None:
    rows = [point("02", las="ESIS"), point("2", las="Magister"), point("002", las="ParnasSys")]
    night = world(OPEN, points=rows, as_delivered=True)
    assert night.served() == [(2, "00AA02"), (3, "00AA02"), (4, "00AA02")]


@pytest.mark.parametrize("number", ["2", "7", "A", None])
def test_a_link_goes_before_the_number(number: str | None) -> None:
    assert serves(point(number, link="01")) == ["00AA01"]


@pytest.mark.parametrize("kind", ["las", "ot", "ldos", "swv"])
def test_a_link_to_a_branch_that_is_not_open_serves_none_and_never_falls_back(kind: str) -> None:
    assert serves(point("2", link="07", kind=kind)) == []


@pytest.mark.parametrize(
    ("kind", "number"), [("ot", "2"), ("ldos", "2"), ("swv", "2"), ("ot", "A"), ("ot", None)]
)
def test_a_partner_point_without_a_link_serves_every_open_branch_of_its_school(
    kind: str, number: str | None
) -> None:
    assert serves(point(number, kind=kind)) == ALL_OF_THE_SCHOOL


@pytest.mark.parametrize("kind", ["ot", "ldos", "swv"])
def test_a_partner_point_with_a_link_serves_that_branch_only(kind: str) -> None:
    assert serves(point("0", link="01", kind=kind)) == ["00AA01"]


def test_a_school_without_a_00_branch_is_not_served_by_point_0() -> None:
    assert serves(point("0"), branches=["00AA01", "00AA02"]) == []


def test_a_point_of_a_school_that_is_not_open_serves_none() -> None:
    assert serves(point("0", "99ZZ")) == []


def test_a_point_serves_only_branches_of_its_own_school() -> None:
    assert serves(point("0", "00BB")) == ["00BB00"]


@pytest.mark.parametrize("days", [{"ended_on": ago(9)}, {"registered_on": None}])
def test_whom_a_point_serves_does_not_depend_on_whether_it_is_active(days: Row) -> None:
    assert serves(point("2", **days)) == ["00AA02"]


# ---- served_by


def test_a_decision_adds_a_branch_to_the_point_of_that_number() -> None:
    assert serves(point("0"), served_by("00AA02", "0")) == ["00AA00", "00AA02"]


def test_a_decision_adds_a_branch_to_a_point_with_a_link() -> None:
    assert serves(point("0", link="01"), served_by("00AA02", "0")) == ["00AA01", "00AA02"]


@pytest.mark.parametrize("number", ["0", "00"])
def test_a_decision_names_a_point_by_its_number_however_it_is_written(number: str) -> None:
    assert serves(point("0"), served_by("00AA02", number)) == ["00AA00", "00AA02"]


def test_a_decision_reaches_a_point_whose_number_is_text() -> None:
    assert serves(point("A"), served_by("00AA02", "A")) == ["00AA02"]


def test_a_decision_about_a_branch_that_is_not_open_serves_none() -> None:
    assert serves(point("0"), served_by("00AA07", "0")) == ["00AA00"]


def test_a_decision_does_not_reach_a_point_of_another_school() -> None:
    assert serves(point("0", "00BB"), served_by("00AA02", "0")) == ["00BB00"]


def test_a_decision_does_not_reach_a_partner_point() -> None:
    assert serves(point("0", kind="ot", link="01"), served_by("00AA02", "0")) == ["00AA01"]


# ---- laws


@in_any_world
def test_only_open_branches_are_served(night: World) -> None:
    assert {code for _, code in night.served()} <= set(night.open_branches["branch_code"])


@LAW
@given(INPUTS, POINTS, st.sampled_from(["08", "09"]))
def test_a_link_to_a_branch_that_is_never_open_serves_none(
    inputs: Row, one: Row, link: str
) -> None:
    undecided = inputs | {"points": [one | {"branch_number": link}], "decisions": []}
    assert world(**undecided).served() == []


@LAW
@given(INPUTS)
def test_without_a_decision_a_las_point_serves_one_branch_at_most(inputs: Row) -> None:
    las = [row | {"kind": "las"} for row in inputs["points"]]
    rows = [row for row, _ in world(**(inputs | {"points": las, "decisions": []})).served()]
    assert len(rows) == len(set(rows))
