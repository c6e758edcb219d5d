"""The verdict on a night, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import polars as pl
from pydantic import SecretStr

from oso_pipeline.contacts import without_contacts
from oso_pipeline.contracts.marts import MARTS
from oso_pipeline.contracts.overrides import OVERRIDES
from oso_pipeline.errors import ExitCode, FramesOfDifferentNights, PipelineError
from oso_pipeline.release.alert import alert_on
from oso_pipeline.release.build import FILES_SCHEMA, build_candidate, content_hashes
from oso_pipeline.release.checks import (
    Check,
    Verdict,
    checks_from_frame,
    not_passed,
    told,
    verdict_of,
)
from oso_pipeline.release.drafts import Drafts
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import index_of_failure, make_index, read_index
from oso_pipeline.release.log import Conclusion, read_log, record
from oso_pipeline.release.night import Night
from oso_pipeline.release.publish import place_release
from oso_pipeline.release.unchanged import gives_the_same

_EXIT_CODES: dict[Verdict, ExitCode] = {
    "published": ExitCode.DONE,
    "unchanged": ExitCode.DONE,
    "held": ExitCode.HELD,
    "failed": ExitCode.FAILED,
}

NO_WEBHOOK = SecretStr("")


class LawBroken(PipelineError):
    """A release that breaks a law is never published."""


def conclude(
    folder: DataFolder,
    night: Night,
    tables: Mapping[str, pl.DataFrame],
    snapshots: pl.DataFrame,
    checks: pl.DataFrame,
    *,
    next_change_on: date | None,
    run_id: str,
    at: datetime,
    webhook: SecretStr = NO_WEBHOOK,
    drafts: Drafts | None = None,
) -> Conclusion:
    """Publish, hold or fail the night, or note that it is unchanged; in every case write the log, then alert who should know.

    Args:
        folder: where the releases are.
        night: the inputs of the night.
        tables: the marts.
        snapshots: as SNAPSHOTS_SCHEMA: what was read.
        checks: as CHECKS_SCHEMA.
        next_change_on: the first day on which the same inputs may give something else.
        run_id: of the run in Dagster.
        at: the present moment, UTC.
        webhook: told of a night that failed, is held, or is good again; empty for none.
        drafts: of this release, where they were begun before it was judged; None: they are drawn now, by a thread.

    Raises:
        LawBroken: after the failed night was recorded.
        FramesOfDifferentNights: another release was published since the night began.
    """
    _refuse_a_night_that_was_overtaken(folder, night)
    all_checks = checks_from_frame(checks)
    marts = {table.name: tables[table.name] for table in MARTS}
    content, outcomes = content_hashes(marts)
    verdict = verdict_of(all_checks, unchanged=gives_the_same(folder, night, outcomes))
    broken = told(not_passed(all_checks))
    if verdict != "unchanged":
        files = (
            pl.DataFrame(schema=FILES_SCHEMA)
            if verdict == "failed"
            else build_candidate(
                folder, night, marts, checks, content, verdict=verdict, drafts=drafts
            )
        )
        index = make_index(
            night,
            verdict,
            all_checks,
            files,
            marts,
            snapshots,
            run_id=run_id,
            outcomes=outcomes,
            next_change_on=next_change_on.isoformat() if next_change_on else None,
        )
        place_release(folder, index)
    why = f"{broken} {_decisions_gone(folder, night)}".strip()
    conclusion = _concluded(night, verdict, why, snapshots, run_id=run_id, at=at)
    record(folder, conclusion)
    alert_on(folder, conclusion, webhook)
    if verdict == "failed":
        raise LawBroken(
            f"Release {night.release_id} breaks a law and is not published: {broken}"
            " Its index.json says what was measured; latest is kept. This is a fault in the pipeline."
        )
    return conclusion


def _refuse_a_night_that_was_overtaken(folder: DataFolder, night: Night) -> None:
    """A step that is run again from the Dagster UI may be of a night that latest has left behind."""
    latest = folder.latest_release_id()
    if night.previous_release_id != latest:
        raise FramesOfDifferentNights(
            f"This night follows on {night.previous_release_id or 'no release'}, and latest is {latest}: what was published"
            " since would be lost. Run the whole job."
        )


def conclude_unchanged(
    folder: DataFolder,
    night: Night,
    snapshots: pl.DataFrame,
    *,
    run_id: str,
    at: datetime,
    webhook: SecretStr = NO_WEBHOOK,
) -> Conclusion:
    """Note that nothing is new: no release is made, and `latest` counts as fresh."""
    conclusion = _concluded(night, "unchanged", "", snapshots, run_id=run_id, at=at)
    record(folder, conclusion)
    alert_on(folder, conclusion, webhook)
    return conclusion


def record_failure(
    folder: DataFolder,
    *,
    release_id: str,
    version: str,
    run_id: str,
    as_of: date | None,
    at: datetime,
    reason: str,
    exit_code: int,
    webhook: SecretStr = NO_WEBHOOK,
) -> None:
    """Record a night that failed before there was a candidate: its `index.json` says why, and who should know is told."""
    if any(line.run_id == run_id for line in read_log(folder)):
        return
    reason = without_contacts(reason)
    check = Check("run", False, "law", "failed", "runs to its end", reason)
    latest = folder.latest_release_id()
    day = as_of.isoformat() if as_of else ""
    failed = Conclusion(release_id, "failed", day, at.isoformat(), run_id, reason, exit_code)
    try:
        place_release(folder, index_of_failure(release_id, run_id, as_of, version, latest, check))
        record(folder, failed)
    finally:  # also when the disk is full, and nothing can be written down
        alert_on(folder, failed, webhook)


def _concluded(
    night: Night,
    verdict: Verdict,
    why: str,
    snapshots: pl.DataFrame,
    *,
    run_id: str,
    at: datetime,
) -> Conclusion:
    return Conclusion(
        release_id=night.release_id,
        verdict=verdict,
        as_of=night.as_of.isoformat(),
        at=at.isoformat(),
        run_id=run_id,
        reason=" ".join(part for part in (why, _standing_in(snapshots)) if part),
        exit_code=_EXIT_CODES[verdict],
    )


def _decisions_gone(folder: DataFolder, night: Night) -> str:
    """That there is no decisions file any more: it counts as none, as contract.md has it, and is told."""
    if OVERRIDES.name in night.snapshots or night.previous_release_id is None:
        return ""
    before = read_index(folder.release(night.previous_release_id))["sources"]
    counted = sum(row["rows_read"] for row in before if row["source"] == OVERRIDES.name)
    if not counted:
        return ""
    rows = "1 row" if counted == 1 else f"{counted:,} rows"
    return f"There is no decisions file any more (OSO_OVERRIDES), so no decision counts; in release {night.previous_release_id} it had {rows}."


def _standing_in(snapshots: pl.DataFrame) -> str:
    """Which sources gave nothing, so that an earlier snapshot stands in."""
    rows = snapshots.filter("fallback").sort("source").to_dicts()
    if not rows:
        return ""
    named = ", ".join(f"{row['source']} (seen {row['seen_at']:%Y-%m-%d})" for row in rows)
    return f"No body arrived, an earlier snapshot stands in: {named}."
