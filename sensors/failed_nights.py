"""A night that failed in the daemon's care is recorded like one of the command line: `releases/log.jsonl` and the webhook know it."""

from collections.abc import Callable

from dagster import (
    DefaultSensorStatus,
    RunFailureSensorContext,
    SensorDefinition,
    run_failure_sensor,
)

from oso_pipeline import clock
from oso_pipeline.release.failures import failure_of, record_failed_run
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.settings import Settings
from sensors.one_night import JOB

PATIENCE = 45
"""Seconds to wait for a night that is on; a tick of a sensor may take sixty."""


def failed_nights(settings: Callable[[], Settings]) -> SensorDefinition:
    """The sensor; `settings` is asked when a night has failed, not when definitions are loaded."""

    @run_failure_sensor(
        name="failed_nights",
        default_status=DefaultSensorStatus.RUNNING,
        description="Records a night that failed, with its reason, in the log of all nights.",
    )
    def record_failed_night(context: RunFailureSensorContext) -> None:
        if context.dagster_run.job_name != JOB:
            return
        of_steps = [event.step_failure_data.error for event in context.get_step_failure_events()]
        errors = of_steps or [context.failure_event.job_failure_data.error]
        chosen = settings()
        folder = DataFolder(chosen.data_dir)
        with folder.hold(patience=PATIENCE):
            record_failed_run(
                folder,
                failure_of(errors),
                run_id=context.dagster_run.run_id,
                as_of=None,  # what it was asked for stands with the run
                at=clock.now(),
                webhook=chosen.alert_webhook,
            )

    return record_failed_night
