"""What the next run makes of what was left: half-built, not finished, not logged, moved or copied."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest
from releases import FIRST, SECOND, THIRD, index, make

from oso_pipeline.errors import PipelineError
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import read_log
from oso_pipeline.release.mend import mend
from oso_pipeline.release.publish import place_release, point_latest, replace_index


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def place_only(
    folder: DataFolder, release_id: str, verdict: str = "published", previous: str | None = None
) -> None:
    """A release in its place, of a run that died before `latest` moved."""
    latest = folder.latest.readlink() if folder.latest.is_symlink() else None
    place_release(folder, index(release_id, verdict, previous))
    if verdict == "published":
        folder.latest.unlink()
        if latest:
            folder.latest.symlink_to(latest)


def test_mending_what_is_whole_does_nothing(folder: DataFolder) -> None:
    make(folder, FIRST)
    make(folder, SECOND, previous=FIRST)
    make(folder, THIRD, "held", previous=SECOND)
    assert mend(folder) == []


def test_a_half_built_release_is_removed(folder: DataFolder) -> None:
    make(folder, FIRST)
    folder.building(SECOND).mkdir()
    assert mend(folder) == [f"removed the half-built .building-{SECOND}"]
    assert not folder.building(SECOND).exists()


def test_what_belongs_to_another_user_is_not_said_to_be_removed(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is forbidden to the superuser, as whom the tests may run: the refusal is made here."""

    def refuse(_: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    make(folder, FIRST)
    folder.building(SECOND).mkdir()
    monkeypatch.setattr(shutil, "rmtree", refuse)
    [said] = mend(folder)
    assert said.startswith("could not remove the half-built ")
    assert "Permission denied. Remove it as the user that it belongs to" in said


def test_a_release_that_was_about_to_become_latest_does_so_now(folder: DataFolder) -> None:
    make(folder, FIRST)
    place_only(folder, SECOND, previous=FIRST)
    assert folder.latest_release_id() == FIRST
    assert mend(folder) == [f"finished the publication of {SECOND}"]
    assert folder.latest_release_id() == SECOND
    assert [(line.release_id, line.verdict) for line in read_log(folder)][-1] == (SECOND, "published")  # fmt: skip
    assert mend(folder) == []


def test_the_first_release_too_is_finished(folder: DataFolder) -> None:
    place_only(folder, FIRST)
    assert mend(folder) == [f"finished the publication of {FIRST}"]
    assert folder.latest_release_id() == FIRST


def test_a_decision_of_a_person_that_was_not_carried_out_is_carried_out_now(
    folder: DataFolder,
) -> None:
    make(folder, FIRST)
    make(folder, SECOND, "held", previous=FIRST)
    accepted = [{"check": "branches_po", "reason": "Seen.", "by": "desk", "at": "2026-11-23T09:00:00+00:00"}]  # fmt: skip
    replace_index(folder, index(SECOND, "published", FIRST, accepted=accepted))
    assert mend(folder) == [f"finished the publication of {SECOND}"]
    assert folder.latest_release_id() == SECOND


@pytest.mark.parametrize("verdict", ["published", "held", "failed"])
def test_a_release_that_the_log_misses_is_logged_once(verdict: str, folder: DataFolder) -> None:
    place_release(folder, index(FIRST, verdict))
    assert mend(folder) == [f"logged {FIRST} ({verdict})"]
    assert mend(folder) == []
    assert [(line.release_id, line.verdict) for line in read_log(folder)] == [(FIRST, verdict)]


def test_a_log_that_is_lost_is_written_again_and_no_release_goes(folder: DataFolder) -> None:
    make(folder, FIRST)
    make(folder, SECOND, previous=FIRST)
    make(folder, THIRD, "held", previous=SECOND)
    folder.log.unlink()
    mend(folder)
    assert folder.latest_release_id() == SECOND
    assert [(line.release_id, line.verdict) for line in read_log(folder)] == [
        (FIRST, "published"),
        (SECOND, "published"),
        (THIRD, "held"),
    ]


def test_without_a_log_and_without_latest_the_chain_of_releases_is_followed_to_its_end(
    folder: DataFolder,
) -> None:
    make(folder, FIRST)
    make(folder, SECOND, previous=FIRST)
    make(folder, THIRD, previous=SECOND)
    folder.log.unlink()
    folder.latest.unlink()
    mend(folder)
    assert folder.latest_release_id() == THIRD


def test_without_a_log_without_latest_and_after_pruning_the_newest_release_is_latest(
    folder: DataFolder,
) -> None:
    make(folder, FIRST)
    make(folder, SECOND, previous=FIRST)
    make(folder, THIRD, previous=SECOND)
    shutil.rmtree(folder.release(FIRST))
    folder.log.unlink()
    folder.latest.unlink()
    mend(folder)
    assert folder.latest_release_id() == THIRD


def test_a_release_whose_index_is_damaged_is_left_alone_and_named(folder: DataFolder) -> None:
    make(folder, FIRST)
    make(folder, SECOND, previous=FIRST)
    (folder.release(FIRST) / "index.json").write_text("")
    (done,) = mend(folder)
    assert done.startswith(f"left {FIRST} alone: ")
    assert folder.latest_release_id() == SECOND


@pytest.mark.parametrize("left", ["missing", "pointing nowhere"])
def test_latest_is_pointed_to_the_newest_published_release_that_is_there(
    left: str, folder: DataFolder
) -> None:
    make(folder, FIRST)
    make(folder, SECOND, previous=FIRST)
    make(folder, THIRD, "held", previous=SECOND)
    if left == "missing":
        folder.latest.unlink()
        expected = SECOND
    else:
        shutil.rmtree(folder.release(SECOND))
        expected = FIRST
    was = {"missing": "was missing", "pointing nowhere": "pointed nowhere"}[left]
    assert mend(folder) == [f"pointed latest, which {was}, to {expected}"]
    assert folder.latest_release_id() == expected


def test_a_latest_that_points_nowhere_goes_when_no_release_is_left(folder: DataFolder) -> None:
    folder.marts.mkdir(parents=True)
    folder.latest.symlink_to("releases/gone")
    assert mend(folder) == [
        "removed latest, which pointed nowhere; the log knows no published release that is there"
    ]
    assert folder.latest_release_id() is None


def test_a_backup_that_followed_links_becomes_a_link_again(folder: DataFolder) -> None:
    make(folder, FIRST)
    folder.latest.unlink()
    shutil.copytree(folder.release(FIRST), folder.latest)
    assert mend(folder) == [
        f"pointed latest, which was a copy of a release and no link, to {FIRST}"
    ]
    assert folder.latest.is_symlink()


def test_a_latest_that_is_somebody_elses_is_left_alone(folder: DataFolder) -> None:
    make(folder, FIRST)
    folder.latest.unlink()
    folder.latest.mkdir()
    (folder.latest / "mine.txt").write_text("mine")
    with pytest.raises(PipelineError, match="Move it aside"):
        mend(folder)
    assert (folder.latest / "mine.txt").is_file()


def test_an_operator_who_pointed_latest_back_is_obeyed(folder: DataFolder) -> None:
    make(folder, FIRST)
    make(folder, SECOND, previous=FIRST)
    point_latest(folder, FIRST)
    assert mend(folder) == []
    assert folder.latest_release_id() == FIRST


def test_a_folder_without_an_index_is_left_alone_and_named(folder: DataFolder) -> None:
    make(folder, FIRST)
    folder.release(SECOND).mkdir()
    assert mend(folder) == [
        f"left {SECOND} alone: it has no index.json, so no run of ours put it there"
    ]
