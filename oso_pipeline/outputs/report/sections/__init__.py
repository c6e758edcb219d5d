"""The report's sections: each begins with the answer, out of the figures; a module per few sections.

progress.py   headline, over time
steps.py      where schools stand in the steps
spread.py     provinces and partnerships, products, boards
work.py       delivery points, changes
trust.py      quality of the data, age of the sources
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from oso_pipeline.outputs.report.model import Report
from oso_pipeline.outputs.report.sections import progress, spread, steps, trust, work


def build_report(
    tables: Mapping[str, pl.DataFrame], *, as_of: date, release_id: str, demo: bool
) -> Report:
    """The report of a release.

    Args:
        tables: the marts.
        as_of: the day of the release.
        release_id: the release.
        demo: whether the data is made up.
    """
    of_release = {"as_of": as_of, "release_id": release_id}
    return Report(
        **of_release,
        demo=demo,
        cards=progress.cards(tables["adoption"], **of_release),
        sections=(
            progress.headline(tables["adoption"], **of_release),
            progress.over_time(tables["adoption"]),
            steps.steps(tables["qualification_steps"], tables["delivery_point_flags"], as_of),
            spread.places(tables["branch_status"]),
            spread.products(tables["branch_status"], tables["adoption"], **of_release),
            spread.boards(tables["work_items"], tables["school_status"], tables["branch_status"]),
            work.delivery_points(tables["delivery_point_flags"], tables["branch_status"], as_of),
            work.changes(tables, **of_release),
            trust.quality(tables["reconciliation"], tables["quarantine"], tables["signals"]),
            trust.sources(tables["sources"], as_of),
        ),
    )
