"""What the views answer, each on a small world."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from telling import published
from world import (
    BOARD,
    REGISTERED,
    SENT_IN,
    SIGNED,
    TESTED,
    D,
    World,
    account,
    ago,
    agreement,
    branch,
    connected,
    connected_school,
    in_any_world,
    point,
    requested,
    transition,
    world,
)

from oso_pipeline.contracts.about import RELEASE
from oso_pipeline.contracts.records import SOURCES
from oso_pipeline.contracts.views import VIEWS
from oso_pipeline.release.database import insert, rows

Rows = list[dict[str, Any]]


def ask(night: World, query: str, **tables: pl.DataFrame) -> Rows:
    """The rows that a query of the night's release gives."""
    about = (str(night.number), night.day, None, "1.5", "0", False)
    release = pl.DataFrame([about], schema=RELEASE.schema, orient="row")
    with published(night) as connection:
        for name, frame in ({"release": release} | tables).items():
            insert(connection, name, frame)
        return rows(connection, query)


def values(night: World, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in ask(night, query)]


# ---- ages


def test_the_age_of_work_ends_on_the_day_on_which_it_was_no_longer_open() -> None:
    lacks = connected(questionnaires=[], accounts=[account(), account(BOARD)])
    first = world(**lacks, day=ago(20))
    then = connected_school(accounts=[account(), account(BOARD)], day=ago(5), before=first)
    now = connected_school(accounts=[account(), account(BOARD)], before=then)
    query = "SELECT since_on, closed_on, open, age_days, at_least FROM work_item_ages WHERE kind = 'fill_in_questionnaire'"  # fmt: skip
    assert values(first, query) == [(ago(20), None, True, 0, True)]
    assert values(now, query) == [(ago(20), ago(5), False, 15, True)]


def test_an_age_is_at_least_that_where_the_first_release_showed_it_and_no_record_says_since_when() -> None:  # fmt: skip
    first = world(["00AA00"], points=[requested(requested_on=ago(50))], day=ago(30))
    later = world(["00AA00", "00BB00"], points=[requested(requested_on=ago(50))], before=first)
    assert values(
        later, "SELECT flag, branch_code, age_days, at_least FROM flag_ages ORDER BY ALL"
    ) == [
        ("branch_without_delivery_point", "00AA00", 30, True),
        ("branch_without_delivery_point", "00BB00", 0, False),
        ("delivery_point_pending", "00AA00", 50, False),
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (requested(requested_on=ago(9)), ("requested", ago(9), 9, None, None)),
        (requested(requested_on=ago(9), approved_on=ago(5)), ("approved", ago(5), 5, 4, None)),
        (point(requested_on=ago(40), approved_on=ago(30), registered_on=ago(10)), ("registered", ago(10), 10, 10, 20)),
        (point(ended_on=ago(3)), ("ended", ago(3), 3, None, None)),
        (point(registered_on=None), ("requested", None, None, None, None)),
    ],
)  # fmt: skip
def test_a_delivery_point_is_as_old_as_the_last_that_was_done_with_it(
    row: dict[str, Any], told: tuple[Any, ...]
) -> None:
    query = "SELECT stage, since_on, age_days, days_to_approve, days_to_register FROM delivery_point_ages"  # fmt: skip
    assert values(world(["00AA00"], points=[row]), query) == [told]


def test_a_step_is_as_old_as_it_holds() -> None:
    query = "SELECT step, passed, age_days FROM step_ages ORDER BY step"
    assert values(connected_school(questionnaires=[]), query) == [
        ("account", False, None),
        ("agreement", True, (D - SIGNED).days),
        ("delivery_point", True, (D - REGISTERED).days),
        ("questionnaire", False, None),
        ("test_exchange", True, (D - TESTED).days),
    ]


def test_a_source_is_as_old_as_the_day_in_the_netherlands_on_which_its_body_arrived() -> None:
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)  # half past midnight of the 19th
    source = {
        "source": "po",
        "snapshot_id": "po-1",
        "url": "https://example.org/po",
        "sha256": "0" * 64,
    }
    source |= {"fetched_at": late, "seen_at": late, "fallback": False}
    source |= dict.fromkeys((name for name in SOURCES.names if name.startswith("rows_")), 0)
    sources = pl.DataFrame([source], schema=SOURCES.schema)
    found = ask(world(["00AA00"]), "SELECT fetched_on, age_days FROM source_ages", sources=sources)
    day = date(2026, 11, 19)
    assert found == [{"fetched_on": day, "age_days": (D - day).days}]


# ---- who, and what is to be done


def test_open_work_names_the_branch_school_or_board_and_who_governs_it() -> None:
    night = connected_school(
        [branch("00AA00", branch_name="De Linde"), branch("00AA02", branch_name="De Linde Zuid")],
        boards={BOARD: "Stichting Zes"},
        agreements=[agreement(ended_on=ago(2))],
        questionnaires=[],
        accounts=[account(), account(BOARD)],
    )
    query = "SELECT rank, kind, subject, subject_name, board_number, board_name, sector FROM open_work_items"  # fmt: skip
    assert values(night, query) == [
        (1, "sign_agreement", BOARD, "Stichting Zes", BOARD, "Stichting Zes", None),
        (2, "fill_in_questionnaire", "00AA", "De Linde", BOARD, "Stichting Zes", "po"),
        (3, "enter_branch", "00AA02", "De Linde Zuid", BOARD, "Stichting Zes", "po"),
    ]


