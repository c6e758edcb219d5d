"""The gate: checks with what was measured and what is allowed, and the verdict they give.

The laws are absolute: a release that breaks one is failed. Beyond a bound of the gate file it is held. A night whose
snapshots, decisions and outcomes are those of the last release is unchanged.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import polars as pl

from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.contracts.registry import SECTORS
from oso_pipeline.errors import UsageError

Verdict = Literal["published", "unchanged", "held", "failed"]
Severity = Literal["law", "bound"]

CHECKS_SCHEMA: dict[str, pl.DataType] = {
    "name": pl.String(),
    "passed": pl.Boolean(),
    "severity": pl.String(),
    "measured": pl.String(),
    "bound": pl.String(),
    "reason": pl.String(),
}
_HALVED = 0.5


@dataclass(frozen=True)
class Check:
    """One check as it is recorded everywhere: in Dagster, `index.json`, the log and on the screen."""

    name: str
    passed: bool
    severity: Severity
    measured: str
    bound: str
    reason: str


@dataclass(frozen=True)
class Bound:
    """How much a count may differ from the last published release.

    Attributes:
        most_lost: share that may go.
        most_gained: share that may come.
        always_allowed: a difference of at most so many is never held.
    """

    most_lost: float
    most_gained: float
    always_allowed: int


@dataclass(frozen=True)
class Bounds:
    """The gate file."""

    oldest_fallback: timedelta
    branches: Bound
    connected: Bound
    onboarding: Bound


def load_bounds(path: Path) -> Bounds:
    """Read the gate file.

    Raises:
        UsageError: it is not TOML, or a bound is missing, unknown or not a number.
    """
    try:
        written = tomllib.loads(path.read_text())
        days = written["snapshots"]["oldest_fallback_days"]
        bounds = {
            name: Bound(**written.pop(name)) for name in ("branches", "connected", "onboarding")
        }
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        problem = str(error)
    else:
        unknown = set(written) - {"snapshots"}
        if not unknown:
            return Bounds(oldest_fallback=timedelta(days=days), **bounds)
        problem = f"{', '.join(sorted(unknown))} is no section of it"
    raise UsageError(
        f"The gate file {path} cannot be read: {problem}."
        " Copy the packaged one (oso_pipeline/release/gate.toml) and change its numbers."
    )


def judge(
    as_of: date,
    latest_as_of: date | None,
    bounds: Bounds,
    open_branches: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    last: Mapping[str, pl.DataFrame],
) -> list[Check]:
    """All checks on a release.

    Args:
        as_of: its day.
        latest_as_of: the day of the last published release; None when there is none.
        bounds: the gate file.
        open_branches: what the registry says is open.
        tables: its marts.
        last: the remembered tables of the last published release.
    """
    return [
        *check_laws(open_branches, tables),
        check_day(as_of, latest_as_of),
        *check_against_last_release(tables, last, bounds),
    ]


def check_laws(open_branches: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> list[Check]:
    """The laws of contract.md, checked in every run.

    Args:
        open_branches: what the registry says is open.
        tables: the marts.
    """
    return [
        _each_open_branch_once(open_branches, tables["branch_status"]),
        _each_onboarding_row_once(tables["sources"], tables["reconciliation"]),
        _each_row_accounted_for(tables["sources"]),
    ]


def _each_open_branch_once(open_branches: pl.DataFrame, status: pl.DataFrame) -> Check:
    missing = open_branches.join(status, on="branch_code", how="anti").height
    again = status.height - status["branch_code"].n_unique()
    extra = status.join(open_branches, on="branch_code", how="anti").height
    return Check(
        "each_open_branch_once",
        missing == again == extra == 0,
        "law",
        f"{missing} missing, {again} twice, {extra} not open",
        "0",
        "Each open branch stands in branch_status once.",
    )


def _each_onboarding_row_once(sources: pl.DataFrame, reconciliation: pl.DataFrame) -> Check:
    names = [table.name for table in ONBOARDING]
    read = dict(sources.filter(pl.col("source").is_in(names)).select("source", "rows_read").rows())
    stands = dict(reconciliation.group_by("source_table").len().rows())
    unequal = [
        f"{name}: {read.get(name, 0)} read, {stands.get(name, 0)} reconciled"
        for name in names
        if read.get(name, 0) != stands.get(name, 0)
    ]
    return Check(
        "each_onboarding_row_once",
        not unequal,
        "law",
        "; ".join(unequal) or f"{sum(read.values())} rows",
        "as many as were read",
        "Each onboarding row read stands in reconciliation once.",
    )


def _each_row_accounted_for(sources: pl.DataFrame) -> Check:
    accounted = pl.col("rows_used") + pl.col("rows_ignored") + pl.col("rows_quarantined")
    off = sources.filter(pl.col("rows_read") != accounted)["source"].to_list()
    return Check(
        "each_row_accounted_for",
        not off,
        "law",
        ", ".join(off) or "all",
        "read = used + ignored + quarantined",
        "Every row read is used, ignored for a written reason, or quarantined.",
    )


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


def check_against_last_release(
    tables: Mapping[str, pl.DataFrame], last: Mapping[str, pl.DataFrame], bounds: Bounds
) -> list[Check]:
    """Counts of branches, connected branches and onboarding rows against the last published release."""
    if last["branch_status"].is_empty():
        return []
    checks: list[Check] = []
    for sector in SECTORS:
        now, then = (
            rows.filter(pl.col("sector") == sector)
            for rows in (tables["branch_status"], last["branch_status"])
        )
        connected = (int(then["connected"].sum()), int(now["connected"].sum()))
        checks += [
            _compare(f"branches_{sector}", then.height, now.height, bounds.branches),
            _compare(f"connected_{sector}", *connected, bounds.connected),
        ]
    for table in ONBOARDING:
        then_read, now_read = (_rows_read(rows["sources"], table.name) for rows in (last, tables))
        checks.append(_compare_table(table.name, then_read, now_read, bounds.onboarding))
    return checks


def _rows_read(sources: pl.DataFrame, source: str) -> int:
    return int(sources.filter(pl.col("source") == source)["rows_read"].sum())


def _compare(name: str, then: int, now: int, bound: Bound) -> Check:
    allowed_loss = max(then * bound.most_lost, bound.always_allowed)
    allowed_gain = max(then * bound.most_gained, bound.always_allowed)
    least, most = int(then - allowed_loss), int(then + allowed_gain)
    return Check(
        name,
        least <= now <= most,
        "bound",
        f"{now:,}",
        f"{max(least, 0):,} to {most:,}",
        f"{name}: {then:,} in the last published release, {now:,} tonight.",
    )


def _compare_table(name: str, then: int, now: int, bound: Bound) -> Check:
    check = _compare(f"onboarding_{name}", then, now, bound)
    emptied_or_halved = then > 0 and now <= then * _HALVED
    return replace(check, passed=check.passed and not emptied_or_halved)


def verdict_of(checks: list[Check], *, unchanged: bool) -> Verdict:
    """Failed when a law is broken, held when a bound is passed, unchanged when nothing is new, else published."""
    broken = {check.severity for check in checks if not check.passed}
    if "law" in broken:
        return "failed"
    if "bound" in broken:
        return "held"
    return "unchanged" if unchanged else "published"


def checks_to_frame(checks: list[Check]) -> pl.DataFrame:
    """The checks as a frame, as CHECKS_SCHEMA."""
    return pl.DataFrame([asdict(check) for check in checks], schema=CHECKS_SCHEMA)


def checks_from_frame(frame: pl.DataFrame) -> list[Check]:
    """The checks out of the frame that `checks_to_frame` gave."""
    rows: list[dict[str, Any]] = frame.to_dicts()
    return [Check(**row) for row in rows]
