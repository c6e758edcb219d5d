"""`oso overrides`: people's decisions out as a workbook, back, and held beside the latest release."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Exit, Option

from oso_pipeline.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from oso_pipeline.overrides.change import Change, DecisionsFile
    from oso_pipeline.overrides.check import Checked
    from oso_pipeline.overrides.filled import Decision, Filled
    from oso_pipeline.release.folder import DataFolder
    from oso_pipeline.settings import Settings

app = typer.Typer(no_args_is_help=True, help="People's decisions, as a workbook and back.")
_SHOWN = 40
"""The most wrong cells that are listed; the rest is counted."""


@app.command("export")
def export_workbook(
    output: Annotated[
        Path | None,
        Option("--output", metavar="FILE.xlsx", help="Where; default oso-besluiten-DAY.xlsx here."),
    ] = None,
) -> None:
    """Write a workbook of open items that a decision could solve, and the decisions that stand."""
    from oso_pipeline.clock import today
    from oso_pipeline.overrides.change import read_decisions_file
    from oso_pipeline.overrides.check import check_decisions
    from oso_pipeline.overrides.proposals import names_of, proposals
    from oso_pipeline.overrides.workbook import write_workbook

    settings = _settings()
    file = read_decisions_file(settings.overrides_file)
    checked = check_decisions(_folder(settings), file.body, today())
    situation = checked.situation
    path = output or Path(f"oso-besluiten-{situation.as_of}.xlsx")
    if path.suffix != ".xlsx" or path.exists() or not path.absolute().parent.is_dir():
        raise UsageError(
            f"--output: expected a new .xlsx file in a folder that is there, found {path}."
            " A workbook that someone filled in is not written over: choose another name."
        )
    items = proposals(situation)
    write_workbook(
        path,
        _standing(file, checked, names_of(situation)),
        items,
        as_of=situation.as_of,
        release_id=situation.release_id,
        stamp=file.stamp,
        demo=situation.demo,
    )
    counts = ", ".join(f"{len(of_kind):,} for {decision}" for decision, of_kind in items.items())
    _say(
        f"{_demo(checked)}Wrote {path}: {_decisions(len(file.decisions))}, and open items: {counts}."
    )
    _say(f"Fill it in, and `oso overrides import {path}`.")


@app.command("import")
def import_workbook(
    workbook: Annotated[Path, Argument(metavar="FILE.xlsx", help="A workbook that export made.")],
    yes: Annotated[bool, Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take in a workbook that was filled in: all of it, or nothing when any row is wrong."""
    from oso_pipeline.clock import today
    from oso_pipeline.overrides.change import (
        as_csv,
        change_between,
        read_decisions_file,
        write_decisions,
    )
    from oso_pipeline.overrides.filled import read_workbook
    from oso_pipeline.overrides.rules import what_is_wrong

    settings = _settings()
    path, folder = settings.overrides_file, _folder(settings)
    filled = read_workbook(workbook)
    wrong = what_is_wrong(filled, today())
    if wrong:
        more = f"\n  and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        lines = "\n".join(f"  {one}" for one in wrong[:_SHOWN])
        raise UsageError(
            f"{workbook}: nothing is changed, because of what is wrong in it.\n{lines}{more}"
        )
    file = read_decisions_file(path)
    change = change_between(file.decisions, filled.decisions)
    if change.is_none:
        _say(f"Nothing to change: {path} says the same as {workbook}.")
        return
    _refuse_what_is_older(filled, file, path)
    _show_change(change)
    body = as_csv(change.after)
    _warn(settings, body, change)
    if not yes and not _agrees():
        _say("Nothing is changed.")
        return
    with folder.hold(patience=5):
        write_decisions(path, body, file.body)
    _say(f"Wrote {path}: {_decisions(len(change.after))}. The next night goes by them: `oso run`.")


@app.command("check")
def check(as_json: Annotated[bool, Option("--json", help="Print JSON only.")] = False) -> None:
    """Hold the decisions beside the latest release: which cannot be read, do nothing, or no longer fit."""
    from oso_pipeline.clock import today
    from oso_pipeline.overrides.check import check_decisions

    settings = _settings()
    path = settings.overrides_file
    checked = check_decisions(
        _folder(settings), path.read_bytes() if path.is_file() else b"", today()
    )
    if as_json:
        _say(json.dumps(checked.to_json(), default=str, ensure_ascii=False, indent=1))
    else:
        _show_check(checked, path)
    if not checked.is_readable:
        raise Exit(ExitCode.USAGE)


