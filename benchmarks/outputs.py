"""`python -m benchmarks.outputs`: workbook, overview and report of one release of national size, in processor seconds.

The release is that of the made-up country's third night (8,600 branches). Each output is written once in this process, so
that what it imports counts for the first that needs it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from oso_pipeline.contracts.marts import MARTS
from oso_pipeline.outputs.overview import write_overview
from oso_pipeline.outputs.report import REPORT, write_report
from oso_pipeline.outputs.workbook import WORKBOOK, write_workbook
from oso_pipeline.release.checks import checks_to_frame
from oso_pipeline.release.database import DATABASE, read_tables
from oso_pipeline.release.index import checks_of, read_index

MOST = 5.0


def main() -> int:
    """Measure, print, and say whether the three together stay under five processor seconds."""
    with tempfile.TemporaryDirectory() as folder:
        release = _made_up_release(Path(folder))
        spent = {name: _spent(write) for name, write in _writes(release, Path(folder)).items()}
    for name, seconds in spent.items():
        print(f"{name:<10} {seconds:5.2f} CPU s")
    together = sum(spent.values())
    print(f"together   {together:5.2f} CPU s, at most {MOST}")
    return 0 if together <= MOST else 1


def _made_up_release(folder: Path) -> Path:
    oso = Path(sys.executable).parent / "oso"
    environment = os.environ | {"OSO_DATA_DIR": str(folder), "DAGSTER_HOME": str(folder / "dagster")}  # fmt: skip
    subprocess.run([oso, "demo"], env=environment, check=True, capture_output=True)
    return folder / "demo" / "marts" / "latest"


def _writes(release: Path, into: Path) -> dict[str, Callable[[], None]]:
    tables, index = read_tables(release / DATABASE, MARTS), read_index(release)
    of_release = {"as_of": date.fromisoformat(str(index["as_of"])), "release_id": index["release_id"], "demo": True}  # fmt: skip
    names = ("connected_schools", "sources", "branch_status", "adoption", "change_log")
    shown: list[pl.DataFrame] = [*(tables[name] for name in names), checks_to_frame(checks_of(index))]  # fmt: skip
    return {
        "workbook": partial(write_workbook, into / WORKBOOK, *shown, **of_release),
        "overview": partial(write_overview, into / "overview", tables, into / WORKBOOK, **of_release),
        "report": partial(write_report, into / REPORT, tables, **of_release),
    }  # fmt: skip


def _spent(write: Callable[[], None]) -> float:
    before = time.process_time()
    write()
    return time.process_time() - before


if __name__ == "__main__":
    sys.exit(main())
