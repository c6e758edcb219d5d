"""The gate: what is measured of a release, and what the gate file allows.

A release is held to the laws (laws.py), to its day, and to the last *published* release: branches, connected branches and
filled columns per sector and per province, what is said of a branch and changed, branches that are gone unexplained, rows of
every source, and what was refused. The first release has nothing to be compared with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

import polars as pl

from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.contracts.registry import SECTORS
from oso_pipeline.release.bounds import Bounds, Budget, Drift
from oso_pipeline.release.checks import Check
from oso_pipeline.release.laws import check_laws

Tables = Mapping[str, pl.DataFrame]

_HALVED_FROM = 4
"""A table that had so many rows and lost half of them is held, whatever the bounds say."""

_EMPTIED_FROM = 3
"""A sector or province that had so many branches and has none is held, however few are always allowed to go."""

_FILLED = {
    "branch_name": "",
    "board_number": "",
    "board_name": "boards_",
    "street": "",
    "postcode": "",
    "city": "",
    "municipality": "",
    "latitude": "rio_",
    "swv_number": "rio_",
}
"""Column -> the sources that fill it, by how their names begin; a person who leaves those out is not a broken night."""

_CHANGED = {
    "name": ["branch_name"],
    "address": ["street", "postcode", "city"],
    "board_name": ["board_name"],
    "las": ["las"],
    "swv_number": ["swv_number"],
}
"""What is said of a branch; a place on the map and the board are measured apart."""

_MOVED = 0.01
"""Degrees, a kilometre or so: a place that was measured again moves less."""

_READY = ("ot_ready", "ldos_ready", "swv_ready")

_NO_PROVINCE = "none"


def judge(
    as_of: date,
    latest_as_of: date | None,
    bounds: Bounds,
    open_branches: pl.DataFrame,
    tables: Tables,
    last: Tables,
    *,
    started_at: datetime,
) -> list[Check]:
    """All checks on a release.

    Args:
        as_of: its day.
        latest_as_of: the day of the last published release; None when there is none.
        bounds: the gate file.
        open_branches: what the registry says is open.
        tables: its marts.
        last: the remembered tables of the last published release.
        started_at: when the night began, UTC.
    """
    return [
        *check_laws(open_branches, tables),
        check_day(as_of, latest_as_of),
        check_ages(tables["sources"], started_at, bounds),
        *check_quarantine(tables["sources"], tables["quarantine"], bounds.quarantine),
        *check_against_last_release(tables, last, bounds),
    ]


def check_day(as_of: date, latest_as_of: date | None) -> Check:
    """A release of a day before that of `latest` is held."""
    return Check(
        "day_not_before_latest",
        latest_as_of is None or as_of >= latest_as_of,
        "bound",
        str(as_of),
        f"{latest_as_of or 'any day'} or later",
        "The day of a release is not before that of latest.",
    )


def check_ages(sources: pl.DataFrame, started_at: datetime, bounds: Bounds) -> Check:
    """Every snapshot was seen tonight, or stands in and was seen less long ago than is allowed."""
    ages = {
        row["source"]: (started_at - row["seen_at"]).days
        for row in sources.sort("source").to_dicts()
        if row["fallback"]
    }
    most = bounds.oldest_fallback.days
    return Check(
        "snapshot_ages",
        all(age < most for age in ages.values()),
        "bound",
        ", ".join(f"{source} {age} days" for source, age in ages.items()) or "all of tonight",
        f"of tonight, or less than {most} days",
        "A snapshot that stands in for a body that did not arrive is not too old.",
    )


def check_quarantine(
    sources: pl.DataFrame, quarantine: pl.DataFrame, budget: Budget
) -> Iterator[Check]:
    """Rows that one rule refused of one source, against the rows that were read of it."""
    read = dict(sources.select("source", "rows_read").rows())
    refused = quarantine.group_by("source", "rule").len().sort("source", "rule")
    for source, rule, count in refused.rows():
        most = _allowed(budget, read.get(source, 0))
        yield Check(
            f"quarantine_{source}_{rule}",
            count <= most,
            "bound",
            f"{count:,}",
            f"at most {most:,}",
            f"Rule {rule} refused {count:,} of the {read.get(source, 0):,} rows of {source}.",
        )


def check_against_last_release(tables: Tables, last: Tables, bounds: Bounds) -> list[Check]:
    """Tonight beside the last published release; nothing when there is none."""
    then, now = last["branch_status"], tables["branch_status"]
    if then.is_empty():
        return []
    read_then, read_now = (
        dict(rows["sources"].select("source", "rows_read").rows()) for rows in (last, tables)
    )
    return [  # what came in stands before what came of it
        *_check_rows(read_then, read_now, bounds),
        *_check_changed(then, now, bounds),
        *_check_vanished(tables, last, bounds.vanished),
        *_check_groups(then, now, bounds, set(read_now)),
    ]


def _check_groups(
    then: pl.DataFrame, now: pl.DataFrame, bounds: Bounds, sources: set[str]
) -> Iterator[Check]:
    """Branches, connected branches and filled columns of every sector and every province.

    What is lost is counted branch by branch: as many that came do not make up for those that went.
    """
    then = then.join(
        now.select("branch_code", is_open=True, is_connected="connected"),
        on="branch_code",
        how="left",
    )
    provinces = pl.concat([then["province"], now["province"]]).unique().sort().to_list()
    groups = [
        *((sector, pl.col("sector") == sector, bounds.branches, bounds.connected) for sector in SECTORS),
        *(
            (province or _NO_PROVINCE, pl.col("province").eq_missing(pl.lit(province)), bounds.provinces, bounds.provinces)
            for province in provinces
        ),
    ]  # fmt: skip
    filled = [
        column
        for column, source in _FILLED.items()
        if not source or any(name.startswith(source) for name in sources)
    ]
    for name, of_group, of_branches, of_connected in groups:
        before, after = then.filter(of_group), now.filter(of_group)
        connected = before.filter("connected")
        yield _compare(
            f"branches_{name}",
            before.height,
            after.height,
            of_branches,
            at_least=_not_emptied(before.height),
            lost=before["is_open"].null_count(),
        )
        yield _compare(
            f"connected_{name}",
            connected.height,
            int(after["connected"].sum()),
            of_connected,
            lost=connected.height - int(connected["is_connected"].sum()),
        )
        for column in filled:
            yield _check_filled(f"filled_{column}_{name}", before[column], after[column], bounds)
        if name not in SECTORS:
            continue
        las = (rows.filter("connected")["las"] for rows in (before, after))
        yield _check_filled(f"filled_las_{name}", *las, bounds)
        for ready in _READY:
            numbers = (int(rows[ready].sum()) for rows in (before, after))
            yield _compare(f"{ready}_{name}", *numbers, of_connected)


def _check_filled(name: str, then: pl.Series, now: pl.Series, bounds: Bounds) -> Check:
    """Empty values beyond the share that was empty already."""
    expected = int(len(now) * then.null_count() / len(then)) if len(then) else len(now)
    most = expected + _allowed(bounds.filled, len(now))
    return Check(
        name,
        now.null_count() <= most,
        "bound",
        f"{now.null_count():,} of {len(now):,} empty",
        f"at most {most:,}",
        f"{then.null_count():,} of {len(then):,} were empty in the last published release.",
    )


def _check_changed(then: pl.DataFrame, now: pl.DataFrame, bounds: Bounds) -> Iterator[Check]:
    """Branches of which something else is said: values of another row, or of another file, are as many as ever and filled."""
    both = now.join(then, on="branch_code", suffix="_before")

    def check(name: str, changed: pl.Expr, budget: Budget, what: str) -> Check:
        count, most = int(both.select(changed.sum()).item()), _allowed(budget, both.height)
        return Check(
            name,
            count <= most,
            "bound",
            f"{count:,}",
            f"at most {most:,}",
            f"{count:,} of {both.height:,} branches have another {what} than in the last published release.",
        )

    other_board = pl.col("board_number").ne_missing(pl.col("board_number_before"))
    yield check("boards_changed", other_board, bounds.boards_changed, "board")
    for what, columns in _CHANGED.items():
        other = pl.any_horizontal(pl.col(name) != pl.col(f"{name}_before") for name in columns)
        of_same_board = ~other_board if what == "board_name" else pl.lit(value=True)
        words = what.replace("_", " ")
        yield check(f"changed_{what}", other & of_same_board, bounds.changed, words)
    away = [(pl.col(name) - pl.col(f"{name}_before")).abs() > _MOVED for name in ("latitude", "longitude")]  # fmt: skip
    yield check("changed_place", pl.any_horizontal(away), bounds.changed, "place on the map")


def _check_vanished(tables: Tables, last: Tables, budget: Budget) -> Iterator[Check]:
    """Branches that are gone and that the register, where it is read, says nothing of: a file that was cut off loses open ones."""
    if not tables["sources"]["source"].str.starts_with("register").any():
        return
    told = last["change_log"]["release_id"].unique()
    tonight = tables["change_log"].filter(~pl.col("release_id").is_in(told.implode()))
    vanished = int((tonight["event"] == "branch_vanished").sum())
    branches = last["branch_status"].height
    most = _allowed(budget, branches)
    yield Check(
        "vanished",
        vanished <= most,
        "bound",
        f"{vanished:,}",
        f"at most {most:,}",
        f"{vanished:,} of {branches:,} branches are gone since the last published release, and the register explains none of them.",
    )


def _check_rows(then: dict[str, int], now: dict[str, int], bounds: Bounds) -> Iterator[Check]:
    """Rows of every onboarding table, and of the registry's other files that were read on both nights."""
    for table in ONBOARDING:
        before, after = then.get(table.name, 0), now.get(table.name, 0)
        yield _compare(f"onboarding_{table.name}", before, after, bounds.onboarding, at_least=_not_halved(before))  # fmt: skip
    tables = {table.name for table in ONBOARDING}
    files = {name for name in then.keys() & now.keys() if name.startswith(("boards_", "register_", "rio_"))}  # fmt: skip
    for name in sorted(files - tables):
        yield _compare(f"rows_{name}", then[name], now[name], bounds.registry)


