"""What an import would change in `overrides.csv`, and the file written again in one rename."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path

from oso_pipeline.contracts.overrides import OVERRIDES
from oso_pipeline.errors import UsageError
from oso_pipeline.intake.delimited import SOURCE_ROW, read_delimited
from oso_pipeline.intake.overrides import SOURCE
from oso_pipeline.intake.snapshots import sync
from oso_pipeline.overrides.filled import Decision
from oso_pipeline.overrides.layout import NO_DECISIONS


@dataclass(frozen=True)
class DecisionsFile:
    """The decisions as they stand in the file.

    Attributes:
        decisions: every row as written, in order.
        rows: where each stands, as a person counts: the header is row 1.
        body: the bytes of the file; empty when there is none.
    """

    decisions: list[Decision]
    rows: list[int]
    body: bytes

    @property
    def stamp(self) -> str:
        """Which decisions these are, as the workbook carries it."""
        return hashlib.sha256(self.body).hexdigest()[:16] if self.body else NO_DECISIONS


def read_decisions_file(path: Path) -> DecisionsFile:
    """The file as it stands.

    Raises:
        UsageError: it holds what a workbook could not give back: a row of another length, or a column that is not known.
        SourceUnreadable: it is no table.
    """
    if not path.is_file():
        return DecisionsFile([], [], b"")
    body = path.read_bytes()
    read = read_delimited(body, what=f"{SOURCE} ({path.name})", encodings=("utf-8",))
    unknown = [name for name in read.header if name not in OVERRIDES.names]
    rows = [str(row) for row in read.misfits[SOURCE_ROW].to_list()]
    if unknown or rows:
        found = (
            f"column {', '.join(unknown)}"
            if unknown
            else f"row {', '.join(rows)} of another length"
        )
        raise UsageError(
            f"{path}: found {found}, which would be lost. Expected the columns {','.join(OVERRIDES.names)} and"
            " as many fields in every row. Correct the file first."
        )
    decisions = [
        {name: row.get(name) for name in OVERRIDES.names} for row in read.rows.iter_rows(named=True)
    ]
    return DecisionsFile(decisions, read.rows[SOURCE_ROW].to_list(), body)


@dataclass(frozen=True)
class Change:
    """What an import would change.

    Attributes:
        after: all decisions as the file would hold them.
        added: decisions that are new.
        changed: decisions before and after.
        removed: decisions that go.
    """

    after: list[Decision]
    added: list[Decision]
    changed: list[tuple[Decision, Decision]]
    removed: list[Decision]

    @property
    def is_none(self) -> bool:
        """Whether everything stays as it is."""
        return not (self.added or self.changed or self.removed)


def change_between(before: list[Decision], wanted: list[Decision]) -> Change:
    """What makes `before` into `wanted`; decisions keep their order, and new ones come last.

    One decision is the same as another when decision and subject are; an expired one may stand beside one that counts, so
    those that are equal in everything are paired first.
    """
    left = [_normal(one) for one in wanted]
    stays = [_take(left, _normal(old), _whole) for old in before]
    after: list[Decision] = []
    changed: list[tuple[Decision, Decision]] = []
    removed: list[Decision] = []
    for old, same in zip(before, stays, strict=True):
        new = same or _take(left, _normal(old), _key)
        if new is None:
            removed.append(old)
            continue
        after.append(new)
        if same is None:
            changed.append((old, new))
    return Change([*after, *left], left, changed, removed)


def _take(
    left: list[Decision], sought: Decision, by: Callable[[Decision], Hashable]
) -> Decision | None:
    """The first that is the same by what is asked, out of what is left."""
    place = next((place for place, one in enumerate(left) if by(one) == by(sought)), None)
    return None if place is None else left.pop(place)


def _normal(one: Decision) -> Decision:
    """A decision as the night reads it: its words in lower case, its codes in capitals, no blanks."""
    text = {name: (one.get(name) or "").strip() or None for name in OVERRIDES.names}
    text["decision"] = (text["decision"] or "").lower() or None
    text["subject"] = (text["subject"] or "").upper() or None
    if text["decision"] == "same_as":
        text["value"] = (text["value"] or "").upper() or None
    return text


def _key(one: Decision) -> Hashable:
    return one["decision"], one["subject"]


def _whole(one: Decision) -> Hashable:
    return tuple(one.values())


def as_csv(decisions: list[Decision]) -> bytes:
    """The file that holds these decisions."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, OVERRIDES.names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(decisions)
    return text.getvalue().encode()


def write_decisions(path: Path, body: bytes, expected: bytes) -> None:
    """Put the file in its place: whole, or not at all. The lock on the data folder is held by the caller.

    Args:
        path: of the file; of what it points to, where it is a link.
        body: what it is to hold.
        expected: what it holds now; another import may have come between.

    Raises:
        UsageError: it holds something else by now.
    """
    place = path.resolve()
    found = place.read_bytes() if place.is_file() else b""
    if found != expected:
        raise UsageError(f"{path} was changed meanwhile. Nothing is changed now; import again.")
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        if place.is_file():
            shutil.copymode(place, beside)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
    sync(place.parent)
