"""The `reconciliation` table: every onboarding row read stands in it once, with what it was found to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from world import (
    BOARD,
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
    in_any_world,
    point,
    questionnaire,
    world,
)

from oso_pipeline.contracts.onboarding import ONBOARDING

MATCHED = ("matched_brin", "matched_board_number", "matched_branch_code")

ABOUT_SCHOOLS: list[Any] = [
    pytest.param("accounts", "accounts", account, id="account"),
    pytest.param("questionnaires", "questionnaires", questionnaire, id="questionnaire"),
    pytest.param("points", "delivery_points", lambda brin: point("0", brin), id="delivery_point"),
    pytest.param("exchanges", "test_exchanges", lambda brin: exchange("0", brin), id="exchange"),
    pytest.param("entries", "branches", lambda brin: entered(brin + "00"), id="branch"),
]
ABOUT_BOARDS: list[Any] = [
    pytest.param("accounts", "accounts", account, id="account"),
    pytest.param("agreements", "agreements", agreement, id="agreement"),
]
Make = Callable[[str], Row]


def about(night: World, table: str, row: int = 2) -> tuple[str, ...]:
    found = night.outcome(table, row)
    return (found["outcome"], *(found[name] for name in MATCHED))


# ---- matched


@pytest.mark.parametrize(
    ("records", "table", "matched"),
    [
        ({"accounts": [account("00AA")]}, "accounts", ("00AA", None, None)),
        ({"accounts": [account(BOARD)]}, "accounts", (None, BOARD, None)),
        ({"agreements": [agreement(BOARD)]}, "agreements", (None, BOARD, None)),
        ({"questionnaires": [questionnaire()]}, "questionnaires", ("00AA", None, None)),
        ({"entries": [entered("00AA01")]}, "branches", ("00AA", None, "00AA01")),
        ({"points": [point("1")]}, "delivery_points", ("00AA", None, "00AA01")),
        ({"exchanges": [exchange()]}, "test_exchanges", ("00AA", None, None)),
    ],
)
def test_a_row_whose_code_is_open_is_matched(
    records: dict[str, list[Row]], table: str, matched: tuple[str | None, ...]
) -> None:
    assert about(world(["00AA00", "00AA01"], **records), table) == ("matched", *matched)


def test_a_board_is_known_when_it_governs_an_open_branch_though_not_the_school() -> None:
    night = world(["00AA00", branch("00AA01", board="10002")], agreements=[agreement("10002")])
    assert about(night, "agreements") == ("matched", None, "10002", None)


def test_a_row_of_an_open_school_that_names_a_branch_which_is_not_open_is_unknown() -> None:
    assert about(world(["00AA00"], entries=[entered("00AA01")]), "branches")[0] == "unknown"


def test_a_row_that_names_a_closed_branch_of_an_open_school_is_closed() -> None:
    before = world(["00AA00", "00AA01"])
    night = world(["00AA00"], entries=[entered("00AA01")], before=before)
    assert about(night, "branches") == ("closed", None, None, None)


def test_a_row_without_its_first_date_is_matched_all_the_same() -> None:
    assert about(world(["00AA00"], questionnaires=[questionnaire(submitted_on=None)]), "questionnaires")[0] == "matched"  # fmt: skip


@pytest.mark.parametrize(
    ("records", "table", "key", "values"),
    [
        ({"accounts": [account(requested_on=ago(9))]}, "accounts", "00AA", "kind school"),
        ({"agreements": [agreement(signed_on=ago(9), ended_on=D)]}, "agreements", "10001/base", f"signed_on {ago(9)}, ended_on {D}"),
        ({"questionnaires": [questionnaire(submitted_on=ago(9))]}, "questionnaires", "00AA", f"status approved, submitted_on {ago(9)}"),
        ({"entries": [entered("00AA01", ago(9))]}, "branches", "00AA/01", f"added_on {ago(9)}"),
        ({"points": [point("2", link="01", kind="ot", registered_on=ago(9))]}, "delivery_points", "00AA/ot/2", f"branch_number 01, las ESIS, registered_on {ago(9)}"),
        ({"points": [point(None, las=None, registered_on=None)]}, "delivery_points", "00AA/las", ""),
        ({"exchanges": [exchange("2", performed_on=ago(9))]}, "test_exchanges", "00AA/2", f"profile POVO, performed_on {ago(9)}, result passed"),
    ],
    ids=["account", "agreement", "questionnaire", "branch", "point", "point without a number", "exchange"],
)  # fmt: skip
def test_a_record_is_called_by_its_codes_and_what_else_it_says_is_repeated_but_for_what_is_private(
    records: dict[str, list[Row]], table: str, key: str, values: str
) -> None:
    found = world(["00AA00"], **records).outcome(table)
    assert (found["record_key"], found["record_values"]) == (key, values)


# ---- the one branch that a record serves or names


@pytest.mark.parametrize(
    ("night", "branch_code"),
    apart(
        lambda row: {"branches": ["00AA00", "00AA01"], "points": [row]},
        [
            (point("0"), "00AA00"),
            (point("0", link="01"), "00AA01"),
            (point("A", link="01"), "00AA01"),
            (point("A"), None),
            (point("0", link="07"), None),
            (point("0", kind="ot"), None),
            (point("0", kind="ot", link="01"), "00AA01"),
            (point("0", ended_on=ago(9)), "00AA00"),
            (point("0", registered_on=None), "00AA00"),
        ],
    ),
)
def test_a_delivery_point_names_the_one_open_branch_that_it_is_for(
    night: Case, branch_code: str | None
) -> None:
    assert night.outcome("points", "delivery_points")["matched_branch_code"] == branch_code


def test_a_partner_point_of_a_school_with_one_branch_names_that_branch() -> None:
    night = world(["00AA00"], points=[point("9", kind="ldos")])
    assert night.outcome("delivery_points")["matched_branch_code"] == "00AA00"


# ---- closed and unknown


@pytest.mark.parametrize(("records", "table", "make"), ABOUT_SCHOOLS)
def test_a_row_of_a_school_that_an_earlier_release_knew_is_closed(
    records: str, table: str, make: Make
) -> None:
    before = world(["00AA00", "00BB00"], day=ago(1))
    night = world(["00AA00"], **{records: [make("00BB")]}, before=before)
    assert about(night, table) == ("closed", None, None, None)


@pytest.mark.parametrize(("records", "table", "make"), ABOUT_BOARDS)
def test_a_row_of_a_board_that_an_earlier_release_knew_is_closed(
    records: str, table: str, make: Make
) -> None:
    before = world([branch("00AA00", board="20002")], day=ago(1))
    night = world(["00AA00"], **{records: [make("20002")]}, before=before)
    assert about(night, table) == ("closed", None, None, None)


def test_the_day_on_which_an_account_was_closed_is_not_told_as_that_of_its_school() -> None:
    before = world(["00AA00", "00BB00"], day=ago(1))
    night = world(["00AA00"], accounts=[account("00BB", closed_on=ago(9))], before=before)
    reason = night.outcome("accounts")["reason"]
    assert reason == "00BB is not open; an earlier release or the register knew it."


def test_a_school_that_an_earlier_release_than_the_last_knew_is_still_closed() -> None:
    first = world(["00AA00", "00BB00"], day=ago(2))
    second = world(["00AA00"], before=first, day=ago(1))
    night = world(["00AA00"], questionnaires=[questionnaire("00BB")], before=second)
    assert about(night, "questionnaires")[0] == "closed"


@pytest.mark.parametrize(("records", "table", "make"), ABOUT_SCHOOLS)
def test_a_row_of_a_school_that_was_never_seen_is_unknown(
    records: str, table: str, make: Make
) -> None:
    night = world(["00AA00"], **{records: [make("99ZZ")]})
    assert about(night, table) == ("unknown", None, None, None)


@pytest.mark.parametrize(("records", "table", "make"), ABOUT_BOARDS)
def test_a_row_of_a_board_that_was_never_seen_is_unknown(
    records: str, table: str, make: Make
) -> None:
    night = world(["00AA00"], **{records: [make("99999")]})
    assert about(night, table) == ("unknown", None, None, None)


@pytest.mark.parametrize(
    ("records", "table", "offered"),
    [
        ({"questionnaires": [questionnaire("00AB")]}, "questionnaires", "00AA"),
        ({"agreements": [agreement("10007")]}, "agreements", "10001"),
        ({"entries": [entered("00AA07")]}, "branches", "00AA00"),
    ],
)
def test_the_reason_of_an_unknown_code_offers_open_codes_near_it(
    records: dict[str, list[Row]], table: str, offered: str
) -> None:
    reason = world(["00AA00"], **records).outcome(table)["reason"]
    assert f"Open codes near it: {offered}." in reason


def test_a_near_code_is_offered_and_never_used() -> None:
    night = connected_school(questionnaires=[questionnaire("00AB")])
    assert not night.step("questionnaire")["passed"]


def test_the_reason_says_when_no_code_is_near() -> None:
    night = world(["00AA00"], questionnaires=[questionnaire("99ZZ")])
    assert "no open code is near it" in night.outcome("questionnaires")["reason"]


def test_a_closed_code_is_offered_nothing() -> None:
    before = world(["00AA00", "00AB00"])
    night = world(["00AA00"], questionnaires=[questionnaire("00AB")], before=before)
    assert "near" not in night.outcome("questionnaires")["reason"]


# ---- test exchanges


@pytest.mark.parametrize("number", ["7", None])
def test_the_reason_of_a_test_exchange_says_when_the_delivery_point_is_unknown(
    number: str | None,
) -> None:
    night = world(["00AA00"], points=[point("0")], exchanges=[exchange(number)])
    assert "no delivery point with number" in night.outcome("test_exchanges")["reason"]


def test_the_reason_of_a_test_exchange_by_a_known_point_says_nothing_of_it() -> None:
    night = world(["00AA00"], points=[point("0")], exchanges=[exchange("0")])
    assert "delivery point" not in night.outcome("test_exchanges")["reason"]


def test_the_reason_of_a_test_exchange_of_an_unknown_school_says_nothing_of_its_points() -> None:
    night = world(["00AA00"], exchanges=[exchange("0", "99ZZ")])
    assert "delivery point" not in night.outcome("test_exchanges")["reason"]


def test_a_point_that_begins_later_is_unknown_to_a_test_exchange() -> None:
    night = world(["00AA00"], points=[point(requested_on=ahead(2))], exchanges=[exchange("0")])
    assert "no delivery point with number 0" in night.outcome("test_exchanges")["reason"]


def test_a_point_of_another_school_is_unknown_to_a_test_exchange() -> None:
    night = world(["00AA00", "00BB00"], points=[point("0", "00BB")], exchanges=[exchange("0")])
    assert "no delivery point with number 0" in night.outcome("test_exchanges")["reason"]


# ---- records that begin after the day


@pytest.mark.parametrize(
    ("records", "table"),
    [
        ({"agreements": [agreement(signed_on=ahead(1))]}, "agreements"),
        ({"questionnaires": [questionnaire(submitted_on=ahead(1))]}, "questionnaires"),
        ({"entries": [entered("00AA00", ahead(1))]}, "branches"),
        ({"points": [point(requested_on=ahead(1))]}, "delivery_points"),
        ({"exchanges": [exchange(performed_on=ahead(1))]}, "test_exchanges"),
    ],
)
def test_a_record_that_begins_after_the_day_keeps_its_outcome_and_the_reason_says_when(
    records: dict[str, list[Row]], table: str
) -> None:
    found = world(["00AA00"], **records).outcome(table)
    assert found["outcome"] == "matched"
    assert "It begins on 2026-11-21" in found["reason"]


def test_of_an_account_that_begins_after_the_day_the_reason_does_not_say_when() -> None:
    found = world(["00AA00"], accounts=[account(requested_on=ahead(1))]).outcome("accounts")
    assert found["outcome"] == "matched"
    assert (
        found["reason"] == "00AA is open. It begins on a later day and counts for no rule before."
    )


def test_the_reason_of_a_record_that_begins_on_the_day_says_nothing_of_it() -> None:
    night = world(["00AA00"], agreements=[agreement(signed_on=D)])
    assert "begins" not in night.outcome("agreements")["reason"]


# ---- duplicates and quarantine


def test_a_row_that_is_the_same_as_an_earlier_one_is_a_duplicate_and_the_first_counts() -> None:
    night = connected_school(points=[point("0"), point("0")], as_delivered=True)
    assert night.outcome("delivery_points", 3)["outcome"] == "duplicate"
    assert night.step("delivery_point")["evidence"] == ["delivery_points row 2"]


def test_rows_that_are_the_same_after_repair_count_once() -> None:
    night = world(["00AA00"], points=[point("0"), point("00", "00aa")], as_delivered=True)
    assert night.outcome("delivery_points", 3)["outcome"] == "duplicate"
    assert night.flags("duplicate_delivery_point") == []


def test_a_row_that_cannot_be_read_is_quarantined_and_its_reason_says_what_was_expected() -> None:
    night = world(["00AA00"], questionnaires=[questionnaire("AA")], as_delivered=True)
    found = night.outcome("questionnaires")
    assert (found["outcome"], found["rule"]) == ("quarantined", "brin_unreadable")
    assert "expected a BRIN" in found["reason"]


def test_a_quarantined_row_of_a_school_does_not_make_it_in_progress() -> None:
    row = questionnaire(status="lost")
    night = world(["00AA00"], questionnaires=[row], as_delivered=True)
    assert night.branch()["status"] == "not_started"


def test_the_reason_of_a_repaired_row_says_so() -> None:
    night = world(["00AA00"], questionnaires=[questionnaire()])
    repaired = night.records["questionnaires"].with_columns(repairs=pl.lit("upper_cased"))
    night = replace(night, records=night.records | {"questionnaires": repaired})
    assert "written otherwise (upper_cased)" in night.outcome("questionnaires")["reason"]


def test_a_row_counts_as_a_person_does_in_the_file() -> None:
    rows = [questionnaire("AA"), questionnaire(), questionnaire()]
    night = world(["00AA00"], questionnaires=rows, as_delivered=True)
    assert night.reconciliation.select("source_row", "outcome").rows() == [
        (2, "quarantined"),
        (3, "matched"),
        (4, "duplicate"),
    ]


def test_the_accounts_of_schools_and_boards_stand_in_the_order_of_the_file() -> None:
    rows = [account("10001"), account("00ZZ"), account("00AA"), account("10009")]
    night = world(["00AA00"], accounts=rows)
    assert night.reconciliation["record_key"].to_list() == ["10001", "00ZZ", "00AA", "10009"]


# ---- laws


@in_any_world
def test_every_row_read_stands_in_reconciliation_once(night: World) -> None:
    read = [
        (table.name, row)
        for table in ONBOARDING
        for row in night.records[table.name]["source_row"].to_list()
    ]
    stands = night.reconciliation.select("source_table", "source_row").rows()
    assert sorted(stands) == sorted(read)


@in_any_world
def test_only_a_row_that_was_found_names_what_it_was_matched_with(night: World) -> None:
    found = pl.col("outcome").is_in(["matched", "matched_by_override"])
    names = pl.any_horizontal(pl.col(name).is_not_null() for name in MATCHED)
    assert night.reconciliation.filter(found != names).is_empty()
