"""The figures of the report, on small frames and small worlds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from report_tables import adoption
from world import (
    BOARD,
    REGISTERED,
    SCHOOL,
    TESTED,
    World,
    account,
    ago,
    agreement,
    branch,
    connected_school,
    exchange,
    ignore_flag,
    point,
    requested,
    transition,
    world,
)

from oso_pipeline.contracts.records import QUARANTINE, SIGNALS, SOURCES
from oso_pipeline.outputs.report.figures import boards, places, points, quality, steps
from oso_pipeline.outputs.report.figures import changes as change_figures
from oso_pipeline.outputs.report.figures.adoption import FEW, compared_with, headline, over_time
from oso_pipeline.outputs.report.sections import spread
from oso_pipeline.outputs.report.sections.work import delivery_points

D = date(2026, 11, 20)


def compared(*days: date, as_of: date = D) -> dict[str, date | None]:
    frame = adoption((day, 1, 1) for day in (*days, as_of))
    rows = compared_with(frame, as_of, f"{as_of:%Y%m%d}").rows()
    return {against: day for against, day, _ in rows}


def test_it_is_compared_with_the_nearest_release_on_or_before_the_day_a_month_and_a_year_ago() -> (
    None
):
    found = compared(date(2025, 11, 18), date(2025, 11, 21), date(2026, 10, 20), date(2026, 10, 21), date(2026, 11, 19))  # fmt: skip
    assert found == {"release": date(2026, 11, 19), "month": date(2026, 10, 20), "year": date(2025, 11, 18)}  # fmt: skip


def test_a_month_before_the_last_day_of_march_is_the_last_day_of_february() -> None:
    found = compared(date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1), as_of=date(2026, 3, 31))  # fmt: skip
    assert found["month"] == date(2026, 2, 28)


def test_the_first_release_is_compared_with_none() -> None:
    assert compared() == {"release": None, "month": None, "year": None}


def test_the_headline_says_how_many_more_or_fewer_than_earlier_and_nothing_where_there_is_no_earlier() -> (
    None
):
    frame = adoption([(date(2026, 10, 1), 4, 6), (date(2026, 11, 19), 8, 3), (D, 7, 4)])
    row = headline(frame, D, "20261120").row(0, named=True)
    assert row == {
        "unit": "branches", "status": "connected", "number": 7, "total": 11, "share": pytest.approx(7 / 11),
        "change_release": -1, "change_month": 3, "change_year": None,
    }  # fmt: skip


def test_the_headline_has_every_status_and_all_of_them_also_where_there_is_none() -> None:
    rows = headline(adoption([(D, 7, 4)]), D, "20261120")
    assert rows["number"].to_list() == [7, 0, 0, 4, 0, 11] * 2


def test_over_time_shows_every_day_when_there_are_few() -> None:
    days = [D - timedelta(n) for n in range(FEW)]
    assert over_time(adoption((day, 1, 1) for day in days))["as_of"].n_unique() == FEW


def test_over_time_shows_the_last_release_of_every_month_when_there_are_many() -> None:
    days = [D - timedelta(n) for n in range(60)]
    shown = over_time(adoption((day, 1, 1) for day in days)).filter(pl.col("sector").is_null())
    assert shown["as_of"].to_list() == [date(2026, 9, 30), date(2026, 10, 31), D]


def test_over_time_shows_the_last_release_of_every_quarter_after_years() -> None:
    days = [D - timedelta(30 * n) for n in range(36)]
    shown = over_time(adoption((day, 1, 1) for day in days))["as_of"].unique()
    assert FEW // 2 < shown.len() <= FEW
    assert shown.max() == D


def test_of_two_releases_of_one_day_the_later_counts() -> None:
    frame = pl.concat([adoption([(D, 1, 9)]), adoption([(D, 2, 8)]).with_columns(release_id=pl.lit("20261120b"))])  # fmt: skip
    assert over_time(frame)["branches_connected"].to_list() == [2, 2]


def test_over_time_has_a_row_per_sector_in_their_order_and_one_for_all() -> None:
    frame = pl.concat([adoption([(D, 1, 1)], "vo"), adoption([(D, 3, 1)], "po")])
    shown = over_time(frame).select("sector", "branches_share").rows()
    assert shown == [("po", 0.75), ("vo", 0.5), (None, pytest.approx(4 / 6))]


def standing(night: World) -> list[tuple[object, ...]]:
    found = steps.where_schools_stand(night.qualification_steps, D)
    return found.select("first_missing", "schools", "passed_2", "passed_3", "days_median").rows()


def test_a_school_stands_at_its_first_missing_step_since_the_last_one_that_it_passed() -> None:
    assert standing(connected_school(exchanges=[])) == [("test_exchange", 1, 0, 1, (D - REGISTERED).days)]  # fmt: skip


def test_a_school_that_passed_a_later_step_stands_at_the_earlier_one_that_is_missing() -> None:
    assert standing(connected_school(questionnaires=[])) == [("questionnaire", 1, 0, 1, (D - TESTED).days)]  # fmt: skip


def test_a_qualified_school_misses_no_step() -> None:
    assert standing(connected_school()) == [(None, 1, 0, 0, (D - TESTED).days)]


def test_a_school_that_passed_no_step_has_stood_for_no_known_days() -> None:
    assert standing(world(["00AA00"])) == [("agreement", 1, 0, 0, None)]


def test_the_steps_are_counted_in_their_order() -> None:
    found = steps.steps_passed(connected_school(exchanges=[]).qualification_steps)
    assert found.select("step", "passed").rows() == [
        ("account", 0), ("agreement", 1), ("questionnaire", 1), ("delivery_point", 1), ("test_exchange", 0),
    ]  # fmt: skip


def test_points_that_wait_are_told_with_their_quartiles() -> None:
    waiting = [requested(str(n), requested_on=ago(days)) for n, days in enumerate((20, 40, 60, 80))]
    night = connected_school(points=waiting)
    found = steps.waiting_points(night.delivery_point_flags, D).row(0, named=True)
    assert (found["points"], found["schools"], found["oldest_on"]) == (4, 1, ago(80))
    assert [found[f"days_{name}"] for name in ("lower", "median", "upper")] == [20, 40, 60]


def test_provinces_come_in_order_of_their_share_and_one_that_is_not_known_comes_last() -> None:
    codes = [branch("00AA00", province="Utrect"), branch("00BB00", province="Drenthe"), branch("00CC00", province="Zeeland")]  # fmt: skip
    night = world(codes).branch_status.with_columns(connected=pl.col("brin") == "00CC", status=pl.when(pl.col("brin") == "00CC").then(pl.lit("connected")).otherwise("status"))  # fmt: skip
    found = places.per_province(night)
    assert found.select("province", "share").rows() == [("Zeeland", 1.0), ("Drenthe", 0.0), (None, 0.0)]  # fmt: skip


def test_a_partnership_with_more_branches_to_go_comes_first() -> None:
    rows = world([f"00A{letter}00" for letter in "ABC"]).branch_status.with_columns(
        swv_number=pl.Series(["PO0001", "PO0002", "PO0002"])
    )
    assert places.per_partnership(rows)["swv_number"].to_list() == ["PO0002", "PO0001"]


def test_a_product_that_nobody_uses_any_more_is_told_with_what_it_lost() -> None:
    night = connected_school(points=[point(las="Magister")], before=connected_school(day=ago(1)))
    found = places.per_product(night.branch_status, night.adoption, D, "2")
    assert found.select("las", "connected", "change_release", "change_year").rows() == [
        ("Magister", 1, 1, None),
        ("ESIS", 0, -1, None),
    ]


def test_the_work_of_a_school_and_of_its_branches_is_work_of_its_board() -> None:
    night = connected_school(["00AA00", "00AA01"], accounts=[account()], exchanges=[], boards={BOARD: "Stichting"})  # fmt: skip
    found = boards.open_work_per_board(night.work_items, night.school_status, night.branch_status)
    row = found.row(0, named=True)
    assert (row["board_number"], row["board_name"], row["items"]) == (BOARD, "Stichting", night.work_items.height)  # fmt: skip
    assert row["school"] == row["items"] > 1


def test_work_that_is_done_is_no_open_work() -> None:
    night = connected_school(before=connected_school(exchanges=[], day=ago(1)))
    assert night.work_items["closed_on"].null_count() < night.work_items.height
    found = boards.open_work_per_board(night.work_items, night.school_status, night.branch_status)
    assert found["items"].sum() == night.work_items["closed_on"].null_count()


def test_work_about_a_code_that_is_not_open_is_of_no_board() -> None:
    items = connected_school(exchanges=[]).work_items.with_columns(subject=pl.lit("99ZZ"))
    night = connected_school()
    found = boards.open_work_per_board(items, night.school_status, night.branch_status)
    assert found.select("board_number", "items").rows() == [(None, items.height)]


def test_one_board_and_one_item_are_told_as_one() -> None:
    night = connected_school(exchanges=[])
    one = night.work_items.filter(pl.col("closed_on").is_null()).head(1)
    of_board = spread.boards(one, night.school_status, night.branch_status)
    assert of_board.answer == "1 bestuur heeft open werk: 1 van de 1 open acties (100,0%)."
    of_nobody = spread.boards(one.with_columns(subject=pl.lit("99ZZ")), night.school_status, night.branch_status)  # fmt: skip
    assert of_nobody.answer.endswith(" 1 actie gaat over een code die niet meer open is en hoort bij geen bestuur.")  # fmt: skip


def test_a_missing_point_is_counted_by_sector_and_by_how_far_its_school_is() -> None:
    night = connected_school(["00AA00", "00AA01", branch("00ZZ00", sector="vo")])
    found = points.points_missing(night.delivery_point_flags, night.branch_status)
    assert found.select("sector", "branches", "high", "medium", "low", "missing").rows() == [
        ("po", 2, 1, 0, 0, 1),
        ("vo", 1, 0, 1, 0, 1),
        (None, 3, 1, 1, 0, 2),
    ]


def test_a_missing_point_of_which_nothing_needs_to_be_done_is_missing_and_no_finding() -> None:
    flag = "branch_without_delivery_point"
    night = connected_school(["00AA00", "00AA01"], decisions=[ignore_flag("00AA01", flag)])
    found = points.points_missing(night.delivery_point_flags, night.branch_status)
    assert found.select("missing", "high", "ignored").rows() == [(1, 0, 1)] * 2
    section = delivery_points(night.delivery_point_flags, night.branch_status, D)
    assert section.answer.endswith("Bij 1 daarvan is besloten dat er niets hoeft te gebeuren.")
    assert section.parts[0].chart is None


def causes(night: World) -> list[tuple[str, str, int]]:
    found = change_figures.causes(
        night.change_log,
        night.school_status,
        night.branch_status,
        night.qualification_steps,
        str(night.number),
    )
    return found.select("event", "cause", "branches").rows()


YESTERDAY = connected_school(day=ago(1))
BEFORE_TEST = connected_school(day=ago(1), exchanges=[])


@pytest.mark.parametrize(
    ("night", "cause"),
    [
        (connected_school(agreements=[], before=YESTERDAY), "agreement"),
        (connected_school([branch("00AA00", board="10002")], before=YESTERDAY), "board_changed"),
        (connected_school(points=[point(ended_on=D)], before=YESTERDAY), "delivery_point"),
        (connected_school(["00AB00"], before=YESTERDAY), "branch_vanished"),
        (connected_school(["00AB00"], transitions=[transition("00AA00", "00AB00")], before=YESTERDAY), "branch_merged"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)  # fmt: skip
def test_a_branch_that_is_disconnected_is_told_with_its_cause(night: World, cause: str) -> None:
    assert causes(night) == [("disconnected", cause, 1)]


def test_a_branch_that_lost_its_own_point_of_a_school_that_has_another_is_told_so() -> None:
    two = ["00AA00", "00AA01"]
    before = connected_school(two, points=[point("0"), point("1")], day=ago(1))
    night = connected_school(two, points=[point("0"), point("1", ended_on=D)], before=before)
    assert causes(night) == [("disconnected", "point_ended", 1)]


def test_a_branch_that_is_connected_is_told_with_the_last_step_of_its_school() -> None:
    night = connected_school(exchanges=[exchange(performed_on=D)], before=BEFORE_TEST)
    assert causes(night) == [("connected", "test_exchange", 1)]


def test_a_branch_of_a_qualified_school_that_got_its_point_is_told_so() -> None:
    two = ["00AA00", "00AA01"]
    night = connected_school(two, points=[point("0"), point("1", registered_on=D)], before=connected_school(two, day=ago(1)))  # fmt: skip
    assert causes(night) == [("connected", "point_added", 1)]


def test_a_new_branch_that_is_connected_is_told_as_new() -> None:
    two = ["00AA00", "00AA01"]
    night = connected_school(two, points=[point("0"), point("1")], before=YESTERDAY)
    assert causes(night) == [("connected", "branch_opened", 1)]


def test_only_what_this_release_knew_first_is_an_event_of_it() -> None:
    gone = connected_school(agreements=[], before=YESTERDAY)
    night = connected_school(agreements=[agreement()], day=ago(-1), before=gone)
    found = change_figures.events(night.change_log, str(night.number))
    assert found.select("event", "number", "examples").rows() == [("connected", 1, f"{SCHOOL}00")]


def test_rows_that_belong_to_an_open_school_are_a_share_of_the_rows_read() -> None:
    night = connected_school(agreements=[agreement(), agreement("99999")])
    found = quality.outcomes(night.reconciliation)
    of_agreements = found.row(by_predicate=pl.col("source_table") == "agreements", named=True)
    assert (of_agreements["rows"], of_agreements["unknown"], of_agreements["share"]) == (2, 1, 0.5)
    assert found.row(-1, named=True)["rows"] == night.reconciliation.height
    assert found.row(0, named=True)["share"] is None, "no account was delivered"


def test_refused_rows_and_odd_values_are_counted_by_source_and_rule() -> None:
    refused = pl.DataFrame({"source": ["accounts"] * 3, "rule": ["date_unreadable", "brin_unreadable", "date_unreadable"]})  # fmt: skip
    assert quality.refused(refused).rows() == [("accounts", "date_unreadable", 2), ("accounts", "brin_unreadable", 1)]  # fmt: skip
    odd = pl.DataFrame({"source": ["po"] * 2, "rule": ["repaired"] * 2, "rows": [2, 3]})
    assert quality.odd(odd).rows() == [("po", "repaired", 2, 5)]


def test_nothing_refused_and_nothing_odd_are_no_rows() -> None:
    assert (quality.refused(QUARANTINE.empty()).height, quality.odd(SIGNALS.empty()).height) == (0, 0)  # fmt: skip


def test_a_source_is_as_old_as_its_day_in_the_netherlands_says() -> None:
    late = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)  # half past midnight on the 18th
    row = dict.fromkeys(SOURCES.names, "x") | dict.fromkeys(("rows_read", "rows_used", "rows_ignored", "rows_quarantined"), 1)  # fmt: skip
    sources = pl.DataFrame([row | {"source": name, "fetched_at": late, "seen_at": late, "fallback": True} for name in ("accounts", "agreements", "overrides")], schema=SOURCES.schema)  # fmt: skip
    assert quality.ages(sources, D).rows() == [("Mijn OSO, aansluitgegevens", date(2026, 11, 18), 2, 2, 2, True)]  # fmt: skip
