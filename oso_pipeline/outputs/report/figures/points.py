"""Delivery points that are missing, and the other findings about delivery points."""

from __future__ import annotations

from datetime import date

import polars as pl

from oso_pipeline.contracts.records import FLAGS, SEVERITIES
from oso_pipeline.contracts.registry import SECTORS
from oso_pipeline.outputs.report.figures.steps import quartiles_of_days

MISSING = "branch_without_delivery_point"


def points_missing(flags: pl.DataFrame, branches: pl.DataFrame) -> pl.DataFrame:
    """Branches without a delivery point, per sector and by how much it matters.

    Args:
        flags: the `delivery_point_flags` table.
        branches: the `branch_status` table.

    Returns:
        `sector, branches, missing, high, medium, low, ignored`, per sector in their order; the last row, without sector, of
        all. Ignored are those of which a decision says that nothing needs to be done: there is no finding about them.
    """
    every = branches.select("branch_code", "sector", "covered")
    found = flags.filter(pl.col("flag") == MISSING).select("branch_code", "severity")
    known = every.join(found, on="branch_code", how="left")
    counts = [
        pl.len().cast(pl.Int64).alias("branches"),
        *((pl.col("severity") == name).sum().cast(pl.Int64).alias(name) for name in SEVERITIES),
        (~pl.col("covered")).sum().cast(pl.Int64).alias("missing"),
        (~pl.col("covered") & pl.col("severity").is_null()).sum().cast(pl.Int64).alias("ignored"),
    ]
    order = pl.col("sector").replace_strict(SECTORS, range(len(SECTORS)), return_dtype=pl.Int64)
    sectors = known.group_by("sector").agg(counts).sort(order)
    total = known.select(pl.lit(None, dtype=pl.String).alias("sector"), *counts)
    return pl.concat([sectors, total])


def findings(flags: pl.DataFrame, day: date) -> pl.DataFrame:
    """The findings about delivery points, by flag.

    Args:
        flags: the `delivery_point_flags` table.
        day: the day D.

    Returns:
        `flag, findings, schools, days_lower, days_median, days_upper, oldest_on`, in the order of FLAGS; flags
        without a finding too.
    """
    counted = (
        flags.with_columns((pl.lit(day) - pl.col("since_on")).dt.total_days().alias("days"))
        .group_by("flag")
        .agg(
            pl.len().cast(pl.Int64).alias("findings"),
            pl.col("brin").n_unique().cast(pl.Int64).alias("schools"),
            *quartiles_of_days(),
            pl.col("since_on").min().alias("oldest_on"),
        )
    )
    every = pl.DataFrame({"flag": list(FLAGS)})
    return every.join(counted, on="flag", how="left", maintain_order="left").with_columns(
        pl.col("findings", "schools").fill_null(0)
    )
