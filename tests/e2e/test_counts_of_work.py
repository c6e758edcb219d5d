"""How much a night does, in counts that no machine makes larger or smaller: what grows here costs time everywhere.

A number may go down at any time: put the new one here. It goes up when a night has to do more, and the change says why.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from places import DAY, HERE, Place

from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.release.folder import DataFolder

Counts = dict[str, int]

FIRST: Counts = {
    "events logged": 124,
    "HTTP requests": 16,
    "bodies read": 58,
    "bodies written": 17,
    "other files read": 102,
    "other files written": 47,
    "frames read": 0,
    "stamps read": 0,
    "frames written": 92,
    "DuckDB statements": 64,
}
UNCHANGED: Counts = {
    "events logged": 74,
    "HTTP requests": 10,
    "bodies read": 18,
    "bodies written": 7,
    "other files read": 41,
    "other files written": 14,
    "frames read": 0,
    "frames written": 2,
}
ASSETS, CHECKS = 17, 2
"""Each asset is four events and each check two, at about ten milliseconds an event."""


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Counts, Counts]:
    """What a first night did, and the same night again."""
    root = tmp_path_factory.mktemp("counted")
    write_country(root / "country", branches=100, as_of=DAY)
    with RegistryServer(root / "country") as server:
        place = Place(DataFolder(root / "data"), root / "country", server, root / "dagster")
        first, again = _counted(place), _counted(place)
    assert [line["verdict"] for line in place.log()] == ["published", "unchanged"]
    return first, again


def test_a_first_night_does_no_more_than_it_did(nights: tuple[Counts, Counts]) -> None:
    grown = _grown(nights[0], FIRST)
    assert not grown, "; ".join(grown)


def test_an_unchanged_night_does_no_more_than_it_did(nights: tuple[Counts, Counts]) -> None:
    grown = _grown(nights[1], UNCHANGED)
    assert not grown, "; ".join(grown)


def test_there_are_no_more_assets_and_checks_than_there_were() -> None:
    from oso_pipeline.definitions import defs

    graph = defs.resolve_asset_graph()
    found = {
        "assets": len(graph.get_all_asset_keys()),
        "checks": len(graph.asset_check_keys),
    }
    assert _grown(found, {"assets": ASSETS, "checks": CHECKS}) == []


def test_what_grew_is_named_and_what_shrank_is_not() -> None:
    assert _grown({"a": 3, "b": 1, "c": 1}, {"a": 2, "b": 2}) == [
        "a: 3, at most 2",
        "c: 1, at most 0",
    ]


def _counted(place: Place) -> Counts:
    counts = place.folder.root.parent / "counts.json"
    asked = len(place.server.asked)
    command = [sys.executable, str(HERE / "counted_night.py"), str(counts), str(DAY)]
    subprocess.run(command, env=place.environment(), check=True, capture_output=True)
    return json.loads(counts.read_text()) | {"HTTP requests": len(place.server.asked) - asked}


def _grown(found: Counts, bounds: Counts) -> list[str]:
    """What is more than its bound, in words; what has no bound may not be at all."""
    return [
        f"{name}: {count}, at most {bounds.get(name, 0)}"
        for name, count in found.items()
        if count > bounds.get(name, 0)
    ]
