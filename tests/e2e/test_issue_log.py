"""The issue log over whole nights: what a person accepted stands in it, and a release derived again holds the same."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import nights
import pytest

from oso_pipeline.clock import now
from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.demo.stay import settings_for
from oso_pipeline.diagnose.diagnosis import Diagnosis, diagnose
from oso_pipeline.rebuilding import rebuild
from oso_pipeline.release.accept import accept_held
from oso_pipeline.release.database import open_database
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import Conclusion
from oso_pipeline.settings import Settings

DAY = date(2026, 11, 20)


@pytest.fixture
def place(tmp_path: Path, one_try: None) -> Path:
    write_country(tmp_path / "country", branches=300, as_of=DAY)
    return tmp_path


@contextmanager
def served(place: Path, **faults: str) -> Iterator[Settings]:
    with RegistryServer(place / "country", faults) as server:
        yield settings_for(server, place / "data")


def night(place: Path, days: int = 0, **faults: str) -> tuple[Conclusion, Diagnosis]:
    time.sleep(1.1)  # moments are kept to the second, and no two nights are of one
    """A night so many days later, and the diagnosis right after it."""
    with served(place, **faults) as settings:
        ended = nights.night(settings, as_of=DAY + timedelta(days=days))
        return ended, diagnose(settings, at=now())


def issues(place: Path) -> dict[str, tuple[date, date, date | None]]:
    with open_database(DataFolder(place / "data").latest / "oso.duckdb") as connection:
        rows = connection.sql(
            "SELECT issue_id, first_seen_on, last_seen_on, closed_on FROM issues"
        ).fetchall()
    return {issue_id: days for issue_id, *days in rows}


def test_the_issue_log_goes_from_release_to_release_and_is_derived_again_the_same(
    place: Path,
) -> None:
    first, told = night(place)
    assert (first.verdict, told["state"]) == ("published", "fresh")
    found = issues(place)
    assert 10 < len(found) < 100
    assert all(re.fullmatch(r"[a-z]+(:[A-Za-z0-9_ -]+)+", issue_id) for issue_id in found)

    unchanged, told = night(place, 1, po="status_404")
    assert (unchanged.verdict, told["state"]) == ("unchanged", "stands_in")
    assert [row["source"] for row in told["sources"] if row["state"] == "stands_in"] == ["po"]
    assert issues(place) == found

    held, told = night(place, 2, po="half_the_schools_gone")
    assert (held.verdict, told["state"], told["held"]["waiting"]) == ("held", "held", True)
    folder = DataFolder(place / "data")
    checks = [check["name"] for check in told["held"]["checks"]]
    accept_held(folder, held.release_id, checks, reason="So it is.", by="regie", at=now())
    accepted, on = issues(place), DAY + timedelta(days=2)
    assert [accepted[f"check:gate:{name}"] for name in checks] == [[on, on, None]] * len(checks)
    assert {days[0] for issue_id, days in accepted.items() if issue_id in found} == {DAY}

    failed, told = night(place, 3, po="html_page")
    assert (failed.verdict, told["state"]) == ("failed", "failed")
    assert told["served"]["release_id"] == held.release_id

    with (place / "country" / "onboarding" / "questionnaires.csv").open("a") as file:
        file.write("98AA,draft,\n")
    again, told = night(place, 4, po="half_the_schools_gone")
    assert (again.verdict, told["state"]) == ("published", "fresh"), again.reason
    closed = DAY + timedelta(days=4)
    assert [issues(place)[f"check:gate:{name}"] for name in checks] == [[on, on, closed]] * len(checks)  # fmt: skip

    with served(place) as settings:
        for release_id in (first.release_id, held.release_id, again.release_id):
            compared = rebuild(settings, release_id)
            assert [one.path for one in compared if not one.equal] == []
