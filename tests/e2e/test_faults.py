"""What a night says of each fault of the registry and of a delivery, after a night that was published (endings.py)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from endings import DELIVERY, ENDINGS, Ending, page
from nights import night

from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.deliveries import DELIVERY_FAULTS, spoil_onboarding
from oso_pipeline.demo.faults import FAULTS
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.demo.stay import settings_for
from oso_pipeline.intake import branch_files
from oso_pipeline.intake.http import MEBIBYTE, Patience
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.settings import PROJECT_ROOT

DAY = date(2026, 11, 20)
SHORT = 1.0
"""Seconds that a body may take to arrive; five minutes where nobody waits for a test."""


@pytest.fixture(autouse=True)
def _small_cap(one_try: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """How much is taken, and for how long, is told by test_intake_http.py."""
    monkeypatch.setattr(branch_files, "LARGEST_BODY", 64 * MEBIBYTE)
    monkeypatch.setattr(Patience, "deadline", SHORT)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Size of a country -> a folder with it and with the data of a night that was published; tests work on copies."""
    made: dict[int, Path] = {}

    def place_of(branches: int) -> Path:
        if branches not in made:
            root = tmp_path_factory.mktemp("published")
            write_country(root / "country", branches=branches, as_of=DAY)
            with RegistryServer(root / "country") as server:
                first = night(settings_for(server, root / "data"), as_of=DAY)
            assert first.verdict == "published", first.reason
            made[branches] = root
        return made[branches]

    return place_of


def test_every_fault_has_an_ending() -> None:
    assert {ending.fault for ending in ENDINGS} == {*FAULTS, *DELIVERY_FAULTS}


def test_the_page_of_faults_is_that_of_the_tests() -> None:
    written = (PROJECT_ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    assert written == page(), "docs/faults.md is not what the tests say: run `make docs`"


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: f"{ending.source}-{ending.fault}")
def test_a_night_with_a_fault_ends_as_it_should_and_latest_moves_only_when_published(
    ending: Ending, published: Callable[[int], Path], tmp_path: Path
) -> None:
    shutil.copytree(published(ending.branches), tmp_path / "place", symlinks=True)
    country, folder = tmp_path / "place" / "country", DataFolder(tmp_path / "place" / "data")
    before = folder.latest_release_id()
    index = (folder.latest / "index.json").read_bytes()
    of_delivery = ending.source == DELIVERY
    if of_delivery:
        spoil_onboarding(country / "onboarding", ending.fault)
    with RegistryServer(country, {} if of_delivery else {ending.source: ending.fault}) as server:
        ended = night(settings_for(server, folder.root), as_of=DAY)
    assert (ended.verdict, ended.exit_code) == (ending.verdict, ending.exit_code), ended.reason
    assert ending.said in ended.reason
    assert (folder.latest_release_id() == before) == (ending.verdict != "published")
    if ending.verdict != "published":
        assert (folder.latest / "index.json").read_bytes() == index
    assert [*folder.releases.glob(".*")] == []
