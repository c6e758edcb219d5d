"""A small public overview, written of frames made by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from oso_pipeline.contracts.records import SOURCES
from oso_pipeline.contracts.statuses import BRANCH_STATUS
from oso_pipeline.outputs.overview import write_overview
from oso_pipeline.statuses import connected_schools

DAY = date(2026, 11, 23)
HOSTILE = """<script>document.title='x'</script> "Q" & =cmd|' /C calc'!A0"""
PRIVATE_OF_OTHERS = ("Geheimsysteem", "2025-03-07", "in_progress", "qualified_not_covered")
"""What `branch` gives a branch that is not connected, and nobody may see."""


def branch(code: str = "00AH00", **changes: Any) -> dict[str, Any]:
    """A connected branch, as `branch_status`."""
    return {
        "branch_code": code,
        "brin": code[:4],
        "branch_name": "De Regenboog",
        "board_number": "41234",
        "board_name": "Stichting Voorbeeld",
        "sector": "po",
        "street": "Melkweg",
        "house_number": "13",
        "postcode": "9401 AB",
        "city": "ASSEN",
        "municipality": "ASSEN",
        "province": "Drenthe",
        "latitude": 52.9925,
        "longitude": 6.5649,
        "status": "connected",
        "connected": True,
        "covered": True,
        "coverage_basis": "convention",
        "las": "ParnasSys",
        "connected_on": date(2024, 8, 1),
        "last_connected_on": DAY,
        "ot_ready": True,
        "ldos_ready": False,
        "swv_ready": False,
        "swv_number": "PO2203",
    } | changes


def not_connected(code: str, **changes: Any) -> dict[str, Any]:
    """A branch that is not connected, with everything about it that is not public."""
    hidden = {
        "status": "in_progress",
        "connected": False,
        "las": "Geheimsysteem",
        "connected_on": None,
        "last_connected_on": date(2025, 3, 7),
        "ot_ready": False,
    }
    return branch(code, **hidden | changes)


def country() -> list[dict[str, Any]]:
    """Forty-five branches: enough for lists that go on, and one of every kind."""
    crowd = [
        branch(
            f"10A{chr(65 + number)}00",
            branch_name=f"Het Kompas {number + 1}",
            city="ZWOLLE",
            province="Overijssel",
            postcode="8011 AA",
            latitude=52.5 + number / 200,
            longitude=6.1 + number / 300,
        )
        for number in range(26)
    ]
    dozen = [
        not_connected(
            f"20A{chr(65 + number)}00", branch_name=f"De Linde {number + 1}", city="URK",
            province="Flevoland", board_name="Bestuur Flevo", latitude=52.66, longitude=5.6,
        )
        for number in range(12)
    ]  # fmt: skip
    return [
        *crowd,
        *dozen,
        branch("00AH00"),
        not_connected(
            "00BC00", branch_name="Daltonschool Zuid", city="'S-GRAVENHAGE", postcode="2511 CD",
            province="Zuid-Holland", latitude=52.08, longitude=4.31,
        ),
        branch("01CD00", branch_name="Lyceum Ærø", sector="vo", las="Magister", city="GOES"),
        not_connected("01CD01", branch_name="Lyceum Ærø", sector="vo", city="GOES"),
        branch("01CD03", branch_name="Lyceum Ærø Noord", sector="vo", city="GOES", latitude=None, longitude=None),
        branch("03PM00", branch_name=HOSTILE, board_name="<img src=x onerror=alert(1)>", city="GOES", latitude=51.5, longitude=3.9),
        branch("04EF00", branch_name="Regenboog College", sector="vo", city="GOES"),
    ]  # fmt: skip


def tables(*branches: dict[str, Any]) -> dict[str, pl.DataFrame]:
    """The marts that the overview reads."""
    status = pl.DataFrame(branches, schema=BRANCH_STATUS.schema)
    fetched = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    source = {
        "snapshot_id": "x", "url": "https://duo.nl/x", "fetched_at": fetched, "sha256": "0", "rows_read": 1,
        "rows_used": 1, "rows_ignored": 0, "rows_quarantined": 0,
    }  # fmt: skip
    sources = [
        source | {"source": name, "fallback": name == "po"}
        for name in ("accounts", "agreements", "overrides", "po")
    ]
    return {
        "branch_status": status,
        "connected_schools": connected_schools(status),
        "sources": pl.DataFrame(sources, schema=SOURCES.schema),
    }


def write(folder: Path, *branches: dict[str, Any], demo: bool = False) -> Path:
    """Write an overview into `folder / "overview"`; its index.html is given."""
    folder.mkdir(parents=True, exist_ok=True)
    workbook = folder / "overzicht-scholen-met-oso.xlsx"
    workbook.write_bytes(b"a workbook")
    write_overview(
        folder / "overview",
        tables(*branches),
        workbook,
        as_of=DAY,
        release_id="20261123T060000Z-aaaaaaaa",
        demo=demo,
    )
    return folder / "overview" / "index.html"
