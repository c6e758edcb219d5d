"""Which branch is covered, by what, and what else it is ready for (contract.md, Rules: Steps)."""

from __future__ import annotations

import polars as pl

from oso_pipeline.codes import is_among, of_codes
from oso_pipeline.contracts.onboarding import DELIVERY_POINTS
from oso_pipeline.contracts.records import POINTS
from oso_pipeline.qualification import Records
from oso_pipeline.reconciliation.matching import was_matched
from oso_pipeline.reconciliation.records import counts, is_active

_BASES = pl.Enum(["override", "explicit", "convention"])
"""Of the points that serve a branch, the first of these that any of them has is its coverage basis."""


def branch_coverage(
    branches: pl.DataFrame, records: Records, serving: pl.DataFrame
) -> pl.DataFrame:
    """What serves each open branch on D.

    Args:
        branches: as OPEN_BRANCHES.
        records: the matched tables.
        serving: which delivery point serves which open branch.

    Returns:
        `branch_code, covered, coverage_basis, las, covered_on, las_points, served_by_ot, served_by_ldos,
        served_by_swv`: `las` is the product of the point registered last, `covered_on` the earliest registration,
        `las_points` how many active LAS points serve it.
    """
    served = _serving_points(records, serving)
    las = served.filter(pl.col("kind") == "las")
    several = las["branch_code"].is_duplicated()
    per_branch = pl.concat([_served_once(las.filter(~several)), _served_more(las.filter(several))])
    others = {
        f"served_by_{kind}": served.filter(pl.col("kind") == kind)["branch_code"]
        for kind in ("ot", "ldos", "swv")
    }
    codes = branches["branch_code"]
    told = of_codes(codes, per_branch).insert_column(0, codes)
    return told.with_columns(
        pl.col("las_points").fill_null(0),
        pl.col("covered_on").is_not_null().alias("covered"),
        pl.col("coverage_basis").fill_null("none"),
        **{name: is_among(pl.col("branch_code"), served) for name, served in others.items()},
    )


def _served_once(las: pl.DataFrame) -> pl.DataFrame:
    """What covers a branch that one point serves, for one reason: nearly all."""
    return las.select(
        "branch_code",
        pl.col("registered_on").alias("covered_on"),
        "las",
        pl.lit(1, dtype=pl.UInt32).alias("las_points"),
        pl.col("basis").alias("coverage_basis"),
    )


def _served_more(las: pl.DataFrame) -> pl.DataFrame:
    """The same of a branch that several serve, or one for several reasons."""
    in_order = las.sort(pl.col("registered_on"), *_smallest_number_last(), pl.col("source_row"))
    return in_order.group_by("branch_code").agg(
        pl.col("registered_on").min().alias("covered_on"),
        pl.col("las").last(),
        pl.col("source_row").n_unique().alias("las_points"),
        pl.col("basis").cast(_BASES).min().cast(pl.String).alias("coverage_basis"),
    )


def delivery_points(records: Records, serving: pl.DataFrame) -> pl.DataFrame:
    """The delivery points of open schools as they count on the day, with the open branches that each serves.

    Returns:
        As the `delivery_points` table.
    """
    served = serving.group_by("source_row").agg(
        pl.col("branch_code").unique().sort().alias("branches")
    )
    points = records["delivery_points"].filter(was_matched() & counts())
    return POINTS.shape(
        points.join(served, on="source_row", how="left").with_columns(
            pl.col("brin_matched").alias("brin"),
            is_active(DELIVERY_POINTS).alias("active"),
            pl.col("branches").fill_null([]),
        )
    )


def _serving_points(records: Records, serving: pl.DataFrame) -> pl.DataFrame:
    """The active points of open schools, once for each open branch that they serve and why."""
    active = records["delivery_points"].lazy().filter(was_matched() & is_active(DELIVERY_POINTS))
    points = active.select("source_row", "kind", "number", "las", "registered_on")
    return points.join(serving.lazy(), on="source_row").collect()


def _smallest_number_last() -> list[pl.Expr]:
    """Numbers from large to small, text before numbers: among points registered on one day the last one counts."""
    number = pl.col("number").cast(pl.Int64, strict=False)
    return [number.is_not_null(), -number, pl.col("number").rank("dense", descending=True)]
