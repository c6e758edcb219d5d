"""snapshots.py: a body is kept once, whole, for ever."""

from __future__ import annotations

import os
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from oso_pipeline.intake.snapshots import Snapshot, SnapshotStore


def keep(store: SnapshotStore, body: bytes, at: datetime, **more: object) -> Snapshot:
    landing = store.landing("po")
    (landing / "body").write_bytes(body)
    return store.keep(landing, "po", fetched_at=at, url="u", licence="CC0", **more)  # ty: ignore


def folders(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "raw" / "po").iterdir() if path.is_dir())


def test_what_is_kept_is_found_again_as_it_came(store: SnapshotStore, at: datetime) -> None:
    kept = keep(store, b"\xff\x00body", at, headers={"etag": "x"}, notes={"misfits": [[3, 4]]})
    assert store.get("po", kept.snapshot_id) == kept
    assert store.body(kept) == b"\xff\x00body"
    assert kept.snapshot_id == f"20261123T020000Z-{kept.sha256[:12]}"


def test_the_same_body_is_not_stored_twice_but_seen_again(
    store: SnapshotStore, at: datetime, tmp_path: Path
) -> None:
    first = keep(store, b"same", at)
    again = keep(store, b"same", at + timedelta(days=7))
    assert again == first
    assert folders(tmp_path) == [first.snapshot_id]
    assert store.last_seen_at(first) == at + timedelta(days=7)


def test_a_body_that_comes_back_later_is_kept_as_a_new_snapshot(
    store: SnapshotStore, at: datetime
) -> None:
    keep(store, b"one", at)
    keep(store, b"two", at + timedelta(days=1))
    third = keep(store, b"one", at + timedelta(days=2))
    assert store.newest("po") == third


def test_of_several_that_are_whole_the_one_seen_last_stands_in(
    store: SnapshotStore, at: datetime
) -> None:
    whole = [keep(store, body, at + timedelta(days=day)) for day, body in enumerate((b"1", b"2"))]
    damaged = keep(store, b"3", at + timedelta(days=2))
    (store.folder_of(damaged) / "body").write_bytes(b"?")
    assert store.newest_that_is_whole("po") == whole[-1]


def test_the_same_body_with_other_notes_is_another_snapshot(
    store: SnapshotStore, at: datetime
) -> None:
    keep(store, b"same", at, notes={"misfits": []})
    again = keep(store, b"same", at + timedelta(seconds=1), notes={"misfits": [[2, 1]]})
    assert store.newest("po") == again
    assert again.notes == {"misfits": [[2, 1]]}


def test_a_snapshot_is_never_overwritten(store: SnapshotStore, at: datetime) -> None:
    first = keep(store, b"same", at, notes={"first": True})
    keep(store, b"same", at, notes={"first": False})
    assert store.get("po", first.snapshot_id) == first


def test_ids_sort_by_time(store: SnapshotStore, at: datetime) -> None:
    kept = [keep(store, f"{n}".encode(), at + timedelta(minutes=n)) for n in range(120)]
    ids = [snapshot.snapshot_id for snapshot in kept]
    assert ids == sorted(ids)
    assert store.newest("po") == kept[-1]


def test_a_landing_that_died_is_ignored(store: SnapshotStore, at: datetime, tmp_path: Path) -> None:
    died = tmp_path / "raw" / "po" / ".landing-1"
    died.mkdir(parents=True)
    (died / "body").write_bytes(b"half")
    assert store.newest("po") is None
    kept = keep(store, b"whole", at)
    assert store.newest("po") == kept


def test_a_landing_begins_empty(store: SnapshotStore) -> None:
    (store.landing("po") / "body").write_bytes(b"of a try before")
    assert list(store.landing("po").iterdir()) == []


def test_nothing_is_left_of_the_landing(store: SnapshotStore, at: datetime, tmp_path: Path) -> None:
    keep(store, b"same", at)
    keep(store, b"same", at)
    assert not [name for name in folders(tmp_path) if name.startswith(".")]


def test_a_line_of_observations_that_died_half_written_is_no_observation(
    store: SnapshotStore, at: datetime, tmp_path: Path
) -> None:
    kept = keep(store, b"same", at)
    with (tmp_path / "raw" / "po" / "observations.jsonl").open("a") as file:
        file.write('{"observed_at": "2099-01-')
    assert store.last_seen_at(kept) == at


def test_a_snapshot_that_is_not_there_is_an_error(store: SnapshotStore) -> None:
    with pytest.raises(FileNotFoundError):
        store.get("po", "20200101T000000Z-000000000000")


@pytest.mark.parametrize(
    ("source", "mode"), [("onboarding", 0o700), ("overrides", 0o700), ("po", 0o755)]
)
def test_only_the_user_who_runs_the_nights_looks_into_what_is_not_public(
    tmp_path: Path, source: str, mode: int
) -> None:
    before = os.umask(0o022)
    try:
        SnapshotStore(tmp_path).landing(source)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / source).stat().st_mode) == mode
