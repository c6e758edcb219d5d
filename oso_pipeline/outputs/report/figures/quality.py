"""What the onboarding records were found to be, what could not be used, what is odd, and how old the sources are."""

from __future__ import annotations

from datetime import date

import polars as pl

from oso_pipeline.clock import AMSTERDAM
from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.contracts.records import OUTCOMES, SOURCE_NAMES


def outcomes(reconciliation: pl.DataFrame) -> pl.DataFrame:
    """What the rows of every onboarding table were found to be.

    Args:
        reconciliation: the `reconciliation` table.

    Returns:
        `source_table, rows`, a column per outcome, `share` (that belongs to an open school or board: matched, by
        override too); the last row, without table, of all.
    """
    used = pl.sum_horizontal("matched", "matched_by_override")
    counts = [
        pl.len().cast(pl.Int64).alias("rows"),
        *((pl.col("outcome") == name).sum().cast(pl.Int64).alias(name) for name in OUTCOMES),
    ]
    every = pl.DataFrame({"source_table": [table.name for table in ONBOARDING]})
    tables = every.join(
        reconciliation.group_by("source_table").agg(counts),
        on="source_table", how="left", maintain_order="left",
    ).with_columns(pl.col("rows", *OUTCOMES).fill_null(0))  # fmt: skip
    total = tables.select(pl.lit(None, dtype=pl.String).alias("source_table"), pl.col("rows", *OUTCOMES).sum())  # fmt: skip
    return pl.concat([tables, total]).with_columns(
        pl.when(pl.col("rows") > 0).then(used / pl.col("rows")).alias("share")
    )


def refused(quarantine: pl.DataFrame) -> pl.DataFrame:
    """The rows that were not used, by source and rule: `source, rule, rows`, the most first."""
    return (
        quarantine.group_by("source", "rule")
        .agg(pl.len().cast(pl.Int64).alias("rows"))
        .sort(-pl.col("rows"), "source", "rule")
    )


def odd(signals: pl.DataFrame) -> pl.DataFrame:
    """What was odd and was kept or repaired: `source, rule, findings, rows`, the most rows first.

    `findings` are the different codes, columns or values that it is about.
    """
    return (
        signals.group_by("source", "rule")
        .agg(pl.len().cast(pl.Int64).alias("findings"), pl.col("rows").sum())
        .sort(-pl.col("rows"), "source", "rule")
    )


def ages(sources: pl.DataFrame, day: date) -> pl.DataFrame:
    """How old every source was on the day; the six onboarding tables are one delivery.

    Args:
        sources: the `sources` table.
        day: the day D.

    Returns:
        `name, fetched_on` (Dutch time), `days, rows_read, rows_quarantined, fallback`, the oldest first.
    """
    fetched = pl.col("fetched_at").dt.convert_time_zone(str(AMSTERDAM)).dt.date()
    named = sources.filter(pl.col("source").is_in(list(SOURCE_NAMES)))
    return (
        named.with_columns(
            pl.col("source").replace_strict(SOURCE_NAMES, return_dtype=pl.String).alias("name"),
            fetched.alias("fetched_on"),
        )
        .group_by("name")
        .agg(
            pl.col("fetched_on").min(),
            (pl.lit(day) - pl.col("fetched_on").min()).dt.total_days().alias("days"),
            pl.col("rows_read", "rows_quarantined").sum(),
            pl.col("fallback").any(),
        )
        .sort(-pl.col("days"), "name")
    )
