"""Coverage: what is found about delivery points and branches."""

import polars as pl
from dagster import asset

from assets.columns import columns_of
from assets.io import Frames
from oso_pipeline.contracts.records import DELIVERY_POINT_FLAGS
from oso_pipeline.flags import Findings
from oso_pipeline.flags import delivery_point_flags as find_flags
from oso_pipeline.reconciliation.matching import known_codes
from oso_pipeline.release.night import Night

GROUP = "coverage"


@asset(group_name=GROUP, metadata=columns_of(DELIVERY_POINT_FLAGS))
def delivery_point_flags(
    night: pl.DataFrame,
    branch_status: pl.DataFrame,
    school_status: pl.DataFrame,
    open_schools: pl.DataFrame,
    open_branches: Frames,
    onboarding_records: Frames,
    matched_records: Frames,
    history: Frames,
    last_release: Frames,
) -> pl.DataFrame:
    """Branches that lack a delivery point, delivery points that lack a branch, and what waits for too long."""
    decisions = onboarding_records["overrides"]
    findings = Findings(
        branch_status,
        open_schools.join(school_status.select("brin", "qualified"), on="brin"),
        matched_records,
        matched_records["serving"],
        known_codes(open_branches["branches"], last_release, decisions),
        history["branch_history"],
        Night.from_frame(night).as_of,
    )
    ignored = decisions.filter(pl.col("decision") == "ignore_flag")
    return find_flags(findings, ignored, last_release["delivery_point_flags"])
