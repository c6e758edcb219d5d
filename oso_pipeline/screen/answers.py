"""Explanations and differences, as text."""

from __future__ import annotations

import csv
import sys
from typing import Any

from oso_pipeline.screen.console import OUT, demo_mark

_FEW = 12


def show_difference(found: dict[str, Any]) -> None:
    """What changed: what it means for connected schools first, then the counts, then the events of each kind."""
    OUT.print(
        f"{demo_mark(found)}[bold]From[/bold] {found['from']}\n  [bold]to[/bold] {found['to']}",
        soft_wrap=True,
    )
    if "connected" in found:
        _show_connected(found["connected"])
    counts, schools, explained = found["counts"], found["schools"], found["explained"]
    OUT.print(
        f"{counts['gone']:,} branches are gone ({schools['gone_branches']:,} of them with their whole school:"
        f" {schools['gone']:,} schools), {counts['new']:,} are new ({schools['new_branches']:,} of"
        f" {schools['new']:,} new schools), {counts['common']:,} are in both.",
        soft_wrap=True,
    )
    of_gone = ", ".join(f"{number:,} {word}" for word, number in explained.items() if number)
    OUT.print(f"Of those gone: {of_gone or 'none'}.", soft_wrap=True)
    OUT.print(
        f"Of those in both {counts['board_changed']:,} have another board, {counts['renamed']:,} another name and"
        f" {counts['moved']:,} another address.",
        soft_wrap=True,
    )
    for event in dict.fromkeys(row["event"] for row in found["events"]):
        rows = [row for row in found["events"] if row["event"] == event]
        _show_list(f"{event} ({len(rows):,})", [show_event(row) for row in rows[:_FEW]])
        if len(rows) > _FEW:
            OUT.print(f"  and {len(rows) - _FEW:,} more (--csv lists all)")


def _show_connected(connected: dict[str, Any]) -> None:
    causes = ", ".join(
        f"{row['branches']:,} because {row['cause']}" for row in connected["by_cause"]
    )
    OUT.print(
        f"[bold]{connected['now']:,} branches are connected[/bold], {connected['before']:,} were;"
        f" {len(connected['lost']):,} of those are no longer{': ' + causes if causes else ''}.",
        soft_wrap=True,
    )


def show_events_as_csv(found: dict[str, Any]) -> None:
    """The events, one per line, as RFC 4180 has it."""
    names = ("event", "subject", "from_value", "to_value", "effective_on", "reason")
    writer = csv.DictWriter(sys.stdout, names)
    writer.writeheader()
    writer.writerows(found["events"])


def show_explanation(found: dict[str, Any]) -> None:
    """Why a code has its status, top down: the answer, the steps, what serves it, what was found, what is next."""
    names = ("branch_name", "school_name", "board_name")
    name = next((found[name] for name in names if found.get(name)), "(no name)")
    OUT.print(
        f"{demo_mark(found)}[bold]{found['code']}[/bold] {name}: [bold]{found['status'].replace('_', ' ')}[/bold]"
    )
    OUT.print(f"  {found['kind']}, on {found['as_of']}, release {found['release_id']}")
    for label in (
        "connected_on",
        "last_connected_on",
        "qualified_on",
        "coverage_basis",
        "las",
        "reason",
    ):
        if found.get(label):
            OUT.print(f"  {label.replace('_', ' ')}: {found[label]}", markup=False)
    for step in found["steps"]:
        sign = "[green]yes[/green]" if step["passed"] else "[red]no [/red]"
        OUT.print(
            f"  {sign} {step['step']:<15} {step['reason']} {_bracketed(step['evidence'])}",
            soft_wrap=True,
        )
    _show_list("Delivery points", [_point(point) for point in found["delivery_points"]])
    _show_list(
        "Branches", [f"{row['branch_code']} {row['status']}" for row in found.get("branches", [])]
    )
    _show_list(
        "Schools",
        [
            f"{row['brin']} {row['status']}  {row['school_name']}"
            for row in found.get("schools", [])
        ],
    )
    _show_list("Went on", [_went_on(row) for row in found.get("went_on", [])])
    _show_list(
        "Predecessors",
        [
            f"{row['code']} {row['event']} on {row['effective_on']}"
            for row in found.get("predecessors", [])
        ],
    )
    _show_list("What happened", [show_event(row) for row in found.get("events", [])])
    _show_list(
        "History",
        [_interval(row) for row in found.get("history", [])],
    )
    _show_list(
        "Found", [f"{row['flag']} ({row['severity']}): {row['reason']}" for row in found["flags"]]
    )
    _show_list("Next", [f"{row['responsible']}: {row['action']}" for row in found["next"]])


def _went_on(row: dict[str, Any]) -> str:
    into = ", ".join(row["successors"]) or f"{', '.join(row['ended_as'])}, which is not open either"
    through = f" by way of {', '.join(row['through'])}" if row["through"] else ""
    rows = ", ".join(row["source_rows"])
    return f"{row['event']} on {row['effective_on']}: {into}{through} (OVERGANGEN row {rows})"


def _interval(row: dict[str, Any]) -> str:
    under = f"  board {row['board_number']}" if "brin" in row or "branch_code" in row else ""
    return f"{row['from_on']} to {row['until_on'] or 'now'}{under}"


def show_event(row: dict[str, Any]) -> str:
    """One event, as a line."""
    values = " to ".join(str(row[name]) for name in ("from_value", "to_value") if row[name])
    event = f"{(row['effective_on'] or '-')!s:<10}  {row['event']:<17} {row['subject']}  {values}"
    return f"{event}  {row['reason']}" if row["reason"] else event


def _point(point: dict[str, Any]) -> str:
    state = "active since " + str(point["registered_on"]) if point["active"] else "not active"
    serves = (
        f"serves {', '.join(point['branches'])}" if point["branches"] else "serves no open branch"
    )
    return f"{point['kind']} {point['number'] or '(no number)'}: {state}, {serves} (delivery_points row {point['source_row']})"


def _show_list(title: str, lines: list[str]) -> None:
    if lines:
        OUT.print(f"[bold]{title}[/bold]")
    for line in lines:
        OUT.print(f"  {line}", markup=False, soft_wrap=True)


def _bracketed(evidence: list[str]) -> str:
    return f"({', '.join(evidence)})" if evidence else ""
