"""How a night ended: what happened, what is still served, what to do next."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from oso_pipeline.contracts.statuses import STATUSES
from oso_pipeline.errors import ExitCode
from oso_pipeline.release.checks import Check, accepting, not_passed
from oso_pipeline.release.database import DATABASE, open_database
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import Index, checks_of, read_index
from oso_pipeline.release.log import Conclusion, read_log
from oso_pipeline.release.preview import impact_sentence, read_preview
from oso_pipeline.screen.console import ERR, OUT, demo_mark

_FEW = 5


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
    OUT.print(
        Text.assemble(
            (f"{demo_mark(index)}Published", "bold"),
            f" release {night.release_id} of {night.as_of}",
        )
    )
    OUT.print(_counts(index))
    if night.reason:
        OUT.print(f"  {night.reason}", soft_wrap=True)
    for file in index["files"]:
        if "/" not in file["path"] or file["path"].endswith("/index.html"):
            OUT.print(
                f"  {folder.latest / file['path']}  ({file['bytes']:,} bytes)", soft_wrap=True
            )
    _show_next(folder, index)


def _show_next(folder: DataFolder, index: Index) -> None:
    """Three things to try; a demo lies in a data folder of its own, so its commands name it."""
    with open_database(folder.latest / DATABASE) as connection:
        found = connection.sql(
            "SELECT branch_code FROM branch_status"
            " ORDER BY status <> 'qualified_not_covered', branch_code LIMIT 1"
        ).fetchall()
    where = f"OSO_DATA_DIR={folder.root} " if index["demo"] else ""
    for command, what in (
        (f"{_oso(folder, index)} explain {found[0][0] if found else 'CODE'}", "why a branch has its status"),
        (f"{_oso(folder, index)} releases", "all nights and their verdicts"),
        (f"{where}make dev", "the lineage in the Dagster UI"),
    ):  # fmt: skip
        OUT.print(Text.assemble(f"  {command}  ", (f"# {what}", "dim")), soft_wrap=True)


def _show_unchanged(folder: DataFolder, night: Conclusion) -> None:
    index = read_index(folder.latest)
    OUT.print(
        Text.assemble(
            (f"{demo_mark(index)}Unchanged", "bold"),
            f": the sources are those of release {index['release_id']}, and {night.as_of} changes nothing."
            " latest stays, and counts as fresh.",
        ),
        soft_wrap=True,
    )
    if night.reason:
        OUT.print(f"  {night.reason}", soft_wrap=True)


def _show_held(folder: DataFolder, night: Conclusion) -> None:
    place = folder.release(night.release_id)
    index, impact = read_index(place), read_preview(place)
    broken = not_passed(checks_of(index))
    ERR.print(
        Text.assemble(
            (f"{demo_mark(index)}Held", "bold red"),
            f": release {night.release_id} of {night.as_of} is complete and not published.",
        )
    )
    ERR.print(_table_of_checks(broken))
    ERR.print(impact_sentence(impact), soft_wrap=True)
    for title, name in (("province", "province"), ("board", "board_number")):
        if ranked := impact[f"by_{title}"]:
            few = ", ".join(
                f"{row[name] or 'unknown'} {row['branches']:,}" for row in ranked[:_FEW]
            )
            more = f", and {len(ranked) - _FEW:,} more" if len(ranked) > _FEW else ""
            ERR.print(f"  by {title}: {few}{more}", soft_wrap=True)
    ERR.print(_still_served(folder), soft_wrap=True)
    oso, latest = _oso(folder, index), folder.latest_release_id()
    accepts = accepting([check.name for check in broken])
    ERR.print("Look at it, then mend the source and run again, or publish it as it is:")
    ERR.print(f"  {oso} diff {latest} {night.release_id}", soft_wrap=True)
    ERR.print(
        f"  {oso} publish {night.release_id} {accepts} --reason TEXT",
        soft_wrap=True,
    )


_NEXT = {
    ExitCode.SOURCE: "Mend the source, or wait until it answers; then run `{oso} run`.",
    ExitCode.BUSY: "Wait until the other run has ended; then run `{oso} run`.",
}


def _show_failed(folder: DataFolder, night: Conclusion) -> None:
    ERR.print(Text.assemble(("Failed", "bold red"), ": nothing is published. What happened:"))
    for line in night.reason.splitlines():
        ERR.print(f"  {line}", soft_wrap=True)
    ERR.print(_still_served(folder), soft_wrap=True)
    latest = folder.latest_release_id()
    oso = _oso(folder, read_index(folder.latest)) if latest else sys.argv[0]
    then = _NEXT.get(ExitCode(night.exit_code), "Mend what it says; then run `{oso} run`.")
    ERR.print(then.format(oso=oso), soft_wrap=True)


def _still_served(folder: DataFolder) -> str:
    latest = folder.latest_release_id()
    if latest is None:
        return "Nothing was published before."
    since = [line.at for line in read_log(folder) if line.release_id == latest and line.verdict == "published"]  # fmt: skip
    at = f", since {since[-1][:16].replace('T', ' ')} UTC" if since else ""
    return f"Still served: release {latest} of {read_index(folder.latest)['as_of']}{at}."


def _oso(folder: DataFolder, index: Index) -> str:
    """The command as the person can type it: a demo lies in a data folder of its own."""
    return f"OSO_DATA_DIR={folder.root} {sys.argv[0]}" if index["demo"] else sys.argv[0]


def _table_of_checks(checks: Sequence[Check]) -> Table:
    table = Table("check", "measured", "allowed", title="Why it is held")
    most = 3 * _FEW
    for check in checks[:most]:
        table.add_row(check.name, check.measured, check.bound)
    if len(checks) > most:
        table.add_row(f"and {len(checks) - most} more", "", "index.json has all")
    return table


def _counts(index: Index) -> Table:
    table = Table(title=f"{demo_mark(index)}On {index['as_of']}")
    table.add_column("sector")
    for status in STATUSES:
        table.add_column(status.replace("_", " "), justify="right")
    for unit, sectors in index["counts"].items():
        for sector, numbers in sectors.items():
            table.add_row(f"{sector} {unit}", *(f"{numbers[status]:,}" for status in STATUSES))
        table.add_section()
    return table
