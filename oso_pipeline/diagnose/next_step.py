"""What to do next, as commands that can be typed; the first is the one that helps most."""

from __future__ import annotations

from typing import Any

from oso_pipeline.errors import ExitCode
from oso_pipeline.release.checks import accepting
from oso_pipeline.release.database import DATABASE

Step = dict[str, str]
"""`command` (empty where a person must look or wait first), `why`."""

ROOM_FOR = 14
"""So many nights should still fit on the disk."""

_OF_FAILURE = {
    ExitCode.SOURCE: "when the source answers again, or its file is mended",
    ExitCode.USAGE: "when the setting, or the file that it names, is mended",
    ExitCode.BUSY: "when the other run has ended",
}


def next_steps(told: dict[str, Any], *, oso: str, run: str) -> list[Step]:
    """What to do next.

    Args:
        told: the diagnosis so far.
        oso: the command, as the person types it.
        run: the command that runs a night of this data folder.

    Returns:
        No step when there is nothing to do.
    """
    held_then_nights = [_about_held(told, oso), _about_nights(told, run)]
    if told["state"] == "failed":  # what was held before that can wait
        held_then_nights.reverse()
    return [
        *_about_read_only(told),
        *_about_running(told, oso),
        *_about_log(told, run),
        *_about_latest(told, run),
        *_about_damage(told, run),
        *held_then_nights[0],
        *held_then_nights[1],
        *_about_delivery(told),
        *_about_decisions(told),
        *_about_disk(told, oso),
        *_about_issues(told, oso),
    ]


def _step(command: str, why: str) -> Step:
    return {"command": command, "why": why}


def _about_read_only(told: dict[str, Any]) -> list[Step]:
    if not told["disk"]["read_only"]:
        return []
    return [_step("", f"mount the disk of {told['log'].parent} for writing: nothing that follows is possible before")]  # fmt: skip


def _about_running(told: dict[str, Any], oso: str) -> list[Step]:
    if told["state"] == "stuck":
        process = told["running"]["process"]
        return [_step(f"kill {process}" if process else "", "a night takes seconds, and this run is dead; the next one puts right what it left")]  # fmt: skip
    return [_step(f"{oso} diagnose", "when the run has ended")] if told["running"] else []


def _about_log(told: dict[str, Any], run: str) -> list[Step]:
    if not told["log_problem"]:
        return []
    log = told["log"]
    return [
        _step(f"mv {log} {log}.damaged", "no night can end before; the releases are not touched"),
        _step(run, "writes the log again from the releases that are there"),
    ]


def _about_latest(told: dict[str, Any], run: str) -> list[Step]:
    if told["log_problem"] or not told["latest_problem"]:
        return []
    return [_step(run, "points latest to the newest published release that is there")]


def _about_damage(told: dict[str, Any], run: str) -> list[Step]:
    if not told["damaged"]:
        return []
    if DATABASE in told["damaged"]:  # the next night begins with what it says
        return [_step("", f"put {DATABASE} of release {told['served']['release_id']} back from a backup, or point latest to an earlier release (docs/runbook.md)")]  # fmt: skip
    return [_step(run, "makes the release again")]


def _about_held(told: dict[str, Any], oso: str) -> list[Step]:
    held = told["held"]
    if not held or not held["waiting"]:
        return []
    accepts = accepting([check["name"] for check in held["checks"]])
    compare = [_step(f"{oso} diff {told['served']['release_id']} {held['release_id']}", "look at what it would change")] if told["served"] else []  # fmt: skip
    return [
        *compare,
        _step(f"{oso} publish {held['release_id']} {accepts} --reason TEXT", "if it is right; else mend the source and run again"),
    ]  # fmt: skip


def _about_nights(told: dict[str, Any], run: str) -> list[Step]:
    if told["running"] or told["log_problem"] or told["latest_problem"] or told["damaged"]:
        return []
    trouble, held = told["trouble"], told["held"]
    if told["last_night"] is None and not told["served"]:
        return [_step(run, "the first night (`oso demo` tries it on a made-up country)")]
    if trouble and trouble["reasons"][0]["verdict"] == "failed":
        code = trouble["reasons"][0]["exit_code"]
        return [_step(run, _OF_FAILURE.get(code, "when what it says is mended"))]
    if trouble and not (held and held["waiting"]):
        return [_step(run, "takes the newest sources up again")]
    if told["overdue"]:
        return [_step(run, "and see whether `make serve`, or what else starts it, still runs")]
    return _about_standing_in(told)


def _about_standing_in(told: dict[str, Any]) -> list[Step]:
    left = [row["allowed_days"] - row["age_days"] for row in told["sources"] if row["state"] == "stands_in" and row["allowed_days"]]  # fmt: skip
    if not left:
        return []
    return [_step("", f"wait: the next night asks again; in {max(0, min(left))} days nothing may stand in any more, and nights fail")]  # fmt: skip


def _about_delivery(told: dict[str, Any]) -> list[Step]:
    old = [row for row in told["sources"] if row["state"] == "nothing_new"]
    return [_step("", f"see whether Mijn OSO still delivers: {row['source']} has held nothing new for {row['content_days']} days") for row in old]  # fmt: skip


def _about_decisions(told: dict[str, Any]) -> list[Step]:
    gone = any(row["state"] == "not_there" for row in told["sources"])
    return [_step("", "put the decisions file back where OSO_OVERRIDES says, if it should be there: none counts now")] if gone else []  # fmt: skip


def _about_disk(told: dict[str, Any], oso: str) -> list[Step]:
    room = told["disk"]["nights"]
    if room is None or room >= ROOM_FOR:
        return []
    return [_step(f"{oso} prune --dry-run", f"the disk has room for {room} more nights")]


def _about_issues(told: dict[str, Any], oso: str) -> list[Step]:
    if any(issue["source"] == "overrides" for issue in told["issues"]):
        return [_step(f"{oso} overrides check", "decisions that do nothing, or no longer fit")]
    return []
