"""`python -m benchmarks.marts.compare OUT_A OUT_B`: whether two runs gave the same tables, row by row.

It prints the rows of every table, and of a table that differs the first rows that only one of them has. Exit 1 when any differs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

SHOWN = 5


def main(one: Path, other: Path) -> int:
    """Compare every table that either of them has."""
    names = sorted({path.stem for out in (one, other) for path in out.glob("*.parquet")})
    if not names:
        raise SystemExit(f"{one} and {other}: expected Parquet files, found none.")
    same = [_same(name, one, other) for name in names]
    return int(not all(same))


def _same(name: str, one: Path, other: Path) -> bool:
    missing = [out for out in (one, other) if not (out / f"{name}.parquet").exists()]
    if missing:
        print(f"{name:<22} is missing in {missing[0]}")
        return False
    a, b = (_read(out / f"{name}.parquet") for out in (one, other))
    if a.schema != b.schema:
        print(f"{name:<22} differs in its columns:\n  {a.schema}\n  {b.schema}")
        return False
    same = a.equals(b)
    print(f"{name:<22} {a.height:>10,} {b.height:>10,}  {'equal' if same else 'DIFFERENT'}")
    if not same:
        _show(a, b, one, other)
    return same


def _read(path: Path) -> pl.DataFrame:
    """Sorted by all columns: what counts is which rows there are. Widths of integers and dictionaries of words are the writer's own affair."""
    rows = pl.read_parquet(path)
    wide = rows.with_columns(
        pl.selectors.list().list.join(","),
        pl.selectors.integer().cast(pl.Int64),
        pl.selectors.categorical().cast(pl.String),
    )
    return wide.sort(wide.columns, nulls_last=True)


def _show(a: pl.DataFrame, b: pl.DataFrame, one: Path, other: Path) -> None:
    for mine, its, out in ((a, b, one), (b, a, other)):
        counted = mine.group_by(mine.columns).len().join(
            its.group_by(its.columns).len(), on=[*mine.columns, "len"], how="anti", nulls_equal=True
        )  # fmt: skip
        print(f"  {counted.height:,} rows are so only in {out}")
        for row in counted.sort(mine.columns, nulls_last=True).head(SHOWN).iter_rows(named=True):
            print("    " + " ".join(f"{name}={value}" for name, value in row.items() if value is not None))  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
