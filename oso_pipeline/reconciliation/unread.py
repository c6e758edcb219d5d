"""Onboarding rows in quarantine that may be what a school or a board misses: told of, never used."""

from __future__ import annotations

import polars as pl

from oso_pipeline.contracts.statuses import STEP_TABLES
from oso_pipeline.wording import sentence

_KIND_NEEDED = {"agreements": "base", "delivery_points": "las"}
_OTHER_KINDS = ("swv_extension", "ot", "ldos", "swv")


def unread_rows(quarantined: pl.DataFrame) -> pl.DataFrame:
    """The rows that name a school or a board, and the step that each may be the record of.

    Args:
        quarantined: as the `quarantine` table.

    Returns:
        `source, source_row, subject, rule, step, told` in the order of the rows: `step` is null where the table has none or the row
        is of another kind, as an LDOS point is; `told` says which row it is and why it could not be read.
    """
    written = pl.col("raw").str.json_path_match("$.kind").str.to_lowercase()
    needed = pl.col("source").replace_strict(_KIND_NEEDED, default=None, return_dtype=pl.String)
    is_other = needed.is_not_null() & written.is_in(_OTHER_KINDS)
    step = pl.col("source").replace_strict(
        {table: step for step, table in STEP_TABLES.items()}, default=None, return_dtype=pl.String
    )
    place = sentence("{}, row {}: ", "source", "source_row")
    why = pl.col("reason").str.strip_prefix(place)
    return (
        quarantined.filter(pl.col("subject").is_not_null())
        .sort("source", "source_row")
        .select(
            "source",
            "source_row",
            "subject",
            "rule",
            pl.when(~is_other.fill_null(value=False)).then(step).alias("step"),
            sentence("Mind {} row {}, which could not be read: {}", "source", "source_row", why).alias("told"),
        )
    )  # fmt: skip
