"""What a night takes in, as frames by name: the shape in which readings travel between assets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime

import polars as pl

from oso_pipeline.contracts.overrides import OVERRIDES
from oso_pipeline.intake import delivery, overrides
from oso_pipeline.intake.onboarding import read_onboarding
from oso_pipeline.intake.overrides import read_overrides
from oso_pipeline.intake.reading import unused
from oso_pipeline.intake.registry import SNAPSHOTS_SCHEMA, Taken
from oso_pipeline.intake.snapshots import Snapshot, SnapshotStore


def snapshot_rows(taken: Iterable[Taken]) -> pl.DataFrame:
    """The snapshots that a night reads, as SNAPSHOTS_SCHEMA."""
    return pl.DataFrame([asdict(one) for one in taken], schema=SNAPSHOTS_SCHEMA)


def snapshot_row(kept: Snapshot, seen_at: datetime) -> pl.DataFrame:
    """A snapshot that was kept, or seen again, at this moment (UTC), as SNAPSHOTS_SCHEMA."""
    return snapshot_rows([Taken.of(kept, seen_at=seen_at)])


def bodies_hash(snapshots: pl.DataFrame) -> str:
    """SHA-256 over the sources and the hashes of their bodies, in order."""
    bodies = snapshots.select("source", "sha256").sort("source").rows()
    return hashlib.sha256(repr(bodies).encode()).hexdigest()


def read_deliveries(
    snapshots: pl.DataFrame, store: SnapshotStore, day: date
) -> dict[str, pl.DataFrame]:
    """The onboarding tables and the decisions, by name, and what was not used of them.

    Returns:
        The six tables, `overrides`, and `ignored, quarantined, signals, read` of all of them.
    """
    delivered = snapshots.filter(pl.col("source").is_in((delivery.SOURCE, overrides.SOURCE)))
    kept = {
        source: store.get(source, snapshot_id)
        for source, snapshot_id in delivered.select("source", "snapshot_id").rows()
    }
    onboarding = kept[delivery.SOURCE]
    readings = read_onboarding(onboarding, store.body(onboarding))
    rows = {name: reading.rows for name, reading in readings.items()}
    decisions = kept.get(overrides.SOURCE)
    if decisions:
        reading = read_overrides(store.body(decisions), day=day, snapshot_id=decisions.snapshot_id)
        readings[overrides.SOURCE] = reading
        rows[overrides.SOURCE] = reading.rows
    else:
        rows[overrides.SOURCE] = OVERRIDES.empty().with_columns(
            pl.lit(None, dtype=pl.Int64).alias("source_row")
        )
    return rows | unused(readings.values())
