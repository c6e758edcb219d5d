"""How every open branch and school stands: connected, lapsed, qualified but not covered, in progress, not started."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from world import (
    BOARD,
    PUBLISHED,
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
    connected,
    connected_school,
    entered,
    exchange,
    extension,
    in_any_world,
    point,
    questionnaire,
    requested,
    world,
)

from oso_pipeline.contracts.statuses import STATUSES
from oso_pipeline.contracts.validation import validate

# ---- connected, and since when


def test_a_covered_branch_of_a_qualified_school_is_connected() -> None:
    found = connected_school().branch()
    assert (found["status"], found["connected"]) == ("connected", True)


def test_a_covered_branch_of_a_school_that_is_not_qualified_is_not_connected() -> None:
    found = connected_school(exchanges=[]).branch()
    assert (found["covered"], found["connected"]) == (True, False)


def test_a_branch_that_is_not_covered_is_not_connected_though_its_school_is() -> None:
    night = connected_school(["00AA00", "00AA01"])
    assert [night.branch(code)["connected"] for code in ("00AA00", "00AA01")] == [True, False]


def test_a_new_connection_is_since_the_school_was_qualified() -> None:
    assert connected_school().branch()["connected_on"] == TESTED


def test_a_new_connection_is_since_its_first_point_was_registered_if_that_is_later() -> None:
    rows = [point("0"), point("1", registered_on=ago(5)), point("9", link="01", registered_on=D)]
    night = connected_school(["00AA00", "00AA01"], points=rows)
    assert night.branch("00AA01")["connected_on"] == ago(5)


def test_a_connection_keeps_its_day_for_as_long_as_it_lasts() -> None:
    newer = [point("0", registered_on=D)]
    night = connected_school(points=newer, before=connected_school(day=ago(1)))
    assert night.branch()["connected_on"] == TESTED


def test_a_connection_that_was_broken_begins_anew() -> None:
    broken = connected_school(points=[], before=connected_school(day=ago(2)), day=ago(1))
    night = connected_school(points=[point(registered_on=D)], before=broken)
    assert night.branch()["connected_on"] == D


def test_a_branch_that_is_not_connected_has_no_day() -> None:
    night = connected_school(points=[], before=connected_school(day=ago(1)))
    assert night.branch()["connected_on"] is None


@pytest.mark.parametrize(
    ("before", "instead", "last_connected_on"),
    [
        (None, {}, D),
        (None, {"points": []}, None),
        (ago(1), {}, D),
        (ago(1), {"points": []}, ago(1)),
    ],
)
def test_a_branch_was_last_connected_on_the_day_of_the_last_release_that_had_it_so(
    before: date | None, instead: Row, last_connected_on: date | None
) -> None:
    last = connected_school(day=before) if before else None
    night = connected_school(**instead, before=last)
    assert night.branch()["last_connected_on"] == last_connected_on


# ---- lapsed


def test_a_branch_that_was_connected_and_is_not_has_lapsed() -> None:
    night = connected_school(agreements=[], before=connected_school(day=ago(1)))
    assert night.branch()["status"] == "lapsed"


def test_a_lapsed_branch_stays_lapsed_night_after_night() -> None:
    first = connected_school(day=ago(2))
    second = connected_school(points=[], before=first, day=ago(1))
    night = connected_school(points=[], before=second)
    assert (night.branch()["status"], night.branch()["last_connected_on"]) == ("lapsed", ago(2))


def test_a_lapsed_branch_without_a_record_left_is_lapsed_and_not_not_started() -> None:
    assert world(["00AA00"], before=connected_school()).branch()["status"] == "lapsed"


def test_a_branch_that_closed_connected_and_opens_again_has_lapsed() -> None:
    closed = world(["00BB00"], before=connected_school(day=ago(2)), day=ago(1))
    assert world(["00AA00", "00BB00"], before=closed).branch()["status"] == "lapsed"


def test_a_branch_that_lapsed_goes_before_one_that_is_qualified_and_not_covered() -> None:
    both = connected_school(["00AA00", "00AA01"], points=[point("0"), point("1")], day=ago(1))
    night = connected_school(["00AA00", "00AA01"], before=both)
    assert night.branch("00AA01")["status"] == "lapsed"


def test_a_side_branch_of_a_school_whose_other_branch_lapsed_has_not_lapsed() -> None:
    night = connected_school(["00AA00", "00AA01"], points=[], before=connected_school(day=ago(1)))
    assert night.branch("00AA01")["status"] == "in_progress"


# ---- qualified and not covered, in progress, not started


def test_a_branch_of_a_qualified_school_that_is_not_covered_is_qualified_not_covered() -> None:
    night = connected_school(["00AA00", "00AA01"])
    assert night.branch("00AA01")["status"] == "qualified_not_covered"


@pytest.mark.parametrize(
    ("night", "status"),
    apart(lambda records: {"branches": ["00AA00", branch("00BB00", board="10002")], **records}, [
        pytest.param({"accounts": [account("00AA")]}, "in_progress", id="account"),
        pytest.param({"accounts": [account("00AA", None)]}, "in_progress", id="account asked for"),
        pytest.param({"accounts": [account("00AA", closed_on=ago(9))]}, "in_progress", id="closed account"),
        pytest.param({"accounts": [account("10001")]}, "not_started", id="account of the board"),
        pytest.param({"accounts": [account(requested_on=ahead(1))]}, "not_started", id="account tomorrow"),
        pytest.param({"questionnaires": [questionnaire(status="draft")]}, "in_progress", id="draft"),
        pytest.param({"questionnaires": [questionnaire(submitted_on=ahead(1))]}, "not_started", id="questionnaire tomorrow"),
        pytest.param({"questionnaires": [questionnaire("00BB")]}, "not_started", id="of another school"),
        pytest.param({"entries": [entered("00AA00")]}, "in_progress", id="branch entered"),
        pytest.param({"entries": [entered("00AA00", removed_on=ago(9))]}, "in_progress", id="branch removed"),
        pytest.param({"entries": [entered("00AA07")]}, "in_progress", id="unknown branch of the school"),
        pytest.param({"entries": [entered("00AA00", ahead(1))]}, "not_started", id="branch tomorrow"),
        pytest.param({"points": [requested()]}, "in_progress", id="point asked for"),
        pytest.param({"points": [point("0", kind="swv")]}, "in_progress", id="swv point"),
        pytest.param({"points": [requested(requested_on=ahead(1))]}, "not_started", id="point tomorrow"),
        pytest.param({"exchanges": [exchange(result="failed")]}, "in_progress", id="failed test"),
        pytest.param({"exchanges": [exchange(performed_on=ahead(1))]}, "not_started", id="test tomorrow"),
        pytest.param({"agreements": [agreement()]}, "in_progress", id="agreement of the board"),
        pytest.param({"agreements": [agreement(ended_on=D)]}, "not_started", id="ended agreement"),
        pytest.param({"agreements": [agreement(signed_on=ahead(1))]}, "not_started", id="agreement tomorrow"),
        pytest.param({"agreements": [extension()]}, "not_started", id="extension only"),
        pytest.param({"agreements": [agreement("10002")]}, "not_started", id="agreement of another board"),
        pytest.param({}, "not_started", id="nothing"),
    ]),
)  # fmt: skip
def test_a_school_with_a_row_of_its_own_or_a_signed_board_is_in_progress(
    night: Case, status: str
) -> None:
    assert night.branch("00AA00")["status"] == status


@pytest.mark.parametrize(
    ("records", "begun_by"),
    [
        ({}, None),
        ({"agreements": [agreement(ended_on=D), agreement(), agreement()]}, "agreements row 3"),
        ({"agreements": [agreement()], "exchanges": [exchange(result="failed")]}, "test_exchanges row 2"),
        ({"questionnaires": [questionnaire("00BB"), questionnaire(submitted_on=ahead(1)), questionnaire(), questionnaire()]}, "questionnaires row 4"),
        ({"accounts": [account(BOARD)], "entries": [entered("00AA07")]}, "branches row 2"),
    ],
)  # fmt: skip
def test_a_school_has_begun_by_the_first_row_of_its_own_else_by_the_agreement_of_its_board(
    records: dict[str, list[Row]], begun_by: str | None
) -> None:
    assert world(["00AA00"], **records).school()["begun_by"] == begun_by


# ---- schools


def test_a_school_has_the_first_status_of_the_list_that_any_of_its_branches_has() -> None:
    night = connected_school(["00AA00", "00AA01"])
    assert night.branch("00AA01")["status"] == "qualified_not_covered"
    assert night.school()["status"] == "connected"


def test_a_school_whose_only_connected_branch_lapsed_has_lapsed() -> None:
    night = connected_school(["00AA00", "00AA01"], points=[], before=connected_school(day=ago(1)))
    assert night.branch("00AA01")["status"] == "in_progress"
    assert night.school()["status"] == "lapsed"


# ---- ready for other exchanges


@pytest.mark.parametrize(
    ("night", "ready"),
    apart(
        lambda instead: connected(
            ["00AA00", "00AA01"],
            points=[
                point("0"),
                *(point("5", **({"kind": kind} | instead)) for kind in ("ot", "ldos")),
            ],
        ),
        [
            ({}, True),
            ({"ended_on": D}, False),
            ({"registered_on": None}, False),
            ({"registered_on": ahead(1)}, False),
            ({"branch_number": "00"}, True),
            ({"branch_number": "01"}, False),
            ({"branch_number": "07"}, False),
        ],
    ),
)
def test_a_connected_branch_is_ready_when_an_active_partner_point_serves_it(
    night: Case, ready: bool
) -> None:
    found = night.branch()
    assert (found["ot_ready"], found["ldos_ready"]) == (ready, ready)


@pytest.mark.parametrize("kind", ["ot", "ldos"])
def test_a_partner_point_makes_a_branch_ready_for_that_partner_only(kind: str) -> None:
    found = connected_school(points=[point("0"), point("5", kind=kind)]).branch()
    ready = [name for name in ("ot", "ldos", "swv") if found[f"{name}_ready"]]
    assert ready == [kind]


@pytest.mark.parametrize("kind", ["ot", "ldos", "swv"])
def test_a_branch_that_is_not_connected_is_ready_for_nothing(kind: str) -> None:
    night = connected_school(
        ["00AA00", "00AA01"],
        agreements=[agreement(), extension()],
        points=[point("0"), point("5", kind=kind)],
    )
    assert [night.branch(code)[f"{kind}_ready"] for code in ("00AA00", "00AA01")] == [True, False]


@pytest.mark.parametrize(
    ("night", "ready"),
    apart(
        lambda extensions: connected(
            ["00AA00", branch("00BB00", board="10002")],
            agreements=[agreement(), *extensions],
            points=[point("0"), point("5", kind="swv")],
        ),
        [
            ([], False),
            ([extension()], True),
            ([extension(signed_on=D)], True),
            ([extension(signed_on=ahead(1))], False),
            ([extension(ended_on=D)], False),
            ([extension(ended_on=ahead(1))], True),
            ([extension("10002")], False),
        ],
    ),
)
def test_for_support_requests_the_board_also_has_the_extension_active(
    night: Case, ready: bool
) -> None:
    assert night.branch("00AA00")["swv_ready"] is ready


def test_the_extension_without_a_point_of_its_own_makes_no_branch_ready() -> None:
    night = connected_school(agreements=[agreement(), extension()])
    assert not night.branch()["swv_ready"]


# ---- what is published beside the status


def test_the_list_of_connected_schools_has_the_connected_branches_only() -> None:
    night = connected_school(["00AA00", "00AA01", "00BB00"], boards={"10001": "Stichting Een"})
    columns = ["brin", "branch_number", "sector", "board_name", "connected_on"]
    assert night.connected_schools.select(columns).rows() == [
        ("00AA", "00", "primair onderwijs", "Stichting Een", TESTED)
    ]


def test_a_board_without_a_name_is_listed_by_its_number() -> None:
    assert connected_school().connected_schools["board_name"].to_list() == ["10001"]


@pytest.mark.parametrize(
    ("street", "house_number", "address"),
    [
        ("Kerkstraat", "3 b", "Kerkstraat 3 b"),
        ("Kerkstraat", None, "Kerkstraat"),
        (None, None, None),
    ],
)
def test_a_connected_school_is_listed_with_its_street_and_number(
    street: str | None, house_number: str | None, address: str | None
) -> None:
    night = connected_school([branch("00AA00", street=street, house_number=house_number)])
    assert night.connected_schools["address"].to_list() == [address]


def test_adoption_counts_a_school_also_where_none_of_its_branches_counts() -> None:
    branches = [branch("00AA00", province="Utrecht"), branch("00AA01", province="Zeeland")]
    night = connected_school(branches, points=[point("1")], exchanges=[exchange("1")])
    columns = ["branches_connected", "branches_qualified_not_covered", "schools_connected"]
    assert night.adoption.select("province", "las", *columns).rows() == [
        ("Utrecht", "ESIS", 0, 0, 1),
        ("Utrecht", None, 0, 1, 0),
        ("Zeeland", "ESIS", 1, 0, 0),
    ]


def test_adoption_counts_branches_and_schools_by_status() -> None:
    night = connected_school(["00AA00", "00AA01"])
    columns = ["branches_connected", "branches_qualified_not_covered", "schools_connected"]
    assert night.adoption.select("las", *columns).rows() == [("ESIS", 1, 0, 1), (None, 0, 1, 0)]


def test_adoption_counts_a_school_under_the_product_of_its_lowest_branch() -> None:
    points = [point("0", las="ESIS"), point("1", las="Magister")]
    night = connected_school(["00AA00", "00AA01"], points=points)
    columns = ["las", "branches_connected", "schools_connected"]
    assert night.adoption.select(columns).rows() == [("ESIS", 1, 1), ("Magister", 1, 0)]


def test_adoption_counts_those_of_no_known_province_and_product_together() -> None:
    night = world([branch("00AA00", province=None), branch("00BB00", province=None)])
    columns = ["branches_not_started", "schools_not_started"]
    assert night.adoption.select("province", "las", *columns).rows() == [(None, None, 2, 2)]


def test_adoption_keeps_what_earlier_releases_counted() -> None:
    night = connected_school(before=connected_school(day=ago(1)))
    assert night.adoption["as_of"].to_list() == [ago(1), D]


def test_a_branch_that_closed_connected_is_remembered() -> None:
    night = world(["00BB00"], before=connected_school(day=ago(1)))
    assert night.connection_history.rows() == [("00AA00", ago(1))]


# ---- laws


@in_any_world
def test_every_open_branch_stands_in_branch_status_once_and_has_one_status(night: World) -> None:
    open_codes = night.open_branches["branch_code"].to_list()
    assert night.branch_status["branch_code"].to_list() == sorted(set(open_codes))
    assert set(night.branch_status["status"]) <= set(STATUSES)


@in_any_world
def test_connected_is_exactly_qualified_and_covered(night: World) -> None:
    qualified = night.school_status.select("brin", "qualified")
    both = pl.col("qualified") & pl.col("covered")
    rows = night.branch_status.join(qualified, on="brin")
    assert rows.filter(pl.col("connected") != both).is_empty()
    assert rows.filter(pl.col("connected") != (pl.col("status") == "connected")).is_empty()


@in_any_world
def test_ready_implies_connected(night: World) -> None:
    ready = pl.any_horizontal("ot_ready", "ldos_ready", "swv_ready")
    assert night.branch_status.filter(ready & ~pl.col("connected")).is_empty()


@in_any_world
def test_lapsed_is_exactly_connected_once_and_not_now(night: World) -> None:
    once = night.last["branch_status"].filter("connected")["branch_code"].to_list()
    lapsed = pl.col("branch_code").is_in(once) & ~pl.col("connected")
    assert night.branch_status.filter(lapsed != (pl.col("status") == "lapsed")).is_empty()


@in_any_world
def test_the_days_of_a_connection_are_in_order(night: World) -> None:
    rows = night.branch_status.filter("connected")
    assert rows.filter(pl.col("connected_on") > D).is_empty()
    assert set(rows["last_connected_on"]) <= {D}


def tables(night: World) -> dict[str, list[Any]]:
    """What a night publishes, but for what counts releases."""
    counted = {"adoption", "change_log"}
    return {
        table.name: night.table(table.name).rows()
        for table in PUBLISHED
        if table.name not in counted
    }


@in_any_world
def test_reading_twice_on_the_same_day_changes_nothing(night: World) -> None:
    again = replace(night, number=night.number + 1, before=night)
    assert tables(again) == tables(night)
    assert again.events() == []


@in_any_world
def test_every_published_table_holds_what_its_contract_says(night: World) -> None:
    for table in PUBLISHED:
        validate(night.table(table.name), table)
