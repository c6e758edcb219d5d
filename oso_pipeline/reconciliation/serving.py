"""Which delivery point serves which open branch, active or not (contract.md, Rules: Steps).

An explicit link wins and never falls back: a link to a branch that is not open serves none. Without a link a LAS point
serves the branch whose two digits equal its number, and an OT, LDOS or SWV point every open branch of the school. A
`served_by` decision adds a branch to the LAS points of that number.
"""

from __future__ import annotations

import polars as pl

from oso_pipeline.codes import (
    among,
    branch_number_by_convention,
    brin_of,
    is_among,
    read_delivery_point_number,
)
from oso_pipeline.reconciliation.matching import was_matched

SERVING_SCHEMA: dict[str, pl.DataType] = {
    "source_row": pl.Int64(),
    "branch_code": pl.String(),
    "basis": pl.String(),
}


def branches_served(
    points: pl.DataFrame, branches: pl.DataFrame, served_by: pl.DataFrame
) -> pl.DataFrame:
    """Who serves whom.

    Args:
        points: the delivery points, matched.
        branches: as OPEN_BRANCHES.
        served_by: `subject, value`: branch code, and the number of a delivery point of its school.

    Returns:
        `source_row, branch_code, basis` (explicit, convention, school or override), one row per pair and basis.
    """
    found = points.lazy().filter(was_matched())
    is_linked = pl.col("branch_number").is_not_null() | pl.col("branch_matched").is_not_null()
    is_las = pl.col("kind") == "las"
    codes = branches["branch_code"]
    of_school = branches.lazy().select("branch_code", "brin")
    linked = found.filter(is_linked).with_columns(pl.col("branch_matched").alias("branch_code"))
    by_number = found.filter(~is_linked & is_las).with_columns(
        conventional_branch().alias("branch_code")
    )
    is_open = is_among(pl.col("branch_code"), codes)
    pairs = [
        _pairs(linked.filter(is_open), "explicit"),
        _pairs(by_number.filter(is_open), "convention"),
        _pairs(found.filter(~is_linked & ~is_las).join(of_school, left_on="brin_matched", right_on="brin"), "school"),
        _pairs(_decided(found.filter(is_las), codes, served_by), "override"),
    ]  # fmt: skip
    served = pl.concat([pl.LazyFrame(schema=SERVING_SCHEMA), *pairs])
    return served.collect()


def conventional_branch() -> pl.Expr:
    """The branch code that a delivery point's number stands for in the school it was matched with."""
    return pl.col("brin_matched") + branch_number_by_convention(pl.col("number"))


def _decided(las: pl.LazyFrame, codes: pl.Series, served_by: pl.DataFrame) -> pl.LazyFrame:
    number = read_delivery_point_number(pl.col("value")).struct["number"]
    decisions = served_by.select(
        pl.col("subject").alias("branch_code"),
        brin_of(pl.col("subject")).alias("brin_matched"),
        number.alias("number"),
    )
    is_open = pl.col("branch_code").is_in(among(codes, decisions["branch_code"]).implode())
    decided = decisions.filter(is_open)
    return las.join(decided.lazy(), on=["brin_matched", "number"])


def _pairs(rows: pl.LazyFrame, basis: str) -> pl.LazyFrame:
    return rows.select("source_row", "branch_code", pl.lit(basis).alias("basis"))
