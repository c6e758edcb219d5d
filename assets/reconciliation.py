"""Reconciliation: for every onboarding row what it is about, and how that was found."""

import polars as pl
from dagster import AssetExecutionContext

from assets.columns import columns_of
from assets.framed import framed_asset
from assets.io import Frames, NamedFrames, tonight
from oso_pipeline.contracts.records import RECONCILIATION
from oso_pipeline.reconciliation.matching import (
    known_codes,
    match_records,
)
from oso_pipeline.reconciliation.outcomes import reconcile
from oso_pipeline.reconciliation.serving import branches_served
from oso_pipeline.registry.register import Register

GROUP = "reconciliation"


@framed_asset(group_name=GROUP)
def matched_records(night: Frames, registry: Frames, onboarding_records: Frames) -> NamedFrames:
    """The six tables as known on the day, every row matched with its school, board or branch; who serves whom, and what could not be read."""
    decisions = onboarding_records["overrides"]
    register = Register.from_frames(registry)
    known = known_codes(registry["branches"], night, register, decisions)
    records = match_records(onboarding_records, known, tonight(night).as_of)
    points, served_by = records["delivery_points"], decisions.filter(decision="served_by")
    serving = branches_served(points, registry["branches"], served_by)
    quarantined = onboarding_records["quarantined"]
    return records | {"serving": serving, "decisions": decisions, "quarantined": quarantined}


@framed_asset(group_name=GROUP, metadata=columns_of(RECONCILIATION))
def reconciliation(
    context: AssetExecutionContext,
    night: Frames,
    registry: Frames,
    onboarding_records: Frames,
    matched_records: Frames,
) -> pl.DataFrame:
    """Every onboarding row read, once, with its outcome and why."""
    rows = reconcile(
        matched_records,
        onboarding_records["ignored"],
        onboarding_records["quarantined"],
        matched_records["serving"],
        known_codes(
            registry["branches"],
            night,
            Register.from_frames(registry),
            matched_records["decisions"],
        ),
    ).collect()
    outcomes = rows.group_by("outcome").len().sort("outcome").rows()
    context.log.info("Reconciled: " + ", ".join(f"{count:,} {name}" for name, count in outcomes))
    return rows
