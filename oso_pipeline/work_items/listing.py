"""All items of a night, and the earlier ones with the day on which they closed.

The id of an item is made of its kind and subject, so it is the same from night to night; an item that is done keeps the
day on which the pipeline first saw it done.
"""

from __future__ import annotations

import polars as pl

from oso_pipeline.contracts.records import WORK_ITEMS
from oso_pipeline.work_items.accounts import account_items
from oso_pipeline.work_items.coming import coming_items
from oso_pipeline.work_items.facts import Facts
from oso_pipeline.work_items.points import point_items
from oso_pipeline.work_items.ranking import ranked
from oso_pipeline.work_items.repairs import repair_items
from oso_pipeline.work_items.steps import step_items


def work_items(facts: Facts, previous: pl.DataFrame) -> pl.DataFrame:
    """The open items of a night in the order that helps most schools, and those that are done.

    Args:
        facts: what the items are found in.
        previous: the table in the last published release.

    Returns:
        As the `work_items` table.
    """
    found = pl.concat(
        [
            *repair_items(facts),
            *step_items(facts),
            *account_items(facts),
            *point_items(facts),
            *coming_items(facts),
        ]
    ).unique("item_id", keep="first", maintain_order=True)
    day = pl.lit(facts.day)
    still_open = previous.filter(pl.col("closed_on").is_null()).select(
        "item_id", pl.col("since_on").alias("since_before_on")
    )
    dated = found.join(still_open, on="item_id", how="left").with_columns(
        pl.coalesce("since_before_on", "since_on", day).alias("since_on"),
        pl.lit(None, dtype=pl.Date).alias("closed_on"),
    )
    tonight = WORK_ITEMS.shape(ranked(dated, facts))
    counts = pl.col("schools_helped", "branches_helped", "last_step_for").fill_null(0)
    done = previous.join(tonight, on="item_id", how="anti").with_columns(
        pl.coalesce("closed_on", day).alias("closed_on"),
        pl.lit(None, dtype=pl.Int64).alias("rank"),
        counts,
    )
    return WORK_ITEMS.shape(pl.concat([tonight, done.select(WORK_ITEMS.names)]))
