"""`python -m benchmarks.outputs RELEASE FOLDER [SHEETS]`: the outputs of a release once more, timed one by one.

Prints a JSON line with the processor seconds of the workbook, the overview and the report. Each is written once in this
process, so that what it imports counts for the first that needs it. With SHEETS, that folder gets the workbook's sheets.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from oso_pipeline.contracts.marts import MARTS
from oso_pipeline.outputs.cells import Book
from oso_pipeline.outputs.overview import write_overview
from oso_pipeline.outputs.report import REPORT, write_report
from oso_pipeline.outputs.workbook import WORKBOOK, write_workbook
from oso_pipeline.release.checks import checks_to_frame
from oso_pipeline.release.database import DATABASE, read_tables
from oso_pipeline.release.index import checks_of, read_index


def main(release: Path, into: Path, sheets: Path | None = None) -> None:
    """Write them, and print what each took."""
    if sheets:
        _keep_sheets_of_the_workbook(sheets)
    spent = {name: _spent(write) for name, write in _writes(release, into).items()}
    print(json.dumps(spent))


def _keep_sheets_of_the_workbook(sheets: Path) -> None:
    from benchmarks.workbooks import keep_sheets

    add, shown = Book.add, []

    def keep_and_add(book, more) -> None:  # noqa: ANN001
        shown.extend(more)
        keep_sheets(sheets, shown)
        add(book, shown[-len(more) :])

    Book.add = keep_and_add


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
    main(*map(Path, sys.argv[1:]))
