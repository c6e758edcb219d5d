"""What the page knows of every open branch, as columns for a script to read.

Of a branch that is not connected the page is told just that: its LAS and its dates never reach the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from oso_pipeline.contracts.statuses import SECTOR_NAMES
from oso_pipeline.outputs.overview.places import place_name

_READY = ("ot_ready", "ldos_ready", "swv_ready")
"""In the order of the bits of `ready`."""

_POINT = 100_000
"""Coordinates in whole hundred-thousandths of a degree, about a metre."""


def page_rows(branches: pl.DataFrame) -> pl.DataFrame:
    """What is public of every open branch, in the order in which people read it: place, name, code.

    Args:
        branches: the `branch_status` table.

    Returns:
        One row per open branch: `code`, `name`, `address`, `postcode`, `place`, `board`, `sector` (in words),
        `province`, `connected`, `latitude`, `longitude`; and, of connected branches only, `las`, `since` (the day) and
        `ready` (bits: 1 OT, 2 LDOS, 4 SWV; 0 where not connected).
    """
    connected = pl.col("connected")
    ready = pl.sum_horizontal(pl.col(name).cast(pl.Int8) * 2**bit for bit, name in enumerate(_READY))  # fmt: skip
    rows = branches.select(
        pl.col("branch_code").alias("code"),
        pl.col("branch_name").alias("name"),
        pl.concat_str("street", "house_number", separator=" ", ignore_nulls=True).alias("address"),
        "postcode",
        pl.col("city").replace(_place_names(branches["city"])).alias("place"),
        pl.coalesce("board_name", "board_number").alias("board"),
        pl.col("sector").replace_strict(SECTOR_NAMES),
        "province",
        "connected",
        "latitude",
        "longitude",
        pl.when(connected).then("las").alias("las"),
        pl.when(connected).then("connected_on").alias("since"),
        pl.when(connected).then(ready).otherwise(0).alias("ready"),
    )
    letters = [
        pl.col(name).str.to_lowercase().str.replace(r"^\P{L}+", "") for name in ("place", "name")
    ]
    return rows.sort(*letters, "code", nulls_last=True)


def page_columns(rows: pl.DataFrame) -> dict[str, Any]:
    """The rows as columns: what repeats is a number in a list of its values (-1 where there is none).

    Args:
        rows: as `page_rows`.

    Returns:
        JSON-ready: `code, name, address, postcode, ready, connected` (0 or 1), `since` (days since 1970, null where
        not connected), `lat, lon` (hundred-thousandths of a degree), and `place, board, sector, province, las` as
        `{"values": [...], "rows": [...]}`.
    """
    return {
        **{name: rows[name].fill_null("").to_list() for name in ("code", "name", "address", "postcode")},
        **{name: _coded(rows[name]) for name in ("place", "board", "sector", "province", "las")},
        "connected": rows["connected"].cast(pl.Int8).to_list(),
        "ready": rows["ready"].to_list(),
        "since": rows["since"].cast(pl.Int32).to_list(),
        "lat": _whole(rows["latitude"]),
        "lon": _whole(rows["longitude"]),
    }  # fmt: skip


def _place_names(cities: pl.Series) -> dict[str, str]:
    return {city: place_name(city) for city in cities.drop_nulls().unique().to_list()}


def _coded(values: pl.Series) -> dict[str, Sequence[Any]]:
    known = sorted(values.drop_nulls().unique().to_list(), key=lambda value: (value.lower(), value))
    numbers = {value: number for number, value in enumerate(known)}
    return {"values": known, "rows": [numbers.get(value, -1) for value in values.to_list()]}


def _whole(degrees: pl.Series) -> list[Any]:
    return (degrees * _POINT).round().cast(pl.Int64).to_list()
