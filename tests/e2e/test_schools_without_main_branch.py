"""The eight VO schools of 2020-12 that have no 00 branch: their delivery point 0 serves nothing, and says so."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest
from nights import night

from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.release.database import open_database
from oso_pipeline.settings import load_settings

TRANSITIONS = "OVERGANGEN_20250113.csv"
EIGHT = ("01NJ", "01OE", "12VI", "21CS", "25EF", "25LX", "26CC", "31JC")


@pytest.mark.real
@pytest.mark.parametrize("tables", ["vo", "vo,register"])
def test_point_0_of_a_school_without_a_main_branch_is_without_a_branch_and_the_reason_says_so(
    duo_files: Path, served: tuple[Path, str], tmp_path: Path, tables: str
) -> None:
    """The register has numbers 00 of six of them: locations of vocational education, which are no branches."""
    folder, url = served
    shutil.copy(duo_files / "2020-12" / "02-alle-vestigingen-vo.csv", folder)
    with ZipFile(folder / "basisgegevens-instellingen.zip", "w") as archive:
        archive.write(duo_files / "2025-01" / TRANSITIONS, TRANSITIONS)
    delivered = tmp_path / "onboarding"
    delivered.mkdir()
    for table in ONBOARDING:
        (delivered / f"{table.name}.csv").write_text(";".join(table.names) + "\n")
    points = pl.DataFrame({"brin": EIGHT}).select(
        "brin",
        pl.lit("0").alias("number"),
        pl.lit("las").alias("kind"),
        *(pl.lit(None).alias(name) for name in ("branch_number", "las", "requested_on")),
        *(pl.lit(None).alias(name) for name in ("approved_on", "key_issued_on")),
        pl.lit("2024-08-01").alias("registered_on"),
        pl.lit(None).alias("ended_on"),
    )
    points.write_csv(delivered / "delivery_points.csv", separator=";")
    settings = load_settings(
        data_dir=tmp_path / "data",
        registry_tables=tables,
        duo_base_url=url,
        ckan_base_url=url,
        onboarding=f"dir:{delivered}",
    )
    assert night(settings, as_of=date(2026, 11, 20)).verdict == "published"
    with open_database(settings.marts_dir / "latest" / "oso.duckdb") as connection:
        flagged = connection.sql(
            "SELECT brin, reason FROM delivery_point_flags"
            " WHERE flag = 'delivery_point_without_branch' ORDER BY brin"
        ).fetchall()
    assert [brin for brin, _ in flagged] == [*EIGHT]
    assert all("has no 00 branch" in reason for _, reason in flagged)
