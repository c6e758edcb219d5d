"""rio: where branches stand and which partnership they belong to, three files found through CKAN (domain.md 2.3).

Only what has no end counts. Coordinates are WGS 84, in degrees.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from oso_pipeline.contracts.rio import (
    EAST,
    LOCATION_PATTERN,
    NORTH,
    RIO_CONTRACTS,
    SOUTH,
    SWV_PATTERN,
    WEST,
)
from oso_pipeline.intake.board_files import fetch_from_package
from oso_pipeline.intake.delimited import SOURCE_ROW
from oso_pipeline.intake.fields import is_unreadable, read_day, read_postcode
from oso_pipeline.intake.http import Arrival, Fetcher
from oso_pipeline.intake.reading import (
    Reading,
    keep_written,
    read_written,
    signal,
    sort_out,
)
from oso_pipeline.intake.snapshots import Snapshot
from oso_pipeline.patterns import BRANCH_PATTERN
from oso_pipeline.wording import sentence

PACKAGE = "rio_nfo_po_vo_vavo_mbo_ho"
RIO_FILES = {
    "rio_locations": "onderwijslocaties.csv",
    "rio_uses": "relaties_onderwijslocatiegebruiken_vestigingserkenningen.csv",
    "rio_memberships": "relaties_samenwerkingserkenningen_vestigingserkenningen.csv",
}
"""Source -> file name in the package."""

SCHEMAS: dict[str, dict[str, pl.DataType]] = {
    "rio_locations": {
        SOURCE_ROW: pl.Int64(),
        "location_code": pl.String(),
        "latitude": pl.Float64(),
        "longitude": pl.Float64(),
        "postcode": pl.String(),
    },
    "rio_uses": {
        SOURCE_ROW: pl.Int64(),
        "location_code": pl.String(),
        "branch_code": pl.String(),
    },
    "rio_memberships": {
        SOURCE_ROW: pl.Int64(),
        "swv_number": pl.String(),
        "branch_code": pl.String(),
    },
}


def fetch_rio_file(
    fetcher: Fetcher, base_url: str, source: str, into: Path, known: Snapshot | None = None
) -> Arrival:
    """Ask the catalogue where the file is, and fetch it.

    Raises:
        NotModified: the body is that of the snapshot that is known.
        SourceUnreachable: no body arrived.
        SourceUnreadable: the catalogue does not name the file, or what arrived is not such a file.
    """
    return fetch_from_package(
        fetcher, base_url, (PACKAGE, RIO_FILES[source]), RIO_CONTRACTS[source], source, into, known
    )


def read_rio_file(body: bytes, source: str, *, snapshot_id: str) -> Reading:
    """Read one of the three files.

    Returns:
        Rows as SCHEMAS: locations once each, uses and memberships without an end.

    Raises:
        SourceUnreadable: not delimited text, or a used column is missing.
    """
    contract = RIO_CONTRACTS[source]
    rows, misfits, signals = read_written(body, contract, source)
    written = keep_written(rows)
    read = _with_coordinates(written) if source == "rio_locations" else _with_end(written)
    reading = sort_out(
        read,
        misfits,
        contract,
        snapshot_id,
        schema=SCHEMAS[source],
        ignored=_left_out(source),
        refused=_refused(source, [*contract.used]),
        signals=signals,
    )
    used = read.join(reading.rows.select(SOURCE_ROW), on=SOURCE_ROW, how="semi")
    return reading.with_signals(*_odd(used, source))


def _with_end(rows: pl.DataFrame) -> pl.DataFrame:
    """Uses and memberships: `ends_on`, and no partnership whose number is none."""
    read = rows.with_columns(read_day(pl.col("ends")).alias("ends_on"))
    if "swv_number" not in rows.columns:
        return read
    return read.with_columns(
        pl.when(pl.col("swv_number").str.contains(SWV_PATTERN)).then("swv_number")
    )


def _with_coordinates(rows: pl.DataFrame) -> pl.DataFrame:
    """Degrees out of text; what cannot be read or lies outside the country is left empty."""
    read = rows.with_columns(
        _degrees("latitude"), _degrees("longitude"), read_postcode(pl.col("postcode"))
    )
    inside = pl.col("latitude").is_between(SOUTH, NORTH) & pl.col("longitude").is_between(
        WEST, EAST
    )
    return read.with_columns(
        pl.when(inside).then("latitude").alias("latitude"),
        pl.when(inside).then("longitude").alias("longitude"),
    )


def _degrees(axis: str) -> pl.Expr:
    text = pl.col(f"written_{axis}").str.replace(",", ".", literal=True)
    return text.cast(pl.Float64, strict=False).alias(axis)


def _left_out(source: str) -> dict[str, pl.Expr]:
    if source == "rio_locations":
        code = pl.col("location_code")
        return {"code_again": code.is_not_null() & ~code.is_first_distinct()}
    return {
        "not_a_branch_code": pl.col("branch_code").str.contains(LOCATION_PATTERN),
        "ended": pl.col("ends_on").is_not_null(),
    }


def _refused(source: str, fields: list[str]) -> dict[str, tuple[pl.Expr, pl.Expr]]:
    found: dict[str, tuple[pl.Expr, pl.Expr]] = {}
    for field, pattern, expected in (
        ("location_code", LOCATION_PATTERN, "three digits, X and three digits"),
        ("branch_code", BRANCH_PATTERN, "two digits, two letters and two digits"),
    ):
        if field in fields:
            fits = pl.col(field).str.contains(pattern).fill_null(value=False)
            found[f"{field}_unreadable"] = (~fits, _unreadable(source, field, expected))
    if "ends" in fields:
        bad = is_unreadable(pl.col("ends"), pl.col("ends_on"))
        found["end_unreadable"] = (bad, _unreadable(source, "ends", "a day as 2026-11-23"))
    return found


def _unreadable(source: str, field: str, expected: str) -> pl.Expr:
    column = RIO_CONTRACTS[source].used[field][0]
    return sentence(
        f"{source}, row {{}}: {column} {{}} cannot be read; expected {expected}.",
        SOURCE_ROW,
        pl.col(field).fill_null("(empty)"),
    )


def _odd(rows: pl.DataFrame, source: str) -> list[pl.DataFrame]:
    """What is odd in the rows that are used, as the `signals` table."""
    if source == "rio_memberships":
        no_number = rows.filter(pl.col("swv_number").is_null())
        return [signal(source, "partnership_unreadable", "This is not a partnership's number (PO or VO and four digits); it is left empty.", rows=no_number, subject=pl.col("written_swv_number"))]  # fmt: skip
    if source == "rio_uses":
        return []
    axes = ("latitude", "longitude")
    no_number = pl.any_horizontal(is_unreadable(pl.col(f"written_{a}"), _degrees(a)) for a in axes)
    both = pl.all_horizontal(_degrees(axis).is_not_null() for axis in axes)
    outside = both & pl.col("latitude").is_null()
    named = pl.col("location_code")
    return [
        signal(source, "coordinates_unreadable", "A coordinate is not a number; the location has none.", rows=rows.filter(no_number), subject=named),
        signal(source, "coordinates_outside_country", f"It lies outside the country ({SOUTH} to {NORTH} north, {WEST} to {EAST} east); its coordinates are left empty.", rows=rows.filter(outside), subject=named),
    ]  # fmt: skip