def _compare(
    name: str, then: int, now: int, drift: Drift, *, at_least: int = 0, lost: int = 0
) -> Check:
    """A count beside that of the last published release; `at_least` stands whatever the bounds say.

    So many of those counted then are `lost`, where it is known: no more of them than the count itself may lose.
    """
    may_go = max(then * drift.most_lost, drift.always_lost)
    least = max(int(then - may_go), at_least)
    most = int(then + max(then * drift.most_gained, drift.always_gained))
    if lost <= may_go or now < least:  # the count alone says it
        measured, bound = f"{now:,}", f"{least:,} to {most:,}"
    else:
        measured = f"{now:,}, and {lost:,} of the {then:,} are not among them"
        bound = f"at most {int(may_go):,} not among them"
    return Check(
        name,
        least <= now <= most and lost <= may_go,
        "bound",
        measured,
        bound,
        f"{then:,} in the last published release, {now:,} tonight.",
    )


def _not_emptied(then: int) -> int:
    return 1 if then >= _EMPTIED_FROM else 0


def _not_halved(then: int) -> int:
    """An emptied table is always held, and a halved one where half is more than a row."""
    return then // 2 + 1 if then >= _HALVED_FROM else min(then, 1)


def _allowed(budget: Budget, rows: int) -> int:
    return max(int(rows * budget.most), budget.always)
