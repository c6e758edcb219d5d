"""A person publishes a release that is held: every check that did not pass is named, with a reason.

The index of the release is replaced in one rename and says who accepted what, when and why; then `latest` is pointed to it
in one rename. A process that dies between the two leaves a decision that the next run carries out (mend.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from oso_pipeline.contacts import without_contacts
from oso_pipeline.errors import UsageError
from oso_pipeline.release.checks import not_passed, told
from oso_pipeline.release.content import file_hash
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import INDEX, Acceptance, Index, checks_of, read_index
from oso_pipeline.release.log import Conclusion, read_log, record
from oso_pipeline.release.publish import point_latest, replace_index


def accept_held(
    folder: DataFolder,
    release_id: str,
    accepted: Sequence[str],
    *,
    reason: str,
    by: str,
    at: datetime,
) -> Conclusion | None:
    """Publish a held release; to be called with the lock held.

    Args:
        folder: where the releases are.
        release_id: the held release.
        accepted: the names of the checks that are accepted.
        reason: why.
        by: who.
        at: when, UTC.

    Returns:
        How it ended; None when the release is latest already.

    Raises:
        UsageError: there is no such release, it is not held, another one was published or a night was unchanged since, a
            check is not named, or one is named that passed.
    """
    index = _held(folder, release_id)
    if index is None:
        return None
    reason, by = without_contacts(reason), without_contacts(by)
    _refuse_incomplete(index, accepted, reason=reason, by=by)
    _refuse_touched(folder, index)
    acceptances: list[Acceptance] = [
        {"check": name, "reason": reason.strip(), "by": by.strip(), "at": at.isoformat()}
        for name in sorted(set(accepted))
    ]
    replace_index(folder, {**index, "verdict": "published", "accepted": acceptances})
    point_latest(folder, release_id)
    names = ", ".join(sorted(set(accepted)))
    conclusion = Conclusion(
        release_id=release_id,
        verdict="published",
        as_of=index["as_of"] or "",
        at=at.isoformat(),
        run_id=f"accepted-{release_id}",
        reason=f"Accepted by {by.strip()}: {names}. {reason.strip()}",
        exit_code=0,
    )
    record(folder, conclusion)
    return conclusion


def _held(folder: DataFolder, release_id: str) -> Index | None:
    place = folder.release(release_id)
    if "/" in release_id or not (place / INDEX).is_file():
        raise UsageError(
            f"There is no release {release_id} in {folder.releases}. `oso releases` lists them."
        )
    index, latest = read_index(place), folder.latest_release_id()
    if release_id == latest:
        return None
    if index["verdict"] == "failed":
        raise UsageError(
            f"Release {release_id} failed ({told(not_passed(checks_of(index)))}) and is never published."
            " Mend what it says and run `oso run`."
        )
    if index["verdict"] == "published":
        raise UsageError(f"Release {release_id} was published already, and latest is {latest}.")
    if index["previous_release_id"] != latest:
        raise UsageError(
            f"Release {release_id} follows on {index['previous_release_id'] or 'no release'}, and latest is {latest}:"
            " what was published since would be lost. Run `oso run`: it takes the newest sources up again."
        )
    since = [line.at for line in read_log(folder) if line.verdict == "unchanged" and line.release_id > release_id]  # fmt: skip
    if since:
        raise UsageError(
            f"Release {release_id} was left behind: the night that ended at {since[0][:16].replace('T', ' ')} UTC found the"
            f" sources to be those of latest ({latest}) again. Run `oso run`: it takes the newest sources up."
        )
    return index


def _refuse_touched(folder: DataFolder, index: Index) -> None:
    """People look at a release that is held: what is published must be what was judged."""
    place = folder.release(index["release_id"])
    touched = [
        file["path"]
        for file in index["files"]
        if not (place / file["path"]).is_file() or file_hash(place / file["path"]) != file["sha256"]
    ]
    if touched:
        raise UsageError(
            f"Release {index['release_id']} is not as it was made: {', '.join(touched[:5])} changed or is gone."
            " Run `oso run`: it makes the release again."
        )


def _refuse_incomplete(index: Index, accepted: Sequence[str], *, reason: str, by: str) -> None:
    needed = {check.name for check in not_passed(checks_of(index))}
    if not reason.strip() or not by.strip():
        raise UsageError("An acceptance says why, and by whom: give --reason TEXT (and --by NAME).")
    unknown = sorted(set(accepted) - needed)
    if unknown:
        raise UsageError(
            f"{', '.join(unknown)}: not what holds release {index['release_id']}. What does: {', '.join(sorted(needed))}."
        )
    missing = sorted(needed - set(accepted))
    if missing:
        raise UsageError(
            f"Release {index['release_id']} is held by {', '.join(sorted(needed))}; not accepted:"
            f" {', '.join(missing)}. Name each with --accept, or leave it held."
        )
