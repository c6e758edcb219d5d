"""The snapshot store: `raw/<source>/<UTC time>-<sha12>/{body, snapshot.json}`.

A snapshot is written beside its place, fsynced and renamed into it; it is never overwritten. The same body is not
stored twice: that it was seen again is one line in `raw/<source>/observations.jsonl`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from oso_pipeline.errors import SourceUnreadable

_SNAPSHOT = "[0-9]*Z-*"
_NOT_PUBLIC = "not public"
LICENCES = {"registry": "CC0-1.0 (DUO)", "onboarding": _NOT_PUBLIC, "overrides": _NOT_PUBLIC}


@dataclass(frozen=True)
class Snapshot:
    """A body that is kept, and what is known of it.

    Attributes:
        source: the source's name, as in the `sources` table.
        snapshot_id: `<UTC time>-<first 12 characters of the sha256>`.
        url: where it was asked for.
        final_url: where it came from, after redirects.
        status: the http status; 0 for what did not come over http.
        headers: of the answer, those that are kept.
        bytes: its size.
        sha256: of the body.
        fetched_at: when it first arrived, UTC.
        licence: under which it may be used.
        notes: what the source's own module wrote down of it.
    """

    source: str
    snapshot_id: str
    url: str
    final_url: str
    status: int
    headers: dict[str, str]
    bytes: int
    sha256: str
    fetched_at: datetime
    licence: str
    notes: dict[str, Any] = field(default_factory=dict)


class SnapshotStore:
    """Keeps and finds snapshots under one `raw/` folder."""

    def __init__(self, raw_dir: Path) -> None:
        """Open the store; folders are made when something is kept."""
        self._raw = raw_dir

    def landing(self, source: str) -> Path:
        """An empty folder beside the snapshots of a source, to write a body in.

        Of a source that is not public only the user who runs the nights may look into it, whatever the umask.
        """
        folder = self._raw / source / f".landing-{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if LICENCES.get(source) == _NOT_PUBLIC:
            folder.parent.chmod(0o700)
        return folder

    def keep(
        self,
        landing: Path,
        source: str,
        *,
        fetched_at: datetime,
        url: str,
        licence: str,
        final_url: str | None = None,
        status: int = 0,
        headers: Mapping[str, str] | None = None,
        notes: Mapping[str, Any] | None = None,
    ) -> Snapshot:
        """Keep `landing/body`, or note that one that is kept was seen again: the same body is not stored twice.

        Returns:
            The new snapshot, or the one that is kept of the same body.
        """
        body = landing / "body"
        sha256 = _sha256(body)
        known = self._same(source, sha256, dict(notes or {}))
        if known:
            shutil.rmtree(landing)
            self.observe(known, fetched_at)
            return known
        snapshot = Snapshot(
            source=source,
            snapshot_id=f"{fetched_at:%Y%m%dT%H%M%SZ}-{sha256[:12]}",
            url=url,
            final_url=final_url or url,
            status=status,
            headers=dict(headers or {}),
            bytes=body.stat().st_size,
            sha256=sha256,
            fetched_at=fetched_at,
            licence=licence,
            notes=dict(notes or {}),
        )
        record = asdict(snapshot) | {"fetched_at": fetched_at.isoformat()}
        _write_synced(landing / "snapshot.json", json.dumps(record, indent=1, sort_keys=True))
        sync(body)
        place = self._folder(source, snapshot.snapshot_id)
        if not place.exists():
            landing.rename(place)
            sync(place.parent)
        else:  # the same body within the same second
            shutil.rmtree(landing)
        self.observe(snapshot, fetched_at)
        return snapshot

    def sources(self) -> list[str]:
        """The sources of which a snapshot is kept."""
        return sorted({path.parent.name for path in self._raw.glob(f"*/{_SNAPSHOT}")})

    def all_of(self, source: str) -> list[Snapshot]:
        """The snapshots of a source, the oldest first."""
        return [
            self.get(source, path.name) for path in sorted((self._raw / source).glob(_SNAPSHOT))
        ]

    def newest(self, source: str) -> Snapshot | None:
        """The snapshot of a source that was seen last."""
        names = self._names(source)
        return self.get(source, names[-1]) if names else None

    def newest_seen(self, source: str) -> tuple[Snapshot, datetime] | None:
        """The snapshot of a source that was seen last, and when that was, UTC.

        What was observed grows by a line every night, and is read once.
        """
        observed = self._observed(source)
        names = self._in_order(source, observed)
        newest = self.get(source, names[-1]) if names else None
        return (newest, _last_seen(newest, observed)) if newest else None

    def get(self, source: str, snapshot_id: str) -> Snapshot:
        """A snapshot by its id.

        Raises:
            FileNotFoundError: when it is not there.
            SourceUnreadable: what is known of it cannot be read.
        """
        path = self._folder(source, snapshot_id) / "snapshot.json"
        try:
            record = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise SourceUnreadable(
                f"{source}: {path} cannot be read ({error}). Move that folder aside and run again: the body is fetched anew."
            ) from None
        return Snapshot(**record | {"fetched_at": datetime.fromisoformat(record["fetched_at"])})

    def folder_of(self, snapshot: Snapshot) -> Path:
        """Where a snapshot lies."""
        return self._folder(snapshot.source, snapshot.snapshot_id)

    def body(self, snapshot: Snapshot) -> bytes:
        """The bytes that are kept.

        Raises:
            FileNotFoundError: when they are not there.
            SourceUnreadable: they are not those that arrived.
        """
        path = self._folder(snapshot.source, snapshot.snapshot_id) / "body"
        body = path.read_bytes()
        if hashlib.sha256(body).hexdigest() != snapshot.sha256:
            raise SourceUnreadable(
                f"{snapshot.source}: {path} is not what arrived on {snapshot.fetched_at:%Y-%m-%d}: its SHA-256 is another one."
                " Move that folder aside and run again: the body is fetched anew, or an earlier one stands in."
            )
        return body

    def size(self, source: str, snapshot_id: str) -> int:
        """How many bytes are kept.

        Raises:
            FileNotFoundError: when they are not there.
        """
        return (self._folder(source, snapshot_id) / "body").stat().st_size

    def newest_whole(self, source: str) -> Snapshot | None:
        """The snapshot that was seen last, if it is whole; one that is damaged is fetched anew."""
        names = self._names(source)
        return self._whole(source, names[-1]) if names else None

    def newest_that_is_whole(self, source: str) -> Snapshot | None:
        """The snapshot that was seen last of those that are whole: one that is damaged never stands in."""
        names = reversed(self._names(source))
        return next((found for name in names if (found := self._whole(source, name))), None)

    def _names(self, source: str) -> list[str]:
        """The snapshots of a source in the order in which they were last seen, whatever a clock said."""
        return self._in_order(source, self._observed(source))

    def _in_order(self, source: str, observed: list[tuple[str, datetime]]) -> list[str]:
        there = sorted(path.name for path in (self._raw / source).glob(_SNAPSHOT))
        seen = {snapshot_id: at for at, (snapshot_id, _) in enumerate(observed)}
        return sorted(there, key=lambda name: (seen.get(name, -1), name))

    def _same(self, source: str, sha256: str, notes: dict[str, Any]) -> Snapshot | None:
        """The snapshot that is kept of the same body and notes, if it is whole."""
        alike = [name for name in self._names(source) if name.endswith(f"-{sha256[:12]}")]
        found = [whole for name in reversed(alike) if (whole := self._whole(source, name))]
        return next((one for one in found if (one.sha256, one.notes) == (sha256, notes)), None)

    def _whole(self, source: str, snapshot_id: str) -> Snapshot | None:
        """The snapshot, if what is known of it can be read and its body is what arrived."""
        try:
            snapshot = self.get(source, snapshot_id)
            self.body(snapshot)
        except (SourceUnreadable, FileNotFoundError):
            return None
        return snapshot

    def last_seen_at(self, snapshot: Snapshot) -> datetime:
        """When the source last gave this body, UTC."""
        return _last_seen(snapshot, self._observed(snapshot.source))

    def _observed(self, source: str) -> list[tuple[str, datetime]]:
        """Which snapshot was seen when, in the order in which it was written down.

        A line of a night that died is left out: not counting it makes a snapshot older, never younger.
        """
        path = self._observations(source)
        lines = path.read_bytes().splitlines() if path.exists() else []
        observed = []
        for line in lines:
            try:
                seen = json.loads(line)
                moment = datetime.fromisoformat(seen["observed_at"])
                observed.append((str(seen["snapshot_id"]), moment))
            except (ValueError, KeyError, TypeError):
                continue
        return observed

    def observe(self, snapshot: Snapshot, observed_at: datetime) -> None:
        """Note that the source still gives this body."""
        line = json.dumps(
            {"observed_at": observed_at.isoformat(), "snapshot_id": snapshot.snapshot_id}
        )
        with self._observations(snapshot.source).open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _observations(self, source: str) -> Path:
        return self._raw / source / "observations.jsonl"

    def _folder(self, source: str, snapshot_id: str) -> Path:
        return self._raw / source / snapshot_id


def _last_seen(snapshot: Snapshot, observed: list[tuple[str, datetime]]) -> datetime:
    seen = [moment for snapshot_id, moment in observed if snapshot_id == snapshot.snapshot_id]
    return max([snapshot.fetched_at, *seen])


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
