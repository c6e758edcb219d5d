"""The inputs of a night: which snapshots, which decisions, which last release, which day, which version.

Everything that is computed is a function of these; the fingerprint of all of them is stamped on every frame.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime

import polars as pl

from oso_pipeline import __version__


@dataclass(frozen=True)
class Night:
    """The inputs of a night.

    Attributes:
        release_id: `<UTC time>-<first 8 characters of the fingerprint>`.
        as_of: the day D.
        started_at: when the night began, UTC.
        snapshots: source -> snapshot id, the decisions among them.
        previous_release_id: the last published release; None for the first.
        version: of the pipeline.
        demo: whether the data is made up.
    """

    release_id: str
    as_of: date
    started_at: datetime
    snapshots: dict[str, str]
    previous_release_id: str | None
    version: str
    demo: bool

    @property
    def inputs_hash(self) -> str:
        """Of what must be the same for an unchanged night: snapshots, decisions, version, and whether they are made up."""
        return _inputs_hash(self.snapshots, self.version, demo=self.demo)

    @property
    def fingerprint(self) -> str:
        """Of all that the frames of this night are made of."""
        return _fingerprint(self.inputs_hash, self.previous_release_id, self.as_of, self.release_id)

    def to_frame(self) -> pl.DataFrame:
        """One row of `night`, as JSON."""
        record = asdict(self) | {
            "as_of": self.as_of.isoformat(),
            "started_at": self.started_at.isoformat(),
        }
        return pl.DataFrame({"night": [json.dumps(record, sort_keys=True)]})

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> Night:
        """The inputs out of the frame that `to_frame` gave."""
        record = json.loads(frame["night"].item())
        return cls(
            **record
            | {
                "as_of": date.fromisoformat(record["as_of"]),
                "started_at": datetime.fromisoformat(record["started_at"]),
            }
        )


def begin_night(
    snapshots: pl.DataFrame,
    *,
    as_of: date,
    started_at: datetime,
    previous_release_id: str | None,
    demo: bool,
) -> Night:
    """The inputs of a night that begins now; `snapshots` has `source` and `snapshot_id`."""
    by_source = dict(snapshots.select("source", "snapshot_id").sort("source").rows())
    inputs = _inputs_hash(by_source, __version__, demo=demo)
    short = _fingerprint(inputs, previous_release_id, as_of, "")[:8]
    return Night(
        release_id=f"{started_at:%Y%m%dT%H%M%SZ}-{short}",
        as_of=as_of,
        started_at=started_at,
        snapshots=by_source,
        previous_release_id=previous_release_id,
        version=__version__,
        demo=demo,
    )


def _inputs_hash(snapshots: dict[str, str], version: str, *, demo: bool) -> str:
    return _hash([snapshots, version, demo])


def _fingerprint(inputs: str, previous: str | None, as_of: date, release_id: str) -> str:
    return _hash([inputs, previous, as_of.isoformat(), release_id])


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
