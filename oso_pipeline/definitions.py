"""The composition root: the assets, the job, the schedule and the sensors, put together explicitly."""

from __future__ import annotations

from collections.abc import Callable

from dagster import (
    AssetSelection,
    Definitions,
    define_asset_job,
    in_process_executor,
    load_assets_from_package_module,
)

import assets
from assets.accept import accept_held_release
from assets.progress import progress_logger
from assets.workplace import frame_io, workplace
from oso_pipeline.settings import Settings, load_settings
from sensors.died_nights import died_nights
from sensors.failed_nights import failed_nights
from sensors.held_release import held_release
from sensors.onboarding_delivered import onboarding_delivered
from sensors.one_night import JOB
from sensors.overrides_changed import overrides_changed
from sensors.registry_changed import registry_changed
from sensors.schedule import nightly_schedule


def build_defs(
    settings: Callable[[], Settings] = load_settings, *, demo: bool = False
) -> Definitions:
    """Everything that Dagster is told.

    Args:
        settings: asked when a run starts, never when definitions are loaded.
        demo: whether the data is made up; every output says so.
    """
    return Definitions(
        assets=load_assets_from_package_module(assets),
        jobs=[
            define_asset_job(
                JOB,
                selection=AssetSelection.all(),
                description="Registry and onboarding records in, a release out. What `oso run` runs.",
            ),
            accept_held_release,
        ],
        schedules=[nightly_schedule(settings)],
        sensors=[
            registry_changed(settings),
            onboarding_delivered(settings),
            overrides_changed(settings),
            held_release(settings),
            died_nights(settings),
            failed_nights(settings),
        ],
        resources={"workplace": workplace(settings, demo=demo), "io_manager": frame_io(settings)},
        loggers={"progress": progress_logger},
        executor=in_process_executor,
    )


defs = build_defs()
