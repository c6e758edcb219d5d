"""The end of a night: the release in its place, `latest`, and the line in the log."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path

import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from releases import FIRST, SECOND, THIRD, conclusion, index, make
from world import branch, connected_school

from oso_pipeline.errors import (
    DataFolderBusy,
    ExitCode,
    FailureNotRecorded,
    FramesOfDifferentNights,
    PipelineError,
)
from oso_pipeline.release.conclude import _decisions_gone, conclude, record_failure
from oso_pipeline.release.failures import Failure, record_failed_run
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import _status_counts, read_index
from oso_pipeline.release.log import read_log, record
from oso_pipeline.release.night import Night
from oso_pipeline.release.publish import place_release, replace_index


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def test_a_published_release_is_latest(folder: DataFolder) -> None:
    make(folder, FIRST)
    make(folder, SECOND)
    assert folder.latest_release_id() == SECOND
    assert str(folder.latest.readlink()) == f"releases/{SECOND}"


@pytest.mark.parametrize("verdict", ["held", "failed"])
def test_a_release_that_is_not_published_leaves_latest_alone(
    verdict: str, folder: DataFolder
) -> None:
    make(folder, FIRST)
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


def test_an_index_is_replaced_whole(folder: DataFolder) -> None:
    make(folder, FIRST)
    changed = index(FIRST, version="9.9.9")
    replace_index(folder, changed)
    assert read_index(folder.release(FIRST)) == changed
    assert [path.name for path in folder.release(FIRST).iterdir()] == ["index.json"]


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


@pytest.mark.parametrize("line", ["not json", '{"release_id": "x"}'])
def test_a_log_that_cannot_be_read_is_named_with_what_to_do(line: str, folder: DataFolder) -> None:
    record(folder, conclusion(FIRST))
    with folder.log.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(PipelineError, match=r"\(line 2: [\s\S]*move\s+the file aside"):
        read_log(folder)


def test_an_index_counts_branches_and_schools_apart() -> None:
    night = connected_school(["00AA00", "00AA01", branch("00BB00", sector="vo")])
    counts = _status_counts(
        {name: night.table(name) for name in ("branch_status", "school_status")}
    )
    told = {
        (unit, sector): {status: number for status, number in numbers.items() if number}
        for unit, of_sectors in counts.items()
        for sector, numbers in of_sectors.items()
    }
    assert told == {
        ("branches", "po"): {"connected": 1, "qualified_not_covered": 1},
        ("branches", "vo"): {"in_progress": 1},
        ("schools", "po"): {"connected": 1},
        ("schools", "vo"): {"in_progress": 1},
    }


def test_a_night_that_failed_leaves_an_index_that_says_why(folder: DataFolder) -> None:
    make(folder, FIRST)
    record_failure(
        folder,
        release_id=SECOND,
        version="0.1.0",
        run_id="r",
        as_of=date(2026, 11, 23),
        at=datetime(2026, 11, 23, 6, tzinfo=UTC),
        reason="po: 404",
        exit_code=4,
    )
    written = json.loads((folder.release(SECOND) / "index.json").read_text())
    assert (written["verdict"], written["checks"][0]["reason"]) == ("failed", "po: 404")
    assert folder.latest_release_id() == FIRST
    assert read_log(folder)[-1].exit_code == 4


def test_why_a_night_failed_is_written_down_without_contacts(folder: DataFolder) -> None:
    record_failure(
        folder,
        release_id=FIRST,
        version="0.1.0",
        run_id="r",
        as_of=None,
        at=datetime(2026, 11, 23, 6, tzinfo=UTC),
        reason="accounts: column j.jansen@school.nl is missing.",
        exit_code=4,
    )
    index_of_it = (folder.release(FIRST) / "index.json").read_text()
    assert "column [" in index_of_it
    assert "jansen" not in index_of_it + folder.log.read_text()


def test_a_decisions_file_that_is_gone_is_told_and_one_that_is_there_is_not(
    folder: DataFolder,
) -> None:
    make(folder, FIRST, sources=[{"source": "overrides", "rows_read": 2}])
    night = Night(SECOND, date(2026, 11, 24), datetime(2026, 11, 24, tzinfo=UTC), {}, FIRST, "0.1.0", demo=False)  # fmt: skip
    assert _decisions_gone(folder, night).endswith(f"in release {FIRST} it had 2 rows.")
    assert _decisions_gone(folder, replace(night, snapshots={"overrides": "s1"})) == ""
    make(folder, SECOND, previous=FIRST)
    assert _decisions_gone(folder, replace(night, previous_release_id=SECOND)) == ""


def test_the_folder_is_held_by_one_process_at_a_time(folder: DataFolder) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as another:
        with folder.hold():
            assert another.submit(_tries_to_hold, folder.root).result() == "DataFolderBusy"
        assert another.submit(_tries_to_hold, folder.root).result() == "held"


def test_the_folder_can_be_held_again_by_who_holds_it(folder: DataFolder) -> None:
    with folder.hold(), DataFolder(folder.root).hold():
        pass


def _tries_to_hold(root: Path) -> str:
    try:
        with DataFolder(root).hold():
            return "held"
    except DataFolderBusy as busy:
        return type(busy).__name__


def test_a_run_that_failed_after_its_release_was_latest_is_no_failed_night(
    folder: DataFolder,
) -> None:
    place_release(folder, index(FIRST))  # and the line in the log could not be written
    failure = Failure("The disk of the data folder is full.", ExitCode.FAILED)
    record_failed_run(folder, failure, run_id=f"run-{FIRST}", at=datetime(2026, 11, 22, 6, tzinfo=UTC))  # fmt: skip
    assert [(line.run_id, line.verdict) for line in read_log(folder)] == [(f"run-{FIRST}", "published")]  # fmt: skip


def test_a_failed_night_that_cannot_be_written_down_says_both_and_is_told_of_all_the_same(
    folder: DataFolder, httpserver: HTTPServer
) -> None:
    folder.marts.mkdir(parents=True)
    folder.releases.write_text("not a folder")
    httpserver.expect_request("/").respond_with_data("ok")
    at, webhook = datetime(2026, 11, 22, 6, tzinfo=UTC), SecretStr(httpserver.url_for("/"))
    with pytest.raises(FailureNotRecorded, match="po: 404\nThe log of nights could not be written"):
        record_failed_run(folder, Failure("po: 404", ExitCode.SOURCE), run_id="r", at=at, webhook=webhook)  # fmt: skip
    [(request, _)] = httpserver.log
    assert (request.json["reason"], request.json["exit_code"]) == ("po: 404", 4)


def test_a_night_that_was_overtaken_is_not_published(folder: DataFolder) -> None:
    from world import connected_school

    make(folder, FIRST)
    make(folder, SECOND, previous=FIRST)
    night = Night(THIRD, date(2026, 11, 24), datetime(2026, 11, 24, tzinfo=UTC), {}, FIRST, "0.1.0", demo=False)  # fmt: skip
    empty = connected_school().branch_status.clear()
    with pytest.raises(FramesOfDifferentNights, match="Run the whole job"):
        conclude(folder, night, {}, empty, empty, next_change_on=None, run_id="r", at=night.started_at)  # fmt: skip
    assert folder.latest_release_id() == SECOND
