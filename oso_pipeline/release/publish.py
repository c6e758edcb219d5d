"""The end of a night: the index, one rename into place, one rename of `latest`, one line in the log.

In this order: a process that dies anywhere leaves a building folder, or a release that the log does not know. The next
run removes the first, and takes the second for what `latest` says it is.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from oso_pipeline.contracts.marts import SCHEMA_VERSION
from oso_pipeline.contracts.registry import tables_left_out
from oso_pipeline.intake.snapshots import sync
from oso_pipeline.release.build import status_counts
from oso_pipeline.release.folder import REMOVED, DataFolder
from oso_pipeline.release.gate import Check, Verdict
from oso_pipeline.release.night import Night
from oso_pipeline.release.previous import read_index


@dataclass(frozen=True)
class Conclusion:
    """How a night ended; one line of `releases/log.jsonl`.

    Attributes:
        release_id: of the night, also when no release was made.
        verdict: published, unchanged, held or failed.
        as_of: the day D, ISO 8601; empty when the night failed before it had one.
        at: when it ended, ISO 8601, UTC.
        run_id: of the run in Dagster.
        reason: why it was held or failed.
        exit_code: what `oso run` ended with.
    """

    release_id: str
    verdict: Verdict
    as_of: str
    at: str
    run_id: str
    reason: str
    exit_code: int


def make_index(
    night: Night,
    verdict: Verdict,
    checks: list[Check],
    files: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    outcomes: str,
) -> dict[str, Any]:
    """The content of `index.json` (contract.md, Release); `outcomes` is the hash of what people would notice."""
    return {
        "release_id": night.release_id,
        "schema_version": SCHEMA_VERSION,
        "version": night.version,
        "verdict": verdict,
        "as_of": night.as_of.isoformat(),
        "previous_release_id": night.previous_release_id,
        "demo": night.demo,
        "inputs_hash": night.inputs_hash,
        "outcome_hash": outcomes,
        "checks": [asdict(check) for check in checks],
        "files": files.to_dicts(),
        "sources": [
            source | {"fetched_at": source["fetched_at"].isoformat()}
            for source in tables["sources"].to_dicts()
        ],
        "registry_tables_left_out": tables_left_out(tables["sources"]["source"]),
        "counts": status_counts(tables),
    }


def is_unchanged(folder: DataFolder, night: Night, outcomes: str) -> bool:
    """Same snapshots, decisions and version as the last published release, and no outcome that the day changed."""
    if night.previous_release_id is None:
        return False
    last = read_index(folder.release(night.previous_release_id))
    before = (last["inputs_hash"], last["outcome_hash"])
    return before == (night.inputs_hash, outcomes)


def place_release(folder: DataFolder, index: dict[str, Any]) -> None:
    """Write the index into the building folder, put that in its place, and point `latest` to it when published."""
    release_id = str(index["release_id"])
    building = folder.building(release_id)
    building.mkdir(parents=True, exist_ok=True)
    text = json.dumps(index, indent=1, sort_keys=True, ensure_ascii=False)
    (building / "index.json").write_text(text + "\n")
    for file in building.iterdir():
        sync(file)
    sync(building)
    building.rename(folder.release(release_id))
    sync(folder.releases)
    if index["verdict"] == "published":
        point_latest(folder, release_id)


def point_latest(folder: DataFolder, release_id: str) -> None:
    """Make `latest` a link to a release, in one rename."""
    new = folder.marts / ".latest-new"
    new.unlink(missing_ok=True)
    new.symlink_to(Path("releases") / release_id)
    new.replace(folder.latest)
    sync(folder.marts)


def record(folder: DataFolder, conclusion: Conclusion) -> None:
    """Append how the night ended to the log, once per run."""
    if any(line.run_id == conclusion.run_id for line in read_log(folder)):
        return
    folder.releases.mkdir(parents=True, exist_ok=True)
    _drop_cut_off_line(folder.log)
    with folder.log.open("a") as file:
        file.write(json.dumps(asdict(conclusion), sort_keys=True, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _drop_cut_off_line(log: Path) -> None:
    """A line that a crash cut off is half a fact about a night that `mend` logs whole: it goes."""
    content = log.read_bytes() if log.exists() else b""
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(log, whole)


def read_log(folder: DataFolder) -> list[Conclusion]:
    """The verdicts of all nights, the oldest first; a last line that was cut off by a crash is left out."""
    if not folder.log.exists():
        return []
    lines = folder.log.read_text().split("\n")
    whole = lines[:-1]  # what follows the last line end is empty, or was cut off
    return [Conclusion(**json.loads(line)) for line in whole if line]


def record_failure(
    folder: DataFolder, *, release_id: str, run_id: str, at: datetime, reason: str, exit_code: int
) -> None:
    """Record a night that failed before there was a candidate: its `index.json` says why."""
    if any(line.run_id == run_id for line in read_log(folder)):
        return
    check = Check("run", False, "law", "failed", "runs to its end", reason)
    index = {
        "release_id": release_id,
        "schema_version": SCHEMA_VERSION,
        "verdict": "failed",
        "as_of": None,
        "previous_release_id": folder.latest_release_id(),
        "demo": None,
        "checks": [asdict(check)],
        "files": [],
        "sources": [],
        "counts": {},
    }
    place_release(folder, index)
    record(folder, Conclusion(release_id, "failed", "", at.isoformat(), run_id, reason, exit_code))


def mend(folder: DataFolder) -> list[str]:
    """Put right what a run that died left behind; to be called with the lock held.

    Returns:
        What was done, for the log of this run.
    """
    done = [f"removed the half-built {name}" for name in folder.clear_what_died()]
    done += _mend_dangling_latest(folder)
    logged = {line.release_id for line in read_log(folder)}
    latest = folder.latest_release_id()
    for place in sorted(folder.releases.glob("[0-9]*Z-*")):
        if place.name in logged:
            continue
        index = read_index(place)
        if index["verdict"] == "published" and place.name != latest:
            place.rename(folder.releases / f"{REMOVED}{place.name}")
            shutil.rmtree(folder.releases / f"{REMOVED}{place.name}")
            done.append(f"removed {place.name}, which never became latest")
            continue
        reason = "the run died before it could write this line"
        record(
            folder,
            Conclusion(place.name, index["verdict"], index["as_of"] or "", "", f"mended-{place.name}", reason, 1),
        )  # fmt: skip
        done.append(f"logged {place.name} ({index['verdict']})")
    return done


def _mend_dangling_latest(folder: DataFolder) -> list[str]:
    """A `latest` that points nowhere is pointed to the newest published release that is there."""
    if not folder.latest.is_symlink() or (folder.latest / "index.json").is_file():
        return []
    there = [
        line.release_id
        for line in read_log(folder)
        if line.verdict == "published"
        and (folder.release(line.release_id) / "index.json").is_file()
    ]
    if not there:
        folder.latest.unlink()
        return ["removed latest, which pointed nowhere; no published release is left"]
    point_latest(folder, there[-1])
    return [f"pointed latest, which pointed nowhere, to {there[-1]}"]
