"""What the retention policy lets go, and what it never does."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from releases import make

from oso_pipeline.errors import PipelineError
from oso_pipeline.intake.snapshots import LICENCES, Snapshot, SnapshotStore
from oso_pipeline.release.bounds import load_bounds
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.prune import plan_to_prune, prune
from oso_pipeline.settings import PACKAGED_GATE

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)


class Place:
    """A data folder with nights of the past."""

    def __init__(self, root: Path) -> None:
        self.folder = DataFolder(root)
        self.store = SnapshotStore(self.folder.raw)
        self.last: str | None = None
        self.retention = load_bounds(PACKAGED_GATE).retention

    def night(self, days_ago: int, verdict: str = "published", *read: Snapshot) -> str:
        release_id = f"{NOW - timedelta(days=days_ago):%Y%m%dT%H%M%SZ}-{days_ago:08x}"
        inputs: Any = {
            "started_at": NOW.isoformat(),
            "snapshots": [{"source": s.source, "snapshot_id": s.snapshot_id} for s in read],
        }
        make(self.folder, release_id, verdict, self.last, inputs=inputs)
        if verdict == "published":
            self.last = release_id
        return release_id

    def snapshot(self, source: str, body: str, days_ago: int) -> Snapshot:
        landing = self.store.landing(source)
        (landing / "body").write_text(body)
        moment = NOW - timedelta(days=days_ago)
        return self.store.keep(landing, source, fetched_at=moment, url="u", licence=LICENCES["registry"])  # fmt: skip

    def leaving(self) -> dict[str, str]:
        plan = plan_to_prune(self.folder, self.store, self.retention, NOW)
        return {one.path.name: one.reason for one in plan}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "data")


def test_all_nights_of_the_last_weeks_stay(place: Place) -> None:
    for days_ago in (34, 20, 3):
        place.night(days_ago)
        place.night(days_ago - 1, "held")
        place.night(days_ago - 2, "failed")
    assert place.leaving() == {}


def test_a_night_of_the_last_weeks_goes_on_the_day_that_the_policy_names(place: Place) -> None:
    gone = place.night(35, "held")
    place.night(34, "held")
    place.night(1)
    assert place.leaving() == {gone: "held, 35 days old; kept are 35"}


def test_of_earlier_months_the_last_published_release_stays_with_the_one_it_was_made_from(
    place: Place,
) -> None:
    gone, base, last = place.night(88), place.night(87), place.night(86)  # 28, 29, 30 August
    held = place.night(85, "held")
    place.night(1)
    assert place.leaving() == {
        gone: "88 days old, and not the last of its month",
        held: "held, 85 days old; kept are 35",
    }
    assert base not in place.leaving()
    assert last not in place.leaving()


def test_a_release_that_latest_was_made_from_stays_however_old_it_is(place: Place) -> None:
    place.night(800)
    base, latest = place.night(700), place.night(600)
    leaving = place.leaving()
    assert base not in leaving
    assert latest not in leaving
    assert len(leaving) == 1


def test_a_held_release_that_can_still_be_published_stays(place: Place) -> None:
    place.night(90)
    place.night(50)
    waiting = place.night(36, "held")
    assert waiting not in place.leaving()
    place.night(20)
    assert waiting in place.leaving()


def test_a_snapshot_that_a_release_needs_stays_with_it(place: Place) -> None:
    needed = place.snapshot("po", "a", 86)
    unneeded = place.snapshot("po", "b", 80)
    place.snapshot("po", "c", 1)
    place.night(86, "published", needed)
    assert place.leaving() == {
        unneeded.snapshot_id: "no release that stays needs it, last seen 80 days ago"
    }


def test_what_a_release_was_made_from_is_kept_without_its_snapshots(place: Place) -> None:
    of_base, of_last = place.snapshot("po", "a", 87), place.snapshot("po", "b", 86)
    place.snapshot("po", "c", 1)
    base = place.night(87, "published", of_base)
    place.night(86, "published", of_last)
    assert base not in place.leaving()
    assert set(place.leaving()) == {of_base.snapshot_id}


def test_the_newest_snapshot_of_a_source_stays_to_stand_in(place: Place) -> None:
    place.snapshot("po", "a", 300)
    place.night(1)
    assert place.leaving() == {}


def test_a_snapshot_that_is_seen_every_night_is_not_old(place: Place) -> None:
    old = place.snapshot("onboarding", "a", 500)
    place.store.observe(old, NOW - timedelta(days=1))
    place.night(1, "published", old)
    assert place.leaving() == {}


@pytest.mark.parametrize("source", ["onboarding", "overrides"])
def test_what_is_not_public_goes_when_its_time_is_over_whoever_needs_it(
    source: str, place: Place
) -> None:
    old = place.snapshot(source, "a", 400)
    place.night(1, "published", old)
    assert place.leaving() == {
        old.snapshot_id: "not public, last seen 400 days ago; allowed are 400"
    }


def test_pruning_removes_what_was_planned_and_nothing_else(place: Place) -> None:
    gone, base, last = place.night(88), place.night(87), place.night(86)
    latest = place.night(1)
    prune(plan_to_prune(place.folder, place.store, place.retention, NOW))
    assert {p.name for p in place.folder.releases.iterdir() if p.is_dir()} == {base, last, latest}
    assert place.folder.latest_release_id() == latest
    assert place.leaving() == {}
    assert gone in place.folder.log.read_text()


def test_what_cannot_be_let_go_of_is_named_and_the_rest_goes(place: Place) -> None:
    gone, old = place.snapshot("po", "a", 99), place.snapshot("po", "b", 98)
    place.snapshot("po", "c", 1)
    plan = plan_to_prune(place.folder, place.store, place.retention, NOW)
    assert len(plan) == 2
    shutil.rmtree(place.store.folder_of(gone))
    with pytest.raises(PipelineError, match=f"{gone.snapshot_id} .No such file"):
        prune(plan)
    assert not place.store.folder_of(old).exists()
