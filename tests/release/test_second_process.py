"""The second process: it does what it is given, and ends with the first one, however that one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from oso_pipeline.release.second_process import (
    SecondProcessEnded,
    get_ready,
    is_worth_it,
    its_end_is_told,
    second_process,
)

FIRST = """
import os, sys, time
from oso_pipeline.release.second_process import second_process
if __name__ == "__main__":
    with second_process() as aside:
        print(aside.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""


def test_it_is_another_process_and_gives_back_what_was_asked() -> None:
    with second_process() as aside:
        assert aside.submit(get_ready).result(timeout=60) is None
        assert aside.submit(os.getpid).result(timeout=60) != os.getpid()


def test_what_goes_wrong_there_is_told_here() -> None:
    with second_process() as aside, pytest.raises(FileNotFoundError):
        aside.submit(os.stat, "/no such file").result(timeout=60)


def test_when_it_is_killed_a_sentence_says_so_and_what_to_do() -> None:
    with (
        second_process() as aside,
        pytest.raises(SecondProcessEnded, match="Nothing is published"),
        its_end_is_told(),
    ):
        aside.submit(os._exit, 1).result(timeout=60)


def test_a_night_that_gives_it_nothing_starts_none() -> None:
    before = _children()
    with second_process():
        assert _children() == before


def test_it_ends_when_the_first_process_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "first.py"
    script.write_text(FIRST, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        second = int(first.stdout.readline())
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    until = time.monotonic() + 10
    while _runs(second) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(second)


def test_a_small_registry_has_none() -> None:
    assert not is_worth_it(600_000)


def _children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def _runs(pid: int) -> bool:
    """Whether it is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
