"""What the schedule and every sensor that starts a night have in common: one night per change, and none while one is queued or on."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from dagster import (
    DagsterInstance,
    DagsterRunStatus,
    RunRequest,
    RunsFilter,
    SensorResult,
    SkipReason,
)

from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import INDEX, read_index
from oso_pipeline.settings import Settings

JOB = "nightly"
DEMO = "The data folder holds a made-up country: `oso demo` runs its nights."
AskSettings = Callable[[], Settings]
"""Asked at every tick, never when definitions are loaded."""

_NOT_ENDED = [
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]


@dataclass(frozen=True)
class Cursor:
    """What a sensor that watches one thing remembers.

    Attributes:
        seen: its mark at the last look.
        asked: the mark that a night was asked for, or that a night had taken in already.
    """

    seen: str = ""
    asked: str = ""

    @classmethod
    def read(cls, text: str | None) -> "Cursor":
        """The cursor as Dagster keeps it; empty when there is none yet."""
        return cls(**json.loads(text)) if text else cls()

    def written(self) -> str:
        """As Dagster keeps it."""
        return json.dumps(asdict(self))


def is_on(instance: DagsterInstance) -> bool:
    """Whether a night is queued or has begun, whoever asked for it: what it takes in needs no other night."""
    return bool(instance.get_run_ids(RunsFilter(job_name=JOB, statuses=_NOT_ENDED), limit=1))


def holds_a_demo(settings: Settings) -> bool:
    """Whether the data folder is that of `oso demo`: a night of ours in it would read the real registry (`make dev` looks there)."""
    latest = DataFolder(settings.data_dir).latest
    return (latest / INDEX).is_file() and read_index(latest)["demo"] is True


def taken_in(store: SnapshotStore, source: str) -> datetime | None:
    """When a night last read this source, UTC."""
    found = store.newest_seen(source)
    return found[1] if found else None


def start_night(mark: str, why: str, cursor: str) -> SensorResult:
    """Ask for one night.

    Args:
        mark: of what changed: Dagster starts no second run of one sensor for it.
        why: shown with the run.
        cursor: to be remembered with it, in one.
    """
    return SensorResult(
        run_requests=[RunRequest(run_key=mark, tags={"oso/started_by": why})], cursor=cursor
    )


def wait(why: str, cursor: str | None = None) -> SensorResult:
    """Ask for none; `why` stands with the tick in the UI."""
    return SensorResult(skip_reason=SkipReason(why), cursor=cursor)
