"""A run whose process is gone: marked as failed, and nobody else's run is."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from dagster import DagsterRunStatus
from ticks import Ticks, a_night

from oso_pipeline import clock
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.settings import load_settings
from sensors.died_nights import FOLDER, died_nights, fail_runs_that_died


@pytest.mark.parametrize(
    ("minutes", "tags", "held", "status"),
    [
        (2, {}, False, DagsterRunStatus.FAILURE),
        (2, {}, True, DagsterRunStatus.STARTED),
        (0, {}, False, DagsterRunStatus.STARTED),
        (2, {FOLDER: "/elsewhere"}, False, DagsterRunStatus.STARTED),
    ],
    ids=["died", "is on", "has just begun", "of another folder"],
)
def test_a_run_that_is_on_while_nobody_holds_its_data_folder_is_marked_as_failed(
    ticks: Ticks,
    tmp_path: Path,
    minutes: int,
    tags: dict[str, str],
    held: bool,
    status: DagsterRunStatus,
) -> None:
    run = ticks.instance.create_run_for_job(a_night, status=DagsterRunStatus.STARTED, tags=tags)
    later = clock.now() + timedelta(minutes=minutes)
    with DataFolder(tmp_path).hold() if held else nullcontext():
        fail_runs_that_died(ticks.instance, lambda: load_settings(data_dir=tmp_path), later)
    found = ticks.instance.get_run_by_id(run.run_id)
    assert found
    assert found.status == status


def test_where_no_night_has_died_the_tick_says_so(ticks: Ticks, tmp_path: Path) -> None:
    ticks.of(died_nights(lambda: load_settings(data_dir=tmp_path)))
    assert ticks.said == "No night has died."
