"""Coverage: which branch is covered, on what ground, by which product."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import (
    INPUTS,
    LAW,
    POINTS,
    REGISTERED,
    Case,
    D,
    Row,
    World,
    ago,
    ahead,
    apart,
    in_any_world,
    point,
    served_by,
    world,
)

BRANCHES = ["00AA00", "00AA01"]


@pytest.mark.parametrize(
    ("night", "covered"),
    apart(
        lambda row: {"branches": BRANCHES, "points": [row]},
        [
            (point("0"), True),
            (point("0", registered_on=D), True),
            (point("0", registered_on=ahead(1)), False),
            (point("0", registered_on=None, approved_on=ago(9)), False),
            (point("0", ended_on=ago(1)), False),
            (point("0", ended_on=D), False),
            (point("0", ended_on=ahead(1)), True),
            (point("0", kind="ot"), False),
            (point("0", kind="swv"), False),
            (point("1"), False),
            (point("0", link="01"), False),
            (point("0", link="07"), False),
        ],
    ),
)
def test_a_branch_is_covered_when_an_active_las_point_serves_it(night: Case, covered: bool) -> None:
    assert night.branch("00AA00")["covered"] is covered


@pytest.mark.parametrize(
    ("rows", "decisions", "basis"),
    [
        ([], [], "none"),
        ([point("0", kind="ot")], [], "none"),
        ([point("0", ended_on=D)], [], "none"),
        ([point("0", link="00", ended_on=D), point("0")], [], "convention"),
        ([point("0")], [], "convention"),
        ([point("0"), point("9", link="00")], [], "explicit"),
        ([point("0", link="00")], [], "explicit"),
        ([point("9")], [served_by("00AA00", "9")], "override"),
        ([point("0"), point("9", link="00")], [served_by("00AA00", "0")], "override"),
    ],
)
def test_the_ground_is_a_decision_else_a_link_else_the_convention(
    rows: list[Row], decisions: list[Row], basis: str
) -> None:
    night = world(["00AA00"], points=rows, decisions=decisions)
    assert night.branch()["coverage_basis"] == basis


@pytest.mark.parametrize(
    ("night", "las"),
    apart(
        lambda rows: {"branches": ["00AA00"], "points": rows},
        [
            pytest.param([point("0", las="ESIS")], "ESIS", id="the only one"),
            pytest.param(
                [
                    point("0", las="ESIS", registered_on=ago(5)),
                    point("9", las="Magister", link="00", registered_on=ago(9)),
                ],
                "ESIS",
                id="the last registered",
            ),
            pytest.param(
                [point("10", las="ESIS", link="00"), point("9", las="Magister", link="00")],
                "Magister",
                id="a tie goes to the smallest number",
            ),
            pytest.param(
                [point("A", las="ESIS", link="00"), point("99", las="Magister", link="00")],
                "Magister",
                id="a number is smaller than text",
            ),
            pytest.param(
                [point("B", las="ESIS", link="00"), point("A", las="Magister", link="00")],
                "Magister",
                id="of texts the first in the alphabet",
            ),
            pytest.param(
                [
                    point("0", las="ESIS"),
                    point("0", las="Magister", registered_on=ago(9), ended_on=ago(5)),
                ],
                "ESIS",
                id="not one that ended",
            ),
            pytest.param([point("0", las="Onbekend")], "Onbekend", id="an unknown product is kept"),
            pytest.param([point("0", las=None)], None, id="no product"),
            pytest.param([], None, id="no point"),
        ],
    ),
)
def test_the_las_is_the_product_of_the_point_registered_last(night: Case, las: str | None) -> None:
    assert night.branch()["las"] == las


def test_the_order_of_the_rows_does_not_decide_a_tie() -> None:
    rows = [point("9", las="Magister", link="00"), point("10", las="ESIS", link="00")]
    assert [world(["00AA00"], points=order).branch()["las"] for order in (rows, rows[::-1])] == [
        "Magister",
        "Magister",
    ]


def test_a_school_counts_its_open_branches_and_the_covered_ones() -> None:
    night = world(["00AA00", "00AA01", "00AA02"], points=[point("0"), point("2"), point("7")])
    assert (night.school()["branches"], night.school()["branches_covered"]) == (3, 2)


def test_a_delivery_point_is_listed_with_the_branches_that_it_serves() -> None:
    night = world(BRANCHES, points=[point("0"), point("5", kind="ot"), point("7")])
    assert night.delivery_points.select("number", "active", "branches").rows() == [
        ("0", True, ["00AA00"]),
        ("5", True, ["00AA00", "00AA01"]),
        ("7", True, []),
    ]


def test_a_delivery_point_that_begins_after_the_day_is_not_listed() -> None:
    night = world(BRANCHES, points=[point("0", requested_on=ahead(1))])
    assert night.delivery_points.is_empty()


def test_a_branch_is_covered_since_the_first_of_its_points_was_registered() -> None:
    rows = [point("0", registered_on=ago(5)), point("9", link="00")]
    assert world(["00AA00"], points=rows).coverage["covered_on"].to_list() == [REGISTERED]


# ---- laws


def covered(inputs: Row) -> set[str]:
    return set(world(**inputs).coverage.filter("covered")["branch_code"])


@LAW
@given(INPUTS, POINTS)
def test_one_more_point_never_uncovers_a_branch(inputs: Row, one: Row) -> None:
    assert covered(inputs) <= covered(inputs | {"points": [*inputs["points"], one]})


@LAW
@given(INPUTS, st.randoms(use_true_random=False))
def test_the_order_of_the_points_covers_no_other_branch(inputs: Row, random: st.Random) -> None:
    shuffled = random.sample(inputs["points"], len(inputs["points"]))
    assert covered(inputs) == covered(inputs | {"points": shuffled})


@in_any_world
def test_a_branch_is_covered_exactly_when_it_has_a_ground_and_a_day(night: World) -> None:
    rows = night.coverage.select("covered", "coverage_basis", "covered_on", "las_points").rows()
    for is_covered, basis, on, points in rows:
        assert is_covered == (basis != "none") == (on is not None) == (points > 0)
