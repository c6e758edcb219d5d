"""The gate: what is measured, what is allowed, and the verdict."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.contracts.statuses import BRANCH_STATUS
from oso_pipeline.release.bounds import Bounds, load_bounds
from oso_pipeline.release.checks import (
    Check,
    checks_from_frame,
    checks_to_frame,
    told,
    verdict_of,
)
from oso_pipeline.release.gate import (
    check_against_last_release,
    check_ages,
    check_day,
    check_quarantine,
    judge,
)
from oso_pipeline.release.laws import check_laws
from oso_pipeline.settings import PACKAGED_GATE

NIGHT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
DAY = NIGHT.date()
UTRECHT, ZEELAND = "Utrecht", "Zeeland"
NAMED = ("branch_name", "board_number", "board_name", "street", "postcode", "city", "municipality", "swv_number")  # fmt: skip
READY = ("ot_ready", "ldos_ready", "swv_ready")
FILES = ("boards_po", "register_transitions", "rio_locations")


@pytest.fixture
def bounds() -> Bounds:
    return load_bounds(PACKAGED_GATE)


def branches(
    count: int, connected: int, sector: str = "po", province: str = UTRECHT, letter: str = "A"
) -> pl.DataFrame:
    """Branches with all their columns filled; the first so many are connected."""
    rows = [
        {
            "branch_code": f"{at % 100:02}{letter}{chr(65 + at // 100)}00",
            "sector": sector,
            "province": province,
            "connected": at < connected,
            "latitude": 52.1,
            "longitude": 5.1,
            "las": "ESIS",
        }
        | dict.fromkeys(NAMED, "filled")
        | dict.fromkeys(READY, at < connected)
        for at in range(count)
    ]
    names = ("branch_code", "sector", "province", "connected", "latitude", "longitude", "las", *NAMED, *READY)  # fmt: skip
    schema = {name: BRANCH_STATUS.schema[name] for name in names}
    return pl.DataFrame(rows, schema=schema)


def sources(rows: int, used: int | None = None, registry: int = 1000) -> pl.DataFrame:
    names = [table.name for table in ONBOARDING]
    used = rows if used is None else used
    every = [(name, rows, used) for name in names] + [(name, registry, registry) for name in FILES]
    return pl.DataFrame(every, schema=["source", "rows_read", "rows_used"], orient="row").with_columns(
        rows_ignored=pl.lit(0), rows_quarantined=pl.lit(0)
    )  # fmt: skip


def reconciliation(rows: int) -> pl.DataFrame:
    names = [table.name for table in ONBOARDING]
    return pl.DataFrame({"source_table": [name for name in names for _ in range(rows)]})


def vanished(branches: int, release_id: str) -> pl.DataFrame:
    event = {"event": "branch_vanished", "release_id": release_id}
    return pl.DataFrame([event] * branches, schema={"event": pl.String, "release_id": pl.String})


def failed(checks: list[Check]) -> list[str]:
    return [check.name for check in checks if not check.passed]


def tables(
    count: int = 900, connected: int = 800, rows: int = 1000, registry: int = 1000
) -> dict[str, pl.DataFrame]:
    return {
        "branch_status": branches(count, connected),
        "sources": sources(rows, registry=registry),
        "reconciliation": reconciliation(rows),
        "change_log": vanished(7, "last"),
    }


def compare(now: pl.DataFrame, then: pl.DataFrame, bounds: Bounds) -> list[str]:
    """What does not pass when branches change and nothing else does."""
    return failed(check_against_last_release(*both(now, then), bounds))


def both(now: pl.DataFrame, then: pl.DataFrame) -> tuple[dict[str, pl.DataFrame], ...]:
    """Two nights that differ in their branches alone."""
    return tables() | {"branch_status": now}, tables() | {"branch_status": then}


# ---- the laws


def test_a_release_in_which_all_laws_hold_passes() -> None:
    assert failed(check_laws(branches(900, 0), tables())) == []


def test_an_open_branch_without_a_status_breaks_a_law() -> None:
    assert failed(check_laws(branches(901, 0), tables())) == ["each_open_branch_once"]


def test_a_branch_with_two_statuses_breaks_a_law() -> None:
    doubled = tables()
    doubled["branch_status"] = pl.concat([branches(900, 80), branches(1, 0)])
    assert failed(check_laws(branches(900, 0), doubled)) == ["each_open_branch_once"]


def test_an_onboarding_row_that_is_not_reconciled_breaks_a_law() -> None:
    lost = tables() | {"reconciliation": reconciliation(999)}
    assert failed(check_laws(branches(900, 0), lost)) == ["each_onboarding_row_once"]


def test_a_row_that_is_neither_used_nor_ignored_nor_quarantined_breaks_a_law() -> None:
    lost = tables() | {"sources": sources(1000, used=999)}
    assert failed(check_laws(branches(900, 0), lost)) == ["each_row_accounted_for"]


@pytest.mark.parametrize(("ignored", "broken"), [(6, []), (10, ["each_row_accounted_for"])])
def test_rows_that_were_ignored_or_quarantined_are_accounted_for(
    ignored: int, broken: list[str]
) -> None:
    rows = sources(1000, used=990).filter(~pl.col("source").is_in(FILES))
    left_out = rows.with_columns(rows_ignored=pl.lit(ignored), rows_quarantined=pl.lit(4))
    assert failed(check_laws(branches(900, 0), tables() | {"sources": left_out})) == broken


# ---- the day and the snapshots


def test_a_day_before_that_of_latest_is_held_and_the_same_day_is_not() -> None:
    assert check_day(date(2026, 11, 22), date(2026, 11, 23)).passed is False
    assert check_day(date(2026, 11, 23), date(2026, 11, 23)).passed is True
    assert check_day(date(2026, 11, 23), None).passed is True


@pytest.mark.parametrize(("days", "fallback", "passed"), [(34, True, True), (35, True, False), (99, False, True)])  # fmt: skip
def test_a_snapshot_that_stands_in_may_not_be_too_old(
    days: int, fallback: bool, passed: bool, bounds: Bounds
) -> None:
    seen = NIGHT - timedelta(days=days)
    rows = pl.DataFrame({"source": ["po"], "seen_at": [seen], "fallback": [fallback]})
    check = check_ages(rows, NIGHT, bounds)
    assert check.passed is passed
    assert check.measured == (f"po {days} days" if fallback else "all of tonight")


def test_what_is_counted_twice_breaks_a_law_too() -> None:
    assert failed(check_laws(branches(899, 0), tables())) == ["each_open_branch_once"]
    more = tables() | {"reconciliation": reconciliation(1001)}
    assert failed(check_laws(branches(900, 0), more)) == ["each_onboarding_row_once"]
    more = tables() | {"sources": sources(1000, used=1001)}
    assert failed(check_laws(branches(900, 0), more)) == ["each_row_accounted_for"]


# ---- against the last published release


def test_the_first_release_is_compared_with_nothing(bounds: Bounds) -> None:
    nothing = {"branch_status": branches(0, 0), "sources": sources(0)}
    assert check_against_last_release(tables(), nothing, bounds) == []


def test_a_release_like_the_last_one_passes(bounds: Bounds) -> None:
    assert failed(check_against_last_release(tables(), tables(), bounds)) == []


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (tables(count=881), ["branches_po"]),
        (tables(count=882), []),
        (tables(count=951), ["branches_po"]),
        (tables(count=950), []),
        (tables(connected=759), ["connected_po", *(f"{ready}_po" for ready in READY)]),
        (tables(connected=760), []),
        (tables(connected=700), ["connected_po", *(f"{ready}_po" for ready in READY), "connected_Utrecht"]),
        (tables(rows=899), [f"onboarding_{table.name}" for table in ONBOARDING]),
        (tables(rows=900), []),
        (tables(rows=1501), [f"onboarding_{table.name}" for table in ONBOARDING]),
        (tables(rows=0), [f"onboarding_{table.name}" for table in ONBOARDING]),
        (tables(registry=899), [f"rows_{name}" for name in FILES]),
        (tables(registry=1501), [f"rows_{name}" for name in FILES]),
    ],
    ids=[
        "branches lost", "few branches lost", "branches gained", "few branches gained", "connected lost",
        "few connected lost", "many connected lost", "rows lost", "few rows lost", "rows gained", "emptied",
        "registry rows lost", "registry rows gained",
    ],
)  # fmt: skip
def test_what_differs_more_than_its_bound_is_found(
    now: dict[str, pl.DataFrame], found: list[str], bounds: Bounds
) -> None:
    assert failed(check_against_last_release(now, tables(), bounds)) == found


def test_as_many_that_came_do_not_make_up_for_those_that_went(bounds: Bounds) -> None:
    then, others = branches(900, 800), branches(900, 0, letter="B")
    swapped = pl.concat([others.head(19), then.tail(-19)])
    (check,) = [check for check in check_against_last_release(*both(swapped, then), bounds) if not check.passed]  # fmt: skip
    assert (check.name, check.bound) == ("branches_po", "at most 18 not among them")
    assert check.measured == "900, and 19 of the 900 are not among them"
    assert compare(pl.concat([others.head(18), then.tail(-18)]), then, bounds) == []


def test_branches_that_drop_out_are_counted_though_as_many_others_come_in(bounds: Bounds) -> None:
    then = branches(900, 800)
    turned = then.with_columns(connected=pl.int_range(pl.len()).is_between(41, 840))
    assert compare(turned, then, bounds) == ["connected_po"]
    assert compare(then.with_columns(connected=pl.int_range(pl.len()).is_between(40, 839)), then, bounds) == []  # fmt: skip


def test_what_came_in_stands_before_what_came_of_it(bounds: Bounds) -> None:
    found = failed(check_against_last_release(tables(rows=0, connected=0), tables(), bounds))
    assert found[0] == "onboarding_accounts"
    assert found[-1] == "connected_Utrecht"


def test_a_small_world_may_lose_five_and_gain_fifty(bounds: Bounds) -> None:
    then = branches(20, 10)
    assert compare(branches(15, 10), then, bounds) == []
    assert compare(branches(70, 60), then, bounds) == []
    assert compare(branches(14, 10), then, bounds) == ["branches_po", "branches_Utrecht"]


def test_a_province_that_is_gone_is_found_though_its_sector_lost_few(bounds: Bounds) -> None:
    zeeland = branches(4, 4, province=ZEELAND, letter="Z")
    then = pl.concat([branches(900, 800), zeeland])
    assert compare(branches(900, 800), then, bounds) == ["branches_Zeeland"]
    assert compare(pl.concat([branches(900, 800), zeeland.head(1)]), then, bounds) == []


@pytest.mark.parametrize(("had", "found"), [(3, ["branches_Zeeland"]), (2, [])])
def test_a_province_is_emptied_when_it_had_three(had: int, found: list[str], bounds: Bounds) -> None:  # fmt: skip
    zeeland = branches(had, had, province=ZEELAND, letter="Z")
    assert compare(branches(900, 800), pl.concat([branches(900, 800), zeeland]), bounds) == found


def test_a_product_counts_of_connected_branches_only(bounds: Bounds) -> None:
    then, at = branches(900, 800), pl.int_range(pl.len())
    assert compare(then.with_columns(las=pl.when(at >= 17).then("las")), then, bounds) == ["filled_las_po"]  # fmt: skip
    assert compare(then.with_columns(las=pl.when(at < 800).then("las")), then, bounds) == []


def test_a_board_that_is_no_longer_named_is_another_board(bounds: Bounds) -> None:
    then = branches(900, 800)
    nameless = then.with_columns(board_number=pl.when(pl.int_range(pl.len()) >= 31).then("board_number"))  # fmt: skip
    assert "boards_changed" in compare(nameless, then, bounds)


def test_a_sector_that_is_no_longer_read_is_found(bounds: Bounds) -> None:
    then = pl.concat([branches(900, 800), branches(60, 50, sector="vo", letter="V")])
    assert compare(branches(900, 800), then, bounds) == ["branches_vo", "connected_vo", *(f"{ready}_vo" for ready in READY)]  # fmt: skip


def test_branches_without_a_province_are_a_group_of_their_own(bounds: Bounds) -> None:
    nowhere = branches(900, 800).with_columns(pl.lit(None, pl.String).alias("province"))
    found = compare(nowhere, branches(900, 800), bounds)
    assert found == ["branches_none", "connected_none", "branches_Utrecht", "connected_Utrecht"]


@pytest.mark.parametrize("column", ["latitude", *NAMED])
def test_a_column_that_was_filled_and_is_empty_now_is_found(column: str, bounds: Bounds) -> None:
    then = branches(900, 800)
    emptied = pl.when(pl.int_range(pl.len()) >= 19).then(column).alias(column)
    few = pl.when(pl.int_range(pl.len()) >= 18).then(column).alias(column)
    changed = ["boards_changed"] if column == "board_number" else []
    found = compare(then.with_columns(emptied), then, bounds)
    assert [name for name in found if name not in changed] == [
        f"filled_{column}_po",
        f"filled_{column}_Utrecht",
    ]
    assert compare(then.with_columns(few), then, bounds) == []


def test_a_product_that_connected_branches_had_and_have_no_longer_is_found(bounds: Bounds) -> None:
    then = branches(900, 800)
    assert compare(then.with_columns(pl.lit(None, pl.String).alias("las")), then, bounds) == ["filled_las_po"]  # fmt: skip


@pytest.mark.parametrize("ready", READY)
def test_readiness_that_many_branches_lost_is_found(ready: str, bounds: Bounds) -> None:
    then = branches(900, 800)
    assert compare(then.with_columns(pl.lit(value=False).alias(ready)), then, bounds) == [f"{ready}_po"]  # fmt: skip


def test_what_was_empty_already_may_stay_empty(bounds: Bounds) -> None:
    half = pl.when(pl.int_range(pl.len()) % 2 == 0).then("latitude").alias("latitude")
    then = branches(900, 800).with_columns(half)
    assert compare(then, then, bounds) == []
    assert compare(branches(900, 800), then, bounds) == []


def test_a_file_that_a_person_left_out_is_no_broken_night(bounds: Bounds) -> None:
    nameless = branches(900, 800).with_columns(
        pl.lit(None, pl.String).alias("board_name"), pl.lit(None, pl.Float64).alias("latitude")
    )
    left_out = sources(1000).filter(~pl.col("source").is_in(FILES))
    now = tables() | {"branch_status": nameless, "sources": left_out}
    assert failed(check_against_last_release(now, tables(), bounds)) == []


def test_a_file_that_is_read_for_the_first_time_is_compared_with_nothing(bounds: Bounds) -> None:
    before = tables() | {"sources": sources(1000).filter(pl.col("source") != "boards_po")}
    checks = check_against_last_release(tables(), before, bounds)
    assert failed(checks) == []
    assert "rows_boards_po" not in [check.name for check in checks]


def test_decisions_that_were_withdrawn_hold_no_release(bounds: Bounds) -> None:
    def decided(rows: int) -> dict[str, pl.DataFrame]:
        of_decisions = sources(rows).head(1).with_columns(source=pl.lit("overrides"))
        return tables() | {"sources": pl.concat([sources(1000), of_decisions])}

    assert failed(check_against_last_release(decided(1), decided(900), bounds)) == []
    assert failed(check_against_last_release(tables(), decided(900), bounds)) == []


def test_boards_move_in_blocks_and_not_all_at_once(bounds: Bounds) -> None:
    then = branches(900, 800)
    block = pl.when(pl.int_range(pl.len()) < 30).then(pl.lit("10002")).otherwise("board_number").alias("board_number")  # fmt: skip
    assert compare(then.with_columns(block), then, bounds) == []
    every = then.with_columns(pl.lit("10002").alias("board_number"))
    assert compare(every, then, bounds) == ["boards_changed"]


@pytest.mark.parametrize(
    ("columns", "check"),
    [
        (["branch_name"], "changed_name"),
        (["street"], "changed_address"),
        (["postcode"], "changed_address"),
        (["city"], "changed_address"),
        (["latitude"], "changed_place"),
        (["longitude"], "changed_place"),
        (["board_name"], "changed_board_name"),
        (["las"], "changed_las"),
        (["swv_number"], "changed_swv_number"),
    ],
)
def test_values_that_belong_to_other_rows_are_found_though_every_column_is_filled(
    columns: list[str], check: str, bounds: Bounds
) -> None:
    then = branches(1100, 800).with_columns(
        *(pl.format("{} {}", pl.lit(name), pl.int_range(pl.len())).alias(name) for name in (*NAMED, "las")),
        latitude=51 + pl.int_range(pl.len()) / 500,
        longitude=4 + pl.int_range(pl.len()) / 500,
    )  # fmt: skip

    def shifted(rows: int) -> pl.DataFrame:
        other = [pl.col(name).shift(-10) for name in columns]
        return then.with_columns(
            pl.when(pl.int_range(pl.len()) < rows).then(value).otherwise(name).alias(name)
            for name, value in zip(columns, other, strict=True)
        )

    assert compare(shifted(55), then, bounds) == []
    assert compare(shifted(56), then, bounds) == [check]


def test_a_place_that_was_measured_again_and_a_board_that_is_another_are_not_counted_twice(
    bounds: Bounds,
) -> None:
    then = branches(900, 800)
    assert compare(then.with_columns(latitude=52.105, longitude=5.095), then, bounds) == []
    other = then.with_columns(board_number=pl.lit("2"), board_name=pl.lit("Other"))
    assert compare(other, then, bounds) == ["boards_changed"]


def test_what_is_said_of_a_branch_is_counted_whether_its_board_is_another_or_not(
    bounds: Bounds,
) -> None:
    then = branches(900, 800)
    other = then.with_columns(board_number=pl.lit("2"), branch_name=pl.lit("Other"), street=pl.lit("Other"))  # fmt: skip
    assert compare(other, then, bounds) == ["boards_changed", "changed_name", "changed_address"]


@pytest.mark.parametrize(("branches", "held"), [(10, []), (11, ["vanished"])])
def test_branches_that_are_gone_and_that_the_register_does_not_explain_are_found(
    branches: int, held: list[str], bounds: Bounds
) -> None:
    last = tables()
    gone = pl.concat([last["change_log"], vanished(branches, "tonight")])
    assert failed(check_against_last_release(last | {"change_log": gone}, last, bounds)) == held
    unread = last["sources"].filter(~pl.col("source").str.starts_with("register"))
    now = last | {"change_log": gone, "sources": unread}
    assert failed(check_against_last_release(now, last, bounds)) == []


def test_a_halved_table_is_found_however_wide_the_bounds_are(tmp_path: Path) -> None:
    (tmp_path / "gate.toml").write_text(
        "[onboarding]\nmost_lost = 1.0\nmost_gained = 9.0\nalways_lost = 1000\nalways_gained = 1000\n"
    )
    bounds = load_bounds(tmp_path / "gate.toml")
    halved = tables(rows=500)
    assert len(failed(check_against_last_release(halved, tables(), bounds))) == len(ONBOARDING)
    assert failed(check_against_last_release(tables(rows=501), tables(), bounds)) == []


# ---- what was refused


@pytest.mark.parametrize(
    ("refused", "read", "passed"),
    [(50, 60, True), (51, 60, False), (200, 10_000, True), (201, 10_000, False)],
)
def test_a_rule_may_refuse_few_rows_of_a_source(
    refused: int, read: int, passed: bool, bounds: Bounds
) -> None:
    quarantine = pl.DataFrame({"source": ["accounts"] * refused, "rule": ["brin_unreadable"] * refused})  # fmt: skip
    rows = pl.DataFrame({"source": ["accounts"], "rows_read": [read]})
    (check,) = check_quarantine(rows, quarantine, bounds.quarantine)
    assert (check.name, check.passed) == ("quarantine_accounts_brin_unreadable", passed)


# ---- all of it together


def judged(bounds: Bounds, as_of: date = DAY, **instead: pl.DataFrame) -> list[str]:
    """What does not pass of a night like the last one, but for what is given instead."""
    ordinary = tables() | {
        "sources": sources(1000).with_columns(fallback=pl.lit(value=False), seen_at=pl.lit(NIGHT)),
        "quarantine": pl.DataFrame(schema={"source": pl.String, "rule": pl.String}),
    }
    checks = judge(
        as_of, DAY, bounds, branches(900, 0), ordinary | instead, tables(), started_at=NIGHT
    )  # fmt: skip
    return failed(checks)


def test_a_release_is_held_to_its_laws_its_day_its_snapshots_what_was_refused_and_the_last_one(
    bounds: Bounds,
) -> None:
    old = sources(1000).with_columns(fallback=pl.lit(value=True), seen_at=pl.lit(NIGHT - timedelta(days=35)))  # fmt: skip
    refused = pl.DataFrame({"source": ["accounts"] * 51, "rule": ["brin_unreadable"] * 51})
    assert judged(bounds) == []
    assert judged(bounds, branch_status=branches(899, 799)) == ["each_open_branch_once"]
    assert judged(bounds, as_of=date(2026, 11, 22)) == ["day_not_before_latest"]
    assert judged(bounds, sources=old) == ["snapshot_ages"]
    assert judged(bounds, quarantine=refused) == ["quarantine_accounts_brin_unreadable"]
    assert judged(bounds, change_log=vanished(11, "tonight")) == ["vanished"]


# ---- the verdict


def check(severity: str, *, passed: bool) -> Check:
    return Check("some", passed, severity, "3", "2", "")  # ty: ignore[invalid-argument-type]


@pytest.mark.parametrize(
    ("checks", "unchanged", "verdict"),
    [
        ([], False, "published"),
        ([], True, "unchanged"),
        ([check("bound", passed=False)], False, "held"),
        ([check("bound", passed=False)], True, "held"),
        ([check("law", passed=False), check("bound", passed=False)], True, "failed"),
        ([check("law", passed=True), check("bound", passed=True)], False, "published"),
    ],
)
def test_the_verdict_is_that_of_the_worst_check(
    checks: list[Check], unchanged: bool, verdict: str
) -> None:
    assert verdict_of(checks, unchanged=unchanged) == verdict


def test_checks_travel_as_a_frame_and_come_back(bounds: Bounds) -> None:
    checks = check_against_last_release(tables(count=50), tables(), bounds)
    assert checks_from_frame(checks_to_frame(checks)) == checks
    assert checks_from_frame(checks_to_frame([])) == []


def test_what_did_not_pass_is_told_in_one_line() -> None:
    assert told([check("bound", passed=False)]) == "some: 3, allowed: 2."


@pytest.mark.parametrize(("then", "now", "passed"), [(1, 0, False), (2, 1, True), (3, 1, True), (4, 2, False), (4, 3, True), (0, 3, True)])  # fmt: skip
def test_of_a_small_table_a_row_may_go_and_not_all_or_half(
    then: int, now: int, passed: bool, bounds: Bounds
) -> None:
    found = check_against_last_release(tables(rows=now), tables(rows=then), bounds)
    (of_accounts,) = [check for check in found if check.name == "onboarding_accounts"]
    assert of_accounts.passed is passed
    least, most = (int(number) for number in of_accounts.bound.split(" to "))
    assert (least <= now <= most) is passed
