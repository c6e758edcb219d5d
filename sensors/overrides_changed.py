"""Decisions that changed start a night: the file's content counts, not its time."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from dagster import (
    DefaultSensorStatus,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    sensor,
)

from oso_pipeline.intake.overrides import SOURCE
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
_ABSENT = "absent"


def overrides_changed(settings: AskSettings) -> SensorDefinition:
    """The sensor."""

    @sensor(
        name="overrides_changed",
        job_name=JOB,
        minimum_interval_seconds=SECONDS,
        default_status=DefaultSensorStatus.RUNNING,
        description="Another content of the decisions file, the same on two looks, starts a night.",
    )
    def look(context: SensorEvaluationContext) -> SensorResult:
        chosen = settings()
        if holds_a_demo(chosen):
            return wait(DEMO)
        taken_at = taken_in(SnapshotStore(chosen.raw_dir), SOURCE)
        return decide(context, chosen.overrides_file, Cursor.read(context.cursor), taken_at)

    return look


def decide(
    context: SensorEvaluationContext, path: Path, cursor: Cursor, taken_at: datetime | None
) -> SensorResult:
    """Whether the decisions start a night.

    Args:
        context: of the tick.
        path: the decisions file.
        cursor: of the last look.
        taken_at: when a night last read decisions, UTC; None for never.
    """
    mark, changed_at = _look_at(path)
    known = Cursor(mark, mark).written()
    if mark == cursor.asked:
        return wait("The decisions are what they were.", known)
    if changed_at is None and not cursor.asked:
        return wait("There are no decisions.", known)
    if changed_at and taken_at and changed_at < taken_at:
        return wait("A night took them in already.", known)
    seen = Cursor(mark, cursor.asked).written()
    if mark != cursor.seen:
        return wait("The decisions changed since the last look; the next one tells whether that was all.", seen)  # fmt: skip
    if is_on(context.instance):
        return wait("The decisions changed; a night is on, which may take them in.", seen)
    at = f"{changed_at:%Y%m%dT%H%M%S}" if changed_at else f"after-{cursor.asked[:16]}"
    return start_night(f"decisions-{mark[:16]}-{at}", "changed decisions", known)


def _look_at(path: Path) -> tuple[str, datetime | None]:
    """The hash of the content, and when the file was last changed (UTC); absent and None when there is none."""
    try:
        content, changed = path.read_bytes(), path.stat().st_ctime
    except FileNotFoundError:
        return _ABSENT, None
    return hashlib.sha256(content).hexdigest(), datetime.fromtimestamp(changed, UTC)
