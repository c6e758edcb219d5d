"""Where schools stand in the steps of qualifying, and how long they have stood there."""

from __future__ import annotations

from datetime import date

import polars as pl

from oso_pipeline.contracts.statuses import REQUIRED_STEPS, STEPS
from oso_pipeline.outputs.report.figures.adoption import share_of

WAITING = ("delivery_point_pending", "delivery_point_not_registered")
"""The findings about delivery points that wait for a person."""


def steps_passed(steps: pl.DataFrame) -> pl.DataFrame:
    """How many schools have passed each step.

    Args:
        steps: the `qualification_steps` table.

    Returns:
        `step, schools, passed, share`, in the order of the steps.
    """
    order = pl.col("step").replace_strict(STEPS, range(len(STEPS)), return_dtype=pl.Int64)
    counted = steps.group_by("step").agg(
        pl.len().cast(pl.Int64).alias("schools"), pl.col("passed").sum().cast(pl.Int64)
    )
    return counted.sort(order).with_columns(share_of("passed", "schools").alias("share"))


def where_schools_stand(steps: pl.DataFrame, day: date) -> pl.DataFrame:
    """Schools by the first required step that is missing, and how long ago they passed their last one.

    Args:
        steps: the `qualification_steps` table.
        day: the day D.

    Returns:
        `first_missing, schools, share, passed_0 ... passed_3, days_lower, days_median, days_upper`: whole days, as
        quartiles over the schools that passed a step; the last row, without a step, is of schools that passed all.
    """
    order = {step: number for number, step in enumerate(REQUIRED_STEPS)}
    required = steps.filter(pl.col("step").is_in(REQUIRED_STEPS)).with_columns(
        pl.col("step").replace_strict(order, return_dtype=pl.Int64).alias("order")
    )
    schools = required.group_by("brin").agg(
        pl.col("order").filter(~pl.col("passed")).min().alias("order"),
        pl.col("passed").sum().alias("steps_passed"),
        (pl.lit(day) - pl.col("since_on").filter("passed").max()).dt.total_days().alias("days"),
    )
    counted = schools.group_by("order").agg(
        pl.len().cast(pl.Int64).alias("schools"),
        *(
            (pl.col("steps_passed") == n).sum().cast(pl.Int64).alias(f"passed_{n}")
            for n in range(len(REQUIRED_STEPS))
        ),
        *quartiles_of_days(),
    )
    return counted.sort("order", nulls_last=True).select(
        pl.col("order").replace_strict(range(len(REQUIRED_STEPS)), REQUIRED_STEPS, return_dtype=pl.String).alias("first_missing"),
        "schools",
        (pl.col("schools") / pl.col("schools").sum()).alias("share"),
        pl.exclude("order", "schools"),
    )  # fmt: skip


def waiting_points(flags: pl.DataFrame, day: date) -> pl.DataFrame:
    """Delivery points that wait to be approved or registered, and for how long.

    Args:
        flags: the `delivery_point_flags` table.
        day: the day D.

    Returns:
        `flag, points, schools, days_lower, days_median, days_upper, oldest_on`, one row per flag of WAITING.
    """
    rows = flags.with_columns((pl.lit(day) - pl.col("since_on")).dt.total_days().alias("days"))
    counted = rows.group_by("flag").agg(
        pl.len().cast(pl.Int64).alias("points"),
        pl.col("brin").n_unique().cast(pl.Int64).alias("schools"),
        *quartiles_of_days(),
        pl.col("since_on").min().alias("oldest_on"),
    )
    every = pl.DataFrame({"flag": WAITING})
    return every.join(counted, on="flag", how="left", maintain_order="left").with_columns(
        pl.col("points", "schools").fill_null(0)
    )


def quartiles_of_days() -> tuple[pl.Expr, ...]:
    """`days_lower, days_median, days_upper` of `days`: a quarter, a half and three quarters lie at or below."""
    return tuple(
        pl.col("days").quantile(at, "lower").cast(pl.Int64).alias(f"days_{name}")
        for name, at in (("lower", 0.25), ("median", 0.5), ("upper", 0.75))
    )
