"""Reading to marts, by the product's functions and by the same rules as pandas merges and as DuckDB SQL.

The programs are those of `benchmarks/marts`; they read the same files of a world, and that they write equal tables is
checked row by row in every run. Seconds and ratios are of whole processes; those of the rules alone are what the programs
say themselves. The limits are for a million branches and more. "Without a rule" is what is left of it by Polars when nothing
is decided: the same files read as text, and the same tables written.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from statistics import median

from benchmarks.measure import (
    Command,
    CommandFailed,
    Compared,
    Measured,
    alternate,
    compare,
    measure,
)
from benchmarks.rows import (
    PYTHON,
    Bench,
    Row,
    alone,
    beside,
    not_measured,
    only_ratio,
    with_limit,
)
from benchmarks.worlds import DAY, World

LARGE = 1_000_000
"""From here on the limits hold, and few rounds are run."""

HUGE = 5_000_000
"""From here on it is ours alone, once."""

PANDAS_AT_MOST = 1 / 5
RULES_AT_MOST = 1 / 12
SQL_AT_MOST = 1.0
HUGE_AT_MOST = 6.0
PEAK_AT_MOST = 6 * 1024
"""MiB, at the huge size."""

_OURS, _PANDAS, _SQL, _FLOOR = "ours", "pandas_peer", "sql_peer", "floor"


def rows(bench: Bench) -> Iterator[Row]:
    """Ours beside both peers in every world, and the huge world beside the large one."""
    large: Compared | None = None
    for world in bench.worlds:
        if world.branches >= HUGE:
            yield from _huge(bench, world, large)
            continue
        rounds = bench.few if world.branches >= LARGE else bench.rounds
        names = (_OURS, _FLOOR) if bench.lacks_peers() else (_OURS, _FLOOR, _PANDAS, _SQL)
        commands = {name: _command(bench, name, world) for name in names}
        took = alternate(commands, rounds=rounds, beside=_OURS)
        if world.branches == LARGE:
            large = took[_OURS]
        yield alone(f"reading to marts, ours, {world}", took[_OURS])
        yield beside(f"the same files and tables without a rule, {world}", took[_FLOOR], "ours")
        if reason := bench.lacks_peers():
            yield not_measured(f"reading to marts, pandas and SQL, {world}", reason)
            continue
        yield from _beside_peers(bench, took, world)


def _beside_peers(bench: Bench, took: dict[str, Compared], world: World) -> Iterator[Row]:
    limits = world.branches >= LARGE
    for name, label, at_most in ((_PANDAS, "pandas", PANDAS_AT_MOST), (_SQL, "DuckDB SQL", SQL_AT_MOST)):  # fmt: skip
        if _differ(bench, name, world):
            yield Row(f"reading to marts, {label}, {world}: its tables are not ours", limit="equal", kept=False)  # fmt: skip
            continue
        yield alone(f"reading to marts, {label}, {world}", took[name])
        ours = compare(took[_OURS].runs, took[name].runs)
        yield only_ratio(f"ours beside {label}, {world}", ours, label, at_most=at_most if limits else None)  # fmt: skip
        if name == _PANDAS:
            floor = compare(took[_FLOOR].runs, took[name].runs)
            yield only_ratio(f"without a rule beside {label}, {world}", floor, label)
            yield _rules(took, _OURS, world, RULES_AT_MOST if limits else None)
            yield _rules(took, _SQL, world)


def _differ(bench: Bench, name: str, world: World) -> bool:
    outs = [_out(bench, one, world) for one in (_OURS, name)]
    try:
        measure(Command([PYTHON, "-m", "benchmarks.marts.compare", *outs]))
    except CommandFailed as failed:
        print(failed, file=sys.stderr)
        return True
    return False


def _rules(took: dict[str, Compared], name: str, world: World, at_most: float | None = None) -> Row:
    rules, theirs = ([_seconds(run)["rules"] for run in took[one].runs] for one in (name, _PANDAS))
    ratio = median(a / b for a, b in zip(rules, theirs, strict=True))
    label = {_OURS: "ours", _SQL: "DuckDB SQL"}[name]
    row = Row(f"the rules alone, {label}, {world}", median(rules), beside=f"pandas, {median(theirs):.2f} s", ratio=ratio)  # fmt: skip
    return row if at_most is None else with_limit(row, at_most)


def _huge(bench: Bench, world: World, large: Compared | None) -> Iterator[Row]:
    once = alternate({_OURS: _command(bench, _OURS, world)}, rounds=1, warmup=0, beside=_OURS)[_OURS]  # fmt: skip
    memory = {"limit": f"peak {PEAK_AT_MOST:,} MiB", "kept": once.peak <= PEAK_AT_MOST}
    yield alone(f"reading to marts, ours, {world}", once)._replace(**memory)
    if large:
        told = once._replace(ratio=once.wall / large.wall, cpu_ratio=once.cpu / large.cpu)
        yield only_ratio("the same, beside a fifth of the branches", told, f"{LARGE:,}", at_most=HUGE_AT_MOST)  # fmt: skip


def _command(bench: Bench, name: str, world: World) -> Command:
    python = PYTHON if name in (_OURS, _FLOOR) else bench.peers
    more = ("--made", _out(bench, _OURS, world)) if name == _FLOOR else ("--as-of", DAY.isoformat())
    out = _out(bench, name, world)
    return Command([python, "-m", f"benchmarks.marts.{name}", world.folder, out, *more])


def _out(bench: Bench, name: str, world: World) -> str:
    return str(bench.work / "marts" / f"{name}-{world.branches}")


def _seconds(run: Measured) -> dict[str, float]:
    return json.loads(run.output.splitlines()[-1])
