"""`python -m benchmarks.history`: the events between two national states, and thirty nights of history.

The two states are those of the made-up country's first and second night (8,600 branches, with its register). What is compared is the
time of the events and of one night's intervals beside the time of reading the two branch states from their files, in
one process and in alternation; and the last five of thirty nights of history beside the first five.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from oso_pipeline.contracts.records import BRANCH_HISTORY, CHANGE_LOG
from oso_pipeline.demo.country import write_country
from oso_pipeline.intake.branch_files import FILE_NAMES, read_branch_file
from oso_pipeline.intake.register import read_register
from oso_pipeline.intake.register_zip import FILE_NAME
from oso_pipeline.registry.branches import open_branches
from oso_pipeline.registry.events import events_between
from oso_pipeline.registry.history import carry_history
from oso_pipeline.registry.register import read_register_on
from oso_pipeline.registry.schools import open_schools

BRANCHES = 8600
DAY = date(2026, 11, 20)
ROUNDS = 7
NIGHTS = 30
MOST_SECONDS = 1.0
MOST_GROWTH = 2.0


def main() -> int:
    """Measure, print, and say whether the events stay under a second and the nights grow linearly."""
    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place) / str(night) for night in (1, 2)]
        for night, folder in enumerate(folders, start=1):
            write_country(folder, branches=BRANCHES, as_of=DAY, night=night)
        files = read_register((folders[1] / "duo" / FILE_NAME).read_bytes(), snapshot_id="")
        register_files = {table: reading.rows for table, reading in files.items()}
        then, now = (_branches(folder) for folder in folders)
        reading = [_seconds(lambda: [_branches(folder) for folder in folders]) for _ in range(ROUNDS)]  # fmt: skip
        events = [_seconds(lambda: _events(then, now, register_files)) for _ in range(ROUNDS)]
    nights = _thirty_nights(then)
    growth = statistics.median(nights[-5:]) / statistics.median(nights[:5])
    print(f"{BRANCHES:,} branches, medians of {ROUNDS}")
    print(f"reading both states       {statistics.median(reading):6.3f} s")
    print(f"register, events, history {statistics.median(events):6.3f} s, {statistics.median(e / r for e, r in zip(events, reading, strict=True)):.2f} of it")  # fmt: skip
    print(f"{NIGHTS} nights of history      {sum(nights):6.3f} s; the last five beside the first five: {growth:.2f}")  # fmt: skip
    return 0 if statistics.median(events) <= MOST_SECONDS and growth <= MOST_GROWTH else 1


def _branches(folder: Path) -> pl.DataFrame:
    rows = [
        read_branch_file((folder / "duo" / names[0]).read_bytes(), table, snapshot_id="").rows
        for table, names in FILE_NAMES.items()
    ]
    boards = pl.DataFrame(schema={"source": pl.String, "source_row": pl.Int64, "board_number": pl.String, "board_name": pl.String})  # fmt: skip
    return open_branches(pl.concat(rows), boards)["branches"]


def _events(then: pl.DataFrame, now: pl.DataFrame, files: dict[str, pl.DataFrame]) -> None:
    state = [pl.lit(value=False).alias("connected"), pl.lit("not_started").alias("status")]
    register = read_register_on(DAY, files, now, "")
    history = carry_history(BRANCH_HISTORY, BRANCH_HISTORY.empty(), then, day=DAY, release_id="1")
    carry_history(BRANCH_HISTORY, history, now, day=DAY + timedelta(1), release_id="2")
    of_schools = pl.DataFrame(schema={"brin": pl.String, "board_number": pl.String, "from_on": pl.Date})  # fmt: skip
    schools = open_schools(now, of_schools, register.governance, register.board_transitions, DAY)
    events_between(
        then.with_columns(state),
        now.with_columns(state),
        CHANGE_LOG.empty(),
        register,
        schools,
        day=DAY,
        release_id="2",
    )


def _thirty_nights(branches: pl.DataFrame) -> list[float]:
    """Every night one branch in two hundred has another name; seconds per night."""
    seconds, history = [], BRANCH_HISTORY.empty()
    for night in range(NIGHTS):
        turn = pl.int_range(pl.len()) % 200 == night
        renamed = pl.when(turn).then(pl.lit(f"name {night}")).otherwise("branch_name")
        branches = branches.with_columns(renamed.alias("branch_name"))
        started = time.perf_counter()
        history = carry_history(BRANCH_HISTORY, history, branches, day=DAY + timedelta(night), release_id=str(night))  # fmt: skip
        seconds.append(time.perf_counter() - started)
    return seconds


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
