"""Another file at an address of the registry starts one night; every address is asked once, lightly, for ten seconds in all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from dagster import DagsterRunStatus
from pytest_httpserver import HTTPServer
from ticks import Ticks, a_night_that_is

from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.formats import FILE_NAMES
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.demo.stay import settings_for
from oso_pipeline.intake.registry import fetch_registry
from oso_pipeline.intake.registry_marks import known_marks, look_at_registry
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.settings import Settings, load_settings
from sensors.registry_changed import registry_changed

VO = FILE_NAMES["today"]["vo"]


@dataclass
class Registry:
    """A served country of which a night has read the registry."""

    country: Path
    server: RegistryServer
    settings: Settings
    store: SnapshotStore

    def read_by_a_night(self) -> None:
        fetch_registry(
            self.settings, self.store, at=datetime.now(UTC), oldest_fallback=timedelta(days=35)
        )
        self.server.asked.clear()

    def change(self, number: int = 0) -> None:
        with (self.country / "duo" / VO).open("a") as file:
            file.write(f"{number}\n")

    def tick(self, ticks: Ticks) -> str:
        ticks.of(registry_changed(lambda: self.settings))
        return ticks.said


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    write_country(tmp_path / "country", branches=40, as_of=date(2026, 11, 20))
    with RegistryServer(tmp_path / "country") as server:
        settings = settings_for(server, tmp_path / "data")
        found = Registry(
            tmp_path / "country", server, settings, SnapshotStore(tmp_path / "data" / "raw")
        )
        found.read_by_a_night()
        yield found


def test_a_registry_that_is_what_it_was_starts_nothing(ticks: Ticks, registry: Registry) -> None:
    assert registry.tick(ticks) == "10 files are what they were."
    assert ticks.run_keys == []


def test_every_address_is_asked_once_and_no_file_is_fetched(
    ticks: Ticks, registry: Registry
) -> None:
    registry.tick(ticks)
    assert len(registry.server.asked) == len(set(registry.server.asked)) == 8
    assert not any("/dataset/" in asked for asked in registry.server.asked)


def test_a_file_that_changed_starts_one_night_that_says_which(
    ticks: Ticks, registry: Registry
) -> None:
    registry.change()
    result = ticks.of(registry_changed(lambda: registry.settings))
    assert [one.tags for one in result.run_requests or []] == [{"oso/started_by": "another file of vo"}]  # fmt: skip
    for _ in range(4):
        assert registry.tick(ticks) == "10 files are what they were."
    assert len(ticks.run_keys) == 1


def test_a_file_that_only_the_catalogue_tells_of_starts_one_night(
    ticks: Ticks, registry: Registry
) -> None:
    boards = registry.country / "ckan" / "files" / "besturenso.csv"
    boards.write_bytes(boards.read_bytes() + b"\n")
    for _ in range(3):
        registry.tick(ticks)
    assert len(ticks.run_keys) == 1


def test_a_file_that_goes_back_and_forth_starts_a_night_each_time(
    ticks: Ticks, registry: Registry
) -> None:
    first = (registry.country / "duo" / VO).read_bytes()
    for number, content in enumerate([first + b"1\n", first, first + b"1\n"], start=1):
        (registry.country / "duo" / VO).write_bytes(content)
        registry.tick(ticks)
        assert len(ticks.run_keys) == number
        time.sleep(1.1)  # nights count in seconds
        registry.read_by_a_night()
        registry.tick(ticks)
        assert len(ticks.run_keys) == number


def test_a_night_that_could_not_read_it_is_not_asked_for_again(
    ticks: Ticks, registry: Registry
) -> None:
    registry.change()
    for _ in range(3):
        registry.tick(ticks)  # and no night ever keeps it
    assert len(ticks.run_keys) == 1


def test_nothing_is_asked_before_a_first_night(ticks: Ticks, tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, duo_base_url="http://127.0.0.1:9/")
    ticks.of(registry_changed(lambda: settings))
    assert "nothing to compare with" in ticks.said


def test_nothing_is_asked_while_a_night_is_on(ticks: Ticks, registry: Registry) -> None:
    registry.change()
    with a_night_that_is(ticks.instance, DagsterRunStatus.QUEUED):
        assert "A night is on" in registry.tick(ticks)
    assert registry.server.asked == []
    assert registry.tick(ticks) == ""
    assert len(ticks.run_keys) == 1


@pytest.mark.parametrize("fault", ["status_503", "status_404", "no_answer", "html_page"])
def test_an_address_that_does_not_answer_is_told_and_starts_nothing(
    ticks: Ticks, registry: Registry, fault: str
) -> None:
    registry.server.set_fault("ckan", fault)
    said = registry.tick(ticks)
    assert said.startswith("4 files are what they were.")
    assert "package_show?id=adressen_so" in said
    assert ticks.run_keys == []
    assert len(registry.server.asked) == len(set(registry.server.asked))


def test_an_address_that_sends_us_elsewhere_is_not_followed(
    ticks: Ticks, registry: Registry, httpserver: HTTPServer
) -> None:
    registry.server.set_fault("po", "redirect_elsewhere")
    assert "is not at a host that may be asked" in registry.tick(ticks)
    assert ticks.run_keys == []


def test_a_look_takes_no_longer_than_it_may(registry: Registry) -> None:
    registry.server.set_fault("po", "slow_drip")
    registry.server.set_fault("ckan", "slow_drip")
    began = time.monotonic()
    look = look_at_registry(registry.settings, registry.store, deadline=0.5)
    assert time.monotonic() - began < 10  # the answers would take minutes
    assert set(look.marks) >= {"vo", "so", "register"}
    assert any("package_show" in address for address in look.silent)


def test_a_table_that_is_left_out_is_not_asked_for(registry: Registry) -> None:
    settings = registry.settings.model_copy(update={"registry_tables": ("po", "vo")})
    assert set(look_at_registry(settings, registry.store).marks) == {"po", "vo"}
    assert set(known_marks(settings, registry.store)) == {"po", "vo"}
    assert len(registry.server.asked) == 2
