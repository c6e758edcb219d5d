"""The table, and the one command that measures, prints and writes it."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.rows import Row, with_limit
from benchmarks.table import fixed_width, markdown
from benchmarks.worlds import DAY, World, write_worlds
from oso_pipeline.demo.country import write_country
from oso_pipeline.settings import PROJECT_ROOT

ROWS = {
    "night": [
        Row("first night", 7.454, 0.5, 1617.2, "empty job", 2.484, 3.61, "ratio 1.75", kept=False),
        Row("page: not measured, no chromium here"),
    ]
}


def test_the_table_has_a_row_per_measurement_under_the_name_of_its_section() -> None:
    lines = fixed_width(ROWS).splitlines()
    assert [line.split()[0] for line in lines] == ["wall", "NIGHT", "first", "page:"]
    assert lines[2].split() == ["first", "night", "7.45", "0.500", "1,617", "empty", "job", "2.48", "3.61", "ratio", "1.75", "NOT", "kept"]  # fmt: skip


def test_every_row_of_the_markdown_has_the_same_number_of_cells() -> None:
    lines = markdown(ROWS).splitlines()
    assert {line.count("|") for line in lines} == {10}
    assert lines[2].startswith("| **night** |")
    assert lines[3] == "| first night | 7.45 | 0.500 | 1,617 | empty job | 2.48 | 3.61 | ratio 1.75 | NOT kept |"  # fmt: skip


def test_a_limit_is_kept_up_to_itself() -> None:
    assert [with_limit(Row("", ratio=ratio), 1.1).kept for ratio in (1.0, 1.1, 1.11)] == [True, True, False]  # fmt: skip


def test_worlds_are_named_by_their_branches_and_written_once(tmp_path: Path) -> None:
    (world,) = write_worlds("60", tmp_path)
    assert (world, str(world)) == (World(60, tmp_path / "60"), "60 branches")
    names = {path.name for path in world.read_by_a_night()}
    assert {"basisgegevens-instellingen.zip", "accounts.csv", "besturenbo.csv"} <= names
    assert not names & {"vestigingenbo.csv", "records.csv"}
    written = (world.folder / "truth" / "events.csv").stat().st_mtime_ns
    assert write_worlds("60", tmp_path) == [world]
    assert (world.folder / "truth" / "events.csv").stat().st_mtime_ns == written


def test_a_world_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    write_country(tmp_path / "1k", branches=60, as_of=DAY)
    assert write_worlds("1K", tmp_path) == [World(1000, tmp_path / "1k")]


def test_a_world_without_a_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="expected numbers of branches as 8600,1m,5m, found 'm'"):
        write_worlds("m", tmp_path)


def test_the_command_prints_the_table_and_writes_it_with_the_machine_and_without_its_names(
    tmp_path: Path,
) -> None:
    results = tmp_path / "results.md"
    command = [sys.executable, "-m", "benchmarks", "--only", "history", "--rounds", "1"]
    options = ["--worlds", "200", "--worlds-dir", str(tmp_path), "--results", str(results)]
    done = subprocess.run([*command, *options], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    written = results.read_text()
    assert done.stderr.startswith(
        "history ...\nhistory: reading two states of the branches, 200 branches\n"
    )
    for said in ("register, events, one night's intervals", f"Python {platform.python_version()}, dagster "):  # fmt: skip
        assert said in done.stdout
        assert said in written
    for name in (platform.node(), str(PROJECT_ROOT), str(tmp_path), sys.prefix):
        assert name not in written
    assert done.returncode == ("NOT kept" in done.stdout)


def test_a_section_that_breaks_off_is_told_and_the_next_one_goes_on(tmp_path: Path) -> None:
    (tmp_path / "60" / "truth").mkdir(parents=True)
    (tmp_path / "60" / "truth" / "events.csv").touch()
    results = tmp_path / "results.md"
    command = [sys.executable, "-m", "benchmarks", "--only", "verbs", "history", "--rounds", "1"]
    options = ["--worlds", "60", "--worlds-dir", str(tmp_path), "--results", str(results)]
    done = subprocess.run([*command, *options], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    assert "run --as-of 2026-11-20 ended with 4" in done.stderr
    assert "verbs broke off" in done.stdout
    assert "register, events" in results.read_text()
    assert str(tmp_path) not in results.read_text()
    assert done.returncode == 1
