"""`oso diagnose` as people and monitors meet it: one screen, JSON, and an exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pipelines import FIRST, HELD_BY, Pipeline, issue

OSO = Path(sys.executable).parent / "oso"
ISSUES = [issue(f"quarantine:accounts:rule_{at}") for at in range(40)]


def oso(root: Path, *arguments: str, columns: int = 110) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"OSO_DATA_DIR": str(root), "COLUMNS": str(columns)}
    return subprocess.run(
        [OSO, "diagnose", *arguments], env=environment, capture_output=True, text=True, check=False
    )


def nothing(_: Pipeline) -> None:
    """No night has run."""


def fresh(pipeline: Pipeline) -> None:
    pipeline.night("published", issues=ISSUES)


def stands_in(pipeline: Pipeline) -> None:
    fresh(pipeline)
    pipeline.night("unchanged", without=["po"])


def held(pipeline: Pipeline) -> None:
    fresh(pipeline)
    pipeline.night("held", " ".join(f"{name}: 106, allowed: 208 to 223." for name in HELD_BY * 9))


def failed(pipeline: Pipeline) -> None:
    held(pipeline)
    for days in range(36, 39):
        reason = f"po: GET https://duo.nl/po.csv: 404. It was last seen {days} days ago."
        pipeline.night("failed", f"{reason}\nso: the same.", without=["po"])


def damaged(pipeline: Pipeline) -> None:
    failed(pipeline)
    with pipeline.folder.log.open("a") as log:
        log.write("{\n")
    pipeline.folder.latest.unlink()


@pytest.mark.parametrize("columns", [80, 110])
@pytest.mark.parametrize("state", [nothing, fresh, stands_in, held, failed, damaged])
def test_every_state_is_one_screen_with_the_state_first_and_the_next_step_last(
    state: Callable[[Pipeline], None], columns: int, tmp_path: Path
) -> None:
    pipeline = Pipeline(tmp_path / "data")
    state(pipeline)
    done = oso(pipeline.root, columns=columns)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) <= 40, done.stdout
    assert lines[0].endswith(".")
    assert "Next" in lines[-4:]
    assert max(len(line) for line in lines[1 : lines.index("Next")]) <= columns
    sources = [line for line in lines if line.startswith(("  po ", "  so ", "  onboarding "))]
    assert len(sources) in {0, 3}


def test_nights_that_fail_say_since_when_and_why_and_what_is_served(tmp_path: Path) -> None:
    pipeline = Pipeline(tmp_path / "data")
    failed(pipeline)
    said = " ".join(oso(pipeline.root, columns=200).stdout.split())
    assert said.startswith("The nights fail: since 2026-11-21, 4 nights. Served release 20261120T050000Z-00000001 of 2026-11-20, since 2026-11-20 05:00 UTC")  # fmt: skip
    assert "failing since 2026-11-22, 3 nights: po: GET https://duo.nl/po.csv: 404. It was last seen 38 days ago. so: the same." in said  # fmt: skip
    assert "held on 2026-11-21, 1 night:" in said
    assert "MISSING, 3 nights" in said
    assert "Issues 40 open: 40 medium" in said


def test_what_a_source_says_is_no_markup_of_the_screen(tmp_path: Path) -> None:
    pipeline = Pipeline(tmp_path / "data")
    pipeline.night("failed", "po: found [/bold], expected [red]a table[/red].")
    assert "po: found [/bold], expected [red]a table[/red]." in oso(pipeline.root).stdout


def test_a_monitor_gets_exit_1_and_one_line_when_the_last_good_night_is_too_long_ago(
    tmp_path: Path,
) -> None:
    pipeline = Pipeline(tmp_path / "data")
    fresh(pipeline)
    age = (datetime.now(UTC) - FIRST) / timedelta(hours=1)
    late = oso(pipeline.root, "--max-age", str(age - 1))
    assert late.returncode == 1
    assert late.stderr.count("\n") == 1
    assert late.stderr.startswith("Too old: the last night that published or confirmed a release")
    in_time = oso(pipeline.root, "--max-age", str(age + 1))
    assert (in_time.returncode, in_time.stderr) == (0, "")


def test_a_monitor_gets_exit_1_where_nothing_was_ever_published(tmp_path: Path) -> None:
    none = oso(tmp_path / "data", "--max-age", "26", "--json")
    assert (none.returncode, json.loads(none.stdout)["max_age"]["passed"]) == (1, False)
    assert none.stderr == "Nothing is served: no night has published a release yet.\n"


@pytest.mark.parametrize("hours", ["-1", "soon"])
def test_an_age_that_is_none_is_wrong_usage(hours: str, tmp_path: Path) -> None:
    assert oso(tmp_path, "--max-age", hours).returncode == 2


def test_json_is_the_whole_diagnosis_and_nothing_else(tmp_path: Path) -> None:
    pipeline = Pipeline(tmp_path / "data")
    failed(pipeline)
    done = oso(pipeline.root, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["state"], len(told["issues"])) == (0, "failed", 40)
    assert set(told) == {
        "state", "asked_at", "demo", "served", "last_night", "overdue", "trouble", "held", "running", "left_half_built",
        "log", "log_problem", "latest_problem", "damaged", "sources", "issues", "issues_problem", "disk", "max_age", "next",
    }  # fmt: skip
