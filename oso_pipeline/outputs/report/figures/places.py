"""How branches stand per province, per partnership (SWV) and per product (LAS)."""

from __future__ import annotations

from datetime import date

import polars as pl

from oso_pipeline.contracts.registry import PROVINCES
from oso_pipeline.contracts.statuses import STATUSES
from oso_pipeline.outputs.report.figures.adoption import compared_with, share_of


def per_province(branches: pl.DataFrame) -> pl.DataFrame:
    """The provinces, the furthest first.

    What is not one of the twelve (a province that is not known, or was written otherwise) is one row without province,
    the last.

    Args:
        branches: the `branch_status` table.

    Returns:
        `province, branches, connected, share, lapsed, qualified_not_covered, in_progress, not_started, swv_ready`.
    """
    known = pl.when(pl.col("province").is_in(PROVINCES)).then("province").alias("province")
    return _by_status(branches.with_columns(known), "province")


def per_partnership(branches: pl.DataFrame) -> pl.DataFrame:
    """The same per partnership, those with most branches that are not connected first; `swv_number` is empty last."""
    rows = _by_status(branches, "swv_number").with_columns(
        (pl.col("branches") - pl.col("connected")).alias("not_connected")
    )
    return rows.sort(
        pl.col("swv_number").is_null(), -pl.col("not_connected"), "swv_number"
    )  # fmt: skip


def per_product(
    branches: pl.DataFrame, adoption: pl.DataFrame, as_of: date, release_id: str
) -> pl.DataFrame:
    """With which product connected branches work, the largest first.

    Args:
        branches: the `branch_status` table.
        adoption: the `adoption` table.
        as_of: the day of this release.
        release_id: this release.

    Returns:
        `las, connected, share, change_release, change_month, change_year`; `las` is empty where the product is not
        known, a change where there is no earlier release.
    """
    now = (
        branches.filter("connected").group_by("las").agg(pl.len().cast(pl.Int64).alias("connected"))
    )
    before = adoption.group_by("release_id", "las").agg(pl.col("branches_connected").sum())
    earlier = before.filter(
        (pl.col("branches_connected") > 0) & (pl.col("release_id") != release_id)
    )
    rows = now
    for against, _, earlier_id in compared_with(adoption, as_of, release_id).iter_rows():
        then = earlier.filter(pl.col("release_id") == pl.lit(earlier_id, dtype=pl.String)).select(
            "las", pl.col("branches_connected").alias(f"change_{against}")
        )
        rows = rows.join(then, on="las", how="full", coalesce=True, nulls_equal=True)
        change = pl.col("connected").fill_null(0) - pl.col(f"change_{against}").fill_null(0)
        known = pl.lit(earlier_id, dtype=pl.String).is_not_null()
        rows = rows.with_columns(pl.when(known).then(change).alias(f"change_{against}"))
    counted = rows.with_columns(pl.col("connected").fill_null(0))
    total = pl.col("connected").sum()
    return counted.select(
        "las",
        "connected",
        pl.when(total > 0).then(pl.col("connected") / total).alias("share"),
        pl.col("^change_.*$"),
    ).sort(pl.col("las").is_null(), -pl.col("connected"), "las")


def _by_status(branches: pl.DataFrame, column: str) -> pl.DataFrame:
    counted = branches.group_by(column).agg(
        pl.len().cast(pl.Int64).alias("branches"),
        *((pl.col("status") == name).sum().cast(pl.Int64).alias(name) for name in STATUSES),
        pl.col("swv_ready").sum().cast(pl.Int64),
    )
    shares = counted.with_columns(share_of("connected", "branches").alias("share"))
    return shares.sort(pl.col(column).is_null(), -pl.col("share"), column).select(
        column, "branches", "connected", "share", *STATUSES[1:], "swv_ready"
    )
