"""A night that failed in the daemon's care is recorded like one of the command line: `releases/log.jsonl` and the webhook know it."""

from collections.abc import Callable, Iterable

from dagster import (
    DagsterEvent,
    DefaultSensorStatus,
    RunFailureSensorContext,
    SensorDefinition,
    run_failure_sensor,
)

from oso_pipeline import clock
from oso_pipeline.errors import FailureNotRecorded, PipelineError
from oso_pipeline.release.failures import (
    RecordedError,
    failure_of,
    record_failed_run,
    tell_failed_run,
)
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
        failure = failure_of(errors_in([*context.get_step_failure_events(), context.failure_event]))
        chosen, run_id, at = settings(), context.dagster_run.run_id, clock.now()
        folder, webhook = DataFolder(chosen.data_dir), chosen.alert_webhook
        try:
            with folder.hold(patience=PATIENCE):
                record_failed_run(folder, failure, run_id=run_id, at=at, webhook=webhook)
        except FailureNotRecorded:  # it was told of
            raise
        except PipelineError:  # a tick that fails is not made again, so it is told at once
            tell_failed_run(folder, failure, run_id=run_id, at=at, webhook=webhook)
            raise

    return record_failed_night


def errors_in(events: Iterable[DagsterEvent]) -> list[RecordedError]:
    """The errors among the events of a run: of its steps, else of the run itself (a resource that failed).

    A run whose process died ended without one.
    """
    failures = list(events)
    of_steps = [event.step_failure_data.error for event in failures if event.is_step_failure]
    of_run = [
        getattr(event.event_specific_data, "error", None)
        for event in failures
        if event.is_job_failure
    ]
    return [error for error in of_steps or of_run if error]
