"""The diagnosis: how the pipeline stands at this moment, in one answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from oso_pipeline.diagnose import machine
from oso_pipeline.diagnose.next_step import next_steps
from oso_pipeline.diagnose.nights import Night, as_told, nights_of, trouble
from oso_pipeline.diagnose.served import held, open_issues, read_latest, served
from oso_pipeline.diagnose.sources import ages
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.release.bounds import load_bounds
from oso_pipeline.release.database import DATABASE
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import damaged_files
from oso_pipeline.release.log import read_damaged_log
from oso_pipeline.settings import Settings

Diagnosis = dict[str, Any]
"""See `diagnose`."""

A_NIGHT_EVERY = timedelta(hours=26)
"""A night runs every morning; a little later than yesterday is no alarm."""

_CLOCKS_DIFFER = 1.0
"""Hours that two clocks may differ."""

LONGEST_RUN = timedelta(hours=1)
"""A night takes seconds; one that takes an hour is dead (dagster.yaml, run_monitoring)."""


def diagnose(
    settings: Settings, *, at: datetime, max_age: float | None = None, oso: str = "oso"
) -> Diagnosis:
    """How the pipeline stands.

    Args:
        settings: where the data folder is, which sources are read, and what is allowed.
        at: the present moment, UTC.
        max_age: the most hours that the last good night may be ago; None when nobody asks.
        oso: the command, as the person types it.

    Returns:
        `state, asked_at, demo, served, last_night, overdue, trouble, held, running, left_half_built, log, log_problem,
        latest_problem, damaged, sources, issues, issues_problem, disk, max_age, next`. The state is the first of these that
        fits: stuck, not_writable, log_damaged, latest_missing, damaged, nothing_yet, failed, held, overdue, too_old, disk_full,
        stands_in, fresh; a run that is on is told apart (`running`).

    Raises:
        UsageError: the gate file cannot be read.
    """
    folder = DataFolder(settings.data_dir)
    log, damaged = read_damaged_log(folder)
    nights = nights_of(log)
    index, latest_problem = read_latest(folder, log)
    given = served(index, log, nights) if index else None
    issues, issues_problem = open_issues(folder, index["release_id"]) if index else ([], None)
    damage = damaged_files(folder.release(index["release_id"]), index) if index else []
    if issues_problem and DATABASE not in damage:
        damage.append(DATABASE)
    on = machine.run_that_is_on(folder)
    bounds = load_bounds(settings.gate)
    told: Diagnosis = {
        "asked_at": at,
        "demo": bool(index and index["demo"]),
        "served": given,
        "last_night": as_told(nights[-1]) if nights else None,
        "overdue": _is_overdue(nights, at),
        "trouble": trouble(nights, folder),
        "held": held(folder, nights, index["release_id"] if index else None),
        "running": on,
        "left_half_built": [] if on else machine.left_half_built(folder),
        "log": folder.log,
        "log_problem": _log_problem(damaged),
        "latest_problem": latest_problem,
        "damaged": damage,
        "sources": ages(
            SnapshotStore(folder.raw),
            settings.registry_tables,
            nights,
            oldest=bounds.oldest_fallback,
            at=at,
        ),
        "issues": issues,
        "issues_problem": issues_problem,
        "disk": machine.disk(folder, given["bytes"] if given else None),
    }
    told["max_age"] = None if max_age is None else _freshness(told, max_age)
    told = {"state": _state_of(told)} | told
    command = f"OSO_DATA_DIR={folder.root} {oso}" if told["demo"] else oso
    return told | {"next": next_steps(told, oso=command, run=_run(folder, oso, told))}


def _run(folder: DataFolder, oso: str, told: Diagnosis) -> str:
    """What runs a night: of a demo, the demo, whose data folder is named after the one above it."""
    if told["demo"] and folder.root.name == "demo":
        return f"OSO_DATA_DIR={folder.root.parent} {oso} demo"
    return f"OSO_DATA_DIR={folder.root} {oso} run" if told["demo"] else f"{oso} run"


def _is_overdue(nights: list[Night], at: datetime) -> bool:
    return bool(nights) and at - nights[-1].begun_at > A_NIGHT_EVERY


def _log_problem(damaged: dict[int, str]) -> str | None:
    if not damaged:
        return None
    number, problem = next(iter(damaged.items()))
    return f"{len(damaged)} of its lines cannot be read, the first is line {number} ({problem})"


def _state_of(told: Diagnosis) -> str:
    on, trouble_now = told["running"], told["trouble"]
    fits = {
        "stuck": bool(on and on["since"] and told["asked_at"] - on["since"] > LONGEST_RUN),
        "not_writable": told["disk"]["read_only"],
        "log_damaged": told["log_problem"],
        "latest_missing": told["latest_problem"],
        "damaged": told["damaged"],
        "nothing_yet": not told["served"] and not trouble_now,
        "failed": trouble_now and trouble_now["reasons"][0]["verdict"] == "failed",
        "held": trouble_now,
        "overdue": told["overdue"] and not on,
        "too_old": told["max_age"] and not told["max_age"]["passed"],
        "disk_full": told["disk"]["nights"] == 0,
        "stands_in": any(row["state"] == "stands_in" for row in told["sources"]),
        "fresh": True,
    }
    return next(state for state, it_does in fits.items() if it_does)


def _freshness(told: Diagnosis, hours: float) -> dict[str, Any]:
    """Whether the last night that was published or unchanged is young enough, and the line that says so.

    Returns:
        `hours, age_hours, passed, line`.
    """
    given = told["served"]
    if given is None:
        line = f"Nothing is served: {told['latest_problem'] or 'no night has published a release yet.'}"
        return {"hours": hours, "age_hours": None, "passed": False, "line": line}
    confirmed = given["confirmed_at"]
    age = (told["asked_at"] - confirmed).total_seconds() / 3600
    passed = -_CLOCKS_DIFFER <= age <= hours and not told["damaged"]
    if told["damaged"]:
        line = f"Damaged: {', '.join(told['damaged'])} of what is served is not what it was."
    elif age < -_CLOCKS_DIFFER:
        line = (
            f"The last night that published or confirmed a release says that it was on {confirmed:%Y-%m-%d %H:%M} UTC, which is"
            " still to come: the clock was wrong, or is."
        )
    else:
        line = (
            f"{'Fresh' if passed else 'Too old'}: the last night that published or confirmed a release was {age:,.1f} hours ago"
            f" ({confirmed:%Y-%m-%d %H:%M} UTC); at most {hours:g} are allowed."
        )
    return {"hours": hours, "age_hours": round(age, 2), "passed": passed, "line": line}
