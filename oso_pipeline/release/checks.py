"""What a check is, and the verdict that all checks of a night give.

The laws are absolute: a release that breaks one is failed. Beyond a bound of the gate file it is held. A night of which
nothing is new is unchanged.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import polars as pl

Verdict = Literal["published", "unchanged", "held", "failed"]
Severity = Literal["law", "bound"]

CHECKS_SCHEMA: dict[str, type] = {
    "name": str,
    "passed": bool,
    "severity": str,
    "measured": str,
    "bound": str,
    "reason": str,
}


@dataclass(frozen=True)
class Check:
    """One check as it is recorded everywhere: in Dagster, `index.json`, the workbook's notes and on the screen."""

    name: str
    passed: bool
    severity: Severity
    measured: str
    bound: str
    reason: str


def verdict_of(checks: Collection[Check], *, unchanged: bool) -> Verdict:
    """Failed when a law is broken, held when a bound is passed, unchanged when nothing is new, else published."""
    broken = {check.severity for check in not_passed(checks)}
    if "law" in broken:
        return "failed"
    if "bound" in broken:
        return "held"
    return "unchanged" if unchanged else "published"


def not_passed(checks: Collection[Check]) -> list[Check]:
    """The checks that did not pass."""
    return [check for check in checks if not check.passed]


def accepting(names: Collection[str]) -> str:
    """The options of `oso publish` that accept these checks, as the shell takes them: a province may have a space."""
    return " ".join(f'--accept "{name}"' if " " in name else f"--accept {name}" for name in names)


def told(checks: Collection[Check]) -> str:
    """What did not pass, as one line of text: what was measured and what is allowed."""
    return " ".join(f"{check.name}: {check.measured}, allowed: {check.bound}." for check in checks)


def checks_to_frame(checks: Collection[Check]) -> pl.DataFrame:
    """The checks as a frame, as CHECKS_SCHEMA."""
    import polars as pl

    return pl.DataFrame([asdict(check) for check in checks], schema=CHECKS_SCHEMA)


def checks_from_frame(frame: pl.DataFrame) -> list[Check]:
    """The checks out of the frame that `checks_to_frame` gave."""
    rows: list[dict[str, Any]] = frame.to_dicts()
    return [Check(**row) for row in rows]
