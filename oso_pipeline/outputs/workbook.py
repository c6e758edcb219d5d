"""`overzicht-scholen-met-oso.xlsx`: which branches are connected, how far the country is, what changed, and on what it rests.

What stands on a sheet is said in sheets.py, changes.py and notes.py; how a value becomes a cell in cells.py. The same
input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

import polars as pl

from oso_pipeline.outputs.cells import Book
from oso_pipeline.outputs.changes import changes_sheet
from oso_pipeline.outputs.notes import notes_sheet
from oso_pipeline.outputs.sheets import Sheet, connected_sheet, share_sheets

WORKBOOK = "overzicht-scholen-met-oso.xlsx"
_TITLE = "Overzicht scholen met OSO"


class Begun(NamedTuple):
    """A workbook with all its sheets but the notes, which say how the release was checked."""

    book: Book
    notes: Callable[[pl.DataFrame | None], Sheet]
    """Of the checks."""


def write_workbook(
    path: Path,
    connected: pl.DataFrame,
    sources: pl.DataFrame,
    branches: pl.DataFrame,
    adoption: pl.DataFrame | None = None,
    changes: pl.DataFrame | None = None,
    checks: pl.DataFrame | None = None,
    *,
    as_of: date,
    release_id: str,
    demo: bool,
) -> None:
    """Write the workbook: what it takes is said of its three parts, which a night makes at three moments."""
    book = begin_workbook(connected, as_of=as_of, demo=demo)
    begun = continue_workbook(book, sources, branches, adoption, changes, as_of=as_of, release_id=release_id, demo=demo)  # fmt: skip
    finish_workbook(begun, path, checks)


def begin_workbook(connected: pl.DataFrame, *, as_of: date, demo: bool) -> Book:
    """Make its first sheet, which takes three quarters of the time.

    Args:
        connected: the `connected_schools` table.
        as_of: the day of the release.
        demo: whether the data is made up; the title and the head of every printed page say so.
    """
    book = Book(f"{_TITLE} (DEMO)" if demo else _TITLE, as_of)
    book.add([connected_sheet(connected)])
    return book


def continue_workbook(
    book: Book,
    sources: pl.DataFrame,
    branches: pl.DataFrame,
    adoption: pl.DataFrame | None = None,
    changes: pl.DataFrame | None = None,
    *,
    as_of: date,
    release_id: str,
    demo: bool,
) -> Begun:
    """Make all further sheets that can be made before the release is judged.

    Args:
        book: as it was begun.
        sources: the `sources` table.
        branches: the `branch_status` table, for names and counts.
        adoption: the `adoption` table; of it the rows of this release are shown. None: the sheets have no row.
        changes: the `change_log` table; of it the events of this release are shown. None: the sheet has no row.
        as_of: the day of the release.
        release_id: the release.
        demo: whether the data is made up; the notes say so.
    """
    happened = None if changes is None else changes.filter(release_id=release_id)
    tonight = None if adoption is None else adoption.filter(release_id=release_id)
    book.add([*share_sheets(tonight), changes_sheet(happened, branches)])
    notes = partial(notes_sheet, sources, branches, happened, as_of=as_of, release_id=release_id, demo=demo)  # fmt: skip
    return Begun(book, notes)


def finish_workbook(begun: Begun, path: Path, checks: pl.DataFrame | None) -> None:
    """Add the notes, and write the file.

    Args:
        begun: the workbook; it cannot be used again.
        path: the file to write.
        checks: the checks of the gate: `name, passed, severity, measured, bound, reason`. None: no check is shown.
    """
    begun.book.add([begun.notes(checks)])
    begun.book.save(path)
