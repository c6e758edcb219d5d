"""How far we are: the headline, what it was in earlier releases, and how it went over time."""

from __future__ import annotations

from datetime import date

import polars as pl

from oso_pipeline.contracts.registry import SECTORS
from oso_pipeline.contracts.statuses import STATUSES

AGAINST = ("release", "month", "year")
"""What is compared with: the last release, the one of a month ago, the one of a year ago."""

UNITS = ("branches", "schools")
FEW = 14
"""So many points in time can be read at a glance."""

_SPACING = ("1d", "1mo", "3mo", "1y")


def compared_with(adoption: pl.DataFrame, as_of: date, release_id: str) -> pl.DataFrame:
    """The releases that this one is compared with.

    A month or a year ago is the nearest published release on or before that day.

    Args:
        adoption: the `adoption` table.
        as_of: the day of this release.
        release_id: this release.

    Returns:
        `against, as_of, release_id`, one row per AGAINST; empty cells where there is no such release.
    """
    others = _releases(adoption).filter(pl.col("release_id") != release_id)
    days = pl.DataFrame({"day": [as_of]}).select(
        pl.col("day").dt.offset_by("-1mo").alias("month"),
        pl.col("day").dt.offset_by("-1y").alias("year"),
    )
    found = {
        "release": others.sort("release_id"),
        **{name: others.filter(pl.col("as_of") <= days[name].item()) for name in ("month", "year")},
    }
    return pl.concat(
        pl.DataFrame({"against": [name]}).join(rows.tail(1), how="left", on=pl.lit(value=True)).select("against", "as_of", "release_id")
        for name, rows in found.items()
    )  # fmt: skip


def headline(adoption: pl.DataFrame, as_of: date, release_id: str) -> pl.DataFrame:
    """Branches and schools by status: how many now, and how many more or fewer than earlier.

    Returns:
        `unit, status, number, total, share, change_release, change_month, change_year`: per unit the statuses in
        their order, then a row without status for all of them; a change is empty where there is no earlier release.
    """
    counted = _counted(adoption, ["release_id"])
    now = counted.filter(pl.col("release_id") == release_id).drop("release_id")
    every = pl.DataFrame(
        [(unit, status) for unit in UNITS for status in (*STATUSES, None)],
        schema={"unit": pl.String, "status": pl.String},
        orient="row",
    )
    on = ["unit", "status"]
    rows = every.join(now, on=on, how="left", nulls_equal=True, maintain_order="left").with_columns(
        pl.col("number").fill_null(0)
    )
    for against, _, earlier_id in compared_with(adoption, as_of, release_id).iter_rows():
        earlier = counted.filter(
            pl.col("release_id") == pl.lit(earlier_id, dtype=pl.String)
        ).select(*on, pl.col("number").alias("before"))
        rows = (
            rows.join(earlier, on=on, how="left", nulls_equal=True, maintain_order="left")
            .with_columns((pl.col("number") - pl.col("before")).alias(f"change_{against}"))
            .drop("before")
        )
    total = pl.col("number").filter(pl.col("status").is_null()).first().over("unit")
    return rows.with_columns(total.alias("total")).with_columns(
        share_of("number", "total").alias("share")
    )


def over_time(adoption: pl.DataFrame) -> pl.DataFrame:
    """The share of branches and schools that is connected, per sector and in all, at a few points in time.

    All days when there are few, else the last release of every month, quarter or year: the finest that leaves few.

    Returns:
        `as_of, sector, branches, branches_connected, branches_share, schools, schools_connected, schools_share`;
        the rows without sector are about all.
    """
    shown = _few(_releases(adoption))
    kept = adoption.join(shown.select("release_id"), on="release_id", how="semi")
    parts = [
        kept,
        kept.with_columns(pl.lit(None, dtype=pl.String).alias("sector")),
    ]
    by = ["as_of", "sector"]
    rows = pl.concat(parts).group_by(by).agg(
        *(pl.sum_horizontal(pl.col(f"{unit}_{status}").sum() for status in STATUSES).alias(unit) for unit in UNITS),
        *(pl.col(f"{unit}_connected").sum() for unit in UNITS),
    )  # fmt: skip
    order = pl.col("sector").replace_strict(SECTORS, range(len(SECTORS)), return_dtype=pl.Int64)
    return rows.sort("as_of", order, nulls_last=True).select(
        *by,
        *(
            column
            for unit in UNITS
            for column in (
                pl.col(unit),
                pl.col(f"{unit}_connected"),
                share_of(f"{unit}_connected", unit).alias(f"{unit}_share"),
            )
        ),
    )


def share_of(part: str, whole: str) -> pl.Expr:
    """A part of a whole, from 0 to 1; empty when the whole is nothing."""
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))


def _releases(adoption: pl.DataFrame) -> pl.DataFrame:
    return adoption.select("as_of", "release_id").unique().sort("as_of", "release_id")


def _few(releases: pl.DataFrame) -> pl.DataFrame:
    """The last release of every day, month, quarter or year: the finest that leaves few, else that of every year."""
    shown = releases
    for spacing in _SPACING:
        period = pl.col("as_of").dt.truncate(spacing).alias("period")
        shown = releases.group_by(period, maintain_order=True).last()
        if shown.height <= FEW:
            break
    return shown


def _counted(adoption: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """`*by, unit, status, number`; the rows without status are about all."""
    columns = [f"{unit}_{status}" for unit in UNITS for status in STATUSES]
    long = (
        adoption.group_by(by)
        .agg(pl.col(columns).sum())
        .unpivot(columns, index=by, variable_name="figure", value_name="number")
        .with_columns(
            pl.col("figure").str.extract("^([a-z]+)_").alias("unit"),
            pl.col("figure").str.replace("^[a-z]+_", "").alias("status"),
        )
        .select(*by, "unit", "status", "number")
    )
    every = long.group_by(*by, "unit").agg(
        pl.lit(None, dtype=pl.String).alias("status"), pl.col("number").sum()
    )
    return pl.concat([long, every.select(long.columns)])
