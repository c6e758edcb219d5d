"""Killed with -9 at every file operation of the release step: nothing is half-published, nothing is lost, the next run mends."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from nights import night

from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.demo.stay import settings_for
from oso_pipeline.release.folder import DataFolder

DAY = date(2026, 11, 20)
SCRIPT = Path(__file__).with_name("kill_points.py")


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """All lines of kill_points.py."""
    root = tmp_path_factory.mktemp("kill")
    data = _prepared(root)
    (root / "work").mkdir()
    done = subprocess.run(
        [sys.executable, SCRIPT, data, root / "work"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def _prepared(root: Path) -> Path:
    """Two published releases, and the frames of a third night whose release is not there yet."""
    country, data = root / "country", root / "data"
    write_country(country, branches=60, as_of=DAY)
    questionnaires = country / "onboarding" / "questionnaires.csv"
    with RegistryServer(country) as server:
        for number in range(3):
            if number == 2:
                shutil.copytree(data / "marts", root / "marts", symlinks=True)
            with questionnaires.open("a") as file:
                file.write(f"98X{chr(65 + number)},draft,\n")
            ended = night(settings_for(server, data), as_of=DAY)
            assert ended.verdict == "published", ended.reason
    shutil.rmtree(data / "marts")
    (root / "marts").rename(data / "marts")
    (data / "third.json").write_text(json.dumps({"release_id": ended.release_id}))
    assert DataFolder(data).latest_release_id() != ended.release_id
    return data


def of(matrix: list[dict[str, Any]], action: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What an action gives when nobody kills it, and its lines."""
    lines = [line for line in matrix if line["action"] == action]
    return lines[0]["after"], lines[1:]


@pytest.mark.slow
@pytest.mark.parametrize("action", ["publish", "hold", "accept", "mend", "prune"])
def test_killed_at_any_file_operation_nothing_is_half_published_and_the_next_run_ends_as_if_nothing_had_happened(
    action: str, matrix: list[dict[str, Any]]
) -> None:
    whole, lines = of(matrix, action)
    assert len(lines) >= 3, matrix
    half_published = 0
    for line in lines:
        where = (line["point"], line["said"])
        assert line["status"] == signal.SIGKILL, where
        found, after = line["found"], line["after"]
        half_published += found["verdict"] != "published" or found["latest"] in found["not_whole"]
        assert found["not_whole"] == [], where
        assert line["next_status"] == 0, (where, line["next"])
        assert {key: after[key] for key in ("latest", "releases", "not_whole")} == {
            key: whole[key] for key in ("latest", "releases", "not_whole")
        }, where
        assert after["left_over"] == [], where
    assert half_published == 0
    operations = Counter(line["said"].partition(" ")[0] for line in lines)
    print(f"{action}: killed at {len(lines)} points ({dict(operations)}), half-published: 0")  # noqa: T201


@pytest.mark.slow
def test_latest_moves_at_one_point_and_is_one_of_two_releases_before_and_after(
    matrix: list[dict[str, Any]],
) -> None:
    for action in ("publish", "accept", "mend"):
        _, lines = of(matrix, action)
        seen = [line["found"]["latest"] for line in lines]
        assert len(set(seen)) == 2, action
        assert seen == sorted(seen), action


@pytest.mark.slow
def test_a_release_that_is_held_or_let_go_never_moves_latest(matrix: list[dict[str, Any]]) -> None:
    for action in ("hold", "prune"):
        _, lines = of(matrix, action)
        assert len({line["found"]["latest"] for line in lines}) == 1, action
