"""The data folder: where things are, who holds it, and what a run that died left behind."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from oso_pipeline.errors import DataFolderBusy, PipelineError

if TYPE_CHECKING:
    from filelock import FileLock

BUILDING = ".building-"
REMOVED = ".removed-"
LOCK = ".lock"
_GLANCE = 0.2
"""Seconds that nobody is refused for: someone may only be looking whether the folder is held."""


class DataFolder:
    """The places in `OSO_DATA_DIR`, and the lock on it.

    Args:
        root: the data folder.
    """

    def __init__(self, root: Path) -> None:
        """Name the places; nothing is made yet."""
        self.root = root
        self.raw = root / "raw"
        self.marts = root / "marts"
        self.releases = self.marts / "releases"
        self.latest = self.marts / "latest"
        self.log = self.releases / "log.jsonl"
        self.frames = root / ".frames"

    def lock(self) -> FileLock:
        """The lock that one run at a time holds: the same object for every asker in this process, so it nests.

        The kernel lets go of it when the process dies, however it dies.

        Raises:
            PipelineError: the folder cannot be written.
        """
        from filelock import FileLock

        try:
            self.root.mkdir(parents=True, exist_ok=True)
            probe = self.root / LOCK
            probe.touch()
        except OSError as error:
            raise PipelineError(
                f"The data folder {self.root} cannot be written: {error.strerror or error}."
                " Set OSO_DATA_DIR to a folder that this user may write, or free space on its disk."
            ) from None
        return FileLock(probe, is_singleton=True)

    def hold(self, *, patience: float = 0) -> FileLock:
        """Take the lock, at once, or within so many seconds, or not at all.

        Raises:
            DataFolderBusy: another run holds it.
        """
        from filelock import Timeout

        lock = self.lock()
        try:
            lock.acquire(timeout=max(patience, _GLANCE))
        except Timeout:
            raise DataFolderBusy(
                f"Another run holds the data folder {self.root}. Wait until it has ended and run again;"
                " a run that was killed holds it no longer."
            ) from None
        return lock

    def is_held(self) -> bool:
        """Whether another process holds the data folder at this moment; nothing is made, and nobody is kept waiting.

        A shared lock is asked for and let go of at once: who takes the folder in that very moment tries again (`hold`).
        """
        try:
            handle = os.open(self.root / LOCK, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    def latest_release_id(self) -> str | None:
        """The release that `latest` points to; None when there is none.

        Raises:
            PipelineError: `latest` points to a release that is not there.
        """
        if not self.latest.is_symlink():
            return None
        release_id = self.latest.readlink().name
        if not (self.releases / release_id / "index.json").is_file():
            raise PipelineError(
                f"{self.latest} points to release {release_id}, which is not in {self.releases}."
                " `oso run` points it to the newest published release that is there."
            )
        return release_id

    def release(self, release_id: str) -> Path:
        """The folder of a release."""
        return self.releases / release_id

    def building(self, release_id: str) -> Path:
        """Where a release is built, beside its place."""
        return self.releases / f"{BUILDING}{release_id}"

    def clear_what_died(self) -> list[str]:
        """Remove what runs that died left half-built; to be called with the lock held.

        Returns:
            What was done, and what could not be.
        """
        left = [
            *self.releases.glob(f"{BUILDING}*"),
            *self.releases.glob(f"{REMOVED}*"),
            *self.raw.glob("*/.landing-*"),
            *self.raw.glob(f"*/{REMOVED}*"),
        ]
        return [_remove(folder) for folder in left]


def _remove(folder: Path) -> str:
    try:
        shutil.rmtree(folder)
    except OSError as error:
        return f"could not remove the half-built {folder}: {error.strerror}. Remove it as the user that it belongs to"
    return f"removed the half-built {folder.name}"
