"""Coverage: what is found about delivery points and branches, and what became of people's decisions."""

import polars as pl

from assets.columns import columns_of
from assets.framed import framed_asset
from assets.io import Frames, tonight
from oso_pipeline.contracts.records import DELIVERY_POINT_FLAGS, SIGNALS
from oso_pipeline.decisions import decision_signals as signals_of_decisions
from oso_pipeline.flags import Findings
from oso_pipeline.flags import delivery_point_flags as find_flags
from oso_pipeline.reconciliation.matching import known_codes
from oso_pipeline.registry.register import Register

GROUP = "coverage"


@framed_asset(group_name=GROUP, metadata=columns_of(DELIVERY_POINT_FLAGS))
def delivery_point_flags(
    night: Frames,
    registry: Frames,
    matched_records: Frames,
    branch_status: pl.DataFrame,
    school_status: pl.DataFrame,
) -> pl.DataFrame:
    """Branches that lack a delivery point, delivery points that lack a branch, and what waits for too long."""
    findings = _findings(night, registry, matched_records, branch_status, school_status)
    ignored = matched_records["decisions"].filter(decision="ignore_flag")
    return find_flags(findings, ignored, night["delivery_point_flags"])


@framed_asset(group_name=GROUP, metadata=columns_of(SIGNALS))
def decision_signals(
    night: Frames,
    registry: Frames,
    matched_records: Frames,
    branch_status: pl.DataFrame,
    school_status: pl.DataFrame,
) -> pl.DataFrame:
    """Decisions that name what is nowhere, that the sources speak against, or that make no difference."""
    findings = _findings(night, registry, matched_records, branch_status, school_status)
    return signals_of_decisions(matched_records["decisions"], findings)


def _findings(
    night: Frames,
    registry: Frames,
    matched_records: Frames,
    branch_status: pl.DataFrame,
    school_status: pl.DataFrame,
) -> Findings:
    decisions = matched_records["decisions"]
    return Findings(
        branches=branch_status,
        schools=registry["schools"].join(school_status.select("brin", "qualified"), on="brin"),
        records=matched_records,
        serving=matched_records["serving"],
        known=known_codes(registry["branches"], night, Register.from_frames(registry), decisions),
        branch_history=registry["branch_history"],
        day=tonight(night).as_of,
    )
