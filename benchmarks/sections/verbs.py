"""The reading verbs as whole processes, over Python's own start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Command, alternate
from benchmarks.rows import OSO, PYTHON, Bench, Row, alone
from benchmarks.sections.night import published

MOST_OVER = 0.5
"""Seconds more than `python -c pass`."""

_START = "python -c pass"


def rows(bench: Bench) -> Iterator[Row]:
    """What `oso explain`, `releases` and `diagnose` take on the data folder of a published night."""
    with published(bench, "verbs") as environment:
        verbs = _verbs_on(Path(environment["OSO_DATA_DIR"]))
        commands = {f"oso {name}": Command([OSO, *words], environment) for name, words in verbs.items()}  # fmt: skip
        start = {_START: Command([PYTHON, "-c", "pass"])}
        took = alternate(start | commands, rounds=bench.rounds, beside=_START)
    yield alone(_START, took.pop(_START))
    for name, one in took.items():
        row = alone(f"{name}, {bench.national}", one)._replace(beside=_START)
        yield row._replace(limit=f"+{MOST_OVER} s (+{one.over:.2f})", kept=one.over <= MOST_OVER)


def _verbs_on(root: Path) -> dict[str, list[str]]:
    """The verbs, about the board that has most branches and a branch of it, in the latest release."""
    from oso_pipeline.release.database import DATABASE, open_database
    from oso_pipeline.release.folder import DataFolder

    with open_database(DataFolder(root).latest / DATABASE) as connection:
        board, branch = connection.execute(
            "SELECT board_number, min(branch_code) FROM branch_status WHERE board_number IS NOT NULL"
            " GROUP BY board_number ORDER BY count(*) DESC, board_number LIMIT 1"
        ).fetchall()[0]
    return {
        "explain of a branch": ["explain", branch],
        "explain of a school": ["explain", branch[:4]],
        "explain of a board": ["explain", board],
        "releases": ["releases"],
        "diagnose": ["diagnose"],
    }
