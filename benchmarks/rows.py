"""A row of the table, and what a section is told."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import Compared
from benchmarks.worlds import World

PYTHON = Path(sys.executable)
OSO = PYTHON.parent / "oso"


class Bench(NamedTuple):
    """What a section is told.

    Attributes:
        worlds: the worlds asked for, the smallest first; what is measured at one size is measured on that.
        rounds: how many count.
        peers: the Python that has what ours is compared with.
        work: a folder for what is made on the way.
    """

    worlds: list[World]
    rounds: int
    peers: Path
    work: Path

    @property
    def national(self) -> World:
        """The world of what is measured at one size."""
        return self.worlds[0]

    @property
    def few(self) -> int:
        """How many rounds of what takes long."""
        return min(self.rounds, 3)

    def folder(self, name: str) -> Path:
        """An empty folder of this name."""
        folder = self.work / name
        folder.mkdir(parents=True)
        return folder

    def lacks_peers(self) -> str:
        """Why there is nothing to compare with; empty when there is."""
        return "" if os.access(self.peers, os.X_OK) else "no Python with the peers (--peers)"


class Row(NamedTuple):
    """A row: seconds, seconds of the processor and MiB are medians; ratios are medians of pairs."""

    what: str
    wall: float | None = None
    cpu: float | None = None
    peak: float | None = None
    beside: str = ""
    ratio: float | None = None
    cpu_ratio: float | None = None
    limit: str = ""
    kept: bool | None = None


def alone(what: str, took: Compared) -> Row:
    """A row that is compared with nothing."""
    return Row(what, took.wall, took.cpu, took.peak)


def beside(what: str, took: Compared, other: str, *, at_most: float | None = None) -> Row:
    """A row beside another one; the limit, if any, is on the ratio of wall seconds."""
    row = alone(what, took)._replace(beside=other, ratio=took.ratio, cpu_ratio=took.cpu_ratio)
    return row if at_most is None else with_limit(row, at_most)


def only_ratio(what: str, took: Compared, other: str, *, at_most: float | None = None) -> Row:
    """The same, where the figures stand in another row."""
    return beside(what, took, other, at_most=at_most)._replace(wall=None, cpu=None, peak=None)


def with_limit(row: Row, at_most: float) -> Row:
    """The row with a limit on its ratio."""
    kept = row.ratio is not None and row.ratio <= at_most
    return row._replace(limit=f"ratio {at_most:.3g}", kept=kept)


def not_measured(what: str, reason: str) -> Row:
    """A row that says why it is empty."""
    return Row(f"{what}: not measured, {reason}")
