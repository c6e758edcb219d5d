"""A delivery of onboarding records that is complete starts a night; one that is half-written is left alone."""

from datetime import datetime
from pathlib import Path

from dagster import (
    DefaultSensorStatus,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    sensor,
)

from oso_pipeline import clock
from oso_pipeline.intake.delivery import SOURCE
from oso_pipeline.intake.delivery_state import look_at_delivery
from oso_pipeline.intake.snapshots import SnapshotStore
from sensors.one_night import (
    DEMO,
    JOB,
    AskSettings,
    Cursor,
    holds_a_demo,
    is_on,
    start_night,
    taken_in,
    wait,
)

SECONDS = 30


def onboarding_delivered(settings: AskSettings) -> SensorDefinition:
    """The sensor."""

    @sensor(
        name="onboarding_delivered",
        job_name=JOB,
        minimum_interval_seconds=SECONDS,
        default_status=DefaultSensorStatus.RUNNING,
        description="A complete delivery starts a night: unchanged over two looks, or with a .done marker beside it.",
    )
    def look(context: SensorEvaluationContext) -> SensorResult:
        chosen = settings()
        if holds_a_demo(chosen):
            return wait(DEMO)
        where = chosen.onboarding_dir
        if where is None:
            return wait("Onboarding records come from a database: there is no file to watch. The schedule reads it.")  # fmt: skip
        taken_at = taken_in(SnapshotStore(chosen.raw_dir), SOURCE)
        return decide(
            context, where, Cursor.read(context.cursor), taken_at=taken_at, now=clock.now()
        )

    return look


def decide(
    context: SensorEvaluationContext,
    where: Path,
    cursor: Cursor,
    *,
    taken_at: datetime | None,
    now: datetime,
) -> SensorResult:
    """Whether the delivery starts a night.

    Args:
        context: of the tick.
        where: the folder or the workbook.
        cursor: of the last look.
        taken_at: when a night last read a delivery, UTC; None for never.
        now: the present moment, UTC.
    """
    found = look_at_delivery(where)
    if found.changed_at is None or found.mark == cursor.asked:
        return wait(found.lacks or "It is the delivery that a night was asked for.")
    if taken_at and found.changed_at < taken_at:
        return wait("A night took it in already.", Cursor(found.mark, found.mark).written())
    seen = Cursor(found.mark, cursor.asked).written()
    if why := found.why_wait(seen=cursor.seen, now=now):
        return wait(f"A delivery is left alone for now: {why}.", seen)
    if is_on(context.instance):
        return wait("A delivery is complete; a night is on, which may take it in.", seen)
    asked = Cursor(found.mark, found.mark).written()
    return start_night(f"delivery-{found.mark}", "a delivery of onboarding records", asked)
