"""Reconciliation: for every onboarding row what it is about, and how that was found."""

import polars as pl
from dagster import AssetExecutionContext, asset

from assets.io import Frames
from oso_pipeline.reconciliation.matching import known_codes, match_records
from oso_pipeline.reconciliation.outcomes import reconcile
from oso_pipeline.reconciliation.serving import branches_served
from oso_pipeline.release.night import Night

GROUP = "reconciliation"


@asset(group_name=GROUP)
def matched_records(
    night: pl.DataFrame, open_branches: Frames, onboarding_records: Frames, last_release: Frames
) -> Frames:
    """The six tables as known on the day, every row matched with its school, board or branch; and who serves whom."""
    branches, decisions = open_branches["branches"], onboarding_records["overrides"]
    known = known_codes(branches, last_release, decisions)
    records = match_records(onboarding_records, known, Night.from_frame(night).as_of)
    served_by = decisions.filter(pl.col("decision") == "served_by")
    serving = branches_served(records["delivery_points"], branches, served_by)
    return records | {"serving": serving}


@asset(group_name=GROUP)
def reconciliation(
    context: AssetExecutionContext,
    open_branches: Frames,
    onboarding_records: Frames,
    matched_records: Frames,
    last_release: Frames,
) -> pl.DataFrame:
    """Every onboarding row read, once, with its outcome and why."""
    rows = reconcile(
        matched_records,
        onboarding_records["ignored"],
        onboarding_records["quarantined"],
        matched_records["serving"],
        known_codes(open_branches["branches"], last_release, onboarding_records["overrides"]),
    )
    outcomes = dict(rows.group_by("outcome").len().sort("outcome").rows())
    context.log.info(f"Reconciled {rows.height:,} rows: {outcomes}")
    return rows
