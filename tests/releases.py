"""Releases in a data folder, in a few lines: an index of any verdict, put in its place and logged as a night does."""

from __future__ import annotations

from typing import Any

from oso_pipeline.release.checks import Check
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import Index, index_of_failure
from oso_pipeline.release.log import Conclusion, record
from oso_pipeline.release.publish import place_release

FIRST, SECOND, THIRD = (f"202611{day}T060000Z-{at * 8}" for day, at in ((22, "a"), (23, "b"), (24, "c")))  # fmt: skip
HELD_BY = ("branches_po", "connected_Noord-Holland")


def index(
    release_id: str, verdict: str = "published", previous: str | None = None, **changes: Any
) -> Index:
    """An index; a held one is held by `HELD_BY`."""
    checks = [Check(name, verdict != "held", "bound", "106", "208 to 223", "") for name in HELD_BY]
    law = Check("each_row_accounted_for", verdict != "failed", "law", "po", "all", "")
    whole: Any = index_of_failure(release_id, f"run-{release_id}", None, "0.1.0", previous, law) | {
        "verdict": verdict,
        "as_of": f"{release_id[:4]}-{release_id[4:6]}-{release_id[6:8]}",
        "demo": False,
        "checks": [vars(check) for check in (law, *checks)],
    }
    return whole | changes


def conclusion(release_id: str, verdict: str = "published") -> Conclusion:
    """A line of the log."""
    return Conclusion(release_id, verdict, "2026-11-22", "", f"run-{release_id}", "", 0)  # ty: ignore[invalid-argument-type]


def make(
    folder: DataFolder,
    release_id: str,
    verdict: str = "published",
    previous: str | None = None,
    **changes: Any,
) -> None:
    """A night that ended so."""
    place_release(folder, index(release_id, verdict, previous, **changes))
    record(folder, conclusion(release_id, verdict))
