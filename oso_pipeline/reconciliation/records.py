"""The onboarding records as they count on the day D (contract.md, Rules: Active on D).

Any single date after D reads as empty. A record whose first date lies after D counts for no rule; it keeps its outcome.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from oso_pipeline.contracts.onboarding import OnboardingTable

BEGINS_LATER_ON = "begins_later_on"
"""The first date of a record that begins after D; null for a record that counts."""


def as_known_on(day: date, rows: pl.DataFrame, table: OnboardingTable) -> pl.DataFrame:
    """The rows with every date after the day read as empty, and `begins_later_on`."""
    first = pl.col(table.first_on)
    return rows.with_columns(
        pl.when(first > day).then(first).alias(BEGINS_LATER_ON),
        *(pl.when(pl.col(name) <= day).then(pl.col(name)).alias(name) for name in table.dates),
    )


def counts() -> pl.Expr:
    """The record counts for the rules: it does not begin after D."""
    return pl.col(BEGINS_LATER_ON).is_null()


def is_active(table: OnboardingTable) -> pl.Expr:
    """Begun on or before D and not ended on or before D, over rows as known on D; an empty begin has not begun."""
    if table.begins_on is None or table.ends_on is None:
        raise ValueError(f"a record of {table.name} has no duration")
    return counts() & pl.col(table.begins_on).is_not_null() & pl.col(table.ends_on).is_null()
