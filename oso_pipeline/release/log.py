"""`releases/log.jsonl`: how every night ended, a line each, the unchanged and the failed too; appended to, never changed."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from oso_pipeline.errors import PipelineError
from oso_pipeline.release.checks import Verdict
from oso_pipeline.release.folder import DataFolder


@dataclass(frozen=True)
class Conclusion:
    """How a night ended, or that a person published one that was held; one line of the log.

    Attributes:
        release_id: of the night, also when no release was made.
        verdict: published, unchanged, held or failed.
        as_of: the day D, ISO 8601; empty when the night failed before it had one.
        at: when it ended, ISO 8601, UTC.
        run_id: of the run in Dagster, or what else made it so.
        reason: why it was held or failed, what stood in, or who accepted it and why.
        exit_code: what the command ended with.
    """

    release_id: str
    verdict: Verdict
    as_of: str
    at: str
    run_id: str
    reason: str
    exit_code: int


def record(folder: DataFolder, conclusion: Conclusion) -> None:
    """Append how the night ended to the log, once per run."""
    if any(line.run_id == conclusion.run_id for line in read_log(folder)):
        return
    folder.releases.mkdir(parents=True, exist_ok=True)
    _drop_cut_off_line(folder.log)
    with folder.log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(conclusion), sort_keys=True, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_log(folder: DataFolder) -> list[Conclusion]:
    """The verdicts of all nights, the oldest first; a last line that was cut off by a crash is left out.

    Raises:
        PipelineError: a line is no line of the log.
    """
    nights, damaged = read_damaged_log(folder)
    if damaged:
        number, problem = next(iter(damaged.items()))
        raise PipelineError(
            f"{folder.log} holds a line that cannot be read (line {number}: {problem}). The releases are not touched: move"
            " the file aside, and `oso run` writes it again from the releases that are there."
        )
    return nights


def read_damaged_log(folder: DataFolder) -> tuple[list[Conclusion], dict[int, str]]:
    """The lines of the log that can be read, the oldest first, and the numbers of those that cannot, with the problem."""
    if not folder.log.exists():
        return [], {}
    lines = folder.log.read_bytes().split(b"\n")
    nights, damaged = list[Conclusion](), dict[int, str]()
    # what follows the last line end is empty, or was cut off
    for number, line in enumerate(lines[:-1], start=1):
        try:
            if line:
                nights.append(Conclusion(**json.loads(line)))
        except (ValueError, TypeError) as error:
            damaged[number] = str(error)
    return nights, damaged


def published_ids(folder: DataFolder) -> list[str]:
    """The releases that were published, in the order in which they became latest."""
    return [line.release_id for line in read_log(folder) if line.verdict == "published"]


def _drop_cut_off_line(log: Path) -> None:
    """A line that a crash cut off is half a fact about a night that `mend` logs whole: it goes."""
    content = log.read_bytes() if log.exists() else b""
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(log, whole)
