"""What a sheet is, and those that show tables as they are: connected branches, and the shares per province, sector, LAS."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from oso_pipeline.contracts.model import Column
from oso_pipeline.contracts.statuses import CONNECTED_SCHOOLS, SECTOR_NAMES, STATUSES
from oso_pipeline.contracts.views import (
    CONNECTED_BY_LAS,
    CONNECTED_BY_PROVINCE,
    CONNECTED_BY_SECTOR,
    View,
)

SHEET_SCHOOLS = "Aangesloten scholen"
SHEET_PROVINCES = "Per provincie"
SHEET_SECTORS = "Per sector"
SHEET_LAS = "Per LAS"

UNKNOWN = "onbekend"
WITHOUT_LAS = "geen of onbekend"
"""A branch without an active LAS point has no product; of some points the product is not known."""

_WIDTHS = {
    "brin": 8, "branch_number": 11, "branch_name": 48, "address": 28, "city": 20, "municipality": 20, "province": 17,
    "sector": 21, "board_name": 44, "las": 18, "connected_on": 14, "ot_ready": 6, "ldos_ready": 8, "swv_ready": 7,
}  # fmt: skip
_MEASURE = 14


@dataclass(frozen=True)
class Sheet:
    """A sheet: one header row, and below it one row per row of the frame.

    Attributes:
        name: on its tab.
        columns: what the header says, and what kind of cells they are; codes are text cells.
        widths: of the columns, in characters.
        rows: with these columns, in this order.
        wrapped: long texts break within their cell.
    """

    name: str
    columns: tuple[Column, ...]
    widths: tuple[int, ...]
    rows: pl.DataFrame
    wrapped: bool = False


def connected_sheet(connected: pl.DataFrame) -> Sheet:
    """Which branches are connected, from the `connected_schools` table."""
    columns = CONNECTED_SCHOOLS.columns
    widths = tuple(_WIDTHS[column.name] for column in columns)
    return Sheet(SHEET_SCHOOLS, columns, widths, connected)


def share_sheets(adoption: pl.DataFrame | None) -> list[Sheet]:
    """How many schools and branches are connected, per province, per sector and per LAS.

    Args:
        adoption: the rows of one release of the `adoption` table; None for sheets without a row.
    """
    return [
        _share_sheet(SHEET_PROVINCES, CONNECTED_BY_PROVINCE, adoption, UNKNOWN),
        _share_sheet(SHEET_SECTORS, CONNECTED_BY_SECTOR, adoption, UNKNOWN),
        _share_sheet(SHEET_LAS, CONNECTED_BY_LAS, adoption, WITHOUT_LAS),
    ]


def _share_sheet(name: str, view: View, adoption: pl.DataFrame | None, unknown: str) -> Sheet:
    """The rows of a view of the analysts, computed here as there is no DuckDB file yet; what is unknown stands last."""
    by = view.names[0]
    widths = (_WIDTHS[by], *(_MEASURE for _ in view.names[1:]))
    if adoption is None:
        return Sheet(name, view.columns, widths, view.empty())
    counted = adoption.group_by(by).agg(
        expression
        for unit in ("schools", "branches")
        for expression in (
            pl.sum_horizontal(f"{unit}_{status}" for status in STATUSES).sum().alias(unit),
            pl.col(f"{unit}_connected").sum(),
        )
    )
    some = {unit: pl.when(pl.col(unit) > 0).then(pl.col(unit)) for unit in ("schools", "branches")}
    shares = counted.with_columns(
        (pl.col(f"{unit}_connected") / known).alias(f"{unit}_share") for unit, known in some.items()
    )
    in_order = shares.sort(pl.col(by).str.to_lowercase(), nulls_last=True)
    said = in_order.with_columns(pl.col(by).replace(SECTOR_NAMES).fill_null(unknown))
    return Sheet(name, view.columns, widths, said.select(view.names))
