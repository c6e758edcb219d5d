"""`index.json`: what a release is, in one page for other systems (contract.md, Release); its JSON schema is index.schema.json."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from oso_pipeline.contracts.marts import SCHEMA_VERSION
from oso_pipeline.contracts.registry import SECTORS, tables_left_out
from oso_pipeline.contracts.statuses import STATUSES
from oso_pipeline.errors import PipelineError
from oso_pipeline.release.checks import Check, Verdict

if TYPE_CHECKING:
    import polars as pl

    from oso_pipeline.release.night import Night

INDEX = "index.json"
SCHEMA = Path(__file__).with_name("index.schema.json")


class Acceptance(TypedDict):
    """Who accepted that a check did not pass, when (ISO 8601, UTC) and why."""

    check: str
    reason: str
    by: str
    at: str


class Inputs(TypedDict):
    """What a release is derived from, beside the release before it: enough to derive it again."""

    started_at: str
    snapshots: list[dict[str, Any]]


class Index(TypedDict):
    """The content of `index.json`; a night that failed before it had a candidate knows little of it."""

    release_id: str
    run_id: str
    schema_version: str
    version: str
    verdict: Verdict
    as_of: str | None
    previous_release_id: str | None
    demo: bool | None
    inputs: Inputs | None
    inputs_hash: str | None
    outcome_hash: str | None
    next_change_on: str | None
    checks: list[dict[str, Any]]
    accepted: list[Acceptance]
    files: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    registry_tables_left_out: list[str]
    counts: dict[str, dict[str, dict[str, int]]]


def make_index(
    night: Night,
    verdict: Verdict,
    checks: Collection[Check],
    files: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    snapshots: pl.DataFrame,
    *,
    run_id: str,
    outcomes: str,
    next_change_on: str | None,
) -> Index:
    """The index of a release.

    Args:
        night: the inputs of the night.
        verdict: on it.
        checks: all of them.
        files: as FILES_SCHEMA.
        tables: the marts.
        snapshots: as SNAPSHOTS_SCHEMA.
        run_id: of the run in Dagster.
        outcomes: the hash of what people would notice.
        next_change_on: the first day on which the same inputs may give something else, ISO 8601; None for never.
    """
    return {
        "release_id": night.release_id,
        "run_id": run_id,
        "schema_version": SCHEMA_VERSION,
        "version": night.version,
        "verdict": verdict,
        "as_of": night.as_of.isoformat(),
        "previous_release_id": night.previous_release_id,
        "demo": night.demo,
        "inputs": {
            "started_at": night.started_at.isoformat(),
            "snapshots": [
                row | {"seen_at": row["seen_at"].isoformat()}
                for row in snapshots.sort("source")
                .select("source", "snapshot_id", "seen_at", "fallback")
                .to_dicts()
            ],
        },
        "inputs_hash": night.inputs_hash,
        "outcome_hash": outcomes,
        "next_change_on": next_change_on,
        "checks": [asdict(check) for check in checks],
        "accepted": [],
        "files": files.to_dicts(),
        "sources": [
            source
            | {name: source[name].isoformat() for name in ("fetched_at", "seen_at")}
            for source in tables["sources"].to_dicts()
        ],
        "registry_tables_left_out": tables_left_out(tables["sources"]["source"]),
        "counts": _status_counts(tables),
    }  # fmt: skip


def index_of_failure(
    release_id: str,
    run_id: str,
    as_of: date | None,
    version: str,
    previous_release_id: str | None,
    check: Check,
) -> Index:
    """The index of a night that failed before there was a candidate: why."""
    return {
        "release_id": release_id,
        "run_id": run_id,
        "schema_version": SCHEMA_VERSION,
        "version": version,
        "verdict": "failed",
        "as_of": as_of.isoformat() if as_of else None,
        "previous_release_id": previous_release_id,
        "demo": None,
        "inputs": None,
        "inputs_hash": None,
        "outcome_hash": None,
        "next_change_on": None,
        "checks": [asdict(check)],
        "accepted": [],
        "files": [],
        "sources": [],
        "registry_tables_left_out": [],
        "counts": {},
    }


def read_index(folder: Path) -> Index:
    """The `index.json` of a release.

    Raises:
        PipelineError: it cannot be read.
    """
    try:
        index: Index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PipelineError(
            f"{folder / INDEX} cannot be read ({error}). Put the release back from a backup, or move its folder aside;"
            " `oso run` goes on from the newest published release that is there."
        ) from None
    return index


def index_text(index: Index) -> str:
    """The text of `index.json`: the same index gives the same bytes."""
    return json.dumps(index, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def checks_of(index: Index) -> list[Check]:
    """The checks that an index records."""
    return [Check(**check) for check in index["checks"]]


def _status_counts(tables: Mapping[str, pl.DataFrame]) -> dict[str, dict[str, dict[str, int]]]:
    """How many branches and schools have each status, per sector: unit -> sector -> status -> number."""
    return {
        unit: {
            sector: {
                status: tables[table].filter(sector=sector, status=status).height
                for status in STATUSES
            }
            for sector in SECTORS
            if sector in tables[table]["sector"]
        }
        for unit, table in (("branches", "branch_status"), ("schools", "school_status"))
    }


def damaged_files(release: Path, index: Index) -> list[str]:
    """The files of a release that are not there, or not as large as its index says."""
    return [
        file["path"] for file in index["files"] if _size(release / file["path"]) != file["bytes"]
    ]


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None
