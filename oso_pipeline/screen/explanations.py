"""An explanation, as the service desk reads it aloud: the answer, what would change it, what to do, and then the grounds."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from rich.text import Text

from oso_pipeline.explain.because import listed
from oso_pipeline.screen.answers import show_event, show_list
from oso_pipeline.screen.console import OUT, demo_mark

Row = dict[str, Any]

_FEW = 12
_FEW_RECORDS = 4
_OTHERS = ("OT", "LDOS", "SWV")
_KIND_NAMES = {"las": "LAS", "ot": "OT", "ldos": "LDOS", "swv": "SWV"}
_WHO = {
    "board": "the board",
    "school": "the school",
    "service_desk": "the service desk",
    "supplier": "the supplier",
}


def show_explanation(found: Row) -> None:
    """Show why a code has its status."""
    _show_answer(found)
    show_list("To do", _numbered(found["next"]))
    show_list("Records that do not count", [_not_used(row) for row in found["not_used"]])
    _show_steps(found)
    show_list("Delivery points", [_point(point) for point in found["delivery_points"]])
    show_list("Branches", [_branch(row) for row in found.get("branches", [])])
    show_list("Schools", [_school(row) for row in found.get("schools", [])])
    show_list("Went on", [_went_on(row) for row in found.get("went_on", [])])
    show_list("Predecessors", [_predecessor(row) for row in found.get("predecessors", [])])
    show_list("Found", [f"{row['flag']} ({row['severity']}), since {row['since_on']}: {row['reason']}" for row in found["flags"]])  # fmt: skip
    for title, counts in (("Decisions that count", True), ("Decisions that expired", False)):
        show_list(title, [_decision(row) for row in found["decisions"] if row["counts"] is counts])
    show_list("What happened", [*_happened(found)])
    show_list("History", [_interval(row) for row in found.get("history", [])])
    show_list("Read from", [_source(row) for row in found["sources"]])


def _show_answer(found: Row) -> None:
    names = ("branch_name", "school_name", "board_name")
    name = next((f" {found[name]}" for name in names if found.get(name)), "")
    place = f", {found['city']}" if found.get("city") else ""
    status = found["status"].replace("_", " ")
    code, status = (found["code"], "bold"), (status, "bold")
    OUT.print(Text.assemble(demo_mark(found), code, f"{name}{place}: ", status), soft_wrap=True)
    about = [found["kind"]]
    if found["kind"] == "branch" and found.get("brin"):
        about = [f"branch of school {found['brin']}"]
    if found["kind"] != "board" and found.get("board_number"):
        about.append(f"board {found['board_number']} {found['board_name'] or ''}".rstrip())
    _say(f"  {', '.join(about)}; on {found['as_of']}, by release {found['release_id']}")
    _say(found["because"])
    if found["status"] == "connected" and found["kind"] == "branch":
        _say(_ready(found))
    lines = [line["text"] for line in found["would_change"]]
    is_good = found["status"] in {"agreement", "connected"} and found["kind"] != "school"
    title = "What would end this" if is_good else "What would change this"
    if len(lines) == 1:
        OUT.print(f"{title}:", style="bold", end=" ")
        _say(f"{lines[0]}.")
    else:
        both = "" if is_good or not lines else " (all of it)"
        show_list(f"{title}{both}", lines)


def _say(text: str) -> None:
    OUT.print(text, soft_wrap=True)


def _ready(found: Row) -> str:
    ready = [name for name in _OTHERS if found[f"{name.lower()}_ready"]]
    if not ready:
        return "It is ready for transfer dossiers; not for OT, LDOS or SWV."
    return f"It is ready for transfer dossiers, {listed(ready)}."


def _numbered(items: list[Row]) -> list[str]:
    return [
        f"{at}. {_WHO[item['responsible']]}, since {item['since_on']}: {item['action']}"
        for at, item in enumerate(items, start=1)
    ]


def _show_steps(found: Row) -> None:
    if not found["steps"]:
        return
    OUT.print("Steps", style="bold")
    for step in found["steps"]:
        sign = ("yes", "green") if step["passed"] else ("no ", "red")
        OUT.print(Text.assemble("  ", sign, f" {step['step'].replace('_', ' '):<15}"), end="")
        _say(f" {step['reason']}")
        shown = [record for record in step["records"] if step["step"] != "delivery_point" or record["counts"]]  # fmt: skip
        for record in shown[:_FEW_RECORDS]:
            _say(f"{'':<22}{_record(record)}")
        if len(shown) > _FEW_RECORDS:
            _say(f"{'':<22}and {len(shown) - _FEW_RECORDS} rows more")


def _record(record: Row) -> str:
    says = f": {record['says']}" if record["says"] else ""
    remark = f" - {record['remark']}" if record["remark"] else ""
    beside = "" if record["counts"] else " (does not count)"
    return f"{record['table']} row {record['row']}, {record['key']}{says}{beside}{remark}"


def _point(point: Row) -> str:
    name = f"{_KIND_NAMES[point['kind']]} {point['number'] or '(without number)'}"
    product = f" in {point['las']}" if point["las"] else ""
    serves = f"{'serves' if point['active'] else 'for'} {', '.join(point['branches'])}" if point["branches"] else "serves no open branch"  # fmt: skip
    return f"{name}{product}: {_state(point)}, {serves} (delivery_points row {point['source_row']})"


def _state(point: Row) -> str:
    if point["active"]:
        return f"active since {point['registered_on']}"
    if point["ended_on"]:
        return f"ended on {point['ended_on']}"
    if point["approved_on"]:
        return f"approved on {point['approved_on']}, not registered"
    if point["requested_on"]:
        return f"requested on {point['requested_on']}, not approved"
    return "not registered"


def _branch(row: Row) -> str:
    since = f" since {row['connected_on']}" if row["connected_on"] else ""
    return f"{row['branch_code']} {row['status'].replace('_', ' ')}{since}  {row['branch_name'] or ''}".rstrip()


def _school(row: Row) -> str:
    missing = ", ".join(step.replace("_", " ") for step in row["missing_steps"])
    lacks = f" (misses {missing})" if missing else ""
    return f"{row['brin']} {row['status'].replace('_', ' ')}{lacks}  {row['school_name'] or ''}".rstrip()  # fmt: skip


def _went_on(row: Row) -> str:
    into = ", ".join(row["successors"]) or f"{', '.join(row['ended_as'])}, which is not open either"
    through = f" by way of {', '.join(row['through'])}" if row["through"] else ""
    rows = ", ".join(row["source_rows"])
    return f"{row['event']} on {row['effective_on']}: {into}{through} (OVERGANGEN row {rows})"


def _predecessor(row: Row) -> str:
    return f"{row['code']} {row['event']} on {row['effective_on']} (OVERGANGEN row {', '.join(row['source_rows'])})"


def _decision(row: Row) -> str:
    if "note" in row:
        return str(row["note"])
    by = f"by {row['author'] or 'nobody named'}, on {row['decided_on'] or 'no day given'}"
    until = f", until {row['expires_on']}" if row["expires_on"] else ""
    grounds = "; ".join(row[name] for name in ("reason", "evidence") if row[name])
    return (
        f"{row['decision']} {row['subject']} = {row['value']}, {by}{until}: {grounds or 'no reason given'}"
        f" (overrides row {row['row']}, snapshot {row['snapshot_id']})"
    )


def _not_used(row: Row) -> str:
    key = f" ({row['key']})" if row["key"] else ""
    return f"{row['table']} row {row['row']}{key}: {row['reason']}"


def _happened(found: Row) -> Iterable[str]:
    """Events; what befell many branches on one day in one way is one line."""
    if found["kind"] != "board":
        yield from (show_event(row) for row in found["events"])
        return
    same = ("event", "effective_on", "from_value", "to_value")
    by_day = sorted(found["events"], key=lambda row: [str(row[name]) for name in same[1:]])
    for _, group in groupby(by_day, key=lambda row: [row[name] for name in same]):
        rows = [*group]
        first = rows[0]
        codes = ", ".join(row["subject"] for row in rows[:_FEW])
        more = f" and {len(rows) - _FEW} more" if len(rows) > _FEW else ""
        came = first["to_value"] == found["code"]
        word = f"came from board {first['from_value']}" if came else f"went to board {first['to_value']}"  # fmt: skip
        branches = "1 branch" if len(rows) == 1 else f"{len(rows)} branches"
        yield f"{first['effective_on']}  {branches} {word}: {codes}{more}"


def _interval(row: Row) -> str:
    under = f"  board {row['board_number']}" if "brin" in row or "branch_code" in row else ""
    return f"{row['from_on']} to {row['until_on'] or 'now'}{under}"


def _source(row: Row) -> str:
    again = ", an earlier night's" if row["fallback"] else ""
    return f"{row['source']}: snapshot {row['snapshot_id']}{again}, arrived {row['fetched_at']:%Y-%m-%d %H:%M} UTC, from {row['url']}"
