"""A person publishes a held release: every check is named, and what was decided is recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from releases import FIRST, HELD_BY, SECOND, THIRD, index, make

from oso_pipeline.errors import UsageError
from oso_pipeline.release.accept import accept_held
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import read_index
from oso_pipeline.release.log import Conclusion, read_log, record
from oso_pipeline.release.mend import mend
from oso_pipeline.release.publish import place_release, replace_index

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
WHY = "DUO confirmed it by telephone."


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    held = DataFolder(tmp_path / "data")
    make(held, FIRST)
    make(held, SECOND, "held", previous=FIRST)
    return held


def accept(
    folder: DataFolder, release_id: str = SECOND, *checks: str, reason: str = WHY, by: str = "desk"
) -> Conclusion | None:
    return accept_held(folder, release_id, checks or HELD_BY, reason=reason, by=by, at=AT)


def test_an_accepted_release_is_latest_and_says_who_accepted_what_when_and_why(
    folder: DataFolder,
) -> None:
    before = index(SECOND, "held", FIRST)
    concluded = accept(folder)
    assert concluded is not None
    assert folder.latest_release_id() == SECOND
    after = read_index(folder.latest)
    assert after["verdict"] == "published"
    assert after["accepted"] == [
        {"check": check, "reason": WHY, "by": "desk", "at": "2026-11-23T09:30:00+00:00"}
        for check in sorted(HELD_BY)
    ]
    assert {**after, "verdict": "held", "accepted": []} == before
    last = read_log(folder)[-1]
    assert last == concluded
    assert last.reason == f"Accepted by desk: {', '.join(sorted(HELD_BY))}. {WHY}"
    assert mend(folder) == []


def test_accepting_again_changes_nothing(folder: DataFolder) -> None:
    accept(folder)
    lines = len(read_log(folder))
    assert accept(folder) is None
    assert len(read_log(folder)) == lines


@pytest.mark.parametrize(
    ("checks", "reason", "said"),
    [
        (HELD_BY[:1], WHY, "not accepted: connected_Noord-Holland. Name each with --accept"),
        ((*HELD_BY, "branches_vo"), WHY, "branches_vo: not what holds release"),
        ((*HELD_BY, "each_row_accounted_for"), WHY, "each_row_accounted_for: not what holds release"),
        (HELD_BY, "  ", "give --reason TEXT"),
    ],
)  # fmt: skip
def test_what_is_not_accepted_whole_stays_held(
    checks: tuple[str, ...], reason: str, said: str, folder: DataFolder
) -> None:
    with pytest.raises(UsageError, match=said):
        accept(folder, SECOND, *checks, reason=reason)
    assert folder.latest_release_id() == FIRST
    assert read_index(folder.release(SECOND)) == index(SECOND, "held", FIRST)


def test_an_acceptance_without_a_name_is_refused(folder: DataFolder) -> None:
    with pytest.raises(UsageError, match="by whom"):
        accept(folder, SECOND, *HELD_BY, by="  ")


def test_a_held_release_that_another_one_overtook_stays_to_be_looked_at_and_is_not_published(
    folder: DataFolder,
) -> None:
    make(folder, THIRD, previous=FIRST)
    with pytest.raises(UsageError, match="what was published since would be lost"):
        accept(folder)
    assert folder.latest_release_id() == THIRD
    assert read_index(folder.release(SECOND))["verdict"] == "held"


def test_a_held_release_that_an_unchanged_night_left_behind_is_not_published(
    folder: DataFolder,
) -> None:
    record(folder, Conclusion(THIRD, "unchanged", "2026-11-22", "2026-11-22T05:00:03+00:00", "later", "", 0))  # fmt: skip
    with pytest.raises(
        UsageError, match="left behind: the night that ended at 2026-11-22 05:00 UTC"
    ):
        accept(folder)
    assert folder.latest_release_id() == FIRST


def test_of_two_held_releases_the_older_one_can_no_longer_be_published_after_the_newer_one(
    folder: DataFolder,
) -> None:
    make(folder, THIRD, "held", previous=FIRST)
    accept(folder, THIRD)
    with pytest.raises(UsageError, match=f"latest is {THIRD}"):
        accept(folder)


def test_a_release_that_failed_is_never_published(folder: DataFolder) -> None:
    place_release(folder, index(THIRD, "failed", FIRST))
    with pytest.raises(UsageError, match="each_row_accounted_for: po, allowed: all"):
        accept(folder, THIRD)


@pytest.mark.parametrize("release_id", ["20990101T000000Z-00000000", f"../{SECOND}"])
def test_a_release_that_is_not_there_is_refused(release_id: str, folder: DataFolder) -> None:
    with pytest.raises(UsageError, match="`oso releases` lists them"):
        accept(folder, release_id)


def test_a_held_first_release_can_be_published(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "first")
    make(folder, FIRST, "held")
    accept(folder, FIRST)
    assert folder.latest_release_id() == FIRST


@pytest.mark.parametrize("there", [True, False], ids=["changed", "gone"])
def test_a_held_release_that_somebody_touched_is_not_published(
    there: bool, folder: DataFolder
) -> None:
    place = folder.release(SECOND)
    if there:
        (place / "oso.duckdb").write_text("not as it was made")
    files = [{"path": "oso.duckdb", "sha256": "0" * 64, "bytes": 1, "content_hash": "0" * 64}]
    replace_index(folder, index(SECOND, "held", FIRST, files=files))
    with pytest.raises(UsageError, match=r"is not as it was made: oso\.duckdb"):
        accept(folder)
    assert folder.latest_release_id() == FIRST
