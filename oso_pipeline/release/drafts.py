"""What is drawn of a release before the gate has judged it: the report, and the workbook but for its notes (docs/adr/0016).

A night has its tables a while before it has its checks, and only the notes of the workbook show those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from oso_pipeline.outputs.report import REPORTED, draw_report
from oso_pipeline.outputs.workbook import Begun, begin_workbook, finish_workbook
from oso_pipeline.release.night import Night
from oso_pipeline.release.second_process import its_end_is_told

_ON_SHEETS = ("connected_schools", "sources", "branch_status", "adoption", "change_log")

_begun: dict[str, Begun] = {}
"""Release -> its workbook, in the process that draws it: what openpyxl holds cannot be sent to another."""


class Drafts(NamedTuple):
    """What is being drawn of a release.

    Attributes:
        worker: an executor that does one thing at a time, in one place: what is begun there is finished there.
        release_id: the release.
        workbook: done when all sheets are made that show no checks.
        report: the page.
    """

    worker: Executor
    release_id: str
    workbook: Future[None]
    report: Future[str]

    def finish_workbook(self, path: Path, checks: pl.DataFrame) -> list[Future[None]]:
        """Add the notes and write the file, after what was begun.

        Args:
            path: the file to write.
            checks: as CHECKS_SCHEMA.

        Returns:
            What is to be waited for, in this order.
        """
        return [self.workbook, self.worker.submit(_finish_workbook, self.release_id, path, checks)]


def begin_drafts(worker: Executor, night: Night, tables: Mapping[str, pl.DataFrame]) -> Drafts:
    """Begin to draw.

    Args:
        worker: an executor that does one thing at a time, in one place.
        night: the inputs of the night.
        tables: the marts that a release is judged by, shaped as their contracts say.

    Raises:
        SecondProcessEnded: the worker is a process, and is gone.
    """
    of_release: dict[str, Any] = {
        "as_of": night.as_of,
        "release_id": night.release_id,
        "demo": night.demo,
    }
    on_sheets = [tables[name] for name in _ON_SHEETS]
    reported = {name: tables[name] for name in REPORTED}
    with its_end_is_told():
        workbook = worker.submit(_begin_workbook, on_sheets, **of_release)
        report = worker.submit(draw_report, reported, **of_release)
    return Drafts(worker, night.release_id, workbook, report)


def _begin_workbook(on_sheets: Sequence[pl.DataFrame], **of_release: Any) -> None:  # noqa: ANN401 - as it is passed on
    _begun[of_release["release_id"]] = begin_workbook(*on_sheets, **of_release)


def _finish_workbook(release_id: str, path: Path, checks: pl.DataFrame) -> None:
    finish_workbook(_begun.pop(release_id), path, checks)
