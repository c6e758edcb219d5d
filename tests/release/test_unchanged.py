"""A night of which nothing is new: the day that a release names is the first on which anything can change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from releases import FIRST, SECOND, make
from world import (
    D,
    World,
    ago,
    agreement,
    ahead,
    branch,
    connected_school,
    entered,
    exchange,
    governs,
    organisation,
    point,
    questionnaire,
    requested,
    served_by,
    transition,
    world,
)

from oso_pipeline.release.build import OUTCOMES, content_hashes
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.night import begin_night
from oso_pipeline.release.unchanged import gives_the_same, next_change_on, still_stands


def next_change(night: World) -> date | None:
    return next_change_on({**night.records, "overrides": night.decisions}, night.files, night.day)


def test_a_world_in_which_everything_is_past_never_changes() -> None:
    assert next_change(connected_school()) is None


def test_a_record_that_begins_later_changes_it_on_that_day() -> None:
    night = connected_school(agreements=[agreement(signed_on=ahead(40))])
    assert next_change(night) == ahead(40)


def test_a_night_is_unchanged_when_inputs_and_outcomes_are_those_of_the_last_release(
    tmp_path: Path,
) -> None:
    folder = DataFolder(tmp_path)
    snapshots = pl.DataFrame({"source": ["po"], "snapshot_id": ["one"]})
    begun: Any = {"as_of": D, "started_at": datetime(2026, 11, 24, 5, tzinfo=UTC), "demo": False}
    night = begin_night(snapshots, previous_release_id=FIRST, **begun)
    make(folder, FIRST, inputs_hash=night.inputs_hash, outcome_hash="x")
    assert gives_the_same(folder, night, "x")
    assert not gives_the_same(folder, night, "y"), "the day changed something"
    other = begin_night(snapshots.with_columns(snapshot_id=pl.lit("two")), previous_release_id=FIRST, **begun)  # fmt: skip
    assert not gives_the_same(folder, other, "x")
    assert not gives_the_same(folder, begin_night(snapshots, previous_release_id=None, **begun), "x")  # fmt: skip


@pytest.mark.parametrize(
    ("day", "stands"),
    [(ago(1), False), (D, True), (ahead(4), True), (ahead(5), False), (ahead(6), False)],
)
def test_a_release_stands_from_its_own_day_until_the_one_that_it_names(
    tmp_path: Path, day: date, stands: bool
) -> None:
    folder = DataFolder(tmp_path)
    snapshots = pl.DataFrame({"source": ["po"], "snapshot_id": ["one"]})
    night = begin_night(snapshots, previous_release_id=FIRST, as_of=day, started_at=datetime(2026, 11, 24, 5, tzinfo=UTC), demo=False)  # fmt: skip
    named: Any = {"as_of": D.isoformat(), "next_change_on": ahead(5).isoformat()}
    make(folder, FIRST, inputs_hash=night.inputs_hash, **named)
    assert still_stands(folder, night) is stands
    cut_off = {"path": "oso.duckdb", "bytes": 2}
    make(folder, SECOND, inputs_hash=night.inputs_hash, files=[cut_off], **named)
    (folder.release(SECOND) / "oso.duckdb").write_bytes(b"1")
    assert not still_stands(folder, replace(night, previous_release_id=SECOND))
    (folder.release(SECOND) / "oso.duckdb").write_bytes(b"12")
    assert still_stands(folder, replace(night, previous_release_id=SECOND)) is stands


def test_the_first_of_several_days_counts() -> None:
    night = connected_school(
        agreements=[agreement(ended_on=ahead(9))], questionnaires=[questionnaire(submitted_on=ahead(5))]
    )  # fmt: skip
    assert next_change(night) == ahead(5)


def test_a_point_that_waits_changes_it_when_it_has_waited_for_too_long() -> None:
    night = connected_school(points=[requested(requested_on=ago(4))])
    assert next_change(night) == ahead(10)
    night = connected_school(points=[requested(approved_on=ago(1))])
    assert next_change(night) == ahead(29)
    waits_for_long = point(requested_on=ago(4), registered_on=ahead(30))
    assert next_change(connected_school(points=[waits_for_long])) == ahead(10)


def test_a_point_that_is_registered_waits_for_nothing() -> None:
    assert next_change(connected_school(points=[point(requested_on=ago(4))])) is None


def test_a_decision_that_expires_changes_it_on_its_day() -> None:
    decisions = [served_by("00AA00", "7", expires_on=ahead(3))]
    assert next_change(connected_school(decisions=decisions)) == ahead(3)


def test_after_a_subject_that_was_decided_about_twice_the_next_day_is_looked_at_again() -> None:
    night = connected_school()
    again = pl.DataFrame({"source": ["overrides"], "source_row": [3], "rule": ["decided_twice"]})
    records = {**night.records, "overrides": night.decisions, "ignored": again}
    assert next_change_on(records, night.files, night.day) == ahead(1)


def test_what_the_register_announces_changes_it_on_its_day() -> None:
    night = connected_school(
        organisations=[organisation("00AA", closed_on=ahead(8))],
        governance=[governs("10001", "00AA", ago(90), ahead(6))],
        transitions=[transition("00AA", "00BB", ahead(7))],
    )
    assert next_change(night) == ahead(6)


NOT_IN_WORLDS = {"quarantine", "signals", "successions"}
SOME_DAY = st.integers(-40, 40).map(lambda days: D + timedelta(days))
DAYS = st.none() | SOME_DAY


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, list[dict[str, object]]]:
    begin, end = draw(DAYS), draw(DAYS)
    later = max((one for one in (begin, end) if one), default=None)
    return {
        "agreements": [agreement(signed_on=begin, ended_on=later if end else None)],
        "questionnaires": [questionnaire(submitted_on=draw(DAYS))],
        "entries": [entered("00AA01", draw(DAYS))],
        "points": [
            point("0", requested_on=draw(DAYS), registered_on=draw(DAYS)),
            requested("1", requested_on=draw(DAYS), approved_on=draw(DAYS)),
        ],
        "exchanges": [exchange(performed_on=draw(DAYS))],
        "organisations": [organisation("00AA01", closed_on=draw(DAYS))],
        "governance": [governs("10001", "00AA", draw(SOME_DAY))],
        "transitions": [transition("00CC00", "00AA01", draw(SOME_DAY))],
    }


def made_on(day: date, rows: dict[str, list[dict[str, object]]], before: World | None) -> World:
    return world([branch("00AA00"), branch("00AA01")], day=day, before=before, **rows)  # ty: ignore[invalid-argument-type]


@settings(deadline=None, max_examples=40)
@given(rows=worlds(), wait=st.integers(0, 45))
def test_until_the_day_that_a_release_names_the_same_inputs_give_the_same_outcomes(
    rows: dict[str, list[dict[str, object]]], wait: int
) -> None:
    first = made_on(D, rows, None)
    until = next_change(first)
    later = D + timedelta(wait if until is None else min(wait, (until - D).days - 1))
    again = made_on(later, rows, first)
    for name in OUTCOMES:
        if name in NOT_IN_WORLDS:
            continue
        one, two = (night.table(name) for night in (first, again))
        dropped = ["last_connected_on"] if name == "branch_status" else []
        assert one.drop(dropped).equals(two.drop(dropped)), name


def test_content_hashes_see_what_people_would_notice_and_not_the_day() -> None:
    night = connected_school()
    tables = {name: pl.DataFrame() if name in NOT_IN_WORLDS else night.table(name) for name in OUTCOMES}  # fmt: skip
    _, outcomes = content_hashes(tables)
    later = tables["branch_status"].with_columns(pl.lit(ahead(1)).alias("last_connected_on"))
    assert content_hashes(tables | {"branch_status": later})[1] == outcomes
    other = tables["branch_status"].with_columns(pl.lit("Anders").alias("branch_name"))
    assert content_hashes(tables | {"branch_status": other})[1] != outcomes
