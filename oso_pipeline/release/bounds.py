"""The gate file: the bounds of publication and of what is kept, with a reason beside each (gate.toml).

A file of one's own says only what differs; everything else is as in the packaged one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import inf
from pathlib import Path
from typing import Any

from oso_pipeline.errors import UsageError
from oso_pipeline.settings import PACKAGED_GATE


@dataclass(frozen=True)
class Drift:
    """How much a count may differ from that of the last published release.

    Attributes:
        most_lost: share that may go.
        most_gained: share that may come.
        always_lost: so few may always go.
        always_gained: so few may always come.
    """

    most_lost: float
    most_gained: float
    always_lost: int
    always_gained: int


@dataclass(frozen=True)
class Budget:
    """How many of a number of rows something may happen to.

    Attributes:
        most: share of the rows.
        always: so few are always allowed.
    """

    most: float
    always: int


@dataclass(frozen=True)
class Retention:
    """How long what no longer serves is kept, in days."""

    onboarding_days: int
    nightly_days: int
    monthly_days: int


@dataclass(frozen=True)
class Snapshots:
    """How old a snapshot may be that stands in for a body that did not arrive."""

    oldest_fallback_days: int


@dataclass(frozen=True)
class Bounds:
    """The gate file, a section an attribute."""

    snapshots: Snapshots
    branches: Drift
    connected: Drift
    provinces: Drift
    boards_changed: Budget
    changed: Budget
    vanished: Budget
    filled: Budget
    registry: Drift
    onboarding: Drift
    quarantine: Budget
    retention: Retention

    @property
    def oldest_fallback(self) -> timedelta:
        """How long ago a snapshot that stands in may have been seen last."""
        return timedelta(days=self.snapshots.oldest_fallback_days)


_SHARES = ("most", "most_lost")
"""No more can be lost, or be refused, than there was."""


def load_bounds(path: Path) -> Bounds:
    """Read a gate file.

    Raises:
        UsageError: it is not TOML, or a section or a bound is unknown, or a number it is not.
    """
    packaged = tomllib.loads(PACKAGED_GATE.read_text(encoding="utf-8"))
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise _refusal(path, str(error)) from None
    unknown = sorted(written.keys() - packaged.keys())
    if unknown:
        there = ", ".join(sorted(packaged))
        raise _refusal(path, f"{', '.join(unknown)} is no section of it; there are {there}")
    problems = [found for name, section in written.items() for found in _problems(name, section, packaged[name])]  # fmt: skip
    if problems:
        raise _refusal(path, "; ".join(problems))
    sections = {name: values | written.get(name, {}) for name, values in packaged.items()}
    kinds: dict[str, Any] = {
        "snapshots": Snapshots, "retention": Retention,
        **dict.fromkeys(("boards_changed", "changed", "vanished", "filled", "quarantine"), Budget),
    }  # fmt: skip
    return Bounds(**{name: kinds.get(name, Drift)(**values) for name, values in sections.items()})


def _problems(name: str, section: object, packaged: dict[str, float]) -> Iterator[str]:
    """What is wrong with a section that was written."""
    if not isinstance(section, dict):
        yield f"{name} is a section: write [{name}] above its bounds"
        return
    for bound, value in section.items():
        if bound not in packaged:
            yield f"[{name}] has no bound {bound}; there are {', '.join(packaged)}"
            continue
        whole = isinstance(packaged[bound], int)
        kind, expected = (int, "a whole number") if whole else (int | float, "a number")
        is_number = isinstance(value, kind) and not isinstance(value, bool)
        if not is_number or not 0 <= value < inf:
            yield f"[{name}] {bound}: expected {expected} of 0 or more, found {value!r}"
        elif bound in _SHARES and value > 1:
            yield f"[{name}] {bound}: expected a share of 1 or less (0.05 is 5%), found {value!r}"


def _refusal(path: Path, problem: str) -> UsageError:
    return UsageError(
        f"The gate file {path} cannot be read: {problem}."
        " Copy the packaged one (oso_pipeline/release/gate.toml) and change its numbers."
    )
