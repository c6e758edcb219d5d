"""Qualification: the four steps, and how every branch and school stands."""

import polars as pl
from dagster import ResourceParam

from assets.columns import columns_of
from assets.framed import framed_asset
from assets.io import Frames, tonight
from assets.workplace import Workplace
from oso_pipeline.contracts import statuses as tables
from oso_pipeline.coverage import branch_coverage
from oso_pipeline.qualification import qualification_steps as steps_of_schools
from oso_pipeline.qualification import qualified_schools
from oso_pipeline.release.drafts import begin_drafts
from oso_pipeline.statuses import branch_status as status_of_branches
from oso_pipeline.statuses import connected_schools
from oso_pipeline.statuses import school_status as status_of_schools

GROUP = "qualification"


@framed_asset(group_name=GROUP, metadata=columns_of(tables.QUALIFICATION_STEPS))
def qualification_steps(registry: Frames, matched_records: Frames) -> pl.DataFrame:
    """The steps of every open school: whether each holds, since when, and why."""
    return steps_of_schools(
        registry["schools"],
        matched_records,
        matched_records["serving"],
        matched_records["quarantined"],
    )


@framed_asset(group_name=GROUP, metadata=columns_of(tables.BRANCH_STATUS))
def branch_status(
    workplace: ResourceParam[Workplace],
    night: Frames,
    registry: Frames,
    matched_records: Frames,
    qualification_steps: pl.DataFrame,
) -> pl.DataFrame:
    """How every open branch stands: connected, lapsed, qualified but not covered, in progress, not started.

    Of a large release the second process begins to draw.
    """
    branches, begun = registry["branches"], tonight(night)
    status = status_of_branches(
        branches,
        registry["schools"],
        qualified_schools(qualification_steps),
        branch_coverage(branches, matched_records, matched_records["serving"]),
        registry["located"],
        matched_records,
        night["branch_status"],
        night["connection_history"],
        day=begun.as_of,
    )
    if workplace.aside and begun.release_id in workplace.drawn_aside:
        connected = connected_schools(status)
        workplace.first_sheets[begun.release_id] = begin_drafts(workplace.aside, begun, connected)
    return status


@framed_asset(group_name=GROUP, metadata=columns_of(tables.SCHOOL_STATUS))
def school_status(
    registry: Frames,
    matched_records: Frames,
    qualification_steps: pl.DataFrame,
    branch_status: pl.DataFrame,
) -> pl.DataFrame:
    """How every open school stands: the first status of the list that any of its branches has."""
    qualified = qualified_schools(qualification_steps)
    return status_of_schools(registry["schools"], qualified, branch_status, matched_records)
