"""The issue log: what is wrong with a night, a line for each kind of problem and not for each row.

An issue's id is made of its kind, source, rule and, where a column of a file is meant, that column: never of a row's
number or of a value, so it is the same from night to night and holds nothing private. It is carried from one published
release to the next: first seen, last seen, and the day on which a release no longer showed it.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from oso_pipeline.contracts.records import ISSUES
from oso_pipeline.wording import sentence

GATE = "gate"
"""The source of an issue that is a check of the release."""

_DECISIONS = "overrides"
_GROUP = ("source", "rule", "subject")


def find_issues(
    quarantine: pl.DataFrame,
    signals: pl.DataFrame,
    sources: pl.DataFrame,
    checks: pl.DataFrame,
    previous: pl.DataFrame,
    day: date,
) -> pl.DataFrame:
    """The issues of a night, and the earlier ones with the day on which they closed.

    Args:
        quarantine: the table of tonight.
        signals: likewise.
        sources: likewise.
        checks: `name, passed, measured, bound, reason` of every check on the release.
        previous: the `issues` table in the last published release.
        day: the day D.

    Returns:
        As the `issues` table.
    """
    found = pl.concat(
        [
            _checks_not_passed(checks),
            _sources_that_stand_in(sources),
            _rows_not_used(quarantine),
            _odd_values(signals),
        ]
    ).with_columns(
        pl.concat_str("kind", *_GROUP, separator=":", ignore_nulls=True).alias("issue_id")
    )
    return ISSUES.shape(_carried(found, previous, day))


def _checks_not_passed(checks: pl.DataFrame) -> pl.DataFrame:
    """A person may accept such a release; the next one then knows what was accepted."""
    rows = checks.filter(~pl.col("passed")).select(
        pl.lit(GATE).alias("source"),
        pl.col("name").alias("rule"),
        pl.lit(None, dtype=pl.Int64).alias("rows"),
        sentence("{}, allowed: {}. {}", "measured", "bound", "reason").alias("reason"),
    )
    return _issues(rows, "check", pl.lit("high"))


def _sources_that_stand_in(sources: pl.DataFrame) -> pl.DataFrame:
    seen_on = pl.col("seen_at").dt.strftime("%Y-%m-%d")
    rows = sources.filter("fallback").select(
        "source",
        pl.lit("no_body_arrived").alias("rule"),
        pl.col("rows_read").alias("rows"),
        sentence("No body arrived; what was last seen on {} stands in.", seen_on).alias("reason"),
    )
    return _issues(rows, "stand_in", pl.lit("medium"))


def _rows_not_used(quarantine: pl.DataFrame) -> pl.DataFrame:
    rows = quarantine.group_by("source", "rule").agg(
        pl.len().alias("rows"), pl.col("reason").sort_by("source_row", "reason").first()
    )
    return _issues(rows, "quarantine", pl.lit("medium"))


def _odd_values(signals: pl.DataFrame) -> pl.DataFrame:
    """A signal about a whole file names its column; the codes and values of the others are only counted."""
    column = pl.when(pl.col("first_row").is_null()).then("subject").alias("subject")
    rows = signals.group_by("source", "rule", column).agg(
        pl.col("rows").sum(), pl.col("reason").sort_by("first_row", "reason").first()
    )
    of_decisions = pl.col("source") == _DECISIONS
    return _issues(rows, "signal", pl.when(of_decisions).then(pl.lit("medium")).otherwise(pl.lit("low")))  # fmt: skip


def _issues(rows: pl.DataFrame, kind: str, severity: pl.Expr) -> pl.DataFrame:
    without = [] if "subject" in rows.columns else [pl.lit(None, dtype=pl.String).alias("subject")]
    return rows.with_columns(
        pl.lit(kind).alias("kind"), severity.alias("severity"), *without
    ).select("kind", *_GROUP, "severity", pl.col("rows").cast(pl.Int64), "reason")


def _carried(found: pl.DataFrame, previous: pl.DataFrame, day: date) -> pl.DataFrame:
    """Tonight's issues since when they are there, and those that tonight no longer shows."""
    still_open = previous.filter(pl.col("closed_on").is_null())
    tonight = found.join(
        still_open.select("issue_id", "first_seen_on"), on="issue_id", how="left"
    ).with_columns(
        # a release may be of a day before that of the last one, when a person accepts that
        pl.min_horizontal("first_seen_on", pl.lit(day)).alias("first_seen_on"),
        pl.lit(day).alias("last_seen_on"),
        pl.lit(None, dtype=pl.Date).alias("closed_on"),
    )
    gone = previous.join(tonight, on="issue_id", how="anti").with_columns(
        pl.coalesce("closed_on", pl.lit(day)).alias("closed_on")
    )
    return pl.concat([tonight.select(ISSUES.names), gone])
