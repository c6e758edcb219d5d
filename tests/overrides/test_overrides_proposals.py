"""What the workbook of decisions proposes: one answer where there is but one, and the most helpful items first."""

from __future__ import annotations

import pytest
from world import D, Row, World, ago, point, transition, world

from oso_pipeline.overrides.proposals import Item, proposals
from oso_pipeline.overrides.situation import Situation


def proposed(night: World, decision: str) -> list[Item]:
    found, flags = night.findings, night.delivery_point_flags
    return proposals(
        Situation("r1", D, demo=False, decisions=night.decisions, found=found, flags=flags)
    )[decision]


@pytest.mark.parametrize(
    ("branches", "points", "value", "choices"),
    [
        (["00AA00", "00AA01"], [point("0"), point("7")], "7", ["7", "0"]),
        (["00AA00", "00AA01"], [point("0"), point("7"), point("8")], None, ["7", "8", "0"]),
        (["00AA00", "00AA01"], [point("0"), point("7", ended_on=D)], None, ["0"]),
        (["00AA00", "00AA01"], [point("0"), point("7", kind="ot")], None, ["0"]),
        (["00AA00", "00AA01"], [point("0"), point("7", link="09")], None, ["0"]),
        (["00AA01", "00AA02"], [point("7")], None, ["7"]),
    ],
    ids=["one idle", "two idle", "ended", "of another exchange", "linked", "two branches"],
)
def test_a_point_is_proposed_where_one_serves_nothing_and_one_branch_has_none(
    branches: list[str], points: list[Row], value: str | None, choices: list[str]
) -> None:
    first = proposed(world(branches, points=points), "served_by")[0]
    assert (first["value"], first["choices"]) == (value, choices)


def test_a_branch_of_a_school_with_an_idle_point_comes_before_one_whose_points_are_busy() -> None:
    night = world(
        ["00AA00", "00AA01", "00BB00", "00BB01"],
        points=[point("0"), point("0", "00BB"), point("7", "00BB")],
    )
    assert [item["subject"] for item in proposed(night, "served_by")] == ["00BB01", "00AA01"]


def test_a_successor_is_proposed_where_there_is_one_and_none_where_there_are_several() -> None:
    rows = [transition("00AA", "00CC", ago(9)), *(transition("00BB", new, ago(9), kind="split") for new in ("00CC", "00DD"))]  # fmt: skip
    night = world(["00CC00", "00DD00"], points=[point(), point("0", "00BB")], transitions=rows)
    told = [(item["subject"], item["value"], item["choices"]) for item in proposed(night, "same_as")]  # fmt: skip
    assert told == [("00AA", "00CC", ["00CC"]), ("00BB", None, ["00CC", "00DD"])]
