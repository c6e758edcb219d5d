"""A daemon that is pointed at the data folder of a demo, as `make dev` is to look around, starts nothing there."""

from __future__ import annotations

from pathlib import Path

import pytest
from dagster import RunRequest, SkipReason
from releases import FIRST, make
from ticks import Ticks

from oso_pipeline.errors import UsageError
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.settings import Settings, load_settings
from sensors.onboarding_delivered import onboarding_delivered
from sensors.one_night import DEMO
from sensors.overrides_changed import overrides_changed
from sensors.registry_changed import registry_changed
from sensors.schedule import nightly_schedule


@pytest.mark.parametrize("sensor", [onboarding_delivered, overrides_changed, registry_changed])
@pytest.mark.parametrize("demo", [True, False])
def test_in_the_data_folder_of_a_demo_no_night_is_started(
    ticks: Ticks, tmp_path: Path, sensor: object, demo: bool
) -> None:
    make(DataFolder(tmp_path), FIRST, demo=demo)
    settings = load_settings(data_dir=tmp_path)
    ticks.of(sensor(lambda: settings))  # ty: ignore[call-non-callable]
    assert (ticks.said == DEMO) == demo


@pytest.mark.parametrize("demo", [True, False])
def test_the_schedule_starts_no_night_in_the_data_folder_of_a_demo(
    tmp_path: Path, demo: bool
) -> None:
    make(DataFolder(tmp_path), FIRST, demo=demo)
    settings = load_settings(data_dir=tmp_path)
    started = nightly_schedule(lambda: settings)()
    assert started == SkipReason(DEMO) if demo else isinstance(started, RunRequest)


def test_the_schedule_starts_a_night_whose_settings_cannot_be_read_so_that_it_is_told_of() -> None:
    def unreadable() -> Settings:
        raise UsageError("OSO_PATIENCE: expected a number")

    assert isinstance(nightly_schedule(unreadable)(), RunRequest)
