"""A delivery starts one night once it is complete; one that is half-written is left alone."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dagster import DagsterRunStatus
from ticks import Ticks, a_night_that_is

from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.intake.delivery_state import look_at_delivery
from oso_pipeline.settings import load_settings
from sensors.onboarding_delivered import decide, onboarding_delivered
from sensors.one_night import Cursor

NAMES = [table.name for table in ONBOARDING]


def deliver(folder: Path, names: list[str] = NAMES) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / f"{name}.csv").write_text("a,b\n")
    return folder


def later(seconds: float = 61) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def look(
    ticks: Ticks, where: Path, now: datetime | None = None, taken_at: datetime | None = None
) -> str:
    cursor = Cursor.read(ticks.cursor)
    ticks.note(decide(ticks.context(), where, cursor, taken_at=taken_at, now=now or later()))
    return ticks.said


def test_a_delivery_that_stays_the_same_over_two_looks_starts_one_night(
    ticks: Ticks, tmp_path: Path
) -> None:
    folder = deliver(tmp_path / "in")
    assert "changed since the last look" in look(ticks, folder)
    assert look(ticks, folder) == ""
    assert len(ticks.run_keys) == 1
    for _ in range(5):
        assert "that a night was asked for" in look(ticks, folder)
    assert len(ticks.run_keys) == 1


def test_each_change_of_a_delivery_starts_one_night(ticks: Ticks, tmp_path: Path) -> None:
    folder = deliver(tmp_path / "in")
    for number in range(3):
        (folder / "accounts.csv").write_text(f"a,b\n{number},\n")
        for _ in range(4):
            look(ticks, folder)
        assert len(ticks.run_keys) == number + 1


def test_a_delivery_that_changed_a_moment_ago_is_left_alone(ticks: Ticks, tmp_path: Path) -> None:
    folder = deliver(tmp_path / "in")
    look(ticks, folder, later(0))
    assert "it changed less than 60 s ago" in look(ticks, folder, later(0))
    assert ticks.run_keys == []


def test_a_delivery_that_goes_on_changing_is_left_alone(ticks: Ticks, tmp_path: Path) -> None:
    folder = deliver(tmp_path / "in")
    for number in range(4):
        with (folder / "delivery_points.csv").open("a") as file:
            file.write(f"{number},\n")
        assert "changed since the last look" in look(ticks, folder)
    assert ticks.run_keys == []


def test_a_delivery_that_lacks_a_table_is_left_alone_and_the_tick_says_which(
    ticks: Ticks, tmp_path: Path
) -> None:
    folder = deliver(tmp_path / "in", NAMES[:-2])
    for _ in range(3):
        assert f"table {', '.join(sorted(NAMES[-2:]))} is not there" in look(ticks, folder)
    deliver(folder)
    look(ticks, folder)
    look(ticks, folder)
    assert len(ticks.run_keys) == 1


@pytest.mark.parametrize("name", ["accounts.csv.part", "accounts.filepart", "x.TMP"])
def test_a_file_that_is_still_being_sent_holds_the_delivery(
    ticks: Ticks, tmp_path: Path, name: str
) -> None:
    folder = deliver(tmp_path / "in")
    (folder / name).touch()
    look(ticks, folder)
    assert f"{name} is still being sent" in look(ticks, folder)
    (folder / name).unlink()
    look(ticks, folder)
    assert len(ticks.run_keys) == 1


def test_a_marker_put_beside_it_afterwards_says_that_it_is_done(
    ticks: Ticks, tmp_path: Path
) -> None:
    folder = deliver(tmp_path / "in")
    (folder / ".done").touch()
    assert look(ticks, folder, later(0)) == ""
    assert len(ticks.run_keys) == 1


def test_a_marker_of_the_delivery_before_says_nothing_of_this_one(
    ticks: Ticks, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / ".done").touch()
    wait_for_another_time(folder / ".done")
    deliver(folder)
    look(ticks, folder, later(0))
    assert "less than 60 s ago" in look(ticks, folder, later(0))


def test_a_marker_does_not_make_up_for_a_missing_table(ticks: Ticks, tmp_path: Path) -> None:
    folder = deliver(tmp_path / "in", NAMES[1:])
    (folder / "delivery.done").touch()
    assert f"table {NAMES[0]} is not there" in look(ticks, folder)


def wait_for_another_time(path: Path) -> None:
    """File systems count time in steps of some milliseconds."""
    probe = path.with_name("probe")
    while True:
        probe.touch()
        if probe.stat().st_ctime_ns > path.stat().st_ctime_ns:
            probe.unlink()
            return


def test_a_workbook_that_is_cut_off_is_left_alone(ticks: Ticks, tmp_path: Path) -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("xl/workbook.xml", "x" * 5000)
    book = tmp_path / "export.xlsx"
    book.write_bytes(body.getvalue()[:4000])
    for where in (book, tmp_path):
        look(ticks, where)
        assert "export.xlsx is not whole" in look(ticks, where)
    book.write_bytes(body.getvalue())
    look(ticks, book)
    assert look(ticks, book) == ""
    assert len(ticks.run_keys) == 1


def test_a_delivery_that_keeps_the_time_of_its_original_is_new_all_the_same(
    ticks: Ticks, tmp_path: Path
) -> None:
    folder = deliver(tmp_path / "in")
    night = datetime.now(UTC) - timedelta(hours=5)
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    look(ticks, folder, taken_at=night)
    look(ticks, folder, taken_at=night)
    assert len(ticks.run_keys) == 1


def test_a_delivery_that_a_night_took_in_already_starts_none(ticks: Ticks, tmp_path: Path) -> None:
    folder = deliver(tmp_path / "in")
    assert "took it in already" in look(ticks, folder, taken_at=later(1))
    assert "that a night was asked for" in look(ticks, folder, taken_at=later(1))
    assert ticks.run_keys == []


def test_a_delivery_whose_night_failed_is_not_tried_again_until_it_changes(
    ticks: Ticks, tmp_path: Path
) -> None:
    folder = deliver(tmp_path / "in")
    for _ in range(6):
        look(ticks, folder)  # nothing is ever taken in
    assert len(ticks.run_keys) == 1


@pytest.mark.parametrize("status", [DagsterRunStatus.QUEUED, DagsterRunStatus.STARTED])
def test_no_night_is_asked_for_while_one_is_queued_or_on(
    ticks: Ticks, tmp_path: Path, status: DagsterRunStatus
) -> None:
    folder = deliver(tmp_path / "in")
    look(ticks, folder)
    with a_night_that_is(ticks.instance, status):
        assert "a night is on" in look(ticks, folder)
        assert ticks.run_keys == []
    assert look(ticks, folder) == ""
    assert len(ticks.run_keys) == 1


def test_a_night_that_ended_is_in_nobodys_way(ticks: Ticks, tmp_path: Path) -> None:
    folder = deliver(tmp_path / "in")
    look(ticks, folder)
    with a_night_that_is(ticks.instance, DagsterRunStatus.FAILURE):
        look(ticks, folder)
    assert len(ticks.run_keys) == 1


def test_no_delivery_starts_nothing(ticks: Ticks, tmp_path: Path) -> None:
    assert "there is no in" in look(ticks, tmp_path / "in")
    (tmp_path / "in").mkdir()
    assert look(ticks, tmp_path / "in") == "there is no delivery"
    assert look_at_delivery(tmp_path / "in").mark == ""


def test_a_database_has_no_file_to_watch_and_the_tick_says_so(ticks: Ticks, tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, onboarding="postgresql://127.0.0.1/oso")
    ticks.of(onboarding_delivered(lambda: settings))
    assert "come from a database" in ticks.said
    assert ticks.run_keys == []


def test_the_sensor_itself_looks_at_the_folder_of_the_settings(
    ticks: Ticks, tmp_path: Path
) -> None:
    folder = deliver(tmp_path / "in")
    settings = load_settings(data_dir=tmp_path / "data", onboarding=f"dir:{folder}")
    ticks.of(onboarding_delivered(lambda: settings))
    assert "changed since the last look" in ticks.said
    (folder / ".done").touch()
    ticks.of(onboarding_delivered(lambda: settings))
    assert len(ticks.run_keys) == 1
