"""The end of a night, and what the next run makes of one that died."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from oso_pipeline.errors import DataFolderBusy, PipelineError
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.publish import (
    Conclusion,
    mend,
    place_release,
    read_log,
    record,
    record_failure,
)

FIRST, SECOND = "20261122T060000Z-aaaaaaaa", "20261123T060000Z-bbbbbbbb"


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def index(release_id: str, verdict: str = "published") -> dict[str, Any]:
    return {"release_id": release_id, "verdict": verdict, "as_of": release_id[:8]}


def conclusion(release_id: str, verdict: str = "published") -> Conclusion:
    return Conclusion(release_id, verdict, "2026-11-22", "", f"run-{release_id}", "", 0)  # ty: ignore[invalid-argument-type]


def publish(folder: DataFolder, release_id: str) -> None:
    place_release(folder, index(release_id))
    record(folder, conclusion(release_id))


def test_a_published_release_is_latest(folder: DataFolder) -> None:
    publish(folder, FIRST)
    publish(folder, SECOND)
    assert folder.latest_release_id() == SECOND
    assert str(folder.latest.readlink()) == f"releases/{SECOND}"


@pytest.mark.parametrize("verdict", ["held", "failed"])
def test_a_release_that_is_not_published_leaves_latest_alone(
    verdict: str, folder: DataFolder
) -> None:
    publish(folder, FIRST)
    place_release(folder, index(SECOND, verdict))
    assert folder.latest_release_id() == FIRST
    assert (folder.release(SECOND) / "index.json").is_file()


def test_there_is_no_latest_before_anything_is_published(folder: DataFolder) -> None:
    assert folder.latest_release_id() is None


def test_a_latest_that_points_nowhere_is_named_with_what_to_do(folder: DataFolder) -> None:
    folder.marts.mkdir(parents=True)
    folder.latest.symlink_to("releases/gone")
    with pytest.raises(PipelineError, match="`oso run` points it"):
        folder.latest_release_id()


def test_a_latest_that_points_nowhere_is_pointed_to_the_newest_release_that_is_there(
    folder: DataFolder,
) -> None:
    publish(folder, FIRST)
    publish(folder, SECOND)
    shutil.rmtree(folder.release(SECOND))
    assert mend(folder) == [f"pointed latest, which pointed nowhere, to {FIRST}"]
    assert folder.latest_release_id() == FIRST


def test_a_latest_that_points_nowhere_goes_when_no_release_is_left(folder: DataFolder) -> None:
    folder.marts.mkdir(parents=True)
    folder.latest.symlink_to("releases/gone")
    assert mend(folder) == ["removed latest, which pointed nowhere; no published release is left"]
    assert folder.latest_release_id() is None


def test_a_half_built_release_is_removed(folder: DataFolder) -> None:
    publish(folder, FIRST)
    folder.building(SECOND).mkdir()
    assert mend(folder) == [f"removed the half-built .building-{SECOND}"]
    assert not folder.building(SECOND).exists()


def test_a_release_that_never_became_latest_is_removed(folder: DataFolder) -> None:
    publish(folder, FIRST)
    folder.release(SECOND).mkdir()
    (folder.release(SECOND) / "index.json").write_text(json.dumps(index(SECOND)))
    assert mend(folder) == [f"removed {SECOND}, which never became latest"]
    assert folder.latest_release_id() == FIRST
    assert not folder.release(SECOND).exists()


@pytest.mark.parametrize("verdict", ["published", "held"])
def test_a_release_that_the_log_misses_is_logged_once(verdict: str, folder: DataFolder) -> None:
    place_release(folder, index(FIRST, verdict))
    assert mend(folder) == [f"logged {FIRST} ({verdict})"]
    assert mend(folder) == []
    assert [(line.release_id, line.verdict) for line in read_log(folder)] == [(FIRST, verdict)]


def test_mending_what_is_whole_does_nothing(folder: DataFolder) -> None:
    publish(folder, FIRST)
    assert mend(folder) == []


def test_a_run_is_recorded_once(folder: DataFolder) -> None:
    record(folder, conclusion(FIRST))
    record(folder, conclusion(FIRST))
    assert len(read_log(folder)) == 1


def test_a_log_line_that_a_crash_cut_off_is_left_out(folder: DataFolder) -> None:
    record(folder, conclusion(FIRST))
    with folder.log.open("a") as file:
        file.write('{"release_id": "20261123T0')
    assert [line.release_id for line in read_log(folder)] == [FIRST]


def test_a_line_written_after_a_cut_off_one_is_read(folder: DataFolder) -> None:
    record(folder, conclusion(FIRST))
    with folder.log.open("a") as file:
        file.write('{"release_id": "20261123T0')
    record(folder, conclusion(SECOND))
    assert [line.release_id for line in read_log(folder)] == [FIRST, SECOND]


def test_a_night_that_failed_leaves_an_index_that_says_why(folder: DataFolder) -> None:
    publish(folder, FIRST)
    record_failure(
        folder,
        release_id=SECOND,
        run_id="r",
        at=datetime(2026, 11, 23, 6, tzinfo=UTC),
        reason="po: 404",
        exit_code=4,
    )
    written = json.loads((folder.release(SECOND) / "index.json").read_text())
    assert (written["verdict"], written["checks"][0]["reason"]) == ("failed", "po: 404")
    assert folder.latest_release_id() == FIRST
    assert read_log(folder)[-1].exit_code == 4


def test_the_folder_is_held_by_one_process_at_a_time(folder: DataFolder) -> None:
    context = multiprocessing.get_context("spawn")
    with folder.hold(), context.Pool(1) as pool:
        assert pool.apply(_tries_to_hold, (folder.root,)) == "DataFolderBusy"
    with context.Pool(1) as pool:
        assert pool.apply(_tries_to_hold, (folder.root,)) == "held"


def test_the_folder_can_be_held_again_by_who_holds_it(folder: DataFolder) -> None:
    with folder.hold(), DataFolder(folder.root).hold():
        pass


def _tries_to_hold(root: Path) -> str:
    try:
        with DataFolder(root).hold():
            return "held"
    except DataFolderBusy as busy:
        return type(busy).__name__
