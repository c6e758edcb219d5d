"""What is drawn of a release before the gate has judged it: the report, and the workbook but for its notes (docs/adr/0016).

A night knows early which branches are connected, and has its other tables a while before its checks, which only the notes
of the workbook show.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from oso_pipeline.outputs.cells import Book
from oso_pipeline.outputs.report import REPORTED, draw_report
from oso_pipeline.outputs.workbook import Begun, begin_workbook, continue_workbook, finish_workbook
from oso_pipeline.release.night import Night
from oso_pipeline.release.second_process import its_end_is_told

_ON_SHEETS = ("sources", "branch_status", "adoption", "change_log")
"""The tables of all sheets but the first and the last."""

_begun: dict[str, Book] = {}
_continued: dict[str, Begun] = {}
"""Release -> its workbook, in the process that draws it: what openpyxl holds cannot be sent to another."""


class FirstSheet(NamedTuple):
    """What is drawn of a release as soon as it is known which branches are connected.

    Attributes:
        worker: an executor that does one thing at a time, in one place: what is begun there is finished there.
        night: the inputs of the night.
        drawn: done when the sheet is there.
    """

    worker: Executor
    night: Night
    drawn: Future[None]

    def go_on(self, tables: Mapping[str, pl.DataFrame]) -> Drafts:
        """Draw all that can be drawn before the release is judged.

        Args:
            tables: the marts that a release is judged by, shaped as their contracts say.

        Raises:
            SecondProcessEnded: the worker is a process, and is gone.
        """
        of_release: dict[str, Any] = {
            "as_of": self.night.as_of,
            "release_id": self.night.release_id,
            "demo": self.night.demo,
        }
        on_sheets = [tables[name] for name in _ON_SHEETS]
        reported = {name: tables[name] for name in REPORTED}
        with its_end_is_told():
            further = self.worker.submit(_continue_workbook, *on_sheets, **of_release)
            report = self.worker.submit(draw_report, reported, **of_release)
        return Drafts(self.worker, self.night.release_id, [self.drawn, further], report)


class Drafts(NamedTuple):
    """What is being drawn of a release.

    Attributes:
        worker: as of FirstSheet.
        release_id: the release.
        sheets: done when all sheets are made that show no checks.
        report: the page.
    """

    worker: Executor
    release_id: str
    sheets: list[Future[None]]
    report: Future[str]

    def finish_workbook(self, path: Path, checks: pl.DataFrame) -> list[Future[None]]:
        """Add the notes and write the file, after what was begun.

        Args:
            path: the file to write.
            checks: as CHECKS_SCHEMA.

        Returns:
            What is to be waited for, in this order.
        """
        return [*self.sheets, self.worker.submit(_finish_workbook, self.release_id, path, checks)]


def begin_drafts(worker: Executor, night: Night, connected: pl.DataFrame) -> FirstSheet:
    """Begin to draw.

    Args:
        worker: an executor that does one thing at a time, in one place.
        night: the inputs of the night.
        connected: the `connected_schools` table, shaped as its contract says.

    Raises:
        SecondProcessEnded: the worker is a process, and is gone.
    """
    with its_end_is_told():
        drawn = worker.submit(
            _begin_workbook, night.release_id, connected, as_of=night.as_of, demo=night.demo
        )
    return FirstSheet(worker, night, drawn)


def _begin_workbook(release_id: str, connected: pl.DataFrame, **of_release: Any) -> None:  # noqa: ANN401 - as it is passed on
    _begun[release_id] = begin_workbook(connected, **of_release)


def _continue_workbook(*on_sheets: pl.DataFrame, **of_release: Any) -> None:  # noqa: ANN401 - as it is passed on
    release_id = of_release["release_id"]
    _continued[release_id] = continue_workbook(_begun.pop(release_id), *on_sheets, **of_release)


def _finish_workbook(release_id: str, path: Path, checks: pl.DataFrame) -> None:
    finish_workbook(_continued.pop(release_id), path, checks)
