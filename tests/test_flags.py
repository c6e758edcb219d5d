"""Findings about delivery points and branches: one function per flag, with its boundaries."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from world import (
    REGISTERED,
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
    entered,
    exchange,
    ignore_flag,
    in_any_world,
    organisation,
    point,
    questionnaire,
    requested,
    same_as,
    world,
)

from oso_pipeline.contracts.records import FLAGS

UNCOVERED = "branch_without_delivery_point"
WITHOUT_BRANCH = "delivery_point_without_branch"
ON_CLOSED = "delivery_point_on_closed_branch"
PENDING = "delivery_point_pending"
NOT_REGISTERED = "delivery_point_not_registered"
DUPLICATE = "duplicate_delivery_point"
NOT_ENTERED = "branch_not_in_mijn_oso"
UNKNOWN = "branch_unknown_to_registry"


def about(night: World | Case, flag: str) -> list[tuple[str, str | None, str | None]]:
    return [
        (found["brin"], found["branch_code"], found["delivery_point_number"])
        for found in night.flags(flag)
    ]


# ---- branch_without_delivery_point


def test_an_open_branch_that_is_not_covered_is_flagged_and_a_covered_one_is_not() -> None:
    assert about(connected_school(["00AA00", "00AA01"]), UNCOVERED) == [("00AA", "00AA01", None)]


@pytest.mark.parametrize(
    ("night", "severity"),
    [
        (connected_school(["00AA01"]), "medium"),
        (connected_school(["00AA00", "00AA01"]), "high"),
        (world(["00AA01"], accounts=[account()]), "medium"),
        (world(["00AA01"], agreements=[agreement()]), "medium"),
        (world(["00AA01"]), "low"),
        (
            world(
                ["00AA01"],
                before=connected_school(
                    ["00AA01"], points=[point("1")], exchanges=[exchange("1")], day=ago(1)
                ),
            ),
            "medium",
        ),
        (
            connected_school(
                ["00AA00", "00AA01"],
                before=connected_school(
                    ["00AA00", "00AA01"], points=[point("0"), point("1")], day=ago(1)
                ),
            ),
            "high",
        ),
    ],
    ids=[
        "not qualified as nothing serves it",
        "qualified",
        "in progress",
        "board signed",
        "not started",
        "lapsed and without a record",
        "lapsed, of a qualified school",
    ],
)
def test_a_branch_without_a_point_weighs_more_the_further_its_school_is(
    night: World, severity: str
) -> None:
    assert [found["severity"] for found in night.flags(UNCOVERED)] == [severity]


def test_a_finding_without_a_day_in_the_records_is_since_the_release_that_shows_it_first() -> None:
    night = world(["00AA00"], before=world(["00AA00"], day=ago(3)))
    assert [found["since_on"] for found in night.flags(UNCOVERED)] == [ago(3)]


def test_a_day_that_the_records_give_anew_goes_before_the_one_of_the_last_release() -> None:
    before = world(["00AA00"], points=[point("7", registered_on=ago(9))], day=ago(3))
    night = world(["00AA00"], points=[point("7", registered_on=ago(5))], before=before)
    assert [found["since_on"] for found in night.flags(WITHOUT_BRANCH)] == [ago(5)]


def test_a_finding_about_another_point_of_the_school_is_not_as_old_as_the_first_one() -> None:
    opened = world(["00AA00", "00BB00"], day=ago(3))
    closed = world(["00AA00"], points=[point("A", "00BB")], before=opened, day=ago(2))
    night = world(["00AA00"], points=[point("A", "00BB"), point("B", "00BB")], before=closed)
    assert [found["since_on"] for found in night.flags(ON_CLOSED)] == [ago(2), D]


def test_a_finding_that_went_and_came_back_is_since_it_came_back() -> None:
    covered = connected_school(before=world(["00AA00"], day=ago(3)), day=ago(2))
    assert [found["since_on"] for found in world(["00AA00"], before=covered).flags(UNCOVERED)] == [
        D
    ]


# ---- delivery_point_without_branch


@pytest.mark.parametrize(
    ("night", "finding"),
    apart(
        lambda row: {"branches": ["00AA00"], "points": [row]},
        [
            (point("7"), ("00AA", "00AA07", "7")),
            (point("0", link="07"), ("00AA", "00AA07", "0")),
            (point("A"), ("00AA", None, "A")),
            (point(None), ("00AA", None, None)),
            (point("7", registered_on=D), ("00AA", "00AA07", "7")),
            (point("7", ended_on=ahead(1)), ("00AA", "00AA07", "7")),
            (point("7", ended_on=D), None),
            (point("7", registered_on=ahead(1)), None),
            (point("7", requested_on=ahead(1)), None),
            (point("0", kind="ot", link="07"), None),
            (point("0"), None),
            (point("7", link="00"), None),
            (point("7", "99ZZ"), None),
        ],
    ),
)
def test_an_active_las_point_of_an_open_school_that_serves_no_branch_ever_known(
    night: Case, finding: tuple[str, str | None, str | None] | None
) -> None:
    assert about(night, WITHOUT_BRANCH) == ([finding] if finding else [])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            point("0"),
            "Delivery point 0 serves no branch: school 00AA has no 00 branch. Link it to a branch.",
        ),
        (
            point("7", link="00"),
            "Delivery point 7 serves no branch: school 00AA has no 00 branch. Link it to a branch.",
        ),
        (point("7"), "Delivery point 7 is for branch 00AA07, which the registry never had."),
        (
            point("0", link="07"),
            "Delivery point 0 is for branch 00AA07, which the registry never had.",
        ),
        (point("A"), "Delivery point A has no branch's number and is linked to none."),
        (point(None), "Delivery point (none) has no branch's number and is linked to none."),
    ],
)
def test_the_reason_says_why_a_point_has_no_branch_and_when_the_school_has_no_00_branch(
    row: Row, said: str
) -> None:
    night = world(["00AA01"], points=[row])
    assert [found["reason"] for found in night.flags(WITHOUT_BRANCH)] == [said]


def test_a_point_without_a_branch_is_so_since_it_was_registered() -> None:
    night = world(["00AA00"], points=[point("7")])
    assert night.flags(WITHOUT_BRANCH)[0]["since_on"] == REGISTERED


def test_a_point_of_a_school_that_was_decided_to_be_another_is_without_a_branch_there() -> None:
    night = world(["00AA00"], points=[point("7", "00BB")], decisions=[same_as("00BB", "00AA")])
    assert about(night, WITHOUT_BRANCH) == [("00AA", "00AA07", "7")]


def test_every_row_of_a_point_without_a_branch_is_a_finding_of_its_own() -> None:
    night = world(["00AA00"], points=[point("7"), point("7", las="Magister")])
    assert [found["source_row"] for found in night.flags(WITHOUT_BRANCH)] == [2, 3]


# ---- delivery_point_on_closed_branch


@pytest.mark.parametrize(
    ("night", "finding"),
    apart(
        lambda row: {"branches": ["00AA00"], "points": [row]},
        [
            pytest.param(point("1"), ("00AA", "00AA01", "1"), id="by convention"),
            pytest.param(point("0", link="01"), ("00AA", "00AA01", "0"), id="by link"),
            pytest.param(point("0", "00BB"), ("00BB", "00BB00", "0"), id="the school closed"),
            pytest.param(point("A", "00BB"), ("00BB", None, "A"), id="text, the school closed"),
            pytest.param(
                point("7", "00BB"), ("00BB", "00BB07", "7"), id="no branch, school closed"
            ),
            pytest.param(point("1", ended_on=D), None, id="ended"),
            pytest.param(point("1", registered_on=None), None, id="not registered"),
            pytest.param(point("1", kind="ot"), None, id="ot"),
            pytest.param(point("1", link="00"), None, id="linked to an open branch"),
            pytest.param(point("7"), None, id="a branch never known"),
            pytest.param(point("0", "99ZZ"), None, id="a school never known"),
        ],
        before={"branches": ["00AA00", "00AA01", "00BB00"]},
    ),
)
def test_an_active_las_point_whose_branch_or_school_closed(
    night: Case, finding: tuple[str, str | None, str | None] | None
) -> None:
    assert about(night, ON_CLOSED) == ([finding] if finding else [])


def test_a_point_on_a_closed_branch_is_not_also_without_a_branch() -> None:
    before = world(["00AA00", "00AA01"], day=ago(3))
    night = world(["00AA00"], points=[point("1")], before=before)
    assert night.flags(WITHOUT_BRANCH) == []


def test_a_point_on_a_closed_branch_is_so_since_the_branch_closed() -> None:
    opened = world(["00AA00", "00AA01"], points=[point("1")], day=ago(3))
    closed = world(["00AA00"], points=[point("1")], before=opened, day=ago(2))
    night = world(["00AA00"], points=[point("1")], before=closed)
    assert [found["since_on"] for found in night.flags(ON_CLOSED)] == [ago(2)]


@pytest.mark.parametrize(
    ("row", "closures", "since_on", "said"),
    [
        (point("1"), {}, D, "00AA01, which is closed"),
        (point("1"), {"00AA01": ago(9)}, ago(9), f"00AA01, which closed on {ago(9)}"),
        (point("0", "00BB"), {"00BB": ago(8)}, ago(8), f"00BB00, which closed on {ago(8)}"),
        (point("0", "00BB"), {"00BB": ago(8), "00BB00": ago(9)}, ago(9), f"00BB00, which closed on {ago(9)}"),
        (point("A", "00BB"), {"00BB": ago(8), "00BB00": ago(9)}, ago(8), f"00BB, which closed on {ago(8)}"),
    ],
    ids=["nobody says when", "the branch", "the school", "both", "the school of a point without a branch"],
)  # fmt: skip
def test_the_register_says_when_the_branch_of_a_point_closed_else_when_its_school_did(
    row: Row, closures: dict[str, date], since_on: date, said: str
) -> None:
    night = world(
        ["00AA00"],
        points=[row],
        organisations=[organisation(code, closed_on=day) for code, day in closures.items()],
        before=world(["00AA00", "00AA01", "00BB00"], day=ago(3)),
    )
    (found,) = night.flags(ON_CLOSED)
    assert found["since_on"] == since_on
    assert found["reason"] == (
        f"Delivery point {row['number']} is for {said}. End it, or link it to an open branch."
    )


def test_a_branch_that_was_renamed_closed_when_it_closed_and_not_when_it_was_renamed() -> None:
    old = world(["00AA00", branch("00AA01", branch_name="Old")], day=ago(9))
    new = world(["00AA00", branch("00AA01", branch_name="New")], before=old, day=ago(5))
    closed = world(["00AA00"], before=new, points=[point("1")], day=ago(2))
    assert [found["since_on"] for found in closed.flags(ON_CLOSED)] == [ago(2)]


def test_a_point_whose_closed_school_was_decided_to_be_an_open_one_is_not_on_a_closed_branch() -> (
    None
):
    night = world(
        ["00AA00"],
        points=[point("0", "00BB")],
        decisions=[same_as("00BB", "00AA")],
        before=world(["00AA00", "00BB00"], day=ago(3)),
    )
    assert (night.flags(ON_CLOSED), night.branch()["covered"]) == ([], True)


# ---- delivery_point_pending, delivery_point_not_registered


@pytest.mark.parametrize(
    ("night", "waits"),
    apart(
        lambda row: {"branches": ["00AA00"], "points": [row]},
        [
            (requested(requested_on=ago(14)), True),
            (requested(requested_on=ago(13)), False),
            (requested(requested_on=ago(15)), True),
            (requested(requested_on=None), False),
            (requested(requested_on=ago(14), approved_on=D), False),
            (requested(requested_on=ago(14), approved_on=ahead(1)), True),
            (requested(requested_on=ago(14), registered_on=D), False),
            (requested(requested_on=ago(14), registered_on=ahead(1)), True),
            (requested(requested_on=ago(14), ended_on=D), False),
            (requested(requested_on=ago(14), ended_on=ahead(1)), True),
            (requested(requested_on=ago(14), kind="ot"), True),
            (requested(requested_on=ago(14), branch_number="07"), True),
            (requested(requested_on=ago(14), brin="99ZZ"), False),
        ],
    ),
)
def test_a_point_requested_14_days_ago_that_is_neither_approved_nor_registered_is_pending(
    night: Case, waits: bool
) -> None:
    assert bool(night.flags(PENDING)) is waits


@pytest.mark.parametrize(
    ("night", "waits"),
    apart(
        lambda row: {"branches": ["00AA00"], "points": [row]},
        [
            (requested(approved_on=ago(30)), True),
            (requested(approved_on=ago(29)), False),
            (requested(approved_on=ago(31)), True),
            (requested(approved_on=None), False),
            (requested(approved_on=ago(30), requested_on=ahead(1)), False),
            (requested(approved_on=ago(30), registered_on=D), False),
            (requested(approved_on=ago(30), registered_on=ahead(1)), True),
            (requested(approved_on=ago(30), ended_on=D), False),
            (requested(approved_on=ago(30), ended_on=ahead(1)), True),
            (requested(approved_on=ago(30), kind="swv"), True),
            (requested(approved_on=ago(30), brin="99ZZ"), False),
        ],
    ),
)
def test_a_point_approved_30_days_ago_that_is_not_registered_is_flagged(
    night: Case, waits: bool
) -> None:
    assert bool(night.flags(NOT_REGISTERED)) is waits


@pytest.mark.parametrize(
    ("row", "flag", "since_on"),
    [
        (requested(requested_on=ago(20)), PENDING, ago(20)),
        (requested(requested_on=ago(60), approved_on=ago(40)), NOT_REGISTERED, ago(40)),
    ],
)
def test_a_point_waits_since_its_last_step(row: Row, flag: str, since_on: date) -> None:
    assert [found["since_on"] for found in world(["00AA00"], points=[row]).flags(flag)] == [
        since_on
    ]


@pytest.mark.parametrize(
    ("row", "branch_code"),
    [
        (requested("1", requested_on=ago(20)), "00AA01"),
        (requested("1", requested_on=ago(20), kind="ot"), None),
        (requested("1", requested_on=ago(20), kind="ot", branch_number="00"), "00AA00"),
    ],
    ids=["las", "ot, for every branch", "ot, linked"],
)
def test_only_the_number_of_a_las_point_says_which_branch_waits(
    row: Row, branch_code: str | None
) -> None:
    night = world(["00AA00", "00AA01"], points=[row])
    assert about(night, PENDING) == [("00AA", branch_code, "1")]


def test_a_point_of_a_closed_school_is_not_pending() -> None:
    before = world(["00AA00", "00BB00"], day=ago(3))
    waiting = requested(brin="00BB", requested_on=ago(20))
    assert world(["00AA00"], points=[waiting], before=before).flags(PENDING) == []


# ---- duplicate_delivery_point


@pytest.mark.parametrize(
    ("night", "doubled"),
    apart(
        lambda rows: {"branches": ["00AA00", "00AA01"], "points": rows},
        [
            ([point("0"), point("0", las="Magister")], ["00AA00"]),
            ([point("0"), point("9", link="00")], ["00AA00"]),
            ([point("0"), point("8", link="00"), point("9", link="00")], ["00AA00"]),
            ([point("0"), point("1")], []),
            ([point("0"), point("0", ended_on=D)], []),
            ([point("0"), point("0", registered_on=ahead(1))], []),
            ([point("0"), point("0", kind="ot")], []),
            ([point("0", kind="ot"), point("1", kind="ot")], []),
            ([point("7"), point("7", las="Magister")], []),
            ([point("0")], []),
        ],
    ),
)
def test_two_active_las_points_on_one_branch_are_one_finding(
    night: Case, doubled: list[str]
) -> None:
    assert night.flagged(DUPLICATE) == doubled


def test_a_point_that_serves_one_branch_twice_over_is_no_duplicate() -> None:
    decided = {"decision": "served_by", "subject": "00AA00", "value": "0"}
    assert world(["00AA00"], points=[point("0")], decisions=[decided]).flags(DUPLICATE) == []


def test_a_branch_is_doubled_since_its_second_point_was_registered() -> None:
    rows = [
        point("0", registered_on=ago(9)),
        point("8", link="00", registered_on=ago(3)),
        point("9", link="00", registered_on=ago(5)),
    ]
    assert world(["00AA00"], points=rows).flags(DUPLICATE)[0]["since_on"] == ago(5)


# ---- branch_not_in_mijn_oso


@pytest.mark.parametrize(
    ("night", "missing"),
    apart(
        lambda entries: {
            "branches": ["00AA00", "00AA01"],
            "questionnaires": [questionnaire()],
            "entries": entries,
        },
        [
            ([entered("00AA01")], []),
            ([entered("00AA01", added_on=D)], []),
            ([entered("00AA01", added_on=ahead(1))], ["00AA01"]),
            ([entered("00AA01", added_on=None)], ["00AA01"]),
            ([entered("00AA01", removed_on=D)], ["00AA01"]),
            ([entered("00AA01", removed_on=ahead(1))], []),
            ([entered("00AA00")], ["00AA01"]),
            ([], ["00AA01"]),
        ],
    ),
)
def test_a_side_branch_that_is_not_entered_as_active_is_flagged_and_the_00_branch_never(
    night: Case, missing: list[str]
) -> None:
    assert night.flagged(NOT_ENTERED) == missing


@pytest.mark.parametrize(
    ("night", "flagged"),
    apart(
        lambda records: {"branches": ["00AA01", "00BB00"], **records},
        [
            ({"accounts": [account("00AA", None)]}, True),
            ({"accounts": [account("10001")]}, False),
            ({"agreements": [agreement()]}, False),
            ({"questionnaires": [questionnaire(status="draft")]}, True),
            ({"questionnaires": [questionnaire(submitted_on=ahead(1))]}, False),
            ({"questionnaires": [questionnaire("00BB")]}, False),
            ({"points": [requested()]}, True),
            ({"exchanges": [exchange(result="failed")]}, True),
            ({}, False),
        ],
    ),
)
def test_a_side_branch_is_asked_for_only_of_a_school_with_a_row_of_its_own(
    night: Case, flagged: bool
) -> None:
    assert night.flagged(NOT_ENTERED) == (["00AA01"] if flagged else [])


def test_a_side_branch_that_is_entered_under_its_schools_old_code_is_entered() -> None:
    night = world(
        ["00AA00", "00AA01"],
        questionnaires=[questionnaire()],
        entries=[entered("00BB01")],
        decisions=[same_as("00BB", "00AA")],
    )
    assert night.flagged(NOT_ENTERED) == []


# ---- branch_unknown_to_registry


@pytest.mark.parametrize(
    ("night", "unknown"),
    apart(
        lambda entries: {"branches": ["00AA00"], "entries": entries},
        [
            ([entered("00AA07")], ["00AA07"]),
            ([entered("00ZZ00")], ["00ZZ00"]),
            ([entered("00AA07", added_on=D)], ["00AA07"]),
            ([entered("00AA07", added_on=ahead(1))], []),
            ([entered("00AA07", added_on=None)], []),
            ([entered("00AA07", removed_on=D)], []),
            ([entered("00AA07", removed_on=ahead(1))], ["00AA07"]),
            ([entered("00AA00")], []),
            ([entered("00AA07"), entered("00AA07", added_on=ago(5))], ["00AA07"]),
        ],
    ),
)
def test_a_branch_that_is_entered_as_active_and_not_open_is_one_finding(
    night: Case, unknown: list[str]
) -> None:
    assert night.flagged(UNKNOWN) == unknown


def test_a_branch_that_closed_and_is_still_entered_is_unknown_to_the_registry() -> None:
    before = world(["00AA00", "00AA01"], day=ago(1))
    night = world(["00AA00"], entries=[entered("00AA01")], before=before)
    assert night.flagged(UNKNOWN) == ["00AA01"]


def test_a_branch_that_is_unknown_is_so_since_it_was_first_entered() -> None:
    rows = [entered("00AA07", ago(5)), entered("00AA07", ago(9))]
    assert world(["00AA00"], entries=rows).flags(UNKNOWN)[0]["since_on"] == ago(9)


# ---- what a finding says


@pytest.mark.parametrize(
    ("records", "flag", "said"),
    [
        ({}, UNCOVERED, "No active LAS delivery point serves branch 00AA01."),
        (
            {"points": [requested("1", requested_on=ago(20))]},
            PENDING,
            f"Delivery point 1 was requested on {ago(20)} and is not approved yet.",
        ),
        (
            {"points": [requested("1", requested_on=ago(60), approved_on=ago(40))]},
            NOT_REGISTERED,
            f"Delivery point 1 was approved on {ago(40)} and is not registered yet.",
        ),
        (
            {"points": [point("9", link="01", registered_on=ago(3)), point("1")]},
            DUPLICATE,
            "2 active LAS points serve branch 00AA01: 1, 9.",
        ),
        (
            {"questionnaires": [questionnaire()]},
            NOT_ENTERED,
            "Branch 00AA01 is open and not entered in Mijn OSO.",
        ),
        (
            {"entries": [entered("00AA07", ago(5))]},
            UNKNOWN,
            f"Branch 00AA07 is entered in Mijn OSO since {ago(5)} and is not open in the registry.",
        ),
    ],
)
def test_a_finding_says_what_was_found_and_since_which_day(
    records: Row, flag: str, said: str
) -> None:
    night = world(["00AA01"], **records)
    assert [found["reason"] for found in night.flags(flag)] == [said]


# ---- ignore_flag


def uncovered(*decisions: Row) -> list[str | None]:
    night = world(["00AA00", "00AA01", "00BB00"], decisions=decisions, points=[point("7")])
    return night.flagged(UNCOVERED)


def test_a_flag_is_ignored_at_a_branch() -> None:
    assert uncovered(ignore_flag("00AA01", UNCOVERED)) == ["00AA00", "00BB00"]


def test_a_flag_is_ignored_at_all_branches_of_a_school() -> None:
    assert uncovered(ignore_flag("00AA", UNCOVERED)) == ["00BB00"]


def test_only_the_flag_that_was_decided_about_is_ignored() -> None:
    assert uncovered(ignore_flag("00AA", PENDING)) == ["00AA00", "00AA01", "00BB00"]


@pytest.mark.parametrize(("expires_on", "found"), [(ahead(1), 2), (D, 3)])
def test_a_flag_is_ignored_until_the_decision_expires(expires_on: date, found: int) -> None:
    assert len(uncovered(ignore_flag("00AA01", UNCOVERED, expires_on=expires_on))) == found


@pytest.mark.parametrize("subject", ["00AA", "00AA07"])
def test_a_finding_about_a_point_is_ignored_at_its_branch_or_school(subject: str) -> None:
    night = world(["00AA00"], points=[point("7")], decisions=[ignore_flag(subject, WITHOUT_BRANCH)])
    assert night.flags(WITHOUT_BRANCH) == []


def test_a_finding_without_a_branch_is_not_ignored_at_another_branch() -> None:
    night = world(
        ["00AA00"], points=[point("A")], decisions=[ignore_flag("00AA00", WITHOUT_BRANCH)]
    )
    assert len(night.flags(WITHOUT_BRANCH)) == 1


def test_ignoring_a_flag_leaves_the_status_as_it_is() -> None:
    night = connected_school(["00AA00", "00AA01"], decisions=[ignore_flag("00AA01", UNCOVERED)])
    assert night.branch("00AA01")["status"] == "qualified_not_covered"


# ---- laws


@in_any_world
def test_every_open_branch_is_either_covered_or_flagged(night: World) -> None:
    uncovered = night.branch_status.filter(~pl.col("covered"))["branch_code"].to_list()
    assert sorted(night.flagged(UNCOVERED)) == uncovered


@in_any_world
def test_an_active_las_point_serves_a_branch_or_is_flagged_once_at_most(night: World) -> None:
    serving = set(night.serving["source_row"])
    idle = night.flags(WITHOUT_BRANCH) + night.flags(ON_CLOSED)
    rows = [found["source_row"] for found in idle]
    assert len(rows) == len(set(rows))
    assert not serving & set(rows)


@in_any_world
def test_findings_about_branches_are_one_per_branch(night: World) -> None:
    for flag in (UNCOVERED, DUPLICATE, NOT_ENTERED, UNKNOWN):
        codes = night.flagged(flag)
        assert len(codes) == len(set(codes))


@in_any_world
def test_every_finding_is_of_the_list_and_since_a_day_on_or_before_the_day(night: World) -> None:
    found = night.delivery_point_flags
    assert set(found["flag"]) <= set(FLAGS)
    assert found.filter(pl.col("since_on") > D).is_empty()


def test_a_board_change_flags_no_branch() -> None:
    before = connected_school(day=ago(1))
    night = connected_school([branch("00AA00", board="10002")], before=before)
    assert night.delivery_point_flags.is_empty()
