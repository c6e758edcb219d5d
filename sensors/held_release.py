"""A held release that still waits for a person after some hours: reminds once, and starts nothing."""

from datetime import datetime, timedelta

from dagster import (
    DefaultSensorStatus,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    sensor,
)

from oso_pipeline import clock
from oso_pipeline.release.alert import alert_on
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import Conclusion, read_log
from sensors.one_night import AskSettings, wait

SECONDS = 300
PATIENCE = timedelta(hours=4)
"""The night itself alerts at once; this is for the end of the morning."""


def held_release(settings: AskSettings) -> SensorDefinition:
    """The sensor."""

    @sensor(
        name="held_release",
        minimum_interval_seconds=SECONDS,
        default_status=DefaultSensorStatus.RUNNING,
        description="Reminds once of a release that is held and waits for a person; starts no run.",
    )
    def look(context: SensorEvaluationContext) -> SensorResult:
        chosen = settings()
        folder = DataFolder(chosen.data_dir)
        waits = waiting(read_log(folder))
        if waits is None:
            return wait("No release is waiting.")
        if waits.release_id == context.cursor:
            return wait(f"Release {waits.release_id} is held, and that was reminded of.")
        if clock.now() - datetime.fromisoformat(waits.at) < PATIENCE:
            return wait(f"Release {waits.release_id} is held, and was told of when it was.")
        context.log.warning(
            "Release %s is held and waits for a person: %s", waits.release_id, waits.reason
        )
        if not chosen.alert_webhook.get_secret_value():
            return wait(f"Release {waits.release_id} is held; nobody can be reminded, as OSO_ALERT_WEBHOOK is empty.", waits.release_id)  # fmt: skip
        if not alert_on(folder, waits, chosen.alert_webhook, waiting=True):
            return wait(f"Release {waits.release_id} is held; the reminder did not arrive and is sent again.")  # fmt: skip
        return wait(f"Release {waits.release_id} is held: a reminder was sent.", waits.release_id)

    return look


def waiting(nights: list[Conclusion]) -> Conclusion | None:
    """The held release that a person has to look at: only that of the last night, and not once one was published."""
    return nights[-1] if nights and nights[-1].verdict == "held" else None
