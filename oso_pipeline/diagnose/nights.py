"""How the last nights ended: since when they fail or are held, and why, nights of one reason together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from oso_pipeline.clock import AMSTERDAM
from oso_pipeline.errors import PipelineError
from oso_pipeline.release.checks import not_passed
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import checks_of, read_index
from oso_pipeline.release.log import Conclusion

GOOD = ("published", "unchanged")
_SNAPSHOT_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]+")
_NUMBER = re.compile(r"[0-9][0-9.,:/-]*")


@dataclass(frozen=True)
class Night:
    """A night, and how it ended last: one that was held may have been published later.

    Attributes:
        ended: its last line in the log.
        begun_at: when its sources had been asked, UTC; of a night that failed, when that was recorded.
    """

    ended: Conclusion
    begun_at: datetime

    @property
    def good(self) -> bool:
        """It published a release, or confirmed the one that is served."""
        return self.ended.verdict in GOOD

    @property
    def on(self) -> date:
        """The day of it in the Netherlands."""
        return self.begun_at.astimezone(AMSTERDAM).date()


def moment_of(release_id: str) -> datetime:
    """When the night of a release began, UTC: its id says so."""
    return datetime.strptime(release_id[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def nights_of(log: Iterable[Conclusion]) -> list[Night]:
    """The nights of a log, the oldest first: in the order in which they were logged, as a clock may have been wrong."""
    last = {line.release_id: line for line in log}
    return [Night(line, moment_of(release_id)) for release_id, line in last.items()]


def trouble(nights: Iterable[Night], folder: DataFolder) -> dict[str, Any] | None:
    """The nights since the last good one; None when the last one was good.

    Returns:
        `since_on, nights, runs, reasons: [{verdict, exit_code, reason, nights, runs, first_on, last_on}]`, the latest
        reason first. Several runs of one day are one night.
    """
    together = list(nights)
    good = [number for number, night in enumerate(together) if night.good]
    bad = together[good[-1] + 1 :] if good else together
    if not bad:
        return None
    alike: dict[object, list[Night]] = {}
    for night in bad:
        alike.setdefault(_why(night.ended, folder), []).append(night)
    groups = sorted(alike.values(), key=lambda group: group[-1].begun_at, reverse=True)
    return _counted(bad) | {"reasons": [_told(group) for group in groups]}


def _counted(group: list[Night]) -> dict[str, Any]:
    days = [night.on for night in group]
    return {"since_on": min(days), "nights": len(set(days)), "runs": len(group)}


def _told(group: list[Night]) -> dict[str, Any]:
    last, counted = group[-1], _counted(group)
    return {
        "verdict": last.ended.verdict,
        "exit_code": last.ended.exit_code,
        "reason": last.ended.reason,
        "nights": counted["nights"],
        "runs": counted["runs"],
        "first_on": counted["since_on"],
        "last_on": last.on,
    }


def _why(ended: Conclusion, folder: DataFolder) -> object:
    """What nights of one reason have in common: the checks that held them, or the words without the numbers."""
    if ended.verdict == "held":
        try:
            broken = not_passed(checks_of(read_index(folder.release(ended.release_id))))
            return ended.verdict, tuple(sorted(check.name for check in broken))
        except (
            PipelineError,
            ValueError,
        ):  # let go of since, or damaged: then the words have to do
            pass
    return ended.verdict, _NUMBER.sub("#", _SNAPSHOT_ID.sub("#", ended.reason))


def as_told(night: Night) -> Mapping[str, Any]:
    """A night as the diagnosis tells it."""
    ended = night.ended
    return {
        "release_id": ended.release_id,
        "verdict": ended.verdict,
        "as_of": ended.as_of or None,
        "begun_at": night.begun_at,
        "reason": ended.reason,
        "exit_code": ended.exit_code,
    }
