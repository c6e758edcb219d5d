"""A registry that has another file than last night starts a night: one light request per address, ten seconds in all."""

import hashlib
import json

from dagster import (
    DefaultSensorStatus,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    sensor,
)

from oso_pipeline.intake.registry_marks import Look, known_marks, look_at_registry
from oso_pipeline.intake.snapshots import SnapshotStore
from sensors.one_night import DEMO, JOB, AskSettings, holds_a_demo, is_on, start_night, wait

SECONDS = 1800
"""Every half hour: the registry changes once a day at most, and its server is not ours."""


def registry_changed(settings: AskSettings) -> SensorDefinition:
    """The sensor."""

    @sensor(
        name="registry_changed",
        job_name=JOB,
        minimum_interval_seconds=SECONDS,
        default_status=DefaultSensorStatus.RUNNING,
        description="Another file at an address of the registry, by its tag, time or size, starts a night.",
    )
    def look(context: SensorEvaluationContext) -> SensorResult:
        if is_on(context.instance):
            return wait("A night is on; it asks the registry itself.")
        chosen = settings()
        if holds_a_demo(chosen):
            return wait(DEMO)
        store = SnapshotStore(chosen.raw_dir)
        known = known_marks(chosen, store)
        if not known:
            return wait("No night has read the registry yet: there is nothing to compare with.")
        asked = json.loads(context.cursor) if context.cursor else {}
        return decide(look_at_registry(chosen, store), known, asked)

    return look


def decide(look: Look, known: dict[str, tuple[str, str]], asked: dict[str, str]) -> SensorResult:
    """Whether the registry starts a night.

    Args:
        look: what the addresses say now.
        known: source -> when a night last saw the snapshot that is kept, and its mark.
        asked: source -> the mark that a night was asked for: a file that is what it was under another tag is asked once.
    """
    changed = {
        source: mark
        for source, mark in look.marks.items()
        if mark != known.get(source, ("", ""))[1] and mark != asked.get(source)
    }
    silent = "".join(f" {address}: {why}." for address, why in sorted(look.silent.items()))
    if not changed:
        return wait(f"{len(look.marks)} files are what they were.{silent}")
    since = {source: (mark, known.get(source, ("",))[0]) for source, mark in changed.items()}
    key = hashlib.sha256(repr(sorted(since.items())).encode()).hexdigest()[:16]
    why = f"another file of {', '.join(sorted(changed))}"
    return start_night(f"registry-{key}", why, json.dumps(asked | changed, sort_keys=True))
