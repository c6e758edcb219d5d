"""The end of a night: a release put in its place in one rename, and `latest` pointed to it in another.

In this order: a process that dies anywhere leaves a building folder, or a release in its place that is whole. The next
run removes the first, and finishes the second (mend.py).
"""

from __future__ import annotations

from pathlib import Path

from oso_pipeline.intake.snapshots import sync
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import INDEX, Index, index_text

_NEW_INDEX = ".index-new"
_NEW_LATEST = ".latest-new"


def place_release(folder: DataFolder, index: Index) -> None:
    """Write the index into the building folder, put that in its place, and point `latest` to it when published."""
    release_id = index["release_id"]
    building = folder.building(release_id)
    building.mkdir(parents=True, exist_ok=True)
    (building / INDEX).write_text(index_text(index), encoding="utf-8")
    for path in sorted(building.rglob("*")):
        sync(path)
    sync(building)
    building.rename(folder.release(release_id))
    sync(folder.releases)
    if index["verdict"] == "published":
        point_latest(folder, release_id)


def replace_index(folder: DataFolder, index: Index) -> None:
    """Give a release another index, in one rename."""
    place = folder.release(index["release_id"])
    new = place / _NEW_INDEX
    new.write_text(index_text(index), encoding="utf-8")
    sync(new)
    new.replace(place / INDEX)
    sync(place)


def point_latest(folder: DataFolder, release_id: str) -> None:
    """Make `latest` a link to a release, in one rename."""
    new = folder.marts / _NEW_LATEST
    new.unlink(missing_ok=True)
    new.symlink_to(Path("releases") / release_id)
    new.replace(folder.latest)
    sync(folder.marts)
