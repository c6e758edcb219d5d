"""`python -m benchmarks.marts.floor COUNTRY OUT --made FOLDER`: the same files read and the same tables written, without a rule.

Nothing is looked at: every CSV file that the others read is read as text, whole, and let go of; then the tables that ours
made (FOLDER) are written once more. Whoever reads these files and writes these tables by Polars takes this at least.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from time import perf_counter

import polars as pl

from benchmarks.worlds import World


def main(arguments: list[str]) -> None:
    """Read, write, and print the seconds of each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("country", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--made", type=Path, required=True)
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    begun = perf_counter()
    for path in World(0, given.country).read_to_marts():
        _read(path.read_bytes())
    have_read = perf_counter()
    for table in sorted(given.made.glob("*.parquet")):
        pl.scan_parquet(table).sink_parquet(given.out / table.name, compression="snappy")
    print(json.dumps({"reading": have_read - begun, "writing": perf_counter() - have_read}))


def _read(body: bytes) -> None:
    header = body[: body.index(b"\n")]
    separator = max(";,", key=lambda sign: header.count(sign.encode()))
    try:
        body.decode()
    except UnicodeDecodeError:  # Windows-1252, as some files of the registry are
        body = body.decode("cp1252").encode()
    pl.read_csv(body, separator=separator, infer_schema=False)


if __name__ == "__main__":
    main(sys.argv[1:])
