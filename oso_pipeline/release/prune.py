"""What is kept and what is let go (docs/retention.md; the numbers stand in the gate file).

Releases of the last weeks stay, then the last one of each month; so do the release that latest was made from, a held one that can still be published, and that of
every other one that stays: with it and its snapshots a release can be derived again. A snapshot that a release needs
stays with it. What is not public goes when it was last seen longer ago than is allowed, whoever needs it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from oso_pipeline.errors import PipelineError
from oso_pipeline.intake.delivery import SOURCE as ONBOARDING
from oso_pipeline.intake.overrides import SOURCE as OVERRIDES
from oso_pipeline.intake.snapshots import Snapshot, SnapshotStore
from oso_pipeline.release.bounds import Retention
from oso_pipeline.release.folder import REMOVED, DataFolder
from oso_pipeline.release.index import INDEX, Index, read_index

NOT_PUBLIC = (ONBOARDING, OVERRIDES)
_ID_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Leaving:
    """A folder that is let go.

    Attributes:
        path: the folder of a release or of a snapshot.
        reason: why it may go.
    """

    path: Path
    reason: str


def plan_to_prune(
    folder: DataFolder, store: SnapshotStore, retention: Retention, now: datetime
) -> list[Leaving]:
    """What the policy lets go; nothing is touched.

    Args:
        folder: where the releases are.
        store: the snapshots.
        retention: the policy's numbers.
        now: the present moment, UTC.
    """
    releases = [read_index(place) for place in sorted(folder.releases.glob("[0-9]*Z-*")) if (place / INDEX).is_file()]  # fmt: skip
    kept = _kept(releases, folder.latest_release_id(), retention, now)
    with_bases = kept | {index["previous_release_id"] for index in releases if index["release_id"] in kept}  # fmt: skip
    leaving = [
        Leaving(folder.release(index["release_id"]), _why_release_goes(index, retention, now))
        for index in releases
        if index["release_id"] not in with_bases
    ]
    needed = {
        (snapshot["source"], snapshot["snapshot_id"])
        for index in releases
        if index["release_id"] in kept and index["inputs"]
        for snapshot in index["inputs"]["snapshots"]
    }
    return leaving + _snapshots_to_go(store, needed, retention, now)


def prune(leaving: Iterable[Leaving]) -> None:
    """Let go of what was planned; to be called with the lock held. A folder is renamed first, so none is ever half there.

    Raises:
        PipelineError: some of it could not be removed; the rest is.
    """
    stays = []
    for one in leaving:
        aside = one.path.with_name(f"{REMOVED}{one.path.name}")
        try:
            one.path.rename(aside)
            shutil.rmtree(aside)
        except OSError as error:
            stays.append(f"{one.path} ({error.strerror})")
    if stays:
        raise PipelineError(
            f"Not everything could be let go of: {', '.join(stays)}. Remove it as the user that it belongs to; the rest is gone."
        )


def _kept(
    releases: list[Index], latest: str | None, retention: Retention, now: datetime
) -> set[str]:
    """The releases that stay for their own sake."""
    nightly, monthly = (timedelta(days=days) for days in (retention.nightly_days, retention.monthly_days))  # fmt: skip
    recent = {i["release_id"] for i in releases if _age(i["release_id"], now) < nightly}
    last_of_month = {
        f"{_moment(i['release_id']):%Y-%m}": i["release_id"]
        for i in releases
        if i["verdict"] == "published" and _age(i["release_id"], now) < monthly
    }
    waiting = {i["release_id"] for i in releases if i["verdict"] == "held" and i["previous_release_id"] == latest}  # fmt: skip
    return {*recent, *waiting, *last_of_month.values(), *([latest] if latest else [])}


def _why_release_goes(index: Index, retention: Retention, now: datetime) -> str:
    days = _age(index["release_id"], now).days
    if days >= retention.monthly_days:
        return f"{index['verdict']}, {days} days old; kept are {retention.monthly_days}"
    if index["verdict"] != "published":
        return f"{index['verdict']}, {days} days old; kept are {retention.nightly_days}"
    return f"{days} days old, and not the last of its month"


def _snapshots_to_go(
    store: SnapshotStore, needed: set[tuple[str, str]], retention: Retention, now: datetime
) -> list[Leaving]:
    leaving = []
    for source in store.sources():
        newest = store.newest(source)
        for snapshot in store.all_of(source):
            days = (now - store.last_seen_at(snapshot)).days
            is_needed = (source, snapshot.snapshot_id) in needed or snapshot == newest
            reason = _why_snapshot_goes(snapshot, days, retention, is_needed=is_needed)
            if reason:
                leaving.append(Leaving(store.folder_of(snapshot), reason))
    return leaving


def _why_snapshot_goes(
    snapshot: Snapshot, days: int, retention: Retention, *, is_needed: bool
) -> str | None:
    if snapshot.source in NOT_PUBLIC and days >= retention.onboarding_days:
        return f"not public, last seen {days} days ago; allowed are {retention.onboarding_days}"
    if not is_needed and days >= retention.nightly_days:
        return f"no release that stays needs it, last seen {days} days ago"
    return None


def _moment(release_id: str) -> datetime:
    return datetime.strptime(release_id.partition("-")[0], _ID_TIME).replace(tzinfo=UTC)


def _age(release_id: str, now: datetime) -> timedelta:
    return now - _moment(release_id)
