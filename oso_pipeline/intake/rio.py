"""rio: where branches stand and which partnership they belong to, three files found through CKAN (domain.md 2.3).

Only what has no end counts. Coordinates are WGS 84, in degrees.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from oso_pipeline.codes import BRANCH_PATTERN
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
from oso_pipeline.intake.fields import is_unreadable, read_day
from oso_pipeline.intake.http import Arrival, Fetcher
from oso_pipeline.intake.reading import (
    Reading,
    ignore,
    quarantine,
    quarantine_misfits,
    read_count,
    read_written,
    signal,
)
from oso_pipeline.intake.snapshots import Snapshot
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
    rows, misfits, column_signals = read_written(body, RIO_CONTRACTS[source], source)
    judged = _judged(rows, source)
    left_out = judged.filter(pl.col("ignored").is_not_null())
    refused = judged.filter(pl.col("ignored").is_null() & pl.col("rule").is_not_null())
    kept = judged.filter(pl.col("ignored").is_null() & pl.col("rule").is_null())
    signals = [column_signals]
    if source == "rio_locations":
        kept, odd = _with_coordinates(kept)
        signals += odd
    if source == "rio_memberships":
        signals.append(_odd_partnerships(kept))
        fits = pl.col("swv_number").str.contains(SWV_PATTERN)
        kept = kept.with_columns(pl.when(fits).then("swv_number").alias("swv_number"))
    return Reading(
        rows=kept.select(pl.col(name).cast(kind) for name, kind in SCHEMAS[source].items()),
        ignored=pl.concat(
            [ignore(left_out.head(0), source, ""), *(ignore(part, source, str(rule)) for (rule,), part in left_out.group_by("ignored", maintain_order=True))]
        ),
        quarantined=pl.concat(
            [
                quarantine(refused, source, snapshot_id, [*RIO_CONTRACTS[source].used]),
                quarantine_misfits(misfits, source, snapshot_id),
            ]
        ),
        signals=pl.concat(signals),
        read=read_count(source, snapshot_id, rows.height + misfits.height),
    )  # fmt: skip


def _judged(rows: pl.DataFrame, source: str) -> pl.DataFrame:
    """Adds `ignored` (why a row is left out), and `rule` and `reason` (why one is refused)."""
    fields = RIO_CONTRACTS[source].used
    refusals = {
        "location_code_unreadable": ("location_code", LOCATION_PATTERN, "three digits, X and three digits"),
        "branch_code_unreadable": ("branch_code", BRANCH_PATTERN, "two digits, two letters and two digits"),
    }  # fmt: skip
    rules, reasons = [], []
    for rule, (field, pattern, expected) in refusals.items():
        if field in fields:
            fits = pl.col(field).str.contains(pattern).fill_null(value=False)
            rules.append(pl.when(~fits).then(pl.lit(rule)))
            reasons.append(pl.when(~fits).then(_unreadable(source, field, expected)))
    left_out = []
    if "ends" in fields:
        ends_on = read_day(pl.col("ends"))
        bad = is_unreadable(pl.col("ends"), ends_on)
        rules.append(pl.when(bad).then(pl.lit("end_unreadable")))
        reasons.append(pl.when(bad).then(_unreadable(source, "ends", "a day as 2026-11-23")))
        of_others = pl.col("branch_code").str.contains(LOCATION_PATTERN)
        left_out = [
            pl.when(of_others).then(pl.lit("not_a_branch_code")),
            pl.when(ends_on.is_not_null()).then(pl.lit("ended")),
        ]
    else:
        again = (
            pl.col("location_code").is_duplicated() & ~pl.col("location_code").is_first_distinct()
        )
        left_out = [
            pl.when(again & pl.col("location_code").is_not_null()).then(pl.lit("code_again"))
        ]
    return rows.with_columns(
        pl.coalesce(left_out).alias("ignored"),
        pl.coalesce(rules).alias("rule"),
        pl.coalesce(reasons).alias("reason"),
    )


def _unreadable(source: str, field: str, expected: str) -> pl.Expr:
    column = RIO_CONTRACTS[source].used[field][0]
    return sentence(
        f"{source}, row {{}}: {column} {{}} cannot be read; expected {expected}.",
        SOURCE_ROW,
        pl.col(field).fill_null("(empty)"),
    )


def _with_coordinates(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Degrees out of text; what cannot be read or lies outside the country is left empty, and signalled."""
    read = rows.with_columns(
        pl.col(name).str.replace(",", ".", literal=True).cast(pl.Float64, strict=False).alias(f"{name}_read")
        for name in ("latitude", "longitude")
    )  # fmt: skip
    latitude, longitude = pl.col("latitude_read"), pl.col("longitude_read")
    unreadable = is_unreadable(pl.col("latitude"), latitude) | is_unreadable(
        pl.col("longitude"), longitude
    )
    inside = latitude.is_between(SOUTH, NORTH) & longitude.is_between(WEST, EAST)
    both = latitude.is_not_null() & longitude.is_not_null()
    named = pl.col("location_code")
    source = "rio_locations"
    odd = [
        signal(source, "coordinates_unreadable", "A coordinate is not a number; the location has none.", rows=read.filter(unreadable), subject=named),
        signal(source, "coordinates_outside_country", f"It lies outside the country ({SOUTH} to {NORTH} north, {WEST} to {EAST} east); its coordinates are left empty.", rows=read.filter(both & ~inside), subject=named),
    ]  # fmt: skip
    placed = pl.when(inside)
    return read.with_columns(
        placed.then(latitude).alias("latitude"), placed.then(longitude).alias("longitude")
    ), odd


def _odd_partnerships(rows: pl.DataFrame) -> pl.DataFrame:
    odd = rows.filter(~pl.col("swv_number").str.contains(SWV_PATTERN).fill_null(value=False))
    reason = "This is not a partnership's number (PO or VO and four digits); it is left empty."
    return signal("rio_memberships", "partnership_unreadable", reason, rows=odd, subject=pl.col("swv_number"))  # fmt: skip
