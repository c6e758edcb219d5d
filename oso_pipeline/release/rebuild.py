"""What a release was derived from, out of its index, and whether deriving it again gives the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from oso_pipeline.errors import SourceUnreadable, UsageError
from oso_pipeline.intake.nightly import snapshot_rows
from oso_pipeline.intake.registry import Taken
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import INDEX, Index, read_index
from oso_pipeline.release.night import Night


@dataclass(frozen=True)
class Comparison:
    """A file of a release, and of the same release derived again.

    Attributes:
        path: in the release.
        then: its content hash when it was made; None when it was not there.
        now: its content hash now; None when it is no longer made.
    """

    path: str
    then: str | None
    now: str | None

    @property
    def equal(self) -> bool:
        """Whether both are there and hold the same."""
        return self.then == self.now


def index_to_rebuild(folder: DataFolder, release_id: str) -> Index:
    """The index of a release that can be derived again.

    Raises:
        UsageError: there is no such release, it has no files, or the release before it was let go.
    """
    place = folder.release(release_id)
    if "/" in release_id or not (place / INDEX).is_file():
        raise UsageError(
            f"There is no release {release_id} in {folder.releases}. `oso releases` lists them."
        )
    index = read_index(place)
    if not index["files"]:
        raise UsageError(
            f"Release {release_id} {index['verdict']} and has no files to derive again."
        )
    previous = index["previous_release_id"]
    if previous and not (folder.release(previous) / INDEX).is_file():
        raise UsageError(
            f"Release {release_id} was derived from release {previous} too, and that was let go (docs/retention.md):"
            " it can no longer be derived again."
        )
    return index


def inputs_of(index: Index, store: SnapshotStore) -> tuple[Night, pl.DataFrame]:
    """The inputs of a release: its night, and the snapshots as SNAPSHOTS_SCHEMA.

    Args:
        index: of a release that has files.
        store: holds the snapshots.

    Raises:
        UsageError: the release was made before releases named their inputs.
        SourceUnreadable: a snapshot is no longer kept.
    """
    inputs, as_of, demo = index["inputs"], index["as_of"], index["demo"]
    if inputs is None or as_of is None or demo is None:
        raise UsageError(f"Release {index['release_id']} does not name its inputs.")
    taken, gone = [], []
    for row in inputs["snapshots"]:
        source, snapshot_id = row["source"], row["snapshot_id"]
        try:
            kept = store.get(source, snapshot_id)
        except FileNotFoundError:
            gone.append(f"{source}/{snapshot_id}")
            continue
        seen_at = datetime.fromisoformat(row["seen_at"])
        taken.append(Taken.of(kept, seen_at=seen_at, fallback=row["fallback"]))
    if gone:
        raise SourceUnreadable(
            f"Release {index['release_id']} cannot be derived again: snapshot {', '.join(gone)} is no longer kept"
            " (docs/retention.md says how long snapshots stay). Nothing to do; the release itself is untouched."
        )
    night = Night(
        release_id=index["release_id"],
        as_of=date.fromisoformat(as_of),
        started_at=datetime.fromisoformat(inputs["started_at"]),
        snapshots={one.source: one.snapshot_id for one in taken},
        previous_release_id=index["previous_release_id"],
        version=index["version"],
        demo=demo,
    )
    return night, snapshot_rows(taken)


def compare(index: Index, files: pl.DataFrame) -> list[Comparison]:
    """The files of a release beside those of the same release derived again, as FILES_SCHEMA."""
    then = {file["path"]: file["content_hash"] for file in index["files"]}
    now = dict(files.select("path", "content_hash").rows())
    return [
        Comparison(path, then.get(path), now.get(path)) for path in sorted(then.keys() | now.keys())
    ]
