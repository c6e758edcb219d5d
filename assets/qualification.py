"""Qualification: the four steps, and how every branch and school stands."""

import polars as pl
from dagster import asset

from assets.columns import columns_of
from assets.io import Frames
from oso_pipeline.contracts import statuses as tables
from oso_pipeline.coverage import branch_coverage
from oso_pipeline.qualification import qualification_steps as steps_of_schools
from oso_pipeline.qualification import qualified_schools
from oso_pipeline.release.night import Night
from oso_pipeline.statuses import branch_status as status_of_branches
from oso_pipeline.statuses import school_status as status_of_schools

GROUP = "qualification"


@asset(group_name=GROUP, metadata=columns_of(tables.QUALIFICATION_STEPS))
def qualification_steps(open_schools: pl.DataFrame, matched_records: Frames) -> pl.DataFrame:
    """The steps of every open school: whether each holds, since when, and why."""
    return steps_of_schools(open_schools, matched_records, matched_records["serving"])


@asset(group_name=GROUP, metadata=columns_of(tables.BRANCH_STATUS))
def branch_status(
    night: pl.DataFrame,
    open_branches: Frames,
    open_schools: pl.DataFrame,
    qualification_steps: pl.DataFrame,
    matched_records: Frames,
    last_release: Frames,
) -> pl.DataFrame:
    """How every open branch stands: connected, lapsed, qualified but not covered, in progress, not started."""
    branches = open_branches["branches"]
    return status_of_branches(
        branches,
        open_schools,
        qualified_schools(qualification_steps),
        branch_coverage(branches, matched_records, matched_records["serving"]),
        matched_records,
        last_release["branch_status"],
        last_release["connection_history"],
        Night.from_frame(night).as_of,
    )


@asset(group_name=GROUP, metadata=columns_of(tables.SCHOOL_STATUS))
def school_status(
    open_schools: pl.DataFrame, qualification_steps: pl.DataFrame, branch_status: pl.DataFrame
) -> pl.DataFrame:
    """How every open school stands: the first status of the list that any of its branches has."""
    return status_of_schools(open_schools, qualified_schools(qualification_steps), branch_status)
