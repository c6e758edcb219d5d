"""The reading verbs as whole processes, over Python's own start."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from benchmarks.measure import Command, alternate
from benchmarks.rows import OSO, PYTHON, Bench, Row, alone
from benchmarks.sections.night import published

MOST_OVER = 0.5
"""Seconds more than `python -c pass`."""

_START = "python -c pass"


def rows(bench: Bench) -> Iterator[Row]:
    """What `oso explain`, `releases` and `diagnose` take on the data folder of a published night."""
    with published(bench, "verbs") as environment:
        with (bench.national.folder / "truth" / "branches.csv").open() as file:
            code = next(csv.DictReader(file))["branch_code"]
        verbs = {"explain": ["explain", code], "releases": ["releases"], "diagnose": ["diagnose"]}
        commands = {f"oso {name}": Command([OSO, *words], environment) for name, words in verbs.items()}  # fmt: skip
        start = {_START: Command([PYTHON, "-c", "pass"])}
        took = alternate(start | commands, rounds=bench.rounds, beside=_START)
    yield alone(_START, took.pop(_START))
    for name, one in took.items():
        row = alone(f"{name}, {bench.national}", one)._replace(beside=_START)
        yield row._replace(limit=f"+{MOST_OVER} s (+{one.over:.2f})", kept=one.over <= MOST_OVER)
