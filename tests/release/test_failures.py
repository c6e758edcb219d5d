"""Why a run failed, out of what Dagster recorded of it."""

from __future__ import annotations

from dataclasses import dataclass

from oso_pipeline.errors import ExitCode
from oso_pipeline.release.failures import failure_of


@dataclass
class Recorded:
    """An error as Dagster keeps it."""

    cls_name: str | None
    message: str
    cause: Recorded | None = None


def test_a_run_that_a_signal_stopped_is_no_fault_of_the_pipeline() -> None:
    stopped = Recorded("DagsterExecutionInterruptedError", "dagster._core.errors.DagsterExecutionInterruptedError")  # fmt: skip
    assert failure_of([stopped]).reason.startswith("The run was stopped from outside")


def test_an_error_of_ours_is_told_though_the_run_was_stopped_after_it() -> None:
    ours = Recorded("DagsterExecutionStepExecutionError", "Error", Recorded("SourceUnreachable", "x.SourceUnreachable: po: 404"))  # fmt: skip
    told = failure_of([Recorded("DagsterExecutionInterruptedError", ""), ours])
    assert told.exit_code == ExitCode.SOURCE
    assert "404" in told.reason


def test_two_sources_that_fail_in_one_night_are_both_told() -> None:
    each = [Recorded("SourceUnreachable", f"x.SourceUnreachable: {what}") for what in ("onboarding: away", "po: 404")]  # fmt: skip
    told = failure_of([*each, each[0]])
    assert told.reason.splitlines() == ["onboarding: away", "po: 404"]
    assert told.exit_code == ExitCode.SOURCE
