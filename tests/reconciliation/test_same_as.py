"""same_as: a person decides that an old code is a new one."""

from __future__ import annotations

from datetime import date

import pytest
from world import (
    D,
    Row,
    World,
    account,
    ago,
    agreement,
    ahead,
    branch,
    connected_school,
    entered,
    exchange,
    extension,
    point,
    questionnaire,
    same_as,
    world,
)

OLD_TO_NEW = [same_as("00ZZ", "00AA")]


def found(night: World, table: str, row: int = 2) -> tuple[str, str | None]:
    outcome = night.outcome(table, row)
    return outcome["outcome"], outcome["matched_brin"] or outcome["matched_board_number"]


# ---- a school


@pytest.mark.parametrize(
    ("records", "table"),
    [
        ({"accounts": [account("00ZZ")]}, "accounts"),
        ({"questionnaires": [questionnaire("00ZZ")]}, "questionnaires"),
        ({"points": [point("0", "00ZZ")]}, "delivery_points"),
        ({"exchanges": [exchange("0", "00ZZ")]}, "test_exchanges"),
        ({"entries": [entered("00ZZ00")]}, "branches"),
    ],
)
def test_records_of_the_old_school_are_those_of_the_new_one(
    records: dict[str, list[Row]], table: str
) -> None:
    night = world(["00AA00"], **records, decisions=OLD_TO_NEW)
    assert found(night, table) == ("matched_by_override", "00AA")


def test_without_a_decision_a_record_of_the_old_school_is_used_for_no_step() -> None:
    assert not connected_school(questionnaires=[questionnaire("00ZZ")]).school()["qualified"]


def test_with_a_decision_the_old_schools_records_qualify_the_new_one() -> None:
    night = connected_school(
        questionnaires=[questionnaire("00ZZ")],
        points=[point("0", "00ZZ")],
        exchanges=[exchange("0", "00ZZ")],
        decisions=OLD_TO_NEW,
    )
    assert night.branch()["status"] == "connected"


def test_a_point_of_the_old_school_that_is_linked_serves_the_same_branch_of_the_new_one() -> None:
    night = world(
        ["00AA00", "00AA01"], points=[point("7", "00ZZ", link="01")], decisions=OLD_TO_NEW
    )
    assert night.served() == [(2, "00AA01")]


def test_a_row_of_branches_goes_along_with_its_school() -> None:
    night = world(["00AA00", "00AA01"], entries=[entered("00ZZ01")], decisions=OLD_TO_NEW)
    assert night.outcome("branches")["matched_branch_code"] == "00AA01"


def test_a_row_of_branches_does_not_go_along_where_the_new_school_has_no_such_branch() -> None:
    night = world(["00AA00"], entries=[entered("00ZZ01")], decisions=OLD_TO_NEW)
    assert night.outcome("branches")["outcome"] == "unknown"


def test_a_row_of_branches_that_does_not_go_along_is_a_row_of_the_new_school_all_the_same() -> None:
    night = world(["00AA00"], entries=[entered("00ZZ01")], decisions=OLD_TO_NEW)
    assert night.branch()["status"] == "in_progress"


def test_a_decision_in_small_letters_counts_as_well() -> None:
    night = world(["00AA00"], questionnaires=[questionnaire("00ZZ")], decisions=[same_as("00ZZ", "00aa")])  # fmt: skip
    assert found(night, "questionnaires") == ("matched_by_override", "00AA")


@pytest.mark.parametrize(
    ("records", "table", "decided"),
    [
        ({"questionnaires": [questionnaire("00ZZ")]}, "questionnaires", ("00ZZ", "00AA")),
        ({"points": [point("1", "00ZZ")]}, "delivery_points", ("00ZZ", "00AA")),
        ({"points": [point("1", "00AA", link="02")]}, "delivery_points", ("00AA02", "00AA01")),
        ({"entries": [entered("00AA02")]}, "branches", ("00AA02", "00AA01")),
        ({"entries": [entered("00ZZ01")]}, "branches", ("00ZZ", "00AA")),
        ({"agreements": [agreement("99999")]}, "agreements", ("99999", "10001")),
    ],
)
def test_the_reason_names_what_was_decided(
    records: dict[str, list[Row]], table: str, decided: tuple[str, str]
) -> None:
    night = world(["00AA00", "00AA01"], **records, decisions=[same_as(*decided)])
    told = night.outcome(table)
    assert told["outcome"] == "matched_by_override"
    assert told["reason"] == "A decision says that {} is {} now.".format(*decided)


def test_the_rule_of_what_was_decided_is_that_decision_whether_about_a_school_or_a_branch() -> None:
    night = world(
        ["00AA00", "00AA01"],
        questionnaires=[questionnaire("00ZZ")],
        entries=[entered("00ZZ01"), entered("00AA02"), entered("00AA01")],
        points=[point("1", "00ZZ"), point("1", link="02"), point("1")],
        decisions=[*OLD_TO_NEW, same_as("00AA02", "00AA01")],
    )
    rules = night.reconciliation.select("source_table", "rule").rows()
    assert rules == [
        *(("branches", rule) for rule in ("same_as", "same_as", "exact")),
        *(("delivery_points", rule) for rule in ("same_as", "same_as", "exact")),
        ("questionnaires", "same_as"),
    ]


# ---- a branch


