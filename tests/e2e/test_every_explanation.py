"""Every branch, school and board of a made-up country, explained: three nights, so that there is a past."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from nights import night
from telling import changing, lacking, status_told

from oso_pipeline.contracts.statuses import STATUSES
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.demo.stay import Stay, settings_for
from oso_pipeline.explain import explain, explain_in
from oso_pipeline.release.database import DATABASE, open_database
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.screen.explanations import show_explanation

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DAY = date(2026, 11, 20)
BRANCHES = 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """The data folder of a demo after its first three nights."""
    root = tmp_path_factory.mktemp("demo")
    stay = Stay.in_folder(root, branches=BRANCHES, seed=3, day=DAY)
    with RegistryServer(root / "country") as server:
        for day in stay.nights(DAY, None):
            stay.write(root / "country", day)
            ended = night(settings_for(server, root), as_of=day, demo=True)
            assert ended.verdict == "published", ended.reason
    return DataFolder(root)


@pytest.fixture(scope="module")
def latest(folder: DataFolder) -> Iterator[DuckDBPyConnection]:
    with open_database(folder.latest / DATABASE) as connection:
        yield connection


def codes(latest: DuckDBPyConnection, query: str) -> list[str]:
    return [str(code) for (code,) in latest.sql(query).fetchall()]


EVERY = """
    SELECT branch_code FROM branch_status UNION SELECT brin FROM school_status
    UNION SELECT board_number FROM school_status WHERE board_number IS NOT NULL UNION SELECT code FROM successions
"""


@pytest.fixture(scope="module")
def every(latest: DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """The explanation of every code that the release knows."""
    found = {code: explain_in(latest, code) for code in codes(latest, EVERY)}
    return {code: told for code, told in found.items() if told is not None}


def of_kind(every: dict[str, dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [told for told in every.values() if told["kind"] == kind and told["status"] != "closed"]


def test_every_code_of_a_release_is_explained(
    latest: DuckDBPyConnection, every: dict[str, dict[str, Any]]
) -> None:
    assert set(every) == set(codes(latest, EVERY))


def test_the_explanation_of_every_branch_implies_its_status_and_what_it_lacks(
    latest: DuckDBPyConnection, every: dict[str, dict[str, Any]]
) -> None:
    seen: Counter[str] = Counter()
    for row in pl.DataFrame(latest.sql("FROM branch_status")).to_dicts():
        found = every[row["branch_code"]]
        assert status_told(found) == found["status"] == row["status"], row["branch_code"]
        seen[found["status"]] += 1
        if row["connected"]:
            assert changing(found) == {"agreement", "delivery_point"}
            continue
        assert changing(found) == lacking(found), row["branch_code"]
        flagged = {
            flag["flag"] for flag in found["flags"] if flag["branch_code"] == row["branch_code"]
        }
        assert ("branch_without_delivery_point" in flagged) == (not row["covered"])
        assert found["next"] or found["status"] == "not_started", row["branch_code"]
    assert set(seen) == set(STATUSES)
    assert seen.total() > BRANCHES / 2


def test_every_row_that_makes_a_step_hold_is_told_with_what_it_says(
    every: dict[str, dict[str, Any]],
) -> None:
    for told in of_kind(every, "school"):
        brin = told["code"]
        for step in told["steps"]:
            counting = [record for record in step["records"] if record["counts"]]
            rows = {f"{record['table']} row {record['row']}" for record in counting}
            assert rows == set(step["evidence"]), (brin, step["step"])
            assert all(record["says"] for record in counting), (brin, step["step"])
            assert bool(counting) == step["passed"], (brin, step["step"])
            if step["passed"] and step["step"] in {"questionnaire", "delivery_point", "test_exchange"}:  # fmt: skip
                assert any(str(step["since"]) in record["says"] for record in counting), brin


def test_a_school_and_a_board_add_up_to_their_branches_and_schools(
    every: dict[str, dict[str, Any]],
) -> None:
    for school in of_kind(every, "school"):
        statuses = [branch["status"] for branch in school["branches"]]
        assert school["status"] == min(statuses, key=STATUSES.index)
        is_done = school["qualified"] and all(branch["covered"] for branch in school["branches"])
        assert (school["would_change"] == []) == is_done, school["code"]
    for board in of_kind(every, "board"):
        steps = [step for school in board["schools"] for step in every[school["brin"]]["steps"]]
        agreed = {step["passed"] for step in steps if step["step"] == "agreement"}
        assert agreed == {board["status"] == "agreement"}, board["code"]


def test_every_explanation_can_be_shown_and_shows_no_date_of_an_account(
    every: dict[str, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    dates = re.compile(r"(requested|letter_sent|activated|closed)_on")
    of = {"as_of": str(DAY), "release_id": "1", "demo": True, "decisions": []}
    for code, told in every.items():
        show_explanation({**told, **of})
        text = capsys.readouterr().out
        assert text.startswith(f"DEMO. {code}")
        assert not re.search(r"\bNone\b(?! of its)", text), text
        accounts = [step["records"] for step in told["steps"] if step["step"] == "account"]
        assert not any(dates.search(record["says"]) for records in accounts for record in records)


def test_an_earlier_day_is_answered_by_the_release_of_that_day(folder: DataFolder) -> None:
    with open_database(folder.latest / DATABASE) as connection:
        lapsed = codes(connection, "SELECT branch_code FROM branch_status WHERE status = 'lapsed' AND last_connected_on = DATE '2026-11-19' ORDER BY 1")  # fmt: skip
    now = explain(folder, lapsed[0], as_of=None, release_id=None)
    before = explain(folder, lapsed[0], as_of=date(2026, 11, 19), release_id=None)
    assert (now["status"], before["status"]) == ("lapsed", "connected")
    assert before["as_of"] == "2026-11-19"
    again = explain(folder, lapsed[0], as_of=None, release_id=before["release_id"])
    assert again == before
