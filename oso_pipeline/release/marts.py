"""The tables of a release that are about the release itself: where its rows came from, and what was not used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from oso_pipeline.contracts.about import RELEASE
from oso_pipeline.contracts.marts import SCHEMA_VERSION
from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.contracts.records import ISSUES, SOURCES
from oso_pipeline.contracts.validation import validate
from oso_pipeline.intake.delivery import SOURCE as DELIVERY
from oso_pipeline.intake.overrides import SOURCE as OVERRIDES
from oso_pipeline.intake.register_zip import MEMBERS as REGISTER
from oso_pipeline.intake.register_zip import SOURCE as REGISTER_ZIP
from oso_pipeline.issues import find_issues
from oso_pipeline.release.night import Night

_COUNTS = ("rows_used", "rows_ignored", "rows_quarantined")

_DELIVERED_IN = dict.fromkeys(REGISTER, REGISTER_ZIP) | {
    table.name: DELIVERY for table in ONBOARDING
}
"""Sources that come together in one snapshot. Two snapshots of one moment with the same bytes have one id."""


def provenance(
    snapshots: pl.DataFrame,
    registry_files: Mapping[str, pl.DataFrame],
    onboarding_records: Mapping[str, pl.DataFrame],
    registry: Mapping[str, pl.DataFrame],
    matched_records: Mapping[str, pl.DataFrame],
) -> dict[str, pl.DataFrame]:
    """Where every row came from, and what became of it.

    Args:
        snapshots: as SNAPSHOTS_SCHEMA.
        registry_files: what reading the registry gave.
        onboarding_records: what reading the onboarding records and the decisions gave.
        registry: `used`, `ignored` and `signals` of the branches that count and of their locations, and `quarantined`
            of the register.
        matched_records: the onboarding rows that the rules saw.

    Returns:
        The tables `quarantine`, `signals` and `sources`.
    """
    used = [
        registry["used"],
        registry_files["boards"],
        *(_believed(registry_files[table], table, registry["quarantined"]) for table in REGISTER),
        _named(onboarding_records[OVERRIDES], OVERRIDES),
        *(_named(matched_records[table.name], table.name) for table in ONBOARDING),
    ]
    ignored = [part["ignored"] for part in (registry_files, onboarding_records, registry)]
    quarantined = [part["quarantined"] for part in (registry_files, onboarding_records, registry)]
    signals = [
        part["signals"] for part in (registry_files, onboarding_records, registry, matched_records)
    ]
    read = pl.concat([registry_files["read"], onboarding_records["read"]])
    return {
        "quarantine": pl.concat(quarantined),
        "signals": pl.concat(signals),
        "sources": _sources(snapshots, read, (used, ignored, quarantined)),
    }


def release_row(night: Night) -> pl.DataFrame:
    """Which release it is, as the `release` table."""
    known = {name: getattr(night, name) for name in RELEASE.names if name != "schema_version"}
    row = known | {"schema_version": SCHEMA_VERSION}
    return pl.DataFrame([row], schema=RELEASE.schema)


def with_issues(
    tables: Mapping[str, pl.DataFrame], checks: pl.DataFrame, previous: pl.DataFrame, day: date
) -> dict[str, pl.DataFrame]:
    """All marts: those that were judged, and the issues, which tell of the judgement too.

    Args:
        tables: every table of JUDGED.
        checks: as CHECKS_SCHEMA.
        previous: the `issues` table in the last published release.
        day: the day D.
    """
    found = find_issues(
        tables["quarantine"], tables["signals"], tables["sources"], checks, previous, day
    )
    return {**tables, ISSUES.name: validate(found, ISSUES)}


def _sources(
    snapshots: pl.DataFrame, read: pl.DataFrame, became: Iterable[Iterable[pl.DataFrame]]
) -> pl.DataFrame:
    delivered = pl.col("source").replace(_DELIVERED_IN).alias("delivered_in")
    together = read.with_columns(delivered).join(
        snapshots.rename({"source": "delivered_in"}), on=["delivered_in", "snapshot_id"], how="left"
    )
    for name, parts in zip(_COUNTS, became, strict=True):
        rows = pl.concat(part.select("source") for part in parts)
        counts = rows.group_by("source").agg(pl.len().cast(pl.Int64).alias(name))
        together = together.join(counts, on="source", how="left")
    return SOURCES.shape(together.with_columns(pl.col(_COUNTS).fill_null(0)))


def _believed(rows: pl.DataFrame, table: str, quarantined: pl.DataFrame) -> pl.DataFrame:
    """The rows of a table of the register but for those that were found to be impossible beside the others."""
    refused = quarantined.filter(source=table)
    return _named(rows, table).join(refused, on="source_row", how="anti")


def _named(rows: pl.DataFrame, source: str) -> pl.DataFrame:
    return rows.with_columns(pl.lit(source).alias("source"))
