"""`oso demo` as a stranger runs it: national size, three nights, and every branch compared with what is true."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from oso_pipeline.release.database import open_database

DAY = "2026-11-20"


def oso(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"OSO_DATA_DIR": str(data), "DAGSTER_HOME": str(data / "dagster")}
    (data / "dagster").mkdir(parents=True, exist_ok=True)
    command = [str(Path(sys.executable).parent / "oso"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The data folder above a demo's, and what the demo printed."""
    data = tmp_path_factory.mktemp("data")
    return data, oso(data, "demo", "--as-of", DAY)


def published(data: Path, query: str) -> list[tuple[object, ...]]:
    with open_database(data / "demo" / "marts" / "latest" / "oso.duckdb") as connection:
        return connection.sql(query).fetchall()


def truth(data: Path, name: str) -> list[dict[str, str]]:
    text = (data / "demo" / "country" / "truth" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_three_nights_are_published_and_the_last_thing_said_is_what_to_try_next(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    data, done = demo
    assert done.returncode == 0, done.stderr
    log = (data / "demo" / "marts" / "releases" / "log.jsonl").read_text().splitlines()
    nights = [json.loads(line) for line in log]
    assert [(night["as_of"], night["verdict"]) for night in nights] == [
        ("2026-11-18", "published"),
        ("2026-11-19", "published"),
        (DAY, "published"),
    ]
    assert [line.split("#")[1].strip() for line in done.stdout.splitlines()[-3:]] == [
        "why a branch has its status",
        "all nights and their verdicts",
        "the lineage in the Dagster UI",
    ]


def test_every_branch_of_the_country_has_the_status_that_is_true_of_it(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    data, _ = demo
    expected = {
        (r["branch_code"], r["status"], r["connected"], r["covered"], r["coverage_basis"])
        for r in truth(data, "branches")
    }
    found = set(
        published(
            data,
            "SELECT branch_code, status, connected::VARCHAR, covered::VARCHAR, coverage_basis"
            " FROM branch_status",
        )
    )
    assert len(expected) > 8500
    assert found == expected
    assert {status for _, status, *_ in found} == {
        "connected", "lapsed", "qualified_not_covered", "in_progress", "not_started",
    }  # fmt: skip


def test_every_onboarding_row_of_the_country_has_the_outcome_that_is_true_of_it(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    data, _ = demo
    found = {
        (table, row): outcome
        for table, row, outcome in published(
            data, "SELECT source_table, source_row, outcome FROM reconciliation"
        )
    }
    assert len(found) > 30_000
    expected = {
        (told["source_table"], int(told["source_row"])): told["outcome"]
        for told in truth(data, "records")
    }
    assert found == expected
    assert set(expected.values()) >= {"closed", "matched_by_transition", "matched", "unknown"}


def test_every_branch_of_the_country_stands_where_it_is_true_that_it_does(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    data, _ = demo
    found = {
        str(code): place
        for code, *place in published(
            data, "SELECT branch_code, latitude, longitude, swv_number FROM branch_status"
        )
    }
    for told in truth(data, "locations"):
        degrees = [float(told[axis]) if told[axis] else None for axis in ("latitude", "longitude")]
        assert found[told["branch_code"]] == [*degrees, told["swv_number"] or None], told
    assert sum(latitude is not None for latitude, *_ in found.values()) > 8000


def test_the_issues_of_the_country_are_a_list_that_a_person_can_read(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    data, _ = demo
    found = published(data, "SELECT count(*), min(first_seen_on), max(last_seen_on) FROM issues")
    assert found == [(found[0][0], date(2026, 11, 18), date(2026, 11, 20))]
    assert 20 < int(str(found[0][0])) < 100


def test_the_diagnosis_of_the_country_is_one_page(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    data, _ = demo
    told = oso(data / "demo", "diagnose")
    assert told.stdout.startswith("DEMO. In order: what is served is fresh."), told.stderr
    assert len(told.stdout.splitlines()) <= 40


def story_of(data: Path, kind: str) -> dict[str, str]:
    """What happened last of this kind, on the third night."""
    return next(e for e in truth(data, "events") if (e["kind"], e["night"]) == (kind, "3"))


def explained(data: Path, code: str) -> str:
    done = oso(data / "demo", "explain", code)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_merged_school_is_explained_with_its_successor_its_day_and_what_to_do(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    data, _ = demo
    told = story_of(data, "merges_as_branch")
    story = explained(data, f"{told['code']}00")
    into = f"{told['partner_brin']}01"
    assert f"merged on {DAY}: {into}" in story
    flagged = [
        (branch, successor)
        for brin, branch, successor in published(
            data,
            "SELECT brin, branch_code, successor_code FROM delivery_point_flags"
            " WHERE flag = 'delivery_point_on_predecessor'",
        )
        if brin == told["code"]
    ]
    if flagged:
        assert flagged == [(f"{told['code']}00", into)]
        assert f"naar nummer 1 van {told['partner_brin']}" in story
    assert f"{told['code']}00 merged on {DAY}" in explained(data, into)


def test_a_transferred_school_is_explained_with_the_day_and_its_former_board(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    data, _ = demo
    lapsed = published(
        data,
        "SELECT brin, reason FROM qualification_steps JOIN school_status USING (brin)"
        " WHERE step = 'agreement' AND NOT passed AND status = 'lapsed' ORDER BY brin",
    )
    moved = {e["code"] for e in truth(data, "events") if e["kind"] == "moves_board"}
    partners = {e["partner_brin"] for e in truth(data, "events") if e["kind"] == "moves_board"}
    stories = [(str(brin), str(reason)) for brin, reason in lapsed if brin in moved | partners]
    assert stories
    for brin, reason in stories:
        assert "The school came under this board on 2026-11-" in reason
        assert "does not go along" in reason
        assert reason in explained(data, brin)


def test_every_output_of_a_demo_says_so(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    data, done = demo
    assert "DEMO" in done.stdout
    latest = data / "demo" / "marts" / "latest"
    assert json.loads((latest / "index.json").read_text())["demo"] is True
    book = openpyxl.load_workbook(latest / "overzicht-scholen-met-oso.xlsx")
    assert "DEMO" in (book.properties.title or "")
    assert {"DEMO"} <= {row[0].value for row in book["Toelichting"].iter_rows()}
    comments = published(data, "SELECT comment FROM duckdb_tables()")
    assert all(comment.startswith("DEMO. ") for (comment,) in comments)
    some_branch = published(data, "SELECT min(branch_code) FROM branch_status")[0][0]
    nights = sorted(path.name for path in latest.parent.joinpath("releases").glob("2*"))
    for asked in (["explain", str(some_branch)], ["releases"], ["diff", nights[0], "latest"]):
        assert oso(data / "demo", *asked).stdout.startswith("DEMO. ")


def test_the_demo_of_the_same_day_again_is_unchanged_and_of_the_next_day_goes_on(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    data, _ = demo
    assert "Unchanged" in oso(data, "demo", "--as-of", DAY).stdout
    assert "Published" in oso(data, "demo", "--as-of", "2026-11-21").stdout
    assert len([*(data / "demo" / "marts" / "releases").glob("2*")]) == 4


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--branches", "300"], "holds the demo of a country of 8,600 branches"),
        (["--as-of", "2026-11-01"], "begins on 2026-11-18"),
    ],
)
def test_a_demo_that_cannot_go_on_is_refused_with_what_to_do(
    asked: list[str], said: str, demo: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    refused = oso(demo[0], "demo", *asked)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "OSO_DATA_DIR" in refused.stderr


def test_a_night_of_the_real_registry_is_refused_in_the_data_folder_of_a_demo(
    demo: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    refused = oso(demo[0] / "demo", "run")
    assert refused.returncode == 2
    assert "holds a made-up country" in refused.stderr
    assert "`unset OSO_DATA_DIR`" in refused.stderr
