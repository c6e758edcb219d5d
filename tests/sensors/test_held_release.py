"""A held release that waits for a person: one reminder, and no run."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from releases import FIRST, SECOND, THIRD, conclusion, index
from ticks import Ticks

from oso_pipeline import clock
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import record
from oso_pipeline.release.publish import place_release
from oso_pipeline.settings import Settings, load_settings
from sensors.held_release import held_release


@pytest.fixture
def settings(tmp_path: Path, httpserver: HTTPServer) -> Settings:
    httpserver.expect_request("/alert", method="POST").respond_with_data("ok")
    return load_settings(data_dir=tmp_path, alert_webhook=httpserver.url_for("/alert"))


def night(folder: DataFolder, release_id: str, verdict: str, hours_ago: float) -> None:
    place_release(folder, index(release_id, verdict, folder.latest_release_id()))
    at = (clock.now() - timedelta(hours=hours_ago)).isoformat()
    record(folder, replace(conclusion(release_id, verdict), at=at, reason="branches_po: 106"))


def test_a_release_that_is_held_for_hours_is_reminded_of_once(
    ticks: Ticks, settings: Settings, httpserver: HTTPServer
) -> None:
    folder = DataFolder(settings.data_dir)
    night(folder, FIRST, "published", 30)
    night(folder, SECOND, "held", 5)
    for _ in range(3):
        ticks.of(held_release(lambda: settings))
    assert ticks.said == f"Release {SECOND} is held, and that was reminded of."
    assert ticks.run_keys == []
    [(request, _)] = httpserver.log
    assert request.json["kind"] == "held_waiting"
    assert request.json["served"]["release_id"] == FIRST
    night(folder, THIRD, "held", 4.5)
    ticks.of(held_release(lambda: settings))
    assert len(httpserver.log) == 2


@pytest.mark.parametrize(
    ("nights", "said"),
    [
        ([], "No release is waiting."),
        ([("published", 30)], "No release is waiting."),
        ([("held", 9), ("published", 5)], "No release is waiting."),
        ([("published", 9), ("held", 1)], "is held, and was told of when it was."),
    ],
)
def test_what_does_not_wait_is_not_reminded_of(
    ticks: Ticks,
    settings: Settings,
    httpserver: HTTPServer,
    nights: list[tuple[str, float]],
    said: str,
) -> None:
    for release_id, (verdict, hours_ago) in zip((FIRST, SECOND), nights, strict=False):
        night(DataFolder(settings.data_dir), release_id, verdict, hours_ago)
    ticks.of(held_release(lambda: settings))
    assert ticks.said.endswith(said)
    assert httpserver.log == []


def test_without_a_webhook_the_tick_says_so(ticks: Ticks, tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    night(DataFolder(tmp_path), FIRST, "held", 5)
    ticks.of(held_release(lambda: settings))
    assert (
        ticks.said
        == f"Release {FIRST} is held; nobody can be reminded, as OSO_ALERT_WEBHOOK is empty."
    )


def test_a_reminder_that_does_not_arrive_is_sent_again(
    ticks: Ticks, settings: Settings, httpserver: HTTPServer
) -> None:
    night(DataFolder(settings.data_dir), FIRST, "held", 5)
    httpserver.clear()
    httpserver.expect_request("/alert", method="POST").respond_with_data("no", 404)
    ticks.of(held_release(lambda: settings))
    assert ticks.said == f"Release {FIRST} is held; the reminder did not arrive and is sent again."
    httpserver.clear()
    httpserver.expect_request("/alert", method="POST").respond_with_data("ok")
    ticks.of(held_release(lambda: settings))
    assert ticks.said == f"Release {FIRST} is held: a reminder was sent."
