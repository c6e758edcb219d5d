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
_FEW_REASONS = 3
_LONGEST = {"failed": 240, "held": 120}
"""Characters of a reason, by verdict; `oso releases` has all of it."""

_GIGABYTE = 1e9

Told = Mapping[str, Any]


def show_diagnosis(told: Told) -> None:
    """One page: the state, what is served, the nights, every source, the issues, the next step."""
    OUT.print(f"{demo_mark(told)}[bold {_COLOURS[told['state']]}]{_HEADLINES[told['state']]}[/]")
    facts = Table.grid("", "", padding=(0, 2, 0, 0))
    for label, lines in (
        ("Served", _served(told)),
        ("Last night", _last_night(told)),
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
    OUT.print("[bold]Next[/bold]")
    for step in told["next"]:
        command, why = step["command"], step["why"]
        OUT.print(Text(f"  {command}  # {why}" if command else f"  {why}"), soft_wrap=True)
    if not told["next"]:
        OUT.print("  nothing")


_HEADLINES = {
    "stuck": "A run holds the data folder and does not end: no night can run.",
    "log_damaged": "The log of all nights is damaged: no night can end.",
    "latest_missing": "Nothing is served: latest is not there.",
    "nothing_yet": "No night has run yet: nothing is served.",
    "failed": "The nights fail.",
    "held": "A release is held: a person has to look at it.",
    "overdue": "No night has run for more than a day.",
    "too_old": "What is served is older than is allowed.",
    "stands_in": "In order, but for sources that did not arrive: what was seen earlier stands in.",
    "fresh": "In order: what is served is fresh.",
}
_GREEN, _YELLOW = ("fresh",), ("nothing_yet", "held", "stands_in")
_COLOURS = (
    dict.fromkeys(_HEADLINES, "red")
    | dict.fromkeys(_YELLOW, "yellow")
    | dict.fromkeys(_GREEN, "green")
)


def _served(told: Told) -> list[str]:
    given, at = told["served"], told["asked_at"]
    if given is None:
        return [told["latest_problem"] or "nothing: no release was published yet"]
    lines = [
        f"release {given['release_id']} of {given['as_of']}, since {_moment(given['since'])}",
        f"{given['connected']:,} of {given['branches']:,} branches are connected",
        f"confirmed by the night of {_moment(given['confirmed_at'])}, {_ago(at, given['confirmed_at'])}",
    ]
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
        word = "failing" if reason["verdict"] == "failed" else "held"
        days = f"since {reason['first_on']}, {_nights(reason)}"
        if reason["last_on"] != found["reasons"][0]["last_on"]:
            days += f", until {reason['last_on']}"
        said = [
            _short(line, _LONGEST[reason["verdict"]])
            for line in reason["reason"].splitlines()
            if line.strip()
        ]
        lines += [f"{word} {days}:", *(f"  {line}" for line in said[:_FEW_REASONS])]
    if len(found["reasons"]) > _FEW_REASONS:
        lines.append(f"and {len(found['reasons']) - _FEW_REASONS} other reasons (oso releases)")
    return lines


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
    table = Table("Source", "last arrived (UTC)", "age", "allowed", "new content", "", box=None, header_style="bold", pad_edge=False)  # fmt: skip
    for row in sorted(sources, key=lambda row: row["state"] == "arrived"):
        table.add_row(
            f"  {row['source']}",
            f"{row['seen_at']:%Y-%m-%d %H:%M}" if row["seen_at"] else "-",
            _days_ago(row["age_days"]),
            f"{row['allowed_days']} days" if row["allowed_days"] else "-",
            _days_ago(row["content_days"]),
            Text(_remark(row), style="" if row["state"] == "arrived" else "yellow"),
        )
    OUT.print(table)


def _remark(row: Told) -> str:
    if row["problem"]:
        return str(row["problem"])
    nights = _number(row["missed_nights"], "night")
    return {
        "arrived": "",
        "stands_in": f"STANDS IN, for {nights}" + _left(row),
        "nothing_new": "NOTHING NEW for too long",
        "missing": f"MISSING, for {nights}",
    }[row["state"]]


def _show_issues(told: Told) -> None:
    issues = told["issues"]
    if told["issues_problem"]:
        OUT.print(Text(f"Issues: {told['issues_problem']}"), soft_wrap=True)
    if not issues:
        return
    weights = {severity: sum(issue["severity"] == severity for issue in issues) for severity in ("high", "medium", "low")}  # fmt: skip
    counted = ", ".join(f"{number} {severity}" for severity, number in weights.items() if number)
    OUT.print(f"[bold]Issues[/bold] {len(issues)} open: {counted}")
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    for issue in issues[:_FEW]:
        rows = _number(issue["rows"], "row") if issue["rows"] else ""
        table.add_row(f"  {issue['severity']}", f"since {issue['first_seen_on']}", rows, f"{issue['source']}: {issue['rule']}")  # fmt: skip
    OUT.print(table)
    if len(issues) > _FEW:
        OUT.print(f"  and {len(issues) - _FEW} more: table issues in oso.duckdb, or --json")


def _short(reason: str, longest: int) -> str:
    """The first sentences of a reason, as many as fit."""
    if len(reason) <= longest:
        return reason
    end = reason.rfind(". ", 0, longest) + 1
    return f"{reason[: end or longest - 1]} …"


def _days_ago(days: int | None) -> str:
    if days is None:
        return "-"
    return "today" if days == 0 else f"{_number(days, 'day')} ago"


def _left(row: Told) -> str:
    if row["allowed_days"] is None:
        return ""
    return f"; may do so for {_number(max(0, row['allowed_days'] - row['age_days']), 'day')} more"


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
