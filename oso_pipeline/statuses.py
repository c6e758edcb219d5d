"""The status of every open branch and school (contract.md, Rules: branch status, school status)."""

from __future__ import annotations

from datetime import date

import polars as pl

from oso_pipeline.codes import of_codes
from oso_pipeline.contracts.records import CONNECTION_HISTORY
from oso_pipeline.contracts.statuses import (
    ADOPTION,
    BRANCH_STATUS,
    CONNECTED_SCHOOLS,
    SCHOOL_STATUS,
    SECTOR_NAMES,
    STATUSES,
)
from oso_pipeline.qualification import Records, base_agreements, extension_agreements
from oso_pipeline.reconciliation.matching import was_matched
from oso_pipeline.reconciliation.records import counts
from oso_pipeline.wording import sentence

OWN_TABLES = ("accounts", "questionnaires", "branches", "delivery_points", "test_exchanges")
"""A row of a school in one of these means that it has begun."""


def branch_status(
    branches: pl.DataFrame,
    schools: pl.DataFrame,
    qualified: pl.DataFrame,
    coverage: pl.DataFrame,
    located: pl.DataFrame,
    records: Records,
    previous: pl.DataFrame,
    connection_history: pl.DataFrame,
    *,
    day: date,
) -> pl.DataFrame:
    """How every open branch stands on D.

    Args:
        branches: as OPEN_BRANCHES.
        schools: as OPEN_SCHOOLS.
        qualified: from `qualified_schools`.
        coverage: from `branch_coverage`.
        located: `branch_code, latitude, longitude, swv_number` of every open branch.
        records: the matched tables.
        previous: `branch_status` of the last published release.
        connection_history: as CONNECTION_HISTORY of the last published release.
        day: the day D.

    Returns:
        As the `branch_status` table.
    """
    before = previous.filter("connected").select(
        "branch_code", pl.col("connected_on").alias("connected_before_on")
    )
    last = connection_history.rename({"last_connected_on": "last_before_on"})
    extended = extension_agreements(records).select("board_matched")
    school_facts = schools.select(
        "brin",
        pl.col("brin").is_in(begun_schools(schools, records)["brin"].implode()).alias("begun"),
        pl.col("board_number")
        .is_in(extended.collect()["board_matched"].implode())
        .fill_null(value=False)
        .alias("extension"),
    )
    told = [
        of_codes(branches["brin"], school_facts.join(qualified, on="brin")),
        *(of_codes(branches["branch_code"], one) for one in (coverage, located, before, last)),
    ]
    joined = pl.concat([branches, *told], how="horizontal")
    connected = joined.with_columns((pl.col("qualified") & pl.col("covered")).alias("connected"))
    newly_on = pl.max_horizontal("qualified_on", "covered_on")
    return BRANCH_STATUS.shape(
        connected.with_columns(
            status().alias("status"),
            pl.when("connected").then(pl.coalesce("connected_before_on", newly_on)).alias("connected_on"),
            pl.when("connected").then(pl.lit(day)).otherwise("last_before_on").alias("last_connected_on"),
            (pl.col("connected") & pl.col("served_by_ot")).alias("ot_ready"),
            (pl.col("connected") & pl.col("served_by_ldos")).alias("ldos_ready"),
            (pl.col("connected") & pl.col("served_by_swv") & pl.col("extension")).alias("swv_ready"),
        )
    )  # fmt: skip


def status() -> pl.Expr:
    """The first that fits, over `connected, last_before_on, qualified, begun`."""
    return (
        pl.when("connected").then(pl.lit("connected"))
        .when(pl.col("last_before_on").is_not_null()).then(pl.lit("lapsed"))
        .when("qualified").then(pl.lit("qualified_not_covered"))
        .when("begun").then(pl.lit("in_progress"))
        .otherwise(pl.lit("not_started"))
    )  # fmt: skip


def begun_schools(schools: pl.DataFrame, records: Records) -> pl.DataFrame:
    """The schools that have a row of their own, or whose board has an active base agreement.

    Returns:
        `brin, begun_by`: the first of their own rows, else that of the agreement, as TABLE row N.
    """
    signed = base_agreements(records).group_by(pl.col("board_matched").alias("board_number"))
    governed = (
        schools.lazy()
        .select("brin", "board_number")
        .join(signed.agg(pl.col("source_row").min()), on="board_number", maintain_order="left")
        .select("brin", pl.lit("agreements").alias("source_table"), "source_row")
    )
    own = [
        _own_rows(records, name)
        .group_by("brin")
        .agg(pl.lit(name).alias("source_table"), pl.col("source_row").min())
        for name in OWN_TABLES
    ]
    rows = pl.concat([*own, governed])
    first = rows.unique("brin", keep="first", maintain_order=True)
    return first.select(
        "brin", sentence("{} row {}", "source_table", "source_row").alias("begun_by")
    ).collect()