def test_a_linked_point_goes_along_with_its_branch_into_another_school() -> None:
    night = world(
        ["00AA00", "00BB01"],
        points=[point("1", "00AA", link="02")],
        decisions=[same_as("00AA02", "00BB01")],
    )
    assert night.served() == [(2, "00BB01")]
    assert found(night, "delivery_points") == ("matched_by_override", "00BB")


def test_a_point_that_serves_by_convention_does_not_go_along_with_its_branch() -> None:
    night = world(
        ["00AA00", "00BB01"], points=[point("2")], decisions=[same_as("00AA02", "00BB01")]
    )
    assert night.served() == []


def test_a_row_of_branches_goes_along_with_its_branch() -> None:
    night = world(
        ["00AA00", "00BB01"], entries=[entered("00AA02")], decisions=[same_as("00AA02", "00BB01")]
    )
    assert night.outcome("branches")["matched_branch_code"] == "00BB01"


def test_a_decision_about_a_branch_moves_no_questionnaire_of_its_school() -> None:
    night = world(
        ["00AA00", "00BB01"],
        questionnaires=[questionnaire("00AA")],
        decisions=[same_as("00AA02", "00BB01")],
    )
    assert found(night, "questionnaires") == ("matched", "00AA")


def test_what_is_decided_for_a_branch_goes_before_what_is_decided_for_its_school() -> None:
    night = world(
        ["00AA01", "00BB05"],
        entries=[entered("00ZZ01")],
        decisions=[same_as("00ZZ01", "00BB05"), same_as("00ZZ", "00AA")],
    )
    assert night.outcome("branches")["matched_branch_code"] == "00BB05"


# ---- a board


@pytest.mark.parametrize(
    ("records", "table"),
    [
        ({"accounts": [account("99999")]}, "accounts"),
        ({"agreements": [agreement("99999")]}, "agreements"),
        ({"agreements": [extension("99999")]}, "agreements"),
    ],
)
def test_records_of_the_old_board_are_those_of_the_new_one(
    records: dict[str, list[Row]], table: str
) -> None:
    night = world(["00AA00"], **records, decisions=[same_as("99999", "10001")])
    assert found(night, table) == ("matched_by_override", "10001")


def test_an_agreement_of_the_old_board_covers_the_schools_of_the_new_one() -> None:
    night = connected_school(agreements=[agreement("99999")], decisions=[same_as("99999", "10001")])
    assert night.branch()["connected"]


def test_an_agreement_of_a_board_that_went_is_not_used_until_a_person_decides() -> None:
    before = world([branch("00AA00", board="99999")], day=ago(1))
    night = connected_school(agreements=[agreement("99999")], before=before)
    assert not night.step("agreement")["passed"]


# ---- what does not count


def test_a_decision_about_a_school_that_is_still_open_changes_nothing() -> None:
    night = world(
        ["00AA00", "00ZZ00"], questionnaires=[questionnaire("00ZZ")], decisions=OLD_TO_NEW
    )
    assert found(night, "questionnaires") == ("matched", "00ZZ")


def test_a_decision_about_a_branch_that_is_still_open_changes_nothing() -> None:
    night = world(
        ["00AA02", "00BB01"],
        points=[point("7", link="02")],
        decisions=[same_as("00AA02", "00BB01")],
    )
    assert night.served() == [(2, "00AA02")]


def test_a_decision_about_a_board_that_is_still_known_changes_nothing() -> None:
    night = connected_school(
        ["00AA00", branch("00BB00", board="10002")],
        agreements=[agreement("10002")],
        decisions=[same_as("10002", "10001")],
    )
    assert found(night, "agreements") == ("matched", "10002")
    assert not night.step("agreement", "00AA")["passed"]


def test_a_decision_whose_new_code_is_not_open_changes_nothing() -> None:
    night = world(
        ["00AA00"], questionnaires=[questionnaire("00ZZ")], decisions=[same_as("00ZZ", "00YY")]
    )
    assert night.outcome("questionnaires")["outcome"] == "unknown"


def test_decisions_make_no_chain() -> None:
    night = world(
        ["00AA00"],
        questionnaires=[questionnaire("00ZZ")],
        decisions=[same_as("00ZZ", "00YY"), same_as("00YY", "00AA")],
    )
    assert night.outcome("questionnaires")["outcome"] == "unknown"


def test_a_school_is_never_decided_to_be_a_branch() -> None:
    night = world(
        ["00AA00"], questionnaires=[questionnaire("00ZZ")], decisions=[same_as("00ZZ", "00AA00")]
    )
    assert night.outcome("questionnaires")["outcome"] == "unknown"


@pytest.mark.parametrize(
    ("expires_on", "outcome"),
    [
        (None, "matched_by_override"),
        (ahead(1), "matched_by_override"),
        (D, "unknown"),
        (ago(1), "unknown"),
    ],
)
def test_an_expired_decision_does_not_count(expires_on: date | None, outcome: str) -> None:
    night = world(
        ["00AA00"],
        questionnaires=[questionnaire("00ZZ")],
        decisions=[same_as("00ZZ", "00AA", expires_on=expires_on)],
    )
    assert night.outcome("questionnaires")["outcome"] == outcome


def test_of_two_decisions_about_one_code_the_first_counts() -> None:
    night = world(
        ["00AA00", "00BB00"],
        questionnaires=[questionnaire("00ZZ")],
        decisions=[same_as("00ZZ", "00BB"), same_as("00ZZ", "00AA")],
    )
    assert found(night, "questionnaires") == ("matched_by_override", "00BB")
