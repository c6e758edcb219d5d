"""Where open branches stand and which partnership they belong to, out of RIO (domain.md 2.3).

A branch has the coordinates of its location when exactly one is in use; of several those of the one at the postcode of
its own address, which is the one that people visit. Where that is none or more than one, none is shown and that is
signalled; so it is for several partnerships.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from oso_pipeline.codes import among
from oso_pipeline.intake.delimited import SOURCE_ROW
from oso_pipeline.intake.reading import signal


def locate(branches: pl.DataFrame, files: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Coordinates and partnership of every open branch.

    Args:
        branches: as OPEN_BRANCHES; `branch_code` and `postcode` of them.
        files: `rio_locations`, `rio_uses` and `rio_memberships`, as intake/rio.py SCHEMAS; none of them has rows when
            RIO is not read.

    Returns:
        `located`: `branch_code, latitude, longitude` (degrees, WGS 84), `swv_number`, one row per open branch; `used`
        and `ignored`: `source` of the rows that count and that do not; `signals`.
    """
    uses, memberships = files["rio_uses"], files["rio_memberships"]
    named = pl.concat([uses["branch_code"], memberships["branch_code"]])
    is_open = pl.col("branch_code").is_in(among(branches["branch_code"], named).implode())
    used, belonging = uses.filter(is_open), memberships.filter(is_open).drop_nulls("swv_number")
    placed = used.unique(["branch_code", "location_code"], keep="first", maintain_order=True).join(
        files["rio_locations"].drop(SOURCE_ROW), on="location_code", how="left"
    )
    several = pl.len().over("branch_code") > 1
    at_its_address = placed.filter(several).join(
        branches.select("branch_code", "postcode"), on=["branch_code", "postcode"], how="semi"
    )
    visited = pl.concat([placed.filter(~several), at_its_address]).filter(~several)
    coordinates = visited.select("branch_code", "latitude", "longitude")
    numbers = belonging.group_by("branch_code").agg(pl.col("swv_number").unique())
    single = pl.when(pl.col("swv_number").list.len() == 1).then(pl.col("swv_number").list.first())
    partnership = numbers.select("branch_code", single.alias("swv_number"))
    undecided = placed.join(visited, on="branch_code", how="anti")
    signals = [
        signal("rio_uses", "several_locations", "This branch uses several locations, and not one of them alone has its postcode: which one people visit is not known, so none is shown.", rows=undecided, subject=pl.col("branch_code")),
        signal("rio_memberships", "several_partnerships", "This branch belongs to several partnerships; none is shown.", rows=belonging.unique(["branch_code", "swv_number"]).filter(several), subject=pl.col("branch_code")),
        signal("rio_uses", "location_unknown", "The branch uses a location that the file of locations does not hold.", rows=placed.join(files["rio_locations"], on="location_code", how="anti"), subject=pl.col("location_code")),
    ]  # fmt: skip
    in_use = pl.col("location_code").is_in(placed["location_code"].implode())
    return {
        "located": branches.select("branch_code")
        .join(coordinates, on="branch_code", how="left")
        .join(partnership, on="branch_code", how="left"),
        "signals": pl.concat(signals),
        **_accounted(
            ("rio_locations", files["rio_locations"], in_use, "location_of_no_open_branch"),
            ("rio_uses", uses, is_open, "not_an_open_branch"),
            ("rio_memberships", memberships, is_open, "not_an_open_branch"),
        ),
    }


def _accounted(*files: tuple[str, pl.DataFrame, pl.Expr, str]) -> dict[str, pl.DataFrame]:
    """`used` and `ignored`: of each file the rows behind an open branch, and the others."""
    used, ignored = [], []
    for source, rows, counts, rule in files:
        named = rows.select(
            pl.lit(source).alias("source"),
            SOURCE_ROW,
            counts.fill_null(value=False).alias("counts"),
        )
        used.append(named.filter("counts").drop("counts"))
        ignored.append(
            named.filter(~pl.col("counts")).drop("counts").with_columns(pl.lit(rule).alias("rule"))
        )
    return {"used": pl.concat(used), "ignored": pl.concat(ignored)}
