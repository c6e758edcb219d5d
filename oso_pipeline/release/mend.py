"""What the next run makes of what a run that died, a lost log or a moved data folder left; nothing is lost.

A release in its place is whole: it was judged and synced before it was put there. One that says *published* and whose
predecessor is latest was about to become latest, and does so now. One that `latest` has left behind is only logged.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from oso_pipeline import clock
from oso_pipeline.errors import PipelineError
from oso_pipeline.release.checks import not_passed, told
from oso_pipeline.release.folder import REMOVED, DataFolder
from oso_pipeline.release.index import INDEX, Index, checks_of, read_index
from oso_pipeline.release.log import Conclusion, published_ids, read_log, record
from oso_pipeline.release.publish import point_latest

_EXIT_CODES = {"published": 0, "held": 3, "failed": 1}


def mend(folder: DataFolder) -> list[str]:
    """Put right what is not; to be called with the lock held.

    Returns:
        What was done, for the log of this run.

    Raises:
        PipelineError: `latest` is something that no run of ours made.
    """
    done = folder.clear_what_died() + _mend_latest(folder)
    for place in sorted(folder.releases.glob("[0-9]*Z-*")):
        if not (place / INDEX).is_file():
            done.append(
                f"left {place.name} alone: it has no {INDEX}, so no run of ours put it there"
            )
            continue
        try:
            index = read_index(place)
        except PipelineError as error:
            done.append(f"left {place.name} alone: {error}")
            continue
        done += _mend_release(folder, index)
    return done + _mend_latest(folder)


def _mend_release(folder: DataFolder, index: Index) -> list[str]:
    release_id, verdict = index["release_id"], index["verdict"]
    logged = {(line.release_id, line.verdict) for line in read_log(folder)}
    if (release_id, verdict) in logged:
        return []
    done = f"logged {release_id} ({verdict})"
    latest = folder.latest_release_id()
    if verdict == "published" and release_id != latest and index["previous_release_id"] == latest:
        point_latest(folder, release_id)
        done = f"finished the publication of {release_id}"
    record(
        folder,
        Conclusion(
            release_id,
            verdict,
            index["as_of"] or "",
            clock.now().isoformat(),
            f"accepted-{release_id}" if index["accepted"] else index["run_id"],
            f"Written again from the release, as the log had no line of it. {told(not_passed(checks_of(index)))}".strip(),
            _EXIT_CODES[verdict],
        ),
    )
    return [done]


def _mend_latest(folder: DataFolder) -> list[str]:
    """A `latest` that is gone, points nowhere, or was copied as a folder becomes a link to the newest published release."""
    latest = folder.latest
    if latest.is_symlink() and (latest / INDEX).is_file():
        return []
    was = "was missing"
    if latest.is_symlink():
        was = "pointed nowhere"
    elif latest.exists():
        _set_copy_aside(folder, latest)
        was = "was a copy of a release and no link"
    there = [
        release_id
        for release_id in published_ids(folder)
        if (folder.release(release_id) / INDEX).is_file()
    ]
    if there:
        point_latest(folder, there[-1])
        return [f"pointed latest, which {was}, to {there[-1]}"]
    if latest.is_symlink():
        latest.unlink()
        return [
            "removed latest, which pointed nowhere; the log knows no published release that is there"
        ]
    return []


def _set_copy_aside(folder: DataFolder, latest: Path) -> None:
    """A backup that followed links has a folder in the place of `latest`: it goes when its release is there."""
    is_copy = (latest / INDEX).is_file() and (
        folder.release(read_index(latest)["release_id"]) / INDEX
    ).is_file()
    if not is_copy:
        raise PipelineError(
            f"{latest} is no link, and no copy of a release in {folder.releases}: no run of ours made it."
            " Move it aside; `oso run` points latest to the newest published release."
        )
    aside = folder.releases / f"{REMOVED}latest"
    latest.rename(aside)
    shutil.rmtree(aside)
