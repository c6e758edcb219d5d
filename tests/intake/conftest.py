"""What the tests of this room share."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from oso_pipeline.intake.snapshots import SnapshotStore


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "raw")
