"""The made-up worlds that are read: written once by the demo generator, and kept."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import Command, measure

DAY = date(2026, 11, 20)
"""The day D of every night that is measured."""

_LAST_WRITTEN = Path("truth", "events.csv")
_SIZES = {"k": 1_000, "m": 1_000_000}
_READ_TO_MARTS = ("duo/*.csv", "ckan/files/besturen*.csv", "onboarding/*.csv")
_READ = (
    *_READ_TO_MARTS,
    "duo/*.zip",
    "ckan/files/onderwijslocaties.csv",
    "ckan/files/relaties_*.csv",
)


class World(NamedTuple):
    """A world, and where it is."""

    branches: int
    folder: Path

    def __str__(self) -> str:
        """As it stands in the table."""
        return f"{self.branches:,} branches"

    def read_by_a_night(self) -> list[Path]:
        """The files that a night reads: the registry's, and the onboarding records."""
        return self._of(_READ)

    def read_to_marts(self) -> list[Path]:
        """The files that the programs of `benchmarks/marts` read."""
        return self._of(_READ_TO_MARTS)

    def _of(self, patterns: tuple[str, ...]) -> list[Path]:
        return [path for pattern in patterns for path in sorted(self.folder.glob(pattern))]


def write_worlds(names: str, folder: Path) -> list[World]:
    """The worlds of these names, the smallest first; one that is not in the folder yet is written.

    Args:
        names: numbers of branches, as in `8600,1m,5m`.
        folder: holds a folder of this name for each; a million branches take 1.1 GB there.
    """
    found = {_branches(name): folder / name for name in names.lower().split(",")}
    return [_written(World(branches, found[branches])) for branches in sorted(found)]


def _branches(name: str) -> int:
    unit = _SIZES.get(name[-1:], 1)
    number = name[:-1] if unit > 1 else name
    if not number.isdecimal():
        raise SystemExit(f"--worlds: expected numbers of branches as 8600,1m,5m, found {name!r}.")
    return int(number) * unit


def _written(world: World) -> World:
    if (world.folder / _LAST_WRITTEN).exists():
        return world
    write = (sys.executable, "-m", "oso_pipeline.demo", "write", world.folder)
    measure(Command([*write, "--branches", str(world.branches), "--as-of", DAY.isoformat()]))
    return world
