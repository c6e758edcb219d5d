"""What can go wrong, as types, and the exit code that each has on the command line.

    PipelineError                 1  failed
    ├── UsageError                2  wrong usage or settings, or an unknown code
    ├── SourceError               4  a required source could not be read
    │   ├── SourceUnreachable        no body arrived: a later run may mend it, an earlier snapshot may stand in
    │   └── SourceUnreadable         a body arrived and is wrong: running again does not help
    ├── DataFolderBusy            5  another run holds the data folder
    └── FramesOfDifferentNights   1  a release would mix frames of different inputs

A message says what was tried, what was found, what was expected and what to do next: the person who reads it
is on night shift and has not read this code.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of `oso` (contract.md, Commands)."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    HELD = 3
    SOURCE = 4
    BUSY = 5


class PipelineError(Exception):
    """A night that cannot go on; the published release stays what it was.

    Args:
        message: for people; a contact that stood in a file, and is quoted of it, is masked.
    """

    exit_code = ExitCode.FAILED

    def __init__(self, message: str) -> None:
        """Mask what a file may have brought along: the message goes to a log, an index and a channel."""
        from oso_pipeline.contacts import without_contacts

        super().__init__(without_contacts(message))


class UsageError(PipelineError):
    """A setting, an argument or a code that means nothing here."""

    exit_code = ExitCode.USAGE


class SourceError(PipelineError):
    """A required source could not be read."""

    exit_code = ExitCode.SOURCE


class SourceUnreachable(SourceError):
    """No body arrived: transport error, 404, 429 or 5xx after retries."""


class SourceUnreadable(SourceError):
    """A body arrived and is not what was asked for."""


class DataFolderBusy(PipelineError):
    """Another run holds the data folder."""

    exit_code = ExitCode.BUSY


class FailureNotRecorded(PipelineError):
    """A night failed and was told of, and that cannot be written down."""


class FramesOfDifferentNights(PipelineError):
    """A frame was made of other inputs than tonight's."""


def exit_code_of(class_name: str) -> ExitCode | None:
    """The exit code of an error known only by the name of its class (as Dagster records it); None when not ours."""
    kinds: list[type[PipelineError]] = [PipelineError]
    while kinds:
        kind = kinds.pop()
        if kind.__name__ == class_name:
            return kind.exit_code
        kinds.extend(kind.__subclasses__())
    return None
