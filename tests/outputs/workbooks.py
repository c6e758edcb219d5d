"""A small workbook for tests: rows of the tables that it is made of, written and read back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from oso_pipeline.contracts.records import CHANGE_LOG, SOURCES
from oso_pipeline.contracts.statuses import ADOPTION, BRANCH_STATUS, CONNECTED_SCHOOLS
from oso_pipeline.outputs.workbook import write_workbook
from oso_pipeline.release.checks import CHECKS_SCHEMA

DAY = date(2026, 11, 23)


def school(**changes: Any) -> dict[str, Any]:
    return {
        "brin": "03PM",
        "branch_number": "00",
        "branch_name": "De Regenboog",
        "address": "Melkweg 13",
        "city": "ASSEN",
        "municipality": "ASSEN",
        "province": "Drenthe",
        "sector": "primair onderwijs",
        "board_name": "Stichting Voorbeeld",
        "las": "ParnasSys",
        "connected_on": date(2024, 8, 1),
        "ot_ready": True,
        "ldos_ready": False,
        "swv_ready": False,
    } | changes


RELEASE_ID = "20261123T060000Z-aaaaaaaa"


def branch(code: str, **known: Any) -> dict[str, Any]:
    return dict.fromkeys(BRANCH_STATUS.names) | {"branch_code": code, "brin": code[:4]} | known


def event(event: str, subject: str, **told: Any) -> dict[str, Any]:
    known = {"event": event, "subject": subject, "effective_on": DAY, "release_id": RELEASE_ID}
    return dict.fromkeys(CHANGE_LOG.names) | known | told


def counted(sector: str, province: str | None, las: str | None, **counts: int) -> dict[str, Any]:
    row = dict.fromkeys(ADOPTION.names, 0) | {"as_of": DAY, "release_id": RELEASE_ID}
    return row | {"sector": sector, "province": province, "las": las} | counts


def check(name: str, **told: Any) -> dict[str, Any]:
    return {"name": name, "passed": True, "severity": "bound", "measured": "1", "bound": "0", "reason": "."} | told  # fmt: skip


def write(
    path: Path,
    *schools: dict[str, Any],
    branches: tuple[dict[str, Any], ...] = (),
    adoption: tuple[dict[str, Any], ...] = (),
    changes: tuple[dict[str, Any], ...] = (),
    checks: tuple[dict[str, Any], ...] = (),
    demo: bool = False,
) -> Path:
    sources = pl.DataFrame(
        [
            {
                "source": "po",
                "snapshot_id": "x",
                "url": "https://duo.nl",
                "fetched_at": datetime(2026, 11, 22, 23, 30, tzinfo=UTC),
                "sha256": "0",
                "rows_read": 6107,
                "rows_used": 6107,
                "rows_ignored": 0,
                "rows_quarantined": 0,
                "fallback": True,
            }
        ],
        schema=SOURCES.schema,
    )
    write_workbook(
        path,
        pl.DataFrame(schools, schema=CONNECTED_SCHOOLS.schema),
        sources,
        pl.DataFrame(branches, schema=BRANCH_STATUS.schema),
        pl.DataFrame(adoption, schema=ADOPTION.schema),
        pl.DataFrame(changes, schema=CHANGE_LOG.schema),
        pl.DataFrame(checks, schema=CHECKS_SCHEMA),
        as_of=DAY,
        release_id=RELEASE_ID,
        demo=demo,
    )
    return path


def rows(path: Path, sheet: str) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))
