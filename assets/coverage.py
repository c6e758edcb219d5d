"""Coverage: what is found about delivery points and branches."""

import polars as pl

from assets.columns import columns_of
from assets.framed import framed_asset
from assets.io import Frames, tonight
from oso_pipeline.contracts.records import DELIVERY_POINT_FLAGS
from oso_pipeline.flags import Findings
from oso_pipeline.flags import delivery_point_flags as find_flags
from oso_pipeline.reconciliation.matching import known_codes
from oso_pipeline.registry.register import Register


@framed_asset(group_name="coverage", metadata=columns_of(DELIVERY_POINT_FLAGS))
def delivery_point_flags(
    night: Frames,
    registry: Frames,
    matched_records: Frames,
    branch_status: pl.DataFrame,
    school_status: pl.DataFrame,
) -> pl.DataFrame:
    """Branches that lack a delivery point, delivery points that lack a branch, and what waits for too long."""
    decisions = matched_records["decisions"]
    findings = Findings(
        branches=branch_status,
        schools=registry["schools"].join(school_status.select("brin", "qualified"), on="brin"),
        records=matched_records,
        serving=matched_records["serving"],
        known=known_codes(registry["branches"], night, Register.from_frames(registry), decisions),
        branch_history=registry["branch_history"],
        day=tonight(night).as_of,
    )
    ignored = decisions.filter(decision="ignore_flag")
    return find_flags(findings, ignored, night["delivery_point_flags"])
