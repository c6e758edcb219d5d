"""Which delivery point serves which open branch, active or not (contract.md, Rules: Steps).

An explicit link wins and never falls back: a link to a branch that is not open serves none. Without a link a LAS point
serves the branch whose two digits equal its number, and an OT, LDOS or SWV point every open branch of the school. A
`served_by` decision adds a branch to the LAS points of that number.
"""

from __future__ import annotations

import polars as pl

from oso_pipeline.codes import branch_number_by_convention, brin_of, read_delivery_point_number
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
    found = points.filter(was_matched())
    linked = found.filter(
        pl.col("branch_number").is_not_null() | pl.col("branch_matched").is_not_null()
    )
    unlinked = found.join(linked.select("source_row"), on="source_row", how="anti")
    las = unlinked.filter(pl.col("kind") == "las")
    others = unlinked.filter(pl.col("kind") != "las")
    codes = branches.select("branch_code", "brin")
    pairs = [
        _pairs(linked.join(codes, left_on="branch_matched", right_on="branch_code", how="inner", coalesce=False), "explicit"),
        _pairs(las.with_columns(conventional_branch().alias("branch_code")).join(codes, on="branch_code", how="semi"), "convention"),
        _pairs(others.join(codes, left_on="brin_matched", right_on="brin", how="inner"), "school"),
        _pairs(_decided(found, codes, served_by), "override"),
    ]  # fmt: skip
    return pl.concat([pl.DataFrame(schema=SERVING_SCHEMA), *pairs])


def conventional_branch() -> pl.Expr:
    """The branch code that a delivery point's number stands for in the school it was matched with."""
    return pl.col("brin_matched") + branch_number_by_convention(pl.col("number"))


def _decided(found: pl.DataFrame, codes: pl.DataFrame, served_by: pl.DataFrame) -> pl.DataFrame:
    number = read_delivery_point_number(pl.col("value")).struct["number"]
    decisions = served_by.select(
        pl.col("subject").alias("branch_code"),
        brin_of(pl.col("subject")).alias("brin_matched"),
        number.alias("number"),
    ).join(codes, on="branch_code", how="semi")
    return found.filter(pl.col("kind") == "las").join(
        decisions, on=["brin_matched", "number"], how="inner"
    )


def _pairs(rows: pl.DataFrame, basis: str) -> pl.DataFrame:
    return rows.select("source_row", "branch_code", pl.lit(basis).alias("basis"))
