"""The gate: what is measured, what is allowed, and the verdict."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.errors import UsageError
from oso_pipeline.release.gate import (
    Bounds,
    Check,
    check_against_last_release,
    check_day,
    check_laws,
    checks_from_frame,
    checks_to_frame,
    load_bounds,
    verdict_of,
)
from oso_pipeline.settings import PACKAGED_GATE


@pytest.fixture
def bounds() -> Bounds:
    return load_bounds(PACKAGED_GATE)


def branches(count: int, connected: int, sector: str = "po") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "branch_code": [f"{number:02}AA00" for number in range(count)],
            "sector": [sector] * count,
            "connected": [number < connected for number in range(count)],
        },
        schema={"branch_code": pl.String, "sector": pl.String, "connected": pl.Boolean},
    )


def sources(rows: int, used: int | None = None) -> pl.DataFrame:
    names = [table.name for table in ONBOARDING]
    return pl.DataFrame(
        {
            "source": names,
            "rows_read": [rows] * len(names),
            "rows_used": [rows if used is None else used] * len(names),
            "rows_ignored": [0] * len(names),
            "rows_quarantined": [0] * len(names),
        }
    )


def reconciliation(rows: int) -> pl.DataFrame:
    names = [table.name for table in ONBOARDING]
    return pl.DataFrame({"source_table": [name for name in names for _ in range(rows)]})


def failed(checks: list[Check]) -> list[str]:
    return [check.name for check in checks if not check.passed]


def tables(count: int = 90, connected: int = 80, rows: int = 100) -> dict[str, pl.DataFrame]:
    return {
        "branch_status": branches(count, connected),
        "sources": sources(rows),
        "reconciliation": reconciliation(rows),
    }


def test_a_release_in_which_all_laws_hold_passes() -> None:
    assert failed(check_laws(branches(90, 0), tables())) == []


def test_an_open_branch_without_a_status_breaks_a_law() -> None:
    assert failed(check_laws(branches(91, 0), tables())) == ["each_open_branch_once"]


def test_a_branch_with_two_statuses_breaks_a_law() -> None:
    doubled = tables()
    doubled["branch_status"] = pl.concat([branches(90, 80), branches(1, 0)])
    assert failed(check_laws(branches(90, 0), doubled)) == ["each_open_branch_once"]


def test_an_onboarding_row_that_is_not_reconciled_breaks_a_law() -> None:
    lost = tables() | {"reconciliation": reconciliation(99)}
    assert failed(check_laws(branches(90, 0), lost)) == ["each_onboarding_row_once"]


def test_a_row_that_is_neither_used_nor_ignored_nor_quarantined_breaks_a_law() -> None:
    lost = tables() | {"sources": sources(100, used=99)}
    assert failed(check_laws(branches(90, 0), lost)) == ["each_row_accounted_for"]


def test_a_day_before_that_of_latest_is_held_and_the_same_day_is_not() -> None:
    assert check_day(date(2026, 11, 22), date(2026, 11, 23)).passed is False
    assert check_day(date(2026, 11, 23), date(2026, 11, 23)).passed is True
    assert check_day(date(2026, 11, 23), None).passed is True


def test_the_first_release_is_compared_with_nothing(bounds: Bounds) -> None:
    nothing = {"branch_status": branches(0, 0), "sources": sources(0)}
    assert check_against_last_release(tables(), nothing, bounds) == []


def test_a_release_like_the_last_one_passes(bounds: Bounds) -> None:
    assert failed(check_against_last_release(tables(), tables(), bounds)) == []


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (tables(count=84), ["branches_po"]),
        (tables(count=85), []),
        (tables(count=98), ["branches_po"]),
        (tables(connected=74), ["connected_po"]),
        (tables(rows=89), [f"onboarding_{table.name}" for table in ONBOARDING]),
        (tables(rows=0), [f"onboarding_{table.name}" for table in ONBOARDING]),
    ],
    ids=["branches lost", "few branches lost", "branches gained", "connected lost", "rows lost", "emptied"],
)  # fmt: skip
def test_what_differs_more_than_its_bound_is_found(
    now: dict[str, pl.DataFrame], found: list[str], bounds: Bounds
) -> None:
    assert failed(check_against_last_release(now, tables(), bounds)) == found


def test_a_halved_table_is_found_however_wide_the_bounds_are(tmp_path: Path) -> None:
    wide = "most_lost = 1.0\nmost_gained = 9.0\nalways_allowed = 1000\n"
    (tmp_path / "gate.toml").write_text(
        "[snapshots]\noldest_fallback_days = 35\n"
        + "".join(f"[{name}]\n{wide}" for name in ("branches", "connected", "onboarding"))
    )
    bounds = load_bounds(tmp_path / "gate.toml")
    halved = tables(rows=50)
    assert len(failed(check_against_last_release(halved, tables(), bounds))) == len(ONBOARDING)
    assert failed(check_against_last_release(tables(rows=51), tables(), bounds)) == []


def test_a_sector_that_is_no_longer_read_is_found(bounds: Bounds) -> None:
    then = tables()
    then["branch_status"] = pl.concat([branches(90, 80), branches(60, 50, sector="vo")])
    assert failed(check_against_last_release(tables(), then, bounds)) == ["branches_vo", "connected_vo"]  # fmt: skip


def check(severity: str, *, passed: bool) -> Check:
    return Check("some", passed, severity, "", "", "")  # ty: ignore[invalid-argument-type]


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


@pytest.mark.parametrize("text", ["", "not toml", "[branches]\nmost_lost = 1"])
def test_a_gate_file_that_cannot_be_read_is_refused_with_what_to_do(
    text: str, tmp_path: Path
) -> None:
    (tmp_path / "gate.toml").write_text(text)
    with pytest.raises(UsageError, match="Copy the packaged one"):
        load_bounds(tmp_path / "gate.toml")


def test_an_unknown_bound_is_refused(tmp_path: Path) -> None:
    text = PACKAGED_GATE.read_text() + "\n[provinces]\nmost_lost = 0.5\n"
    (tmp_path / "gate.toml").write_text(text)
    with pytest.raises(UsageError, match="provinces"):
        load_bounds(tmp_path / "gate.toml")
