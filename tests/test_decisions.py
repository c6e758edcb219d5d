"""decisions.py: a decision that does nothing, or that the sources speak against, is told by name."""

from __future__ import annotations

import pytest
from world import (
    Row,
    World,
    ago,
    connected_school,
    entered,
    ignore_flag,
    organisation,
    point,
    questionnaire,
    same_as,
    served_by,
    transition,
    world,
)

TWO = ["00AA00", "00BB00"]
OF_ZZ = {"questionnaires": [questionnaire("00ZZ")]}


def told(night: World) -> list[tuple[str, str]]:
    """Rule and sentence of the one decision, without the decision itself."""
    rows = night.decision_signals.select("rule", "reason").rows()
    return [(rule, reason.split(": ", maxsplit=1)[1]) for rule, reason in rows]


@pytest.mark.parametrize(
    ("night", "expected"),
    [
        (world(TWO, **OF_ZZ, decisions=[same_as("00ZZ", "00AA")]), []),
        (
            world(TWO, decisions=[same_as("00ZZ", "00AA")]),
            [("dangling", "no source and no release knows 00ZZ.")],
        ),
        (
            world(TWO, **OF_ZZ, decisions=[same_as("00ZZ", "00YY")]),
            [("dangling", "no registry file and no release knows 00YY.")],
        ),
        (
            world(TWO, **OF_ZZ, decisions=[same_as("00ZZ", "00AA00")]),
            [("unused", "the codes are not of one kind (branch, school or board).")],
        ),
        (
            world(TWO, **OF_ZZ, decisions=[same_as("00BB", "00AA")]),
            [("contradicted", "00BB is open, so its records are about itself.")],
        ),
        (
            world(["00AA00"], **OF_ZZ, before=world(TWO, day=ago(9)), decisions=[same_as("00ZZ", "00BB")]),
            [("contradicted", "00BB is not open: no branch file has 00BB any more.")],
        ),
        (
            world(["00AA00"], before=world(TWO, day=ago(9)), decisions=[same_as("00BB", "00AA")]),
            [("unused", "no record names 00BB, so it makes no difference.")],
        ),
    ],
    ids=["counts", "old nowhere", "new nowhere", "not of one kind", "open again", "new closed", "no record"],
)  # fmt: skip
def test_a_same_as_is_held_beside_the_sources(
    night: World, expected: list[tuple[str, str]]
) -> None:
    assert told(night) == expected


@pytest.mark.parametrize(
    ("new", "rules"), [("00AA", []), ("00BB", ["contradicted"])], ids=["as the register", "otherwise"]
)  # fmt: skip
def test_a_same_as_that_the_register_gainsays_is_contradicted(new: str, rules: list[str]) -> None:
    night = world(
        TWO,
        **OF_ZZ,
        organisations=[organisation("00ZZ"), organisation("00AA"), organisation("00BB")],
        transitions=[transition("00ZZ", "00AA", ago(30))],
        decisions=[same_as("00ZZ", new)],
    )
    assert night.decision_signals["rule"].to_list() == rules
    if rules:
        assert told(night)[0][1].startswith("the register says otherwise: it merged into 00AA on ")


