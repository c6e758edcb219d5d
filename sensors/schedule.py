"""The nightly schedule."""

from dagster import DefaultScheduleStatus, ScheduleDefinition

from oso_pipeline.clock import AMSTERDAM

JOB = "nightly"

nightly_schedule = ScheduleDefinition(
    name="nightly_schedule",
    job_name=JOB,
    cron_schedule="0 6 * * *",
    execution_timezone=str(AMSTERDAM),
    default_status=DefaultScheduleStatus.RUNNING,
    description="Every morning at six, Dutch time: RIO is renewed at half past five.",
)
