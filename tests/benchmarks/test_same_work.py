"""What ours is compared with is the same work."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from dagster import multiprocess_executor

from benchmarks.default_executor import nightly
from benchmarks.rows import Bench
from benchmarks.sections import marts
from benchmarks.workbooks import differences, keep_sheets, read_sheets
from benchmarks.worlds import write_worlds
from oso_pipeline.contracts.model import Column, Type
from oso_pipeline.definitions import build_defs
from oso_pipeline.outputs.cells import write_book
from oso_pipeline.outputs.sheets import Sheet
from sensors.one_night import JOB

ROWS = pl.DataFrame(
    {"code": ["00AH", "1E10"], "on": [date(2026, 1, 2), None], "yes": [True, False], "n": [1, 2]}
)
COLUMNS = zip(ROWS.columns, (Type.CODE, Type.DATE, Type.YES_NO, Type.COUNT), strict=True)
SHEET = Sheet("Scholen", tuple(Column(name, kind, name, "") for name, kind in COLUMNS), (8, 8, 8, 8), ROWS)  # fmt: skip


def test_the_job_in_the_default_executor_is_the_nightly_job_but_for_its_executor() -> None:
    ours, other = build_defs().resolve_job_def(JOB), nightly()
    assert other.executor_def is multiprocess_executor
    assert {node.name for node in other.nodes} == {node.name for node in ours.nodes}


def test_sheets_that_are_kept_are_read_as_they_were(tmp_path: Path) -> None:
    keep_sheets(tmp_path, [SHEET])
    (read,) = read_sheets(tmp_path)
    assert read.rows.equals(ROWS)
    assert replace(read, rows=ROWS) == SHEET


def test_one_cell_that_differs_between_two_workbooks_is_found(tmp_path: Path) -> None:
    one, same, other = (tmp_path / f"{name}.xlsx" for name in ("one", "same", "other"))
    changed = ROWS.with_columns(n=pl.Series([1, 3]))
    for path, rows in ((one, ROWS), (same, ROWS), (other, changed)):
        write_book(path, "Overzicht", [replace(SHEET, rows=rows)], date(2026, 11, 20))
    assert differences(one, same) == []
    assert [told.split(":")[0] for told in differences(one, other)] == ["Scholen, row 3"]


def test_the_huge_world_is_ours_alone_and_stands_beside_the_large_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marts, "LARGE", 60)
    monkeypatch.setattr(marts, "HUGE", 90)
    bench = Bench(write_worlds("60,90", tmp_path), 1, tmp_path / "none", tmp_path)
    ours, floor, peers, huge, ratio = marts.rows(bench)
    assert (floor.what, floor.beside) == ("the same files and tables without a rule, 60 branches", "ours")  # fmt: skip
    assert peers.what == "reading to marts, pandas and SQL, 60 branches: not measured, no Python with the peers (--peers)"  # fmt: skip
    assert (ours.kept, huge.limit, huge.kept) == (None, "peak 6,144 MiB", True)
    assert ratio.ratio == pytest.approx((huge.wall or 0) / (ours.wall or 1))
    assert ratio.limit == "ratio 6"
