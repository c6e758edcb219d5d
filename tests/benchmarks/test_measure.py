"""Measuring on commands whose work is known."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.measure import Command, CommandFailed, Measured, alternate, compare, measure


def python(code: str, **environment: str) -> Command:
    return Command([sys.executable, "-c", code], environment)


def test_a_command_that_sleeps_takes_wall_time_and_no_processor_time() -> None:
    slept = measure(python("import time; time.sleep(0.5)"))
    assert 0.5 <= slept.wall < 5
    assert slept.cpu < 0.4


def test_the_processor_time_of_a_child_counts() -> None:
    busy = "import time\nwhile time.process_time() < 0.4: pass"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}], check=True)"
    assert measure(python(parent)).cpu >= 0.4


def test_the_peak_is_that_of_the_command_and_not_of_who_measures_it() -> None:
    large = bytearray(b"x" * 200 * 2**20)
    small, larger = measure(python("pass")), measure(python("b'x' * 100 * 2**20"))
    assert large
    assert small.peak < 60
    assert 100 <= larger.peak < 160


def test_what_a_command_prints_on_both_channels_is_kept_and_not_shown(
    capfd: pytest.CaptureFixture[str],
) -> None:
    said = measure(python("import os; os.write(1, b'out '); os.write(2, os.environb[b'SAID'])", SAID="err"))  # fmt: skip
    assert said.output == "out err"
    assert capfd.readouterr() == ("", "")


def test_a_command_that_fails_says_how_it_ended_and_its_last_words() -> None:
    with pytest.raises(CommandFailed, match=r"(?s)ended with 3, its last words:.*the reason"):
        measure(python("import sys; print('the reason', file=sys.stderr); sys.exit(3)"))
    with pytest.raises(CommandFailed, match="could not be started"):
        measure(Command(["no-such-command"]))


def test_commands_run_in_turn_with_their_preparation_and_the_warmup_does_not_count(
    tmp_path: Path,
) -> None:
    order = tmp_path / "order"
    write = f"from pathlib import Path; Path({str(order)!r}).open('a').write"

    def prepare() -> None:
        with order.open("a") as file:
            file.write("-")

    commands = {
        "a": python(f"{write}('a')")._replace(before=prepare),
        "b": python(f"{write}('b')"),
    }
    found = alternate(commands, rounds=2, beside="b")
    assert order.read_text() == "-ab-ab-ab"
    assert {name: len(one.runs) for name, one in found.items()} == {"a": 2, "b": 2}
    assert (found["b"].ratio, found["b"].over) == (1, 0)


def test_the_ratio_is_the_median_of_the_pairs_and_not_the_ratio_of_the_medians() -> None:
    runs = [Measured(wall, 2, 10, "") for wall in (2.0, 9.0, 4.0)]
    others = [Measured(wall, 1, 10, "") for wall in (1.0, 3.0, 4.0)]
    found = compare(runs, others)
    assert (found.wall, found.ratio, found.cpu_ratio, found.over) == (4.0, 2.0, 2.0, 1.0)
