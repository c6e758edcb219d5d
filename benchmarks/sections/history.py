"""The events between two national states, and thirty nights of history, in one process.

The two states are those of the made-up country's first and second night, with its register. What is compared is the time of
the events and of one night's intervals beside the time of reading the two branch states from their files, in alternation;
and the last five of thirty nights of history beside the first five.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import polars as pl

from benchmarks.rows import Bench, Row
from benchmarks.worlds import DAY
from oso_pipeline.contracts.records import BRANCH_HISTORY, CHANGE_LOG
from oso_pipeline.contracts.statuses import QUALIFICATION_STEPS
from oso_pipeline.demo.country import write_country
from oso_pipeline.intake.branch_files import FILE_NAMES, read_branch_file
from oso_pipeline.intake.register import read_register
from oso_pipeline.intake.register_zip import FILE_NAME
from oso_pipeline.registry.branches import open_branches
from oso_pipeline.registry.events import events_between
from oso_pipeline.registry.history import carry_history
from oso_pipeline.registry.register import read_register_on
from oso_pipeline.registry.schools import open_schools

NIGHTS = 30
MOST_SECONDS = 1.0
MOST_GROWTH = 2.0
_READING = "reading two states of the branches"


def rows(bench: Bench) -> Iterator[Row]:
    """Reading both states, the events and one night's intervals, and how thirty nights of intervals grow."""
    size = bench.national.branches
    folders = [bench.folder(f"history/{night}") for night in (1, 2)]
    for night, folder in enumerate(folders, start=1):
        write_country(folder, branches=size, as_of=DAY, night=night)
    files = read_register((folders[1] / "duo" / FILE_NAME).read_bytes(), snapshot_id="")
    register_files = {table: reading.rows for table, reading in files.items()}
    then, now = (_branches(folder) for folder in folders)
    turns = [
        (_seconds(lambda: [_branches(folder) for folder in folders]), _seconds(lambda: _events(then, now, register_files)))
        for _ in range(bench.rounds)
    ]  # fmt: skip
    reading, events = (statistics.median(times) for times in zip(*turns, strict=True))
    ratio = statistics.median(events / reading for reading, events in turns)
    nights = _thirty_nights(then)
    growth = statistics.median(nights[-5:]) / statistics.median(nights[:5])
    yield Row(f"{_READING}, {bench.national}", reading)
    yield Row("register, events, one night's intervals", events, beside=_READING, ratio=ratio, limit=f"{MOST_SECONDS} s", kept=events <= MOST_SECONDS)  # fmt: skip
    yield Row(f"{NIGHTS} nights of intervals, together", sum(nights))
    yield Row("the last five of them", statistics.median(nights[-5:]), beside="the first five", ratio=growth, limit=f"ratio {MOST_GROWTH}", kept=growth <= MOST_GROWTH)  # fmt: skip


def _branches(folder: Path) -> pl.DataFrame:
    rows = [
        read_branch_file((folder / "duo" / names[0]).read_bytes(), table, snapshot_id="").rows
        for table, names in FILE_NAMES.items()
    ]
    boards = pl.DataFrame(schema={"source": pl.String, "source_row": pl.Int64, "board_number": pl.String, "board_name": pl.String})  # fmt: skip
    return open_branches(pl.concat(rows), boards)["branches"]


def _events(then: pl.DataFrame, now: pl.DataFrame, files: dict[str, pl.DataFrame]) -> None:
    never = pl.lit(None, dtype=pl.Date)
    state = [
        pl.lit(value=False).alias("connected"),
        pl.lit("not_started").alias("status"),
        *(never.alias(name) for name in ("connected_on", "last_connected_on")),
    ]
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
        QUALIFICATION_STEPS.empty(),
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
