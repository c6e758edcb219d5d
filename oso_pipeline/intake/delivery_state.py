"""How a delivery lies in its folder: what is there, since when, and whether it is whole.

A delivery is written by others, file by file, and nothing tells that it is half-written but these: a table is missing, a file has
the name of one that is still being sent, a workbook is cut off, or something changed a moment ago. A marker that was
put beside it afterwards says that it is done.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from oso_pipeline.contracts.onboarding import ONBOARDING

SETTLED = timedelta(seconds=60)
"""A delivery in which nothing changed for so long is not being written; it must look the same on two looks as well."""

MARKER = ".done"
_BEING_SENT = (".part", ".partial", ".filepart", ".tmp", ".crdownload")


@dataclass(frozen=True)
class DeliveryState:
    """What a look at the delivery found.

    Attributes:
        mark: of the names, sizes and times of its files; empty when there is nothing.
        changed_at: when the last of them came or was changed, UTC; None when there is nothing.
        lacks: what is not there yet; empty when it is whole.
        done: a marker says so, put there after the last change.
    """

    mark: str
    changed_at: datetime | None
    lacks: str
    done: bool

    def why_wait(self, *, seen: str, now: datetime) -> str:
        """Why it is left alone for now; empty when it can be taken in.

        Args:
            seen: the mark of the look before this one.
            now: the present moment, UTC.
        """
        if self.changed_at is None or self.lacks:
            return self.lacks or "there is no delivery"
        if self.done:
            return ""
        if self.mark != seen:
            return "it changed since the last look"
        if now - self.changed_at < SETTLED:
            return f"it changed less than {SETTLED.seconds} s ago"
        return ""


def look_at_delivery(where: Path) -> DeliveryState:
    """Look at a folder, or at the one workbook; nothing is read but names, sizes and times.

    The time of a file is that of its last change as the file system keeps it (ctime): a copy that keeps the time of
    its original is new all the same.

    Raises:
        OSError: the folder may not be read.
    """
    try:
        found, markers, being_sent = _files(where)
        times = {path: path.stat() for path in found}
        marked_at = max((path.stat().st_ctime_ns for path in markers), default=0)
    except FileNotFoundError:
        return DeliveryState("", None, f"there is no {where.name}, or a file of it just went", done=False)  # fmt: skip
    if not found:
        return DeliveryState("", None, "there is no delivery", done=False)
    changed = max(at.st_ctime_ns for at in times.values())
    seen = [(path.name, at.st_size, at.st_mtime_ns, at.st_ctime_ns) for path, at in times.items()]
    return DeliveryState(
        mark=hashlib.sha256(repr(sorted(seen)).encode()).hexdigest()[:16],
        changed_at=datetime.fromtimestamp(changed / 1e9, UTC),
        lacks=_lacks(found, being_sent),
        done=marked_at >= changed,
    )


def _files(where: Path) -> tuple[list[Path], list[Path], list[Path]]:
    """The files of the delivery, the markers beside it, and what is still being sent."""
    if where.suffix == ".xlsx":
        markers = [where.with_name(where.name + MARKER), where.with_suffix(MARKER)]
        sent = [where.with_name(where.name + suffix) for suffix in _BEING_SENT]
        return [where], [p for p in markers if p.exists()], [p for p in sent if p.exists()]
    paths = sorted(path for path in where.iterdir() if not path.name.startswith("~$"))
    return (
        [path for path in paths if path.suffix in {".csv", ".xlsx"}],
        [path for path in paths if path.name.endswith(MARKER)],
        [path for path in paths if path.suffix.lower() in _BEING_SENT],
    )


def _lacks(found: Iterable[Path], being_sent: Iterable[Path]) -> str:
    """What is missing; which of two deliveries counts is not for here: the night names both, and takes none."""
    if sent := [path.name for path in being_sent]:
        return f"{', '.join(sent)} is still being sent"
    books = [path for path in found if path.suffix == ".xlsx"]
    if cut := [path.name for path in books if not zipfile.is_zipfile(path)]:
        return f"{', '.join(cut)} is not whole: a workbook ends with its table of contents"
    missing = {table.name for table in ONBOARDING} - {path.stem for path in found}
    return "" if books or not missing else f"table {', '.join(sorted(missing))} is not there"
