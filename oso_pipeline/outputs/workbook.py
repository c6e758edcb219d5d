"""`overzicht-scholen-met-oso.xlsx`: which branches are connected, how far the country is, what changed, and on what it rests.

What stands on a sheet is said in sheets.py, changes.py and notes.py; how a value becomes a cell in cells.py. The same
input gives the same bytes.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from oso_pipeline.outputs.cells import write_book
from oso_pipeline.outputs.changes import changes_sheet
from oso_pipeline.outputs.notes import notes_sheet
from oso_pipeline.outputs.sheets import connected_sheet, share_sheets

WORKBOOK = "overzicht-scholen-met-oso.xlsx"
_TITLE = "Overzicht scholen met OSO"


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
    """Write the workbook.

    Args:
        path: the file to write.
        connected: the `connected_schools` table.
        sources: the `sources` table.
        branches: the `branch_status` table, for names and counts.
        adoption: the `adoption` table; of it the rows of this release are shown. None: the sheets have no row.
        changes: the `change_log` table; of it the events of this release are shown. None: the sheet has no row.
        checks: the checks of the gate: `name, passed, severity, measured, bound, reason`. None: no check is shown.
        as_of: the day of the release.
        release_id: the release.
        demo: whether the data is made up; the title and the head of every printed page say so.
    """
    happened = None if changes is None else changes.filter(release_id=release_id)
    tonight = None if adoption is None else adoption.filter(release_id=release_id)
    sheets = [
        connected_sheet(connected),
        *share_sheets(tonight),
        changes_sheet(happened, branches),
        notes_sheet(
            sources,
            branches,
            happened,
            checks,
            as_of=as_of,
            release_id=release_id,
            demo=demo,
        ),
    ]
    write_book(path, f"{_TITLE} (DEMO)" if demo else _TITLE, sheets, as_of)
