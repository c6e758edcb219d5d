"""`python -m benchmarks.marts.pandas_peer COUNTRY OUT [--as-of DAY]`: the same rules as pandas merges.

    pandas_codes.py           codes and days out of text
    pandas_repairs.py         what was repaired of them, by name
    pandas_reading.py         typed frames
    pandas_quarantine.py      the rows that cannot be used, and why
    pandas_matching.py        what is open, what every record is about, who serves whom
    pandas_steps.py           the steps
    pandas_rules.py           the statuses
    pandas_findings.py        the flags
    pandas_reconciliation.py  every onboarding row with its outcome
    pandas_sentences.py       sentences about many rows

Vectorised throughout, on pandas' Arrow-backed text. It needs pandas and pyarrow (`make .venv-peers/done`), and imports
nothing of the product.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from time import perf_counter

import pandas as pd
import pyarrow as pa

from benchmarks.marts.pandas_reading import read_country
from benchmarks.marts.pandas_rules import apply_rules


def write(tables: dict[str, pd.DataFrame], out: Path) -> None:
    """One Parquet file per table; a day is a day there, not a moment."""
    for name, rows in tables.items():
        days = {column: pd.ArrowDtype(pa.date32()) for column in rows if column.endswith("_on")}
        rows.astype(days).to_parquet(out / f"{name}.parquet", compression="snappy", index=False)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("country", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2026, 11, 20))
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    begun = perf_counter()
    branches, boards, tables, quarantine = read_country(given.country)
    have_read = perf_counter()
    marts = apply_rules(branches, boards, tables, quarantine, given.as_of)
    have_ruled = perf_counter()
    write(marts, given.out)
    written = perf_counter()
    print(json.dumps({"reading": have_read - begun, "rules": have_ruled - have_read, "writing": written - have_ruled}))  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