def schools_with_rows(records: Records) -> pl.Series:
    """The open schools that have a row of their own which counts, in any of the five tables about schools."""
    own = [_own_rows(records, name).select("brin").unique() for name in OWN_TABLES]
    return pl.concat(own).unique().collect().to_series()


def _own_rows(records: Records, table: str) -> pl.LazyFrame:
    """The rows of a table that count and are about an open school, with its `brin`; of a branch row matched or not."""
    counted = records[table].lazy().with_columns(pl.col("brin_matched").alias("brin"))
    counted = counted.filter(counts() & pl.col("brin").is_not_null())
    return counted if table == "branches" else counted.filter(was_matched())


def school_status(
    schools: pl.DataFrame, qualified: pl.DataFrame, branches: pl.DataFrame, records: Records
) -> pl.DataFrame:
    """How every open school stands on D: the first status of the list that any of its branches has.

    Args:
        schools: as OPEN_SCHOOLS.
        qualified: from `qualified_schools`.
        branches: as the `branch_status` table.
        records: the matched tables.

    Returns:
        As the `school_status` table.
    """
    rank = pl.col("status").replace_strict(STATUSES, range(len(STATUSES)), return_dtype=pl.Int64)
    of_branches = branches.group_by("brin").agg(
        rank.min().replace_strict(range(len(STATUSES)), STATUSES, return_dtype=pl.String).alias("status"),
        pl.col("covered").sum().cast(pl.Int64).alias("branches_covered"),
    )  # fmt: skip
    return SCHOOL_STATUS.shape(
        schools.join(qualified, on="brin")
        .join(of_branches, on="brin")
        .join(begun_schools(schools, records), on="brin", how="left")
    )


def connection_history(previous: pl.DataFrame, branches: pl.DataFrame) -> pl.DataFrame:
    """When every branch that was ever connected last was, in a published release, this one included.

    Args:
        previous: as CONNECTION_HISTORY of the last published release.
        branches: as the `branch_status` table.
    """
    tonight = branches.filter("connected").select("branch_code", "last_connected_on")
    earlier = previous.join(tonight, on="branch_code", how="anti")
    return CONNECTION_HISTORY.shape(pl.concat([earlier.select(tonight.columns), tonight]))


def connected_schools(branches: pl.DataFrame) -> pl.DataFrame:
    """What the workbook shows: one row per connected branch, as the `connected_schools` table."""
    connected = branches.filter("connected")
    return CONNECTED_SCHOOLS.shape(
        connected.with_columns(
            pl.col("branch_code").str.slice(4).alias("branch_number"),
            pl.concat_str("street", "house_number", separator=" ", ignore_nulls=True).replace("", None).alias("address"),
            pl.col("sector").replace(SECTOR_NAMES),
            pl.coalesce("board_name", "board_number").alias("board_name"),
        )
    )  # fmt: skip


def adoption(
    previous: pl.DataFrame,
    branches: pl.DataFrame,
    schools: pl.DataFrame,
    *,
    day: date,
    release_id: str,
) -> pl.DataFrame:
    """How many branches and schools have each status, per sector, province and LAS, of every published release.

    A school counts with the product of its lowest branch that has one.
    """
    by = ["sector", "province", "las"]
    product = branches.sort("branch_code").group_by("brin").agg(pl.col("las").drop_nulls().first())
    counted = [
        rows.group_by(by).agg(
            (pl.col("status") == name).sum().cast(pl.Int64).alias(f"{unit}_{name}") for name in STATUSES
        )
        for unit, rows in (("branches", branches), ("schools", schools.join(product, on="brin", how="left")))
    ]  # fmt: skip
    tonight = counted[0].join(counted[1], on=by, how="full", coalesce=True, nulls_equal=True)
    numbers = [name for name in ADOPTION.names if name.startswith(("branches_", "schools_"))]
    dated = tonight.with_columns(
        pl.col(numbers).fill_null(0),
        pl.lit(day).alias("as_of"),
        pl.lit(release_id).alias("release_id"),
    )
    return ADOPTION.shape(pl.concat([previous, dated.select(ADOPTION.names)]))
