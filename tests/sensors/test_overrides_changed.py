"""Another content of the decisions file starts one night."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dagster import DagsterRunStatus
from ticks import Ticks, a_night_that_is

from oso_pipeline.settings import load_settings
from sensors.one_night import Cursor
from sensors.overrides_changed import decide, overrides_changed


def look(ticks: Ticks, path: Path, taken_at: datetime | None = None) -> str:
    ticks.note(decide(ticks.context(), path, Cursor.read(ticks.cursor), taken_at))
    return ticks.said


def test_decisions_that_changed_start_one_night(ticks: Ticks, tmp_path: Path) -> None:
    path = tmp_path / "overrides.csv"
    path.write_text("decision,subject,value\n")
    assert "changed since the last look" in look(ticks, path)
    for _ in range(4):
        look(ticks, path)
    assert len(ticks.run_keys) == 1


def test_a_file_that_was_only_touched_starts_nothing(ticks: Ticks, tmp_path: Path) -> None:
    path = tmp_path / "overrides.csv"
    path.write_text("decision,subject,value\n")
    look(ticks, path, datetime.now(UTC) + timedelta(seconds=1))
    os.utime(path)
    assert look(ticks, path) == "The decisions are what they were."
    assert ticks.run_keys == []


def test_decisions_that_come_back_to_what_they_were_start_a_night_each_time(
    ticks: Ticks, tmp_path: Path
) -> None:
    path = tmp_path / "overrides.csv"
    for content in ("a", "b", "a", None, "a"):
        if content is None:
            path.unlink()
        else:
            path.write_text(content)
            ticks_of_a_second_later(path)
        for _ in range(3):
            look(ticks, path)
    assert len(ticks.run_keys) == 5


def ticks_of_a_second_later(path: Path) -> None:
    """The key of a run counts in seconds."""
    first = path.stat().st_ctime
    while int(path.stat().st_ctime) == int(first):
        os.utime(path)


def test_no_decisions_start_nothing(ticks: Ticks, tmp_path: Path) -> None:
    assert look(ticks, tmp_path / "overrides.csv") == "There are no decisions."
    assert look(ticks, tmp_path / "overrides.csv") == "The decisions are what they were."


def test_decisions_wait_for_a_night_that_is_on_and_count_as_taken_when_it_read_them(
    ticks: Ticks, tmp_path: Path
) -> None:
    path = tmp_path / "overrides.csv"
    path.write_text("a")
    look(ticks, path)
    with a_night_that_is(ticks.instance, DagsterRunStatus.STARTED):
        assert "a night is on" in look(ticks, path)
    assert "took them in already" in look(ticks, path, datetime.now(UTC) + timedelta(seconds=1))
    assert ticks.run_keys == []


def test_the_sensor_itself_looks_at_the_file_of_the_settings(ticks: Ticks, tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, overrides=tmp_path / "decisions.csv")
    (tmp_path / "decisions.csv").write_text("a")
    for _ in range(3):
        ticks.of(overrides_changed(lambda: settings))
    assert len(ticks.run_keys) == 1
