"""Why a run failed, out of what Dagster recorded of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

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


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        ("OSError: [Errno 28] No space left on device: 'x'", "Free space on it (`oso prune`"),
        ("IOException: IO Error: could not write: Disk quota exceeded", "Free space (`oso prune`"),
        ("OSError: [Errno 30] Read-only file system: 'x'", "Mount it for writing"),
        ("PermissionError: [Errno 13] Permission denied: 'x'", "Mend its rights"),
    ],
)
def test_a_disk_that_cannot_be_written_is_told_with_what_to_do_whichever_library_met_it(
    message: str, advice: str
) -> None:
    kind, _, said = message.partition(": ")
    met = Recorded("ComputeError", "ComputeError: sink failed", Recorded(kind, message))
    told = failure_of([Recorded("DagsterExecutionStepExecutionError", "Error", met)])
    assert advice in told.reason
    assert told.reason.endswith(f"and run `oso run` again. ({said})")
    assert told.exit_code == ExitCode.FAILED


def test_an_error_that_nobody_foresaw_is_told_by_the_one_that_caused_the_others() -> None:
    cause = Recorded("KeyError", "KeyError: 'brin'\n")
    told = failure_of([Recorded("DagsterExecutionStepExecutionError", "Error", cause)])
    assert told.reason.startswith("An error that the pipeline does not know: 'brin'. Its traceback")
    assert told.exit_code == ExitCode.FAILED


def test_a_run_that_left_no_error_died_or_was_stopped() -> None:
    told = failure_of([None])
    assert told.reason.startswith("The run ended without saying why")
    assert told.exit_code == ExitCode.FAILED
