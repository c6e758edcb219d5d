"""The downloads inside the overview: the workbook, the CSV (RFC 4180) and the GeoJSON (RFC 7946).

The CSV and the GeoJSON hold connected branches only, under the names of the contract, for other systems to read.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl

from oso_pipeline.contracts.statuses import CONNECTED_SCHOOLS

FOLDER = "downloads"
CSV = "aangesloten-scholen.csv"
GEOJSON = "aangesloten-scholen.geojson"

FORMULA = r"^[\s\x00]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
"""How a cell begins that a spreadsheet program may take for a formula, full width too."""

_DECIMALS = 6
"""About a decimetre: what RFC 7946 advises."""


def write_downloads(
    folder: Path, connected: pl.DataFrame, branches: pl.DataFrame, workbook: Path
) -> list[Path]:
    """Write the downloads.

    Args:
        folder: the folder of the overview; the downloads get a folder inside it.
        connected: the `connected_schools` table.
        branches: the `branch_status` table, for the coordinates.
        workbook: the workbook of the release; a copy goes along.

    Returns:
        The files, in the order in which they are shown.
    """
    downloads = folder / FOLDER
    downloads.mkdir(parents=True)
    shutil.copyfile(workbook, downloads / workbook.name)
    _write_csv(downloads / CSV, connected.sort(CONNECTED_SCHOOLS.sort_by))
    _write_geojson(downloads / GEOJSON, connected, branches)
    return [downloads / workbook.name, downloads / CSV, downloads / GEOJSON]


def _write_csv(path: Path, connected: pl.DataFrame) -> None:
    """As RFC 4180, in UTF-8: a text that begins like a formula gets an apostrophe before it."""
    harmless = connected.with_columns(pl.col(pl.String).str.replace(FORMULA, "'${0}"))
    harmless.write_csv(path, line_terminator="\r\n", date_format="%Y-%m-%d")


def _write_geojson(path: Path, connected: pl.DataFrame, branches: pl.DataFrame) -> None:
    points = branches.select(
        pl.col("brin"),
        pl.col("branch_code").str.tail(2).alias("branch_number"),
        pl.col("longitude").round(_DECIMALS),
        pl.col("latitude").round(_DECIMALS),
    )
    placed = (
        connected.join(points, on=["brin", "branch_number"], how="inner", validate="1:1")
        .drop_nulls(["longitude", "latitude"])
        .with_columns(pl.col("connected_on").dt.to_string("%Y-%m-%d"))
        .sort(CONNECTED_SCHOOLS.sort_by)
    )
    lines = ",\n".join(placed.select(_feature(placed.columns)).to_series())
    path.write_text(
        f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n', encoding="utf-8", newline=""
    )


def _feature(columns: list[str]) -> pl.Expr:
    """The JSON of a branch: where it is, and all that is told of it."""
    point = pl.struct(
        pl.lit("Point").alias("type"),
        pl.concat_list("longitude", "latitude").alias("coordinates"),
    )
    told = [column for column in columns if column not in {"longitude", "latitude"}]
    return pl.struct(
        pl.lit("Feature").alias("type"),
        (pl.col("brin") + pl.col("branch_number")).alias("id"),
        point.alias("geometry"),
        pl.struct(told).alias("properties"),
    ).struct.json_encode()
