"""The diagnosis of the machine: a run that is on, and the disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pipelines import Pipeline

from oso_pipeline.release.folder import DataFolder

# ---- a run that is on


HOLDS = """
import sys
from pathlib import Path
from oso_pipeline.release.folder import DataFolder
with DataFolder(Path(sys.argv[1])).hold():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(published: Pipeline) -> Iterator[int]:
    """Another process that holds the data folder; its id."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(published.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    assert process.stdout.readline() == b"held\n"
    yield process.pid
    process.stdin.close()
    process.wait()
    process.stdout.close()


def test_a_run_that_is_on_is_told_with_its_process_and_since_when(
    published: Pipeline, holder: int
) -> None:
    published.folder.building("20261121T050000Z-busy").mkdir()
    told = published.diagnose(hours=27)
    assert (told["state"], told["left_half_built"]) == ("fresh", [])  # the night is late, and is on
    assert told["next"] == [{"command": "oso diagnose", "why": "when the run has ended"}]
    if Path("/proc/locks").exists():
        assert told["running"]["process"] == holder
        assert told["running"]["since"] is not None


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="the system does not tell since when")
def test_a_run_that_does_not_end_is_told_with_how_to_end_it(
    published: Pipeline, holder: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from oso_pipeline.diagnose import diagnosis

    monkeypatch.setattr(diagnosis, "LONGEST_RUN", timedelta(days=-100_000))
    told = published.diagnose()
    assert told["state"] == "stuck"
    assert told["next"][0]["command"] == f"kill {holder}"


def test_nobody_holds_the_folder_once_the_run_is_dead(published: Pipeline) -> None:
    command = [sys.executable, "-c", HOLDS, str(published.root)]
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True, capture_output=True)
    assert published.diagnose()["running"] is None


LOOKS = """
import sys
from pathlib import Path
from oso_pipeline.release.folder import DataFolder
folder = DataFolder(Path(sys.argv[1]))
print("looking", flush=True)
while True:
    folder.is_held()
"""


def test_who_looks_whether_the_folder_is_held_keeps_no_run_from_it(published: Pipeline) -> None:
    """A look is a shared lock for an instant; a run that meets it tries again and is not refused."""
    with subprocess.Popen(
        [sys.executable, "-c", LOOKS, str(published.root)], stdout=subprocess.PIPE
    ) as looking:
        assert looking.stdout
        assert looking.stdout.readline() == b"looking\n"
        try:
            for _ in range(100):
                with DataFolder(published.root).hold():
                    pass
        finally:
            looking.kill()


def test_the_diagnosis_changes_nothing_in_the_data_folder(published: Pipeline) -> None:
    published.night("held", "x")

    def content() -> list[tuple[str, int, int]]:
        return sorted((str(path), (about := os.lstat(path)).st_size, about.st_mtime_ns) for path in published.root.rglob("*"))  # fmt: skip

    before = content()
    published.diagnose(max_age=1)
    assert content() == before


# ---- the disk


def test_a_disk_that_runs_full_is_told_with_what_makes_room(
    published: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(published.root)
    free = 10 * (published.folder.latest / "oso.duckdb").stat().st_size - 1
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free))
    told = published.diagnose()
    assert told["disk"] == {"free_bytes": free, "nights": 9, "read_only": False}
    assert told["next"][0]["command"] == "oso prune --dry-run"


def test_a_disk_without_room_for_a_night_is_the_headline(
    published: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(published.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1))
    told = published.diagnose()
    assert (told["state"], told["disk"]["nights"]) == ("disk_full", 0)


def test_a_disk_that_is_read_only_is_told_before_what_cannot_be_mended_on_it(
    published: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    published.folder.log.write_text("no line\n")
    disk = os.statvfs(published.root)
    fields = [*disk[:8], os.ST_RDONLY, disk.f_namemax]
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result(fields))
    told = published.diagnose()
    assert told["state"] == "not_writable"
    assert "for writing: nothing that follows is possible before" in told["next"][0]["why"]
