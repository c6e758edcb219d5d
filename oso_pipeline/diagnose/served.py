"""What people are given: the latest release, since when, and its issues; and a release that waits for a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from oso_pipeline.contracts.records import ISSUES, SEVERITIES
from oso_pipeline.diagnose.nights import Night, moment_of
from oso_pipeline.errors import PipelineError
from oso_pipeline.release.checks import not_passed
from oso_pipeline.release.database import DATABASE, open_database, rows
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import Index, checks_of, read_index
from oso_pipeline.release.log import Conclusion
from oso_pipeline.release.preview import impact_sentence, read_preview

Found = dict[str, Any]

_WEEK = 7
"""Nights that a release is told of that was held and left behind."""


def read_latest(folder: DataFolder, log: Iterable[Conclusion]) -> tuple[Index | None, str | None]:
    """The index of the latest release, and what is wrong with `latest`; both None when nothing was published yet."""
    try:
        release_id = folder.latest_release_id()
        index = read_index(folder.release(release_id)) if release_id else None
    except PipelineError as error:
        return None, str(error)
    if index:
        return index, None
    if folder.latest.exists():
        return None, f"{folder.latest} is no link to a release, but a copy of one."
    published = [line.release_id for line in log if line.verdict == "published"]
    if published:
        return None, f"{folder.latest} is not there, and release {published[-1]} was published."
    return None, None


def served(index: Index, log: Iterable[Conclusion], nights: Sequence[Night]) -> Found:
    """What is served.

    Returns:
        `release_id, as_of, since, confirmed_at, branches, connected, accepted, bytes`. A night that was unchanged confirms
        the release that is served.
    """
    release_id = index["release_id"]
    published = [
        line.at for line in log if line.release_id == release_id and line.verdict == "published"
    ]
    by_status = index["counts"].get("branches", {}).values()
    return {
        "release_id": release_id,
        "as_of": index["as_of"],
        "since": datetime.fromisoformat(published[-1]) if published and published[-1] else moment_of(release_id),
        "confirmed_at": _confirmed_at(release_id, nights),
        "branches": sum(sum(numbers.values()) for numbers in by_status),
        "connected": sum(numbers["connected"] for numbers in by_status),
        "accepted": index["accepted"],
        "bytes": sum(file["bytes"] for file in index["files"]),
    }  # fmt: skip


def _confirmed_at(release_id: str, nights: Sequence[Night]) -> datetime:
    """The last night that published this release, or was unchanged; one that published another confirms nothing of it."""
    confirms = (
        night.begun_at
        for night in reversed(nights)
        if night.ended.verdict == "unchanged"
        or (night.ended.release_id, night.ended.verdict) == (release_id, "published")
    )
    return next(confirms, moment_of(release_id))


def open_issues(folder: DataFolder, release_id: str) -> tuple[list[Found], str | None]:
    """The issues of a release that are open, the gravest and oldest first, and why they cannot be read."""
    import duckdb

    try:
        with open_database(folder.release(release_id) / DATABASE) as connection:
            issues = rows(connection, f"FROM {ISSUES.name} WHERE closed_on IS NULL")
    except duckdb.CatalogException:  # a release of an earlier minor version has no such table
        return [], None
    except (OSError, duckdb.Error) as error:
        return [], f"{DATABASE} of release {release_id} cannot be read ({error})."
    known = [{name: issue.get(name) for name in ISSUES.names} for issue in issues]
    return sorted(known, key=_gravest_first), None


def _gravest_first(issue: Found) -> tuple[Any, ...]:
    weight = SEVERITIES.index(issue["severity"])
    return weight, issue["first_seen_on"], -(issue["rows"] or 0), issue["issue_id"]


def held(folder: DataFolder, nights: Sequence[Night], latest: str | None) -> Found | None:
    """The last release that was held: it waits for a person, or a later night or release left it behind.

    Returns:
        `release_id, as_of, waiting, checks: [{name, measured, bound}], impact`; None when there is none, when it was let
        go, or when it was left behind more than a week of nights ago.
    """
    ended_held = [night for night in nights if night.ended.verdict == "held"]
    if not ended_held:
        return None
    night = ended_held[-1]
    place = folder.release(night.ended.release_id)
    try:
        index = read_index(place)
        impact = impact_sentence(read_preview(place)) if index["verdict"] == "held" else ""
    except (PipelineError, OSError, ValueError):
        return None
    good_since = any(one.good for one in nights[nights.index(night) + 1 :])
    waiting = index["previous_release_id"] == latest and not good_since
    if not waiting and night not in nights[-_WEEK:]:
        return None
    return {
        "release_id": night.ended.release_id,
        "as_of": index["as_of"],
        "waiting": waiting,
        "checks": [
            {"name": check.name, "measured": check.measured, "bound": check.bound}
            for check in not_passed(checks_of(index))
        ],
        "impact": impact,
    }
