"""The verdict on a night, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from oso_pipeline.errors import ExitCode, PipelineError
from oso_pipeline.release.build import FILES_SCHEMA, build_candidate, content_hashes
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.gate import Verdict, checks_from_frame, verdict_of
from oso_pipeline.release.night import Night
from oso_pipeline.release.publish import (
    Conclusion,
    is_unchanged,
    make_index,
    place_release,
    record,
)

_EXIT_CODES: dict[Verdict, ExitCode] = {
    "published": ExitCode.DONE,
    "unchanged": ExitCode.DONE,
    "held": ExitCode.HELD,
    "failed": ExitCode.FAILED,
}


class LawBroken(PipelineError):
    """A release that breaks a law is never published."""


def conclude(
    folder: DataFolder,
    night: Night,
    tables: Mapping[str, pl.DataFrame],
    checks: pl.DataFrame,
    *,
    run_id: str,
    at: datetime,
) -> Conclusion:
    """Publish, hold or fail the night, or note that it is unchanged; in every case write the log.

    Raises:
        LawBroken: after the failed night was recorded.
    """
    all_checks = checks_from_frame(checks)
    content, outcomes = content_hashes(tables)
    verdict = verdict_of(all_checks, unchanged=is_unchanged(folder, night, outcomes))
    reason = " ".join(
        f"{check.name}: {check.measured}, allowed: {check.bound}."
        for check in all_checks
        if not check.passed
    )
    if verdict != "unchanged":
        files = (
            pl.DataFrame(schema=FILES_SCHEMA)
            if verdict == "failed"
            else build_candidate(folder.building(night.release_id), night, tables, content)
        )
        place_release(folder, make_index(night, verdict, all_checks, files, tables, outcomes))
    conclusion = Conclusion(
        release_id=night.release_id,
        verdict=verdict,
        as_of=night.as_of.isoformat(),
        at=at.isoformat(),
        run_id=run_id,
        reason=reason,
        exit_code=_EXIT_CODES[verdict],
    )
    record(folder, conclusion)
    if verdict == "failed":
        raise LawBroken(
            f"Release {night.release_id} breaks a law and is not published: {reason}"
            f" Its index.json says what was measured; latest is kept. This is a fault in the pipeline."
        )
    return conclusion
