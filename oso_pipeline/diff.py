"""What changed between two releases, or between two registry files (contract.md, Commands).

Counts are of branches. Two releases are told by their states and by the change log of the later one; two registry files
by the same life events, explained by the register's transitions where they are given.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from oso_pipeline.codes import brin_of
from oso_pipeline.contracts.records import CHANGE_LOG
from oso_pipeline.errors import UsageError
from oso_pipeline.intake.branch_files import read_branch_file
from oso_pipeline.intake.delimited import read_delimited
from oso_pipeline.intake.reading import REGISTRY_ENCODINGS
from oso_pipeline.intake.register import SCHEMAS as REGISTER_SCHEMAS
from oso_pipeline.intake.register import read_register, read_transitions
from oso_pipeline.registry.life import Between, life_events
from oso_pipeline.registry.life.moved import address
from oso_pipeline.registry.register import Register, read_register_on
from oso_pipeline.release.database import DATABASE, read_tables
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.impact import COMPARED, GONE, impact_on_connected
from oso_pipeline.release.index import read_index

Difference = dict[str, Any]
"""`from, to, demo, counts, schools, explained, connected, events` (contract.md, Commands)."""

_COUNTED = {"board_changed": "board_changed", "renamed": "renamed", "moved": "moved"}
_ORDER = ("disconnected", "connected", *GONE, "branch_opened", *_COUNTED)


def diff(
    folder: DataFolder, before: str, after: str, register: Path | None, day: date
) -> Difference:
    """What changed.

    Args:
        folder: where the releases are.
        before: a release (`latest` is one), or a registry file.
        after: a later release, or another registry file of the same table.
        register: for two files: the register's zip, or its OVERGANGEN, which explains what is gone.
        day: for two files: transitions that take effect later have not happened.

    Raises:
        UsageError: there is no such release or file, or the two cannot be compared.
        SourceUnreadable: a file is not a branch file, or the register is not the register.
    """
    if Path(before).is_file() and Path(after).is_file():
        return _between_files(Path(before), Path(after), register, day)
    latest = folder.latest_release_id()
    before, after = (latest if latest and name == "latest" else name for name in (before, after))
    for name in (before, after):
        is_release = "/" not in name and (folder.release(name) / DATABASE).is_file()
        if Path(name).is_file() or is_release:
            continue
        raise UsageError(
            f"{name} is neither a release with tables in {folder.releases} nor a file."
            " `oso releases` lists the releases; two registry files are named by their paths."
        )
    if Path(before).is_file() or Path(after).is_file():
        raise UsageError(
            f"{before} and {after} are a file and a release; compare two files, or two releases."
        )
    if register:
        raise UsageError(
            "--register explains two registry files; a release knows the register that it read."
        )
    return _between_releases(folder, before, after)


def _between_releases(folder: DataFolder, before: str, after: str) -> Difference:
    if before > after:
        raise UsageError(f"Release {before} came after {after}: turn them round.")
    then, now = (read_tables(folder.release(name) / DATABASE, COMPARED) for name in (before, after))
    happened = now["change_log"].join(then["change_log"], on=list(CHANGE_LOG.key), how="anti")
    return {
        "from": before,
        "to": after,
        "demo": read_index(folder.release(after))["demo"],
        **_counted(then["branch_status"], now["branch_status"], happened),
        "connected": impact_on_connected(
            then["branch_status"], now["branch_status"], now["school_status"], happened
        ),
        "events": _in_order(happened),
    }


def _between_files(before: Path, after: Path, register: Path | None, day: date) -> Difference:
    then, then_table = _read_file(before)
    now, now_table = _read_file(after)
    if then_table != now_table:
        raise UsageError(
            f"{before.name} is a file of {then_table} and {after.name} one of {now_table}: they have no branch in common."
        )
    known = _read_register_file(register, now, day)
    between = Between(
        before=then,
        after=now,
        unexplained=then.clear().with_columns(gone_on=pl.lit(None, dtype=pl.Date)),
        successions=known.successions,
        closures=known.closures,
        openings=known.openings,
        under_board=_board_days(then, now, known.board_transitions),
        day=None,
    )
    happened = life_events(between)
    return {
        "from": str(before),
        "to": str(after),
        "demo": False,
        **_counted(then, now, happened),
        "events": _in_order(happened),
    }


def _read_file(path: Path) -> tuple[pl.DataFrame, str]:
    body = path.read_bytes()
    header = read_delimited(body, what=path.name, encodings=REGISTRY_ENCODINGS).header
    table = "so" if "SOORT PRIMAIR ONDERWIJS" in header else "vo" if "ONDERWIJSSTRUCTUUR" in header else "po"  # fmt: skip
    return read_branch_file(body, table, snapshot_id=path.name).rows, table


def _read_register_file(path: Path | None, branches: pl.DataFrame, day: date) -> Register:
    files = {table: pl.DataFrame(schema=schema) for table, schema in REGISTER_SCHEMAS.items()}
    if path is not None and path.suffix.lower() == ".csv":
        files["register_transitions"] = read_transitions(path.read_bytes(), path.name).rows
    elif path is not None:
        readings = read_register(path.read_bytes(), snapshot_id=path.name)
        files = {table: reading.rows for table, reading in readings.items()}
    return read_register_on(day, files, branches, "")


def _board_days(then: pl.DataFrame, now: pl.DataFrame, transitions: pl.DataFrame) -> pl.DataFrame:
    """`brin, board_number, under_board_since_on`: the last transition from exactly the board of before to this one."""
    moved = now.join(then, on="branch_code", suffix="_before").join(
        transitions,
        left_on=["board_number_before", "board_number"],
        right_on=["from_code", "to_code"],
    )
    return moved.group_by("brin", "board_number").agg(
        pl.col("effective_on").max().alias("under_board_since_on")
    )


def _counted(then: pl.DataFrame, now: pl.DataFrame, happened: pl.DataFrame) -> Difference:
    """The counts of the contract, of schools, and of what explains the branches that are gone."""
    gone = then.join(now, on="branch_code", how="anti")
    new = now.join(then, on="branch_code", how="anti")
    both = now.join(then, on="branch_code", suffix="_before")
    schools_then, schools_now = (set(rows.select(brin_of(pl.col("branch_code")).alias("brin"))["brin"]) for rows in (then, now))  # fmt: skip
    of_gone = gone.select(brin_of(pl.col("branch_code")).alias("brin"))["brin"]
    of_new = new.select(brin_of(pl.col("branch_code")).alias("brin"))["brin"]
    gone_whole, new_whole = schools_then - schools_now, schools_now - schools_then
    explained = Counter(
        happened.filter(
            pl.col("event").is_in(list(GONE)),
            pl.col("subject").is_in(gone["branch_code"].implode()),
        )
        .unique("subject", keep="last", maintain_order=True)["event"]
        .to_list()
    )
    return {
        "counts": {
            "gone": gone.height,
            "new": new.height,
            "common": both.height,
            "board_changed": _differ(both, "board_number"),
            "renamed": _differ(both, "branch_name"),
            "moved": both.filter(address().ne_missing(address("_before"))).height,
        },
        "schools": {
            "gone": len(gone_whole),
            "gone_branches": of_gone.is_in(list(gone_whole)).sum(),
            "new": len(new_whole),
            "new_branches": of_new.is_in(list(new_whole)).sum(),
        },
        "explained": {word: explained[event] for event, word in GONE.items()},
    }


def _differ(both: pl.DataFrame, name: str) -> int:
    return both.filter(pl.col(name).ne_missing(pl.col(f"{name}_before"))).height


def _in_order(happened: pl.DataFrame) -> list[dict[str, Any]]:
    """What it means for connected schools first."""
    rank = pl.col("event").replace_strict(_ORDER, range(len(_ORDER)), return_dtype=pl.Int64)
    shown = ("event", "subject", "from_value", "to_value", "effective_on", "reason")
    return happened.sort(rank, "subject", "effective_on").select(shown).to_dicts()
