"""Why a run failed, out of what Dagster recorded of it, and its line in the log of all nights."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from pydantic import SecretStr

from oso_pipeline import __version__
from oso_pipeline.contacts import without_contacts
from oso_pipeline.errors import ExitCode, FailureNotRecorded, exit_code_of
from oso_pipeline.release.alert import alert_on
from oso_pipeline.release.conclude import NO_WEBHOOK, record_failure
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import Conclusion
from oso_pipeline.release.mend import mend


@dataclass(frozen=True)
class Failure:
    """Why a run failed: the sentence for people, and the exit code."""

    reason: str
    exit_code: ExitCode


class RecordedError(Protocol):
    """An error as Dagster keeps it: the name of its class, its message, and what caused it."""

    @property
    def cls_name(self) -> str | None:
        """The name of its class."""

    @property
    def message(self) -> str:
        """What it said, with the name of its class in front."""

    @property
    def cause(self) -> RecordedError | None:
        """The error that this one was raised from."""


def failure_of(errors: Iterable[RecordedError | None]) -> Failure:
    """The errors of ours among the failed steps, a line each, else what the first of them said.

    Args:
        errors: of the failed steps, in order.
    """
    found = [error for error in errors if error]
    ours = [failure for failure in map(_of_ours, found) if failure]
    if ours:
        return Failure("\n".join(dict.fromkeys(each.reason for each in ours)), ours[0].exit_code)
    if not found:
        return Failure(
            "The run ended without saying why: it was stopped, or its process died.",
            ExitCode.FAILED,
        )
    if any((error.cls_name or "").endswith(_STOPPED) for error in found):
        return Failure(
            "The run was stopped from outside, by a signal or by hand; nothing is lost.",
            ExitCode.FAILED,
        )
    if disk := _of_the_disk(found):
        return disk
    innermost = found[0]
    while innermost.cause:
        innermost = innermost.cause
    return Failure(
        f"An error that the pipeline does not know: {_sentence(innermost).removesuffix('.')}."
        " Its traceback is with the run in the Dagster UI.",
        ExitCode.FAILED,
    )


def _of_ours(error: RecordedError) -> Failure | None:
    cause: RecordedError | None = error
    while cause:
        code = exit_code_of(cause.cls_name or "")
        if code is not None:
            return Failure(_sentence(cause), code)
        cause = cause.cause
    return None


_STOPPED = ("InterruptedError", "KeyboardInterrupt")
"""What Dagster, and Python, make of a signal that stops a run."""

_DISK = {
    "No space left on device": "The disk of the data folder is full. Free space on it (`oso prune` lets go of what need not be kept) and run `oso run` again.",
    "Disk quota exceeded": "This user's share of the disk is used up. Free space (`oso prune` lets go of what need not be kept) and run `oso run` again.",
    "Read-only file system": "The data folder cannot be written: its file system is read-only. Mount it for writing, or set OSO_DATA_DIR to another folder, and run `oso run` again.",
    "Permission denied": "The data folder cannot be written by this user. Mend its rights, or run as the user that owns it, and run `oso run` again.",
}
"""What the system says, whichever library hands it on -> what a person does."""


def _of_the_disk(errors: list[RecordedError]) -> Failure | None:
    for error in errors:
        cause: RecordedError | None = error
        while cause:
            for said, sentence in _DISK.items():
                if said in cause.message:
                    return Failure(f"{sentence} ({_sentence(cause)})", ExitCode.FAILED)
            cause = cause.cause
    return None


def record_failed_run(
    folder: DataFolder,
    failure: Failure,
    *,
    run_id: str,
    at: datetime,
    as_of: date | None = None,
    webhook: SecretStr = NO_WEBHOOK,
) -> None:
    """Record a failed run and tell the webhook, once; to be called with the lock held.

    A run that failed after its release was in place is no failed night: what it began is finished first (mend.py). Without
    `as_of` the day that it was asked for stands with the run in Dagster only.

    Raises:
        FailureNotRecorded: it cannot be written down either, as on a full disk; it says both.
    """
    with suppress(
        OSError
    ):  # a disk that is full is told of by the next step, which has to write too
        mend(folder)
    try:
        record_failure(
            folder,
            release_id=_release_id(run_id, at),
            version=__version__,
            run_id=run_id,
            as_of=as_of,
            at=at,
            reason=failure.reason,
            exit_code=int(failure.exit_code),
            webhook=webhook,
        )
    except OSError as error:
        raise FailureNotRecorded(
            f"{failure.reason}\nThe log of nights could not be written either ({error.strerror})."
            " latest is what it was."
        ) from None


def tell_failed_run(
    folder: DataFolder, failure: Failure, *, run_id: str, at: datetime, webhook: SecretStr
) -> None:
    """Tell the webhook of a run that cannot be recorded, as its data folder cannot be written."""
    night = Conclusion(
        _release_id(run_id, at), "failed", "", at.isoformat(), run_id, without_contacts(failure.reason), int(failure.exit_code)
    )  # fmt: skip
    alert_on(folder, night, webhook)


def _release_id(run_id: str, at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}-{run_id[:8]}"


def _sentence(error: RecordedError) -> str:
    """The message without the class's name and place in front of it."""
    name = error.cls_name or ""
    text = error.message.strip()
    head, found, tail = text.partition(f"{name}: ")
    return tail if found and name and " " not in head else text
