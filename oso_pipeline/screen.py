"""What the command line shows: progress while a night runs, and one screen of text at its end."""

from __future__ import annotations

import csv
import logging
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.table import Table

from oso_pipeline.contracts.statuses import STATUSES
from oso_pipeline.release.database import DATABASE, open_database
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.previous import read_index
from oso_pipeline.release.publish import Conclusion, read_log

PROGRESS = "oso_pipeline.progress"
"""The logger that assets speak to (assets/progress.py)."""

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


def say(sentence: str) -> None:
    """One line of progress, on standard error."""
    _err.print(f"  {sentence}", markup=False)


@contextmanager
def watching() -> Generator[Callable[[str], None]]:
    """While a night runs: what it does, a line at a time."""

    class _Show(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            say(record.getMessage())

    logger = logging.getLogger(PROGRESS)
    handler = _Show()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield say
    finally:
        logger.removeHandler(handler)
        logger.propagate = True


def show_conclusion(folder: DataFolder, night: Conclusion) -> None:
    """How the night ended: what is published and where, or what happened and what to do."""
    {
        "published": _show_published,
        "unchanged": _show_unchanged,
        "held": _show_held,
        "failed": _show_failed,
    }[night.verdict](folder, night)


def _show_published(folder: DataFolder, night: Conclusion) -> None:
    index = read_index(folder.latest)
    _out.print(f"[bold]{_demo(index)}Published[/bold] release {night.release_id} of {night.as_of}")
    _out.print(_counts(index))
    for file in index["files"]:
        _out.print(f"  {folder.latest / file['path']}  ({file['bytes']:,} bytes)", soft_wrap=True)
    _show_next(folder, index)


def _show_next(folder: DataFolder, index: dict[str, Any]) -> None:
    """Three things to try; a demo lies in a data folder of its own, so its commands name it."""
    with open_database(folder.latest / DATABASE) as connection:
        found = connection.sql(
            "SELECT branch_code FROM branch_status"
            " ORDER BY status <> 'qualified_not_covered', branch_code LIMIT 1"
        ).fetchall()
    where = f"OSO_DATA_DIR={folder.root} " if index["demo"] else ""
    oso = sys.argv[0]
    for command, what in (
        (f"{where}{oso} explain {found[0][0] if found else 'CODE'}", "why a branch has its status"),
        (f"{where}{oso} releases", "all nights and their verdicts"),
        (f"{where}make dev", "the lineage in the Dagster UI"),
    ):
        _out.print(f"  {command}  [dim]# {what}[/dim]", soft_wrap=True)


def _show_unchanged(folder: DataFolder, night: Conclusion) -> None:
    index = read_index(folder.latest)
    _out.print(
        f"[bold]{_demo(index)}Unchanged[/bold]: the sources are those of release {index['release_id']},"
        f" and {night.as_of} changes nothing. latest stays, and counts as fresh."
    )


def _show_held(folder: DataFolder, night: Conclusion) -> None:
    index = read_index(folder.release(night.release_id))
    table = Table("check", "measured", "allowed", title="Why it is held")
    for check in index["checks"]:
        if not check["passed"]:
            table.add_row(check["name"], check["measured"], check["bound"])
    _err.print(
        f"[bold red]Held[/bold red]: release {night.release_id} of {night.as_of} is complete and not published."
    )
    _err.print(table)
    _err.print(_still_served(folder))
    _err.print(
        f"Look at it in {folder.release(night.release_id)}; mend the source and run again.",
        soft_wrap=True,
    )


def _show_failed(folder: DataFolder, night: Conclusion) -> None:
    _err.print("[bold red]Failed[/bold red]: nothing is published. What happened:")
    for line in night.reason.splitlines():
        _err.print(f"  {line}", markup=False, soft_wrap=True)
    _err.print(_still_served(folder))


def _still_served(folder: DataFolder) -> str:
    latest = folder.latest_release_id()
    if latest is None:
        return "Nothing was published before."
    at = next((line.at for line in read_log(folder) if line.release_id == latest), "")
    return f"Still served: release {latest} of {read_index(folder.latest)['as_of']}, since {at}."


def show_report(written: dict[str, Any]) -> None:
    """Of which release the management report is, and where."""
    _out.print(
        f"[bold]{_demo(written)}Report[/bold] of release {written['release_id']} of {written['as_of']}"
    )
    for path in written["files"]:
        _out.print(f"  {path}  ({path.stat().st_size:,} bytes)", soft_wrap=True)
    if written["verdict"] != "published":
        _err.print(f"  This release is {written['verdict']}: it is not what people are shown.")


def _demo(index: dict[str, Any]) -> str:
    return "DEMO. " if index["demo"] else ""


def _counts(index: dict[str, Any]) -> Table:
    table = Table(title=f"{_demo(index)}On {index['as_of']}")
    table.add_column("sector")
    for status in STATUSES:
        table.add_column(status.replace("_", " "), justify="right")
    for unit, sectors in index["counts"].items():
        for sector, numbers in sectors.items():
            table.add_row(f"{sector} {unit}", *(f"{numbers[status]:,}" for status in STATUSES))
        table.add_section()
    return table


def show_releases(nights: list[dict[str, Any]]) -> None:
    """All nights, the newest last."""
    if any(night["demo"] for night in nights):
        _out.print("DEMO. These nights are of a made-up country.")
    if not nights:
        _out.print("No night has run yet: `oso run`, or `oso demo` to try it.")
        return
    for night in nights:
        verdict = night["verdict"] + (" (latest)" if night["latest"] else "")
        ended = night["at"][:16].replace("T", " ")
        _out.print(
            f"{night['release_id']}  {night['as_of'] or '-':<10}  {verdict:<18}  {ended} UTC",
            soft_wrap=True,
        )
        if night["reason"]:
            _out.print(f"    {night['reason']}", markup=False, soft_wrap=True)


_FEW = 12


def show_difference(found: dict[str, Any]) -> None:
    """What changed: what it means for connected schools first, then the counts, then the events of each kind."""
    _out.print(
        f"{_demo(found)}[bold]From[/bold] {found['from']}\n  [bold]to[/bold] {found['to']}",
        soft_wrap=True,
    )
    if "connected" in found:
        _show_connected(found["connected"])
    counts, schools, explained = found["counts"], found["schools"], found["explained"]
    _out.print(
        f"{counts['gone']:,} branches are gone ({schools['gone_branches']:,} of them with their whole school:"
        f" {schools['gone']:,} schools), {counts['new']:,} are new ({schools['new_branches']:,} of"
        f" {schools['new']:,} new schools), {counts['common']:,} are in both.",
        soft_wrap=True,
    )
    of_gone = ", ".join(f"{number:,} {word}" for word, number in explained.items() if number)
    _out.print(f"Of those gone: {of_gone or 'none'}.", soft_wrap=True)
    _out.print(
        f"Of those in both {counts['board_changed']:,} have another board, {counts['renamed']:,} another name and"
        f" {counts['moved']:,} another address.",
        soft_wrap=True,
    )
    for event in dict.fromkeys(row["event"] for row in found["events"]):
        rows = [row for row in found["events"] if row["event"] == event]
        _show_list(f"{event} ({len(rows):,})", [show_event(row) for row in rows[:_FEW]])
        if len(rows) > _FEW:
            _out.print(f"  and {len(rows) - _FEW:,} more (--csv lists all)")


def _show_connected(connected: dict[str, Any]) -> None:
    lost = connected["lost"]
    causes: dict[str, int] = {}
    for row in lost:
        causes[row["cause"]] = causes.get(row["cause"], 0) + 1
    why = ", ".join(
        f"{number:,} {cause}" for cause, number in sorted(causes.items(), key=lambda c: -c[1])
    )
    _out.print(
        f"[bold]{connected['now']:,} branches are connected[/bold], {connected['before']:,} were;"
        f" {len(lost):,} of those are no longer{': ' + why if why else ''}.",
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
    _out.print(
        f"{_demo(found)}[bold]{found['code']}[/bold] {name}: [bold]{found['status'].replace('_', ' ')}[/bold]"
    )
    _out.print(f"  {found['kind']}, on {found['as_of']}, release {found['release_id']}")
    for label in (
        "connected_on",
        "last_connected_on",
        "qualified_on",
        "coverage_basis",
        "las",
        "reason",
    ):
        if found.get(label):
            _out.print(f"  {label.replace('_', ' ')}: {found[label]}", markup=False)
    for step in found["steps"]:
        sign = "[green]yes[/green]" if step["passed"] else "[red]no [/red]"
        _out.print(
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
        _out.print(f"[bold]{title}[/bold]")
    for line in lines:
        _out.print(f"  {line}", markup=False, soft_wrap=True)


def _bracketed(evidence: list[str]) -> str:
    return f"({', '.join(evidence)})" if evidence else ""
