"""What nothing can be faster than: Python, Dagster, the bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Command, alternate
from benchmarks.rows import PYTHON, Bench, Row, alone, beside
from benchmarks.sections.night import empty_job
from benchmarks.worlds import World

_START = "Python's start"
_COUNT = """
import sys, duckdb
for path in sys.argv[1:]:
    separator = max(",;", key=open(path, encoding="utf-8").readline().count)
    duckdb.execute("SELECT count(*) FROM read_csv(?, header=true, all_varchar=true, delim=?)", [path, separator]).fetchall()
"""

_MOST = 1_000_000
"""Branches: larger files are not copied into UTF-8 for a floor."""


def rows(bench: Bench) -> Iterator[Row]:
    """Starting, importing Dagster, an empty job; reading the bytes, and DuckDB counting the rows, of every world."""
    started = {
        _START: Command([PYTHON, "-c", "pass"]),
        "Python importing dagster": Command([PYTHON, "-c", "import dagster"]),
        "empty job": empty_job(bench, "floors"),
    }
    for name, took in alternate(started, rounds=bench.rounds, beside=_START).items():
        yield alone(name, took) if name == _START else beside(name, took, _START)
    for number, world in enumerate(bench.worlds):
        if world.branches > _MOST:
            continue
        yield from _bytes(world, bench.folder(f"floors/{number}"), bench.rounds)


def _bytes(world: World, folder: Path, rounds: int) -> Iterator[Row]:
    files = world.read_by_a_night()
    csv = [_in_utf_8(path, folder) for path in files if path.suffix == ".csv"]
    size = sum(path.stat().st_size for path in files) / 2**20
    read = {
        f"cat of the {size:,.0f} MiB that a night reads": Command(["cat", *files]),
        "DuckDB counting the rows of the CSV files, in UTF-8": Command([PYTHON, "-c", _COUNT, *csv]),
    }  # fmt: skip
    for name, took in alternate(read, rounds=rounds, beside=next(iter(read))).items():
        yield alone(f"{name}, {world}", took)


def _in_utf_8(path: Path, folder: Path) -> Path:
    """Itself, or a copy: files of the registry are in Windows-1252, which DuckDB does not read."""
    content = path.read_bytes()
    try:
        content.decode()
    except UnicodeDecodeError:
        copy = folder / path.name
        copy.write_bytes(content.decode("cp1252").encode())
        return copy
    return path