def _decisions(count: int) -> str:
    return "1 decision" if count == 1 else f"{count:,} decisions"


def _show_check(checked: Checked, path: Path) -> None:
    situation = checked.situation
    if not path.is_file():
        _say(f"{_demo(checked)}There is no decisions file {path}, so there are no decisions.")
        return
    _say(
        f"{_demo(checked)}{path}: of {_decisions(checked.rows)} {situation.decisions.height:,} count,"
        f" beside release {situation.release_id} of {situation.as_of}."
    )
    for report in checked.reports:
        row = f"row {report['row']}" if report["row"] else "the file"
        _say(f"  {row:<8} {report['rule']:<17} {report['reason']}")
    if not checked.reports:
        _say("  Nothing to report: every decision does what it says.")


def _standing(file: DecisionsFile, checked: Checked, names: dict[str, str]) -> list[dict[str, Any]]:
    """The decisions of the file for the workbook: with their state, dates as dates, and keys locked where they are read."""
    from datetime import date

    from oso_pipeline.overrides.layout import COUNTS, DATES, RULE_NAMES

    told: dict[int, list[str]] = {}
    for report in checked.reports:
        told.setdefault(report["row"], []).append(report["rule"])
    rows = []
    for number, one in zip(file.rows, file.decisions, strict=True):
        rules = told.get(number, [])
        row: dict[str, Any] = dict(one)
        for name in DATES:
            try:
                row[name] = date.fromisoformat(one[name] or "")
            except ValueError:  # left as it is written: its rule is told
                row[name] = one[name]
        row["Stand"] = " ".join(RULE_NAMES[rule] for rule in rules) or COUNTS
        row["Naam"] = names.get((one["subject"] or "").upper())
        row["locked"] = "unreadable" not in rules
        rows.append(row)
    return rows


def _refuse_what_is_older(filled: Filled, file: DecisionsFile, path: Path) -> None:
    if filled.stamp != file.stamp:
        raise UsageError(
            f"{path} was changed since this workbook was exported, so what was decided meanwhile would be lost."
            " Nothing is changed. Export again, and copy what was filled in."
        )


def _warn(settings: Settings, body: bytes, change: Change) -> None:
    """What the latest release says against the decisions that are new, before someone agrees."""
    from oso_pipeline.clock import today
    from oso_pipeline.overrides.check import check_decisions

    folder = _folder(settings)
    if folder.latest_release_id() is None:
        return
    new = {one["subject"] for one in [*change.added, *(after for _, after in change.changed)]}
    for report in check_decisions(folder, body, today()).reports:
        if report["subject"] in new:
            _say(f"  Note ({report['rule']}): {report['reason']}")


def _show_change(change: Change) -> None:
    """Every decision in full, a line for a column: it is agreed to by what is read here, however narrow the screen."""
    for one in change.added:
        _show_decision("added", one, one)
    for old, new in change.changed:
        _show_decision("changed", old, new)
    for one in change.removed:
        _show_decision("removed", one, one)


def _show_decision(what: str, before: Decision, after: Decision) -> None:
    from oso_pipeline.contracts.overrides import OVERRIDES

    _say(f"{what}: {after['decision']} {after['subject']}")
    for name in OVERRIDES.names[2:]:
        if before[name] or after[name]:
            _say(f"  {name:<10}  {_from_to(before[name] or '', after[name] or '')}")


def _from_to(before: str, after: str) -> str:
    return after if before == after else f"{before or '(empty)'} -> {after or '(empty)'}"


def _agrees() -> bool:
    if not sys.stdin.isatty():
        raise UsageError("Nobody is there to agree. Nothing is changed; add --yes to change it.")
    return typer.confirm("Change the decisions so?")


def _settings() -> Settings:
    from oso_pipeline.settings import load_settings

    return load_settings()


def _folder(settings: Settings) -> DataFolder:
    from oso_pipeline.release.folder import DataFolder

    return DataFolder(settings.data_dir)


def _demo(checked: Checked) -> str:
    return "DEMO. " if checked.situation.demo else ""


def _say(text: str) -> None:
    print(text)  # noqa: T201 - this is the screen
