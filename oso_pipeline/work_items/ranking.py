"""The order that helps most schools.

Every branch that an item helps counts for one divided by the steps that the branch still misses, so the last missing step weighs most:
a signature that is all that forty branches wait for comes before one that forty others need among three things. A delivery point of its own is
a step of the branch; an account comes on top of them. A branch that is connected and would drop out counts for one.
"""

from __future__ import annotations

import polars as pl

from oso_pipeline.codes import brin_of
from oso_pipeline.work_items import accounts
from oso_pipeline.work_items.facts import Facts

_WHOLE = 60
"""Divisible by one to five: the sums are of whole numbers, and the same in any order."""


def ranked(found: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The items with how many they help, and their place in the order.

    Args:
        found: as ITEMS, with `since_on` filled.
        facts: what they were found in.

    Returns:
        `found` without `helps`, with `schools_helped, branches_helped, last_step_for, rank`.
    """
    helped = (
        found.select("item_id", "kind", pl.col("helps").alias("branch_code"))
        .explode("branch_code", empty_as_null=True)
        .join(steps_missed(facts), on="branch_code")
        .with_columns(
            (pl.col("missed") + pl.col("kind").is_in(accounts.KINDS)).alias("missed"),
            brin_of(pl.col("branch_code")).alias("brin"),
        )
    )
    told = helped.group_by("item_id").agg(
        pl.col("brin").n_unique().cast(pl.Int64).alias("schools_helped"),
        pl.len().cast(pl.Int64).alias("branches_helped"),
        (pl.col("missed") == 1).sum().cast(pl.Int64).alias("last_step_for"),
        (_WHOLE // pl.max_horizontal("missed", 1)).sum().alias("weight"),
    )
    counted = found.drop("helps").join(told, on="item_id", how="left").with_columns(
        pl.col("schools_helped", "branches_helped", "last_step_for", "weight").fill_null(0)
    )  # fmt: skip
    order = ["weight", "last_step_for", "schools_helped", "since_on", "item_id"]
    ordered = counted.sort(order, descending=[True, True, True, False, False])
    return ordered.with_row_index("rank", offset=1).drop("weight")


def steps_missed(facts: Facts) -> pl.DataFrame:
    """`branch_code, missed`: how many steps every open branch still misses; none when it is connected."""
    of_school = facts.schools.select("brin", "missing_steps")
    others = pl.col("missing_steps").list.set_difference(["delivery_point"]).list.len()
    uncovered = (~pl.col("covered")).cast(pl.Int64)
    return facts.branches.join(of_school, on="brin").select(
        "branch_code", (others.cast(pl.Int64) + uncovered).alias("missed")
    )
