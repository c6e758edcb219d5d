"""A night whose work is counted: `python counted_night.py COUNTS DAY` writes the counts to a file, as JSON.

What Python opens under the data folder is told by an audit hook, a folder that is synchronised to the disk among it. Polars
and DuckDB open files out of its sight, so their calls are counted instead: frames and their stamps, and statements.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Self

import duckdb
import polars as pl

from oso_pipeline import cli

FRAMES_READ = ("scan_parquet", "read_parquet", "scan_ipc", "read_ipc", "scan_ndjson", "read_ndjson")
FRAMES_WRITTEN = ("sink_parquet", "sink_ipc", "sink_ndjson")
STATEMENTS = {"execute", "executemany", "sql", "query"}
DATA = os.environ["OSO_DATA_DIR"]
counts: Counter[str] = Counter()


def count_opened(event: str, arguments: tuple[Any, ...]) -> None:
    """Count a file of the data folder that Python opens."""
    if event != "open" or not str(arguments[0]).startswith(DATA):
        return
    path, writes = Path(str(arguments[0])), bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
    body = path.name == "body"
    counts[f"{'bodies' if body else 'other files'} {'written' if writes else 'read'}"] += 1


def counted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """The same call, counted."""

    @wraps(call)
    def wrapper(*arguments: Any, **named: Any) -> Any:
        counts[name] += 1
        return call(*arguments, **named)

    return wrapper


class Connection:
    """A connection whose statements are counted when they are looked up: DuckDB finds frames in the frame of its caller."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        if name in STATEMENTS:
            counts["DuckDB statements"] += 1
        return getattr(self._real, name)

    def __enter__(self) -> Self:
        self._real.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._real.__exit__(*raised)


def events_logged() -> int:
    """How many entries the last run has in Dagster's event log: each is a row that is written and committed."""
    from oso_pipeline.nightly import open_instance

    with open_instance() as instance:
        return len(instance.all_logs(instance.get_runs(limit=1)[0].run_id))


def main(into: Path, day: str) -> None:
    for name in FRAMES_READ:
        setattr(pl, name, counted("frames read", getattr(pl, name)))
    pl.read_parquet_metadata = counted("stamps read", pl.read_parquet_metadata)
    for name in FRAMES_WRITTEN:
        setattr(pl.LazyFrame, name, counted("frames written", getattr(pl.LazyFrame, name)))
    connect = duckdb.connect
    duckdb.connect = lambda *arguments, **named: Connection(connect(*arguments, **named))
    sys.addaudithook(count_opened)
    sys.argv[1:] = ["run", "--as-of", day]
    try:
        cli.main()
    finally:
        found = dict(counts)
        into.write_text(json.dumps(found | {"events logged": events_logged()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