@pytest.mark.parametrize(
    ("records", "old"),
    [
        ({"entries": [entered("00ZZ00")]}, "00ZZ00"),
        ({"entries": [entered("00ZZ00")]}, "00ZZ"),
        ({"points": [point("4", "00ZZ", link="04")]}, "00ZZ04"),
    ],
    ids=["a branch", "its school", "the branch of a link"],
)
def test_a_same_as_about_a_school_or_a_branch_is_used_by_a_record_that_names_either(
    records: dict[str, list[Row]], old: str
) -> None:
    new = "00AA00"[: len(old)]
    assert told(world(["00AA00"], **records, decisions=[same_as(old, new)])) == []


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([point("7")], []),
        ([], [("dangling", "school 00AA has no LAS delivery point 7, or it has ended.")]),
        ([point("7", kind="ot")], [("dangling", "school 00AA has no LAS delivery point 7, or it has ended.")]),
        ([point("7", ended_on=ago(1))], [("dangling", "school 00AA has no LAS delivery point 7, or it has ended.")]),
        ([point("7", link="00")], [("contradicted", "Mijn OSO links delivery point 7 to 00AA00.")]),
        (
            [point("7", link="01")],
            [("contradicted", "Mijn OSO links delivery point 7 to it now, so the decision is not needed.")],
        ),
        (
            [point("7", registered_on=None), point("7")],
            [],
        ),
        (
            [point("7", registered_on=None)],
            [("unused", "delivery point 7 is not active, so it covers nothing.")],
        ),
    ],
)  # fmt: skip
def test_a_served_by_is_held_beside_the_delivery_points(
    points: list[Row], expected: list[tuple[str, str]]
) -> None:
    night = world(["00AA00", "00AA01"], points=points, decisions=[served_by("00AA01", "7")])
    assert told(night) == expected


@pytest.mark.parametrize(
    ("branch", "number", "expected"),
    [
        ("00AA01", "1", ("unused", "delivery point 1 serves it by its number, so the decision makes no difference.")),
        ("00AA09", "1", ("dangling", "no registry file and no release knows 00AA09.")),
        ("00AA02", "1", ("contradicted", "00AA02 is not open: no branch file has 00AA02 any more.")),
    ],
)  # fmt: skip
def test_a_served_by_of_a_branch_that_needs_none_or_is_not_open_is_told(
    branch: str, number: str, expected: tuple[str, str]
) -> None:
    before = world(["00AA00", "00AA01", "00AA02"], day=ago(9))
    night = world(["00AA00", "00AA01"], points=[point("1")], before=before, decisions=[served_by(branch, number)])  # fmt: skip
    assert told(night) == [expected]


def test_a_served_by_of_a_branch_whose_school_went_on_says_as_which() -> None:
    merged = transition("00AA", "00BB", ago(30))
    night = world(["00BB00"], transitions=[merged], decisions=[served_by("00AA01", "1")], before=world(["00AA01"], day=ago(40)))  # fmt: skip
    assert told(night) == [("contradicted", f"00AA01 is not open: it merged into 00BB on {ago(30)}.")]  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "flag", "rules"),
    [
        ("00AA01", "branch_without_delivery_point", []),
        ("00AA", "branch_without_delivery_point", []),
        ("00AA00", "branch_without_delivery_point", ["contradicted"]),
        ("00AA01", "duplicate_delivery_point", ["contradicted"]),
        ("00AA09", "branch_without_delivery_point", ["dangling"]),
        ("00QQ", "branch_without_delivery_point", ["dangling"]),
        ("00AA08", "branch_unknown_to_registry", []),
    ],
)
def test_an_ignore_flag_needs_a_finding_to_ignore(
    subject: str, flag: str, rules: list[str]
) -> None:
    night = connected_school(
        ["00AA00", "00AA01"], entries=[entered("00AA08")], decisions=[ignore_flag(subject, flag)]
    )
    assert night.decision_signals["rule"].to_list() == rules
    if "contradicted" in rules:
        assert told(night)[0][1] == f"{flag} is not found there, so there is nothing to ignore."


def test_a_sentence_begins_with_the_decision_and_names_its_row() -> None:
    night = world(TWO, decisions=[same_as("00ZZ", "00AA"), served_by("00AA00", "3")])
    assert night.decision_signals.select("source", "subject", "first_row", "reason").rows() == [
        ("overrides", "00AA00", 3, "served_by 00AA00 = 3: school 00AA has no LAS delivery point 3, or it has ended."),
        ("overrides", "00ZZ", 2, "same_as 00ZZ = 00AA: no source and no release knows 00ZZ."),
    ]  # fmt: skip


def test_no_decisions_give_no_signals() -> None:
    assert world(["00AA00"]).decision_signals.is_empty()
