"""The nightly schedule."""

from dagster import DefaultScheduleStatus, RunRequest, ScheduleDefinition, SkipReason, schedule

from oso_pipeline.clock import AMSTERDAM
from oso_pipeline.errors import PipelineError
from sensors.one_night import DEMO, JOB, AskSettings, holds_a_demo


def nightly_schedule(settings: AskSettings) -> ScheduleDefinition:
    """The schedule; `settings` is asked at its hour, not when definitions are loaded."""

    @schedule(
        name="nightly_schedule",
        job_name=JOB,
        cron_schedule="0 6 * * *",
        execution_timezone=str(AMSTERDAM),
        default_status=DefaultScheduleStatus.RUNNING,
        description="Every morning at six, Dutch time: RIO is renewed at half past five.",
    )
    def start() -> RunRequest | SkipReason:
        try:
            is_demo = holds_a_demo(settings())
        except PipelineError:
            is_demo = False  # the night says what is wrong, and is told of
        return SkipReason(DEMO) if is_demo else RunRequest()

    return start