def test_work_that_is_done_is_not_open_work() -> None:
    first = connected_school(questionnaires=[], accounts=[account(BOARD)], day=ago(5))
    assert values(connected_school(accounts=[account(BOARD)], before=first), "FROM open_work_items") == []  # fmt: skip


def test_uncovered_branches_are_those_of_qualified_schools() -> None:
    night = world(**connected(["00AA00", "00AA02", "00BB00"]))
    query = "SELECT branch_code, qualified_on FROM uncovered_branches"
    assert values(night, query) == [("00AA02", max(SIGNED, SENT_IN, REGISTERED, TESTED))]


# ---- who dropped out


def test_who_dropped_out_is_told_with_what_happened_and_what_is_missing_now() -> None:
    same = {"points": [point()], "boards": {BOARD: "Stichting Zes"}}
    first = connected_school([branch("00AA00", branch_name="De Linde")], day=ago(9), **same)
    gone = connected_school([branch("00AA00", branch_name="De Eik")], agreements=[], before=first, **same)  # fmt: skip
    [found] = ask(gone, "FROM dropped_out")
    assert found["explanation"].endswith(".")
    assert found | {"explanation": ""} == {
        "branch_code": "00AA00",
        "branch_name": "De Eik",
        "board_number": BOARD,
        "board_name": "Stichting Zes",
        "sector": "po",
        "province": first.branch("00AA00")["province"],
        "disconnected_on": D,
        "release_id": "2",
        "status": "lapsed",
        "happened": ["renamed"],
        "explanation": "",
        "missing_steps": ["agreement"],
    }


def test_a_branch_that_is_gone_dropped_out_under_its_last_name() -> None:
    first = connected_school([branch("00AA00", branch_name="De Linde"), "00BB00"], day=ago(9))
    merged = world(["00BB00"], transitions=[transition("00AA00", "00BB00", ago(3))], before=first)
    [found] = ask(merged, "SELECT branch_name, status, happened, missing_steps FROM dropped_out")
    assert found == {
        "branch_name": "De Linde",
        "status": None,
        "happened": ["branch_merged"],
        "missing_steps": [],
    }


# ---- how many


def test_a_boards_progress_counts_its_schools_and_all_their_branches() -> None:
    night = world(**connected(["00AA00", "00AA02", "00BB00", branch("00CC00", board="20002"), branch("00DD00", board=None)]))  # fmt: skip
    query = "SELECT board_number, schools, schools_connected, branches, branches_connected, open_items FROM board_progress ORDER BY ALL"  # fmt: skip
    work = night.work_items["subject"]
    assert values(night, query) == [
        (BOARD, 2, 1, 3, 1, work.str.contains("^00AA|^00BB|^10001$").sum()),
        ("20002", 1, 0, 1, 0, work.str.contains("^00CC|^20002$").sum()),
    ]


def test_the_side_branch_of_another_board_counts_for_the_board_that_governs_its_school() -> None:
    night = world(["00AA00", branch("00AA02", board="20002")])
    assert values(night, "SELECT board_number, branches FROM board_progress") == [(BOARD, 2)]


@pytest.mark.parametrize("by", ["province", "sector", "las"])
def test_shares_are_those_of_this_release(by: str) -> None:
    before = world(["00AA00"], day=ago(40))
    night = world(**connected(["00AA00", "00BB00", branch("00CC00", sector="vo", province="Zeeland")]), before=before)  # fmt: skip
    found = ask(night, f"FROM connected_by_{by}")
    assert sum(row["branches"] for row in found) == 3
    assert sum(row["branches_connected"] for row in found) == 1
    for row in found:
        assert row["branches_share"] == row["branches_connected"] / row["branches"]
        assert row["schools_share"] == row["schools_connected"] / row["schools"]
    first = night.branch("00AA00")
    [with_first] = [row for row in found if row[by] == first[by]]
    alike = night.branch_status.filter(pl.col(by) == first[by])
    assert with_first["branches"] == alike.height


def test_a_month_is_as_its_last_release_had_it() -> None:
    early = world(["00AA00"], day=date(2026, 10, 1))
    late = connected_school(day=date(2026, 10, 30), before=early)
    now = connected_school(["00AA00", "00BB00"], day=date(2026, 11, 2), before=late)
    query = "SELECT month, as_of, sector, branches, branches_connected FROM adoption_by_month ORDER BY ALL"  # fmt: skip
    assert values(now, query) == [
        ("2026-10", date(2026, 10, 30), "po", 1, 1),
        ("2026-11", date(2026, 11, 2), "po", 2, 1),
    ]


@in_any_world
def test_no_view_multiplies_the_rows_that_it_is_about(night: World) -> None:
    sizes = {
        "work_item_ages": night.work_items.height,
        "open_work_items": len(night.open_items()),
        "delivery_point_ages": night.delivery_points.height,
        "step_ages": night.qualification_steps.height,
        "flag_ages": night.delivery_point_flags.height,
        "dropped_out": night.change_log.filter(event="disconnected").height,
        "board_progress": night.school_status["board_number"].drop_nulls().n_unique(),
    }
    assert sizes.keys() <= {view.name for view in VIEWS}
    counts = ", ".join(f"(SELECT count(*) FROM {name}) AS {name}" for name in sizes)
    assert ask(night, f"SELECT {counts}") == [sizes]
