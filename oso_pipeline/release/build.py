"""The candidate: a release's files, built beside its place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl

from oso_pipeline.contracts.statuses import BRANCH_STATUS, CONNECTED_SCHOOLS
from oso_pipeline.outputs.overview import write_overview
from oso_pipeline.outputs.overview.downloads import CSV, GEOJSON
from oso_pipeline.outputs.report import REPORT, write_page
from oso_pipeline.outputs.workbook import WORKBOOK
from oso_pipeline.release.checks import Verdict
from oso_pipeline.release.content import file_hash, table_hash, together
from oso_pipeline.release.database import DATABASE, read_tables, write_database
from oso_pipeline.release.delta import DELTA, delta_between, write_delta
from oso_pipeline.release.drafts import Drafts, begin_drafts
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.impact import COMPARED, impact_on_connected
from oso_pipeline.release.night import Night
from oso_pipeline.release.package import PACKAGE, Described, make_package
from oso_pipeline.release.preview import PREVIEW
from oso_pipeline.release.second_process import its_end_is_told

FILES_SCHEMA: dict[str, pl.DataType] = {
    "path": pl.String(),
    "bytes": pl.Int64(),
    "sha256": pl.String(),
    "content_hash": pl.String(),
}

OUTCOMES = (
    "branch_status",
    "school_status",
    "qualification_steps",
    "delivery_point_flags",
    "delivery_points",
    "reconciliation",
    "work_items",
    "connected_schools",
    "quarantine",
    "signals",
    "branch_history",
    "school_history",
    "board_history",
    "successions",
)
"""The tables that the day may change the content of without anything having happened are not among them, nor are the
issues: they say of every release that it shows them, and what they are made of is here already."""

OVERVIEW = "overview"

_DESCRIBED: dict[str, Described] = {
    DATABASE: ("All tables", "For analysts: every table and column has a comment.", None),
    WORKBOOK: ("Connected schools", "Which branches are connected, as a workbook.", None),
    f"{OVERVIEW}/downloads/{CSV}": (
        "Connected schools",
        "Which branches are connected. A text that a spreadsheet would take for a formula has an apostrophe in front.",
        CONNECTED_SCHOOLS,
    ),
    f"{OVERVIEW}/downloads/{GEOJSON}": (
        "Connected schools on the map",
        "Which branches are connected, and where they are (WGS 84, RFC 7946).",
        None,
    ),
}
"""The data files of a release."""


def build_candidate(
    folder: DataFolder,
    night: Night,
    tables: Mapping[str, pl.DataFrame],
    checks: pl.DataFrame,
    content_hash: str,
    *,
    verdict: Verdict,
    drafts: Drafts | None = None,
) -> pl.DataFrame:
    """Build the files of a release where releases are built; what was there is removed.

    Args:
        folder: where the releases are, the last published one among them.
        night: the inputs of the night.
        tables: all marts.
        checks: as CHECKS_SCHEMA.
        content_hash: of the marts.
        verdict: a release that is held has a preview of what it would do.
        drafts: of this release, where they were begun; None: they are drawn now, by a thread.

    Returns:
        The files, as FILES_SCHEMA.
    """
    place = folder.building(night.release_id)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    _write_files(place, folder, night, tables, checks, verdict=verdict, drafts=drafts)
    hashes = {DATABASE: content_hash}
    files = _files_in(place, hashes)
    package = make_package(night, files, tables["sources"], _DESCRIBED)
    (place / PACKAGE).write_text(package, encoding="utf-8")
    return pl.DataFrame(_files_in(place, hashes), schema=FILES_SCHEMA)


def _write_files(
    place: Path,
    folder: DataFolder,
    night: Night,
    tables: Mapping[str, pl.DataFrame],
    checks: pl.DataFrame,
    *,
    verdict: Verdict,
    drafts: Drafts | None,
) -> None:
    """Write every file but the package and the index."""
    # DuckDB writes without Python's lock, so its thread takes no time from this one
    with its_end_is_told(), ThreadPoolExecutor(1) as drawing, ThreadPoolExecutor(1) as thread:
        drawn = drafts or begin_drafts(drawing, night, tables["connected_schools"]).go_on(tables)
        workbook = drawn.finish_workbook(place / WORKBOOK, checks)
        database = thread.submit(write_database, place / DATABASE, tables, demo=night.demo)
        _write_comparison(place, folder, night, tables, verdict=verdict)
        for done in workbook:
            done.result()
        write_overview(
            place / OVERVIEW,
            tables,
            place / WORKBOOK,
            as_of=night.as_of,
            release_id=night.release_id,
            demo=night.demo,
        )
        write_page(place / REPORT, drawn.report.result())
        database.result()


def _write_comparison(
    place: Path,
    folder: DataFolder,
    night: Night,
    tables: Mapping[str, pl.DataFrame],
    *,
    verdict: Verdict,
) -> None:
    """The delta against the last published release, and what a release that is held would do."""
    last = {table.name: table.empty() for table in COMPARED}
    if night.previous_release_id:
        last = read_tables(folder.release(night.previous_release_id) / DATABASE, COMPARED)
    then, now = last["branch_status"], tables["branch_status"]
    write_delta(place / DELTA, delta_between(then, now, BRANCH_STATUS))
    if verdict == "held":
        happened = tables["change_log"].filter(release_id=night.release_id)
        impact = impact_on_connected(then, now, tables["school_status"], happened)
        text = json.dumps(impact, indent=1, ensure_ascii=False) + "\n"
        (place / PREVIEW).write_text(text, encoding="utf-8")


def _files_in(place: Path, content_hashes: Mapping[str, str]) -> list[dict[str, Any]]:
    """All files, by path; where two builds differ in bytes, the content has a hash of its own."""
    files = []
    for path in sorted(place.rglob("*")):
        if path.is_file():
            name, sha256 = path.relative_to(place).as_posix(), file_hash(path)
            files.append(
                {
                    "path": name,
                    "bytes": path.stat().st_size,
                    "sha256": sha256,
                    "content_hash": content_hashes.get(name, sha256),
                }
            )
    return files


def content_hashes(tables: Mapping[str, pl.DataFrame]) -> tuple[str, str]:
    """A hash over all marts, and one over what people would notice.

    The second is equal on two days when nothing happened between them.
    """
    hashes = {name: table_hash(frame) for name, frame in tables.items()}
    undated = table_hash(tables["branch_status"].drop("last_connected_on"))
    outcomes = {name: hashes[name] for name in OUTCOMES} | {"branch_status": undated}
    return together(hashes), together(outcomes)
