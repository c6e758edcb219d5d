"""The diagnosis, on one screen: how it stands first, then why, then everything that was looked at, then what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from oso_pipeline.screen.console import OUT, demo_mark

_FEW = 8
_FEW_IN_TROUBLE = 4
_FEW_REASONS = 3
_LONGEST = {"failed": 240, "held": 120}
"""Characters of a reason, by verdict; `oso releases` has all of it."""

_GIGABYTE = 1e9

Told = Mapping[str, Any]


def show_diagnosis(told: Told) -> None:
    """One page: the state, what is served, the nights, every source, the issues, the next step."""
    OUT.print(
        Text.assemble(
            demo_mark(told),
            (f"{_HEADLINES[told['state']]}{_since(told)}", f"bold {_COLOURS[told['state']]}"),
        )
    )
    facts = Table.grid("", "", padding=(0, 2, 0, 0))
    for label, lines in (
        ("Served", _served(told)),
        ("Last run", _last_night(told)),
        ("Since then" if told["served"] else "Nights", _trouble(told)),
        ("Held", _held(told)),
        ("Now", _now(told)),
        ("Disk", _disk(told["disk"])),
    ):
        for number, line in enumerate(lines):
            indent = len(line) - len(line.lstrip())
            facts.add_row(
                "" if number else f"  {label}", Padding(Text(line.lstrip()), (0, 0, 0, indent))
            )
    OUT.print(facts)
    _show_sources(told["sources"])
    _show_issues(told)
    OUT.print("Next", style="bold")
    for step in told["next"]:
        command, why = step["command"], step["why"]
        OUT.print(f"  {command}  # {why}" if command else f"  {why}", soft_wrap=True)
    if not told["next"]:
        OUT.print("  nothing")


_HEADLINES = {
    "stuck": "A run holds the data folder and does not end: no night can run.",
    "not_writable": "The disk of the data folder is read-only: no night can run.",
    "log_damaged": "The log of all nights is damaged: no night can end.",
    "latest_missing": "Nothing is served: latest is not there.",
    "damaged": "What is served is damaged: files of it are not what they were.",
    "nothing_yet": "No night has run yet: nothing is served.",
    "failed": "The nights fail",
    "held": "A release is held, and a person has to look at it",
    "overdue": "No night has run for more than a day.",
    "too_old": "What is served is older than is allowed.",
    "disk_full": "The disk has no room for another night.",
    "stands_in": "In order, but for sources that did not arrive: what was seen earlier stands in.",
    "fresh": "In order: what is served is fresh.",
}
_GREEN, _YELLOW = ("fresh",), ("nothing_yet", "held", "stands_in")
_COLOURS = (
    dict.fromkeys(_HEADLINES, "red")
    | dict.fromkeys(_YELLOW, "yellow")
    | dict.fromkeys(_GREEN, "green")
)


def _since(told: Told) -> str:
    """What the headline of a night that was not good goes on with."""
    if told["state"] not in {"failed", "held"}:
        return ""
    return f": since {told['trouble']['since_on']}, {_nights(told['trouble'])}."


def _served(told: Told) -> list[str]:
    given, at = told["served"], told["asked_at"]
    if given is None:
        return [told["latest_problem"] or "nothing: no release was published yet"]
    lines = [
        f"release {given['release_id']} of {given['as_of']}, since {_moment(given['since'])}",
        f"{given['connected']:,} of {given['branches']:,} branches are connected",
        f"confirmed by the night of {_moment(given['confirmed_at'])}, {_ago(at, given['confirmed_at'])}",
    ]
    lines += [f"damaged: {path}" for path in told["damaged"][:_FEW_REASONS]]
    lines += [
        f"check {one['check']} was accepted by {one['by']}: {one['reason']}"
        for one in given["accepted"][:_FEW_REASONS]
    ]
    return lines


def _last_night(told: Told) -> list[str]:
    night = told["last_night"]
    if night is None:
        return ["none is known" if told["served"] else "none has run"]
    line = f"{night['verdict']}, {_moment(night['begun_at'])}, {_ago(told['asked_at'], night['begun_at'])}"
    return [line + ("; none has run since, and one should run every day" if told["overdue"] else "")]  # fmt: skip


def _trouble(told: Told) -> list[str]:
    found = told["trouble"]
    if found is None:
        return []
    lines: list[str] = []
    for reason in found["reasons"][:_FEW_REASONS]:
        now = reason["last_on"] == found["reasons"][0]["last_on"]
        word = "held" if reason["verdict"] == "held" else "failing" if now else "failed"
        days = f"since {reason['first_on']}" if now else _days(reason)
        said = [
            _short(line, _LONGEST[reason["verdict"]])
            for line in reason["reason"].splitlines()
            if line.strip()
        ]
        lines += [
            f"{word} {days}, {_nights(reason)}:",
            *(f"  {line}" for line in said[:_FEW_REASONS]),
        ]
    if len(found["reasons"]) > _FEW_REASONS:
        lines.append(f"and {len(found['reasons']) - _FEW_REASONS} other reasons (oso releases)")
    return lines


def _days(reason: Told) -> str:
    first, last = reason["first_on"], reason["last_on"]
    return f"on {first}" if first == last else f"from {first} to {last}"


def _nights(reason: Told) -> str:
    nights, runs = reason["nights"], reason["runs"]
    one = _number(nights, "night")
    return f"{one} ({runs} runs)" if runs > nights else one


def _held(told: Told) -> list[str]:
    held = told["held"]
    if held is None:
        return []
    if held["waiting"]:
        return [
            f"release {held['release_id']} of {held['as_of']} waits, by {_number(len(held['checks']), 'check')}",
            held["impact"],
        ]
    return [f"release {held['release_id']} was, and was left behind by a later night: nothing to accept"]  # fmt: skip


def _now(told: Told) -> list[str]:
    on = told["running"]
    lines = []
    if on:
        process = f" (process {on['process']})" if on["process"] else ""
        since = f" since {_moment(on['since'])}, {_ago(told['asked_at'], on['since'])}" if on["since"] else ""  # fmt: skip
        lines.append(f"a run holds the data folder{process}{since}")
    if told["log_problem"]:
        lines.append(f"{told['log']}: {told['log_problem']}")
    if told["left_half_built"]:
        lines.append(f"a run died and left {', '.join(told['left_half_built'])}; the next one clears it")  # fmt: skip
    return lines or ["no run is on"]


def _disk(disk: Told) -> list[str]:
    room = f", room for {disk['nights']:,} nights as large as the last" if disk["nights"] is not None else ""  # fmt: skip
    return [f"{disk['free_bytes'] / _GIGABYTE:,.1f} GB free{room}"]


def _show_sources(sources: Sequence[Told]) -> None:
    if not sources:
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for header in ("Source", "arrived UTC", "ago", "unchanged"):
        table.add_column(header, no_wrap=True)
    table.add_column()
    for row in sorted(sources, key=lambda row: row["state"] == "arrived"):
        table.add_row(
            f"  {row['source']}",
            f"{row['seen_at']:%m-%d %H:%M}" if row["seen_at"] else "-",
            _of_days(row["age_days"], row["allowed_days"]),
            _of_days(row["content_days"], row["content_allowed_days"]),
            Text(_remark(row), style="" if row["state"] == "arrived" else "yellow"),
        )
    OUT.print(table)


def _remark(row: Told) -> str:
    if row["problem"]:
        return str(row["problem"])
    nights = _number(row["missed_nights"], "night")
    return {
        "arrived": "",
        "stands_in": f"STANDS IN, {nights}",
        "nothing_new": "NOTHING NEW for too long",
        "missing": f"MISSING, {nights}",
        "not_there": f"NOT THERE, {nights}: no decision counts",
    }[row["state"]]


def _show_issues(told: Told) -> None:
    issues = told["issues"]
    if told["issues_problem"]:
        OUT.print(f"Issues: {told['issues_problem']}", soft_wrap=True)
    if not issues:
        return
    weights = {severity: sum(issue["severity"] == severity for issue in issues) for severity in ("high", "medium", "low")}  # fmt: skip
    counted = ", ".join(f"{number} {severity}" for severity, number in weights.items() if number)
    OUT.print(Text.assemble(("Issues", "bold"), f" {len(issues)} open: {counted}"))
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    few = _FEW_IN_TROUBLE if told["trouble"] else _FEW
    for issue in issues[:few]:
        rows = _number(issue["rows"], "row") if issue["rows"] else ""
        table.add_row(f"  {issue['severity']}", f"since {issue['first_seen_on']}", rows, f"{issue['source']}: {issue['rule']}")  # fmt: skip
    OUT.print(table)
    if len(issues) > few:
        OUT.print(f"  and {len(issues) - few} more: table issues in oso.duckdb, or --json")


def _short(reason: str, longest: int) -> str:
    """The first sentences of a reason, as many as fit."""
    if len(reason) <= longest:
        return reason
    end = reason.rfind(". ", 0, longest) + 1
    return f"{reason[: end or longest - 1]} …"


def _of_days(days: int | None, allowed: int | None) -> str:
    """An age, of what is allowed."""
    if days is None:
        return "-"
    return _number(days, "day") if allowed is None else f"{days} of {_number(allowed, 'day')}"


def _number(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _ago(at: datetime, then: datetime) -> str:
    minutes = max(0, int((at - then).total_seconds() // 60))
    hours = minutes // 60
    if hours < 2:  # noqa: PLR2004 - before, minutes say more
        return f"{_number(minutes, 'minute')} ago"
    return f"{_number(hours, 'hour')} ago" if hours < 48 else f"{_number(hours // 24, 'day')} ago"  # noqa: PLR2004 - two days
