"""A run whose process is gone, while Dagster still takes it for one that is on: it is marked as failed, and keeps no night waiting.

Who should know is told by failed_nights.py, as of any run that failed.
"""

from datetime import datetime, timedelta

from dagster import (
    DagsterInstance,
    DagsterRunStatus,
    DefaultSensorStatus,
    RunsFilter,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    sensor,
)

from oso_pipeline import clock
from oso_pipeline.release.folder import DataFolder
from sensors.one_night import JOB, AskSettings, wait

FOLDER = "oso/data_folder"
"""The tag of a run that names the data folder it works on."""

SECONDS = 300
TAKES_THE_FOLDER = timedelta(minutes=1)
"""A run that has begun holds its data folder by then."""


def died_nights(settings: AskSettings) -> SensorDefinition:
    """The sensor."""

    @sensor(
        name="died_nights",
        minimum_interval_seconds=SECONDS,
        default_status=DefaultSensorStatus.RUNNING,
        description="Marks a night as failed whose process is gone; starts no run.",
    )
    def look(context: SensorEvaluationContext) -> SensorResult:
        died = fail_runs_that_died(context.instance, settings, clock.now())
        return wait(f"Marked as failed: {', '.join(died)}." if died else "No night has died.")

    return look


def fail_runs_that_died(
    instance: DagsterInstance, settings: AskSettings, now: datetime
) -> list[str]:
    """Mark the runs failed that say that they are on while nobody holds their data folder.

    Returns:
        Their run ids.
    """
    folder = DataFolder(settings().data_dir)
    if folder.is_held():
        return []
    return fail_started_runs(instance, folder, settings, begun_before=now - TAKES_THE_FOLDER)


def fail_started_runs(
    instance: DagsterInstance,
    folder: DataFolder,
    environment: AskSettings,
    *,
    begun_before: datetime | None = None,
) -> list[str]:
    """Mark the runs failed that say that they are on in a data folder, by who knows that none is.

    Args:
        instance: where the runs are.
        folder: the data folder that no run holds.
        environment: names the data folder of a run without a tag, as those of the daemon are.
        begun_before: only those that had begun then; None for all.

    Returns:
        Their run ids.
    """
    on = RunsFilter(job_name=JOB, statuses=[DagsterRunStatus.STARTED])
    started = instance.get_run_records(on)
    untagged = str(environment().data_dir) if started else ""
    died = [
        record.dagster_run
        for record in started
        if record.dagster_run.tags.get(FOLDER, untagged) == str(folder.root)
        and (begun_before is None or record.update_timestamp < begun_before)
    ]
    for run in died:
        instance.report_run_failed(run, "The process of this run died.")
    return [run.run_id for run in died]
