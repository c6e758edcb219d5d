"""Who holds the data folder at this moment, and how much room its disk has; looked at, and never touched."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from oso_pipeline.release.folder import BUILDING, LOCK, DataFolder

_PROC = Path("/proc")
_START_TIME = 19
"""The place of the start time among the fields that follow the name of a process (proc_pid_stat(5))."""


def run_that_is_on(folder: DataFolder) -> dict[str, Any] | None:
    """The run, or another command that writes, that holds the data folder; None when nobody does.

    Returns:
        `process, since`: both None where the system does not tell.
    """
    if not folder.is_held():
        return None
    process = _holder(folder.root / LOCK)
    return {"process": process, "since": _begun(process) if process else None}


def left_half_built(folder: DataFolder) -> list[str]:
    """What a run that died left; what a run that is on is building looks the same."""
    return sorted(path.name for path in folder.releases.glob(f"{BUILDING}*"))


def disk(folder: DataFolder, release_bytes: int | None) -> dict[str, Any]:
    """The disk of the data folder: `free_bytes, nights` (as large as the last release, that still fit), `read_only`."""
    there = next(path for path in (folder.root, *folder.root.parents) if path.exists())
    free = shutil.disk_usage(there).free
    return {
        "free_bytes": free,
        "nights": free // release_bytes if release_bytes else None,
        "read_only": bool(os.statvfs(there).f_flag & os.ST_RDONLY),
    }


def _holder(lock: Path) -> int | None:
    """The process that Linux says holds the lock: a line is `1: FLOCK ADVISORY WRITE 4693 fe:00:2213785 0 EOF`."""
    about = lock.stat()
    place = f"{os.major(about.st_dev):02x}:{os.minor(about.st_dev):02x}:{about.st_ino}"
    try:
        lines = (_PROC / "locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    held = [fields for fields in map(str.split, lines) if fields[1:2] == ["FLOCK"] and place in fields]  # fmt: skip
    return next((int(fields[4]) for fields in held if int(fields[4]) > 0), None)


def _begun(process: int) -> datetime | None:
    """When a process began, UTC."""
    try:
        told = (_PROC / str(process) / "stat").read_text(encoding="utf-8")
        booted = (_PROC / "stat").read_text(encoding="ascii")
    except OSError:
        return None
    ticks = int(told.rpartition(")")[2].split()[_START_TIME])
    second = next(int(line.split()[1]) for line in booted.splitlines() if line.startswith("btime"))
    return datetime.fromtimestamp(second + ticks // os.sysconf("SC_CLK_TCK"), UTC)
