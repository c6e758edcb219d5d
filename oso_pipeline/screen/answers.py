"""Differences, as text, and what answers share."""

from __future__ import annotations

import csv
import sys
from typing import Any

from rich.text import Text

from oso_pipeline.screen.console import OUT, demo_mark

_FEW = 12


def show_difference(found: dict[str, Any]) -> None:
    """What changed: what it means for connected schools first, then the counts, then the events of each kind."""
    OUT.print(
        Text.assemble(
            demo_mark(found),
            ("From", "bold"),
            f" {found['from']}\n  ",
            ("to", "bold"),
            f" {found['to']}",
        ),
        soft_wrap=True,
    )
    if "connected" in found:
        _show_connected(found["connected"])
    counts, schools, explained = found["counts"], found["schools"], found["explained"]
    OUT.print(
        f"Branches: {counts['gone']:,} gone ({schools['gone_branches']:,} with their whole school, of which there are"
        f" {schools['gone']:,}), {counts['new']:,} new ({schools['new_branches']:,} of a new school, of which there are"
        f" {schools['new']:,}), {counts['common']:,} in both.",
        soft_wrap=True,
    )
    of_gone = ", ".join(f"{number:,} {word}" for word, number in explained.items() if number)
    OUT.print(f"Of those gone: {of_gone or 'none'}.", soft_wrap=True)
    OUT.print(
        f"Of those in both: {counts['board_changed']:,} with another board, {counts['renamed']:,} with another name,"
        f" {counts['moved']:,} with another address.",
        soft_wrap=True,
    )
    for event in dict.fromkeys(row["event"] for row in found["events"]):
        rows = [row for row in found["events"] if row["event"] == event]
        show_list(f"{event} ({len(rows):,})", [show_event(row) for row in rows[:_FEW]])
        if len(rows) > _FEW:
            OUT.print(f"  and {len(rows) - _FEW:,} more (--csv lists all)")


def _show_connected(connected: dict[str, Any]) -> None:
    causes = ", ".join(
        f"{row['branches']:,} because {row['cause']}" for row in connected["by_cause"]
    )
    OUT.print(
        Text.assemble(
            (f"Connected: {connected['now']:,} branches", "bold"),
            f", before {connected['before']:,}; no longer {len(connected['lost']):,}"
            f"{': ' + causes if causes else ''}.",
        ),
        soft_wrap=True,
    )


def show_events_as_csv(found: dict[str, Any]) -> None:
    """The events, one per line, as RFC 4180 has it."""
    names = ("event", "subject", "from_value", "to_value", "effective_on", "reason")
    writer = csv.DictWriter(sys.stdout, names)
    writer.writeheader()
    writer.writerows(found["events"])


def show_event(row: dict[str, Any]) -> str:
    """One event, as a line."""
    values = " to ".join(str(row[name]) for name in ("from_value", "to_value") if row[name])
    event = f"{(row['effective_on'] or '-')!s:<10}  {row['event']:<17} {row['subject']}  {values}"
    return f"{event}  {row['reason']}" if row["reason"] else event


def show_list(title: str, lines: list[str]) -> None:
    """A title and its lines, when there are any."""
    if lines:
        OUT.print(title, style="bold")
    for line in lines:
        OUT.print(f"  {line}", soft_wrap=True)
