"""How old every source is, beside what is allowed (gate file, oldest_fallback_days)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from oso_pipeline.contracts.registry import REGISTRY_TABLES
from oso_pipeline.diagnose.nights import Night
from oso_pipeline.errors import SourceUnreadable
from oso_pipeline.intake.snapshots import SnapshotStore

ONBOARDING = "onboarding"
DECISIONS = "overrides"


def ages(
    store: SnapshotStore,
    tables: Sequence[str],
    nights: Sequence[Night],
    *,
    oldest: timedelta,
    at: datetime,
) -> list[dict[str, Any]]:
    """Every source of which something is kept and that is still read.

    Args:
        store: the snapshots.
        tables: the registry tables that the settings ask for.
        nights: the oldest first.
        oldest: a snapshot that stands in was last seen less long ago than this.
        at: the present moment, UTC.

    Returns:
        `source, state, seen_at, age_days, allowed_days, missed_nights, content_since, content_days, content_allowed_days,
        problem`. The state is arrived; stands_in (the last night went on without it) or missing (the last night failed); not_there (the last
        night went on without decisions: an absent file is none, and nothing stands in for it); nothing_new (it arrives, and
        has held the same for too long); or unreadable. The bound of the gate file is on how long ago a registry file
        was seen, and on how long ago the onboarding records, which never stand in, were delivered anew; decisions may
        stay as they are.
    """
    asked = [source for source in store.sources() if _is_asked(source, tables)]
    return [_age(source, store, nights, oldest, at) for source in asked]


def _is_asked(source: str, tables: Sequence[str]) -> bool:
    return _table_of(source) in tables if _table_of(source) in REGISTRY_TABLES else True


def _table_of(source: str) -> str:
    return source.split("_", maxsplit=1)[0]


def _age(
    source: str, store: SnapshotStore, nights: Sequence[Night], oldest: timedelta, at: datetime
) -> dict[str, Any]:
    of_registry, of_onboarding = _table_of(source) in REGISTRY_TABLES, source == ONBOARDING
    told: dict[str, Any] = {
        "source": source, "state": "unreadable", "seen_at": None, "age_days": None,
        "allowed_days": oldest.days if of_registry else None, "missed_nights": 0,
        "content_since": None, "content_days": None,
        "content_allowed_days": oldest.days if of_onboarding else None, "problem": None,
    }  # fmt: skip
    try:
        found = store.newest_seen(source)
    except (SourceUnreadable, OSError, TypeError, KeyError) as error:
        return told | {"problem": f"its newest snapshot cannot be read ({error})"}
    if found is None:
        return told
    newest, seen_at = found
    missed = _missed(seen_at, nights)
    is_old = of_onboarding and at - newest.fetched_at >= oldest
    return told | {
        "state": "not_there"
        if missed and source == DECISIONS and nights[-1].good
        else _state(missed, nights, is_old=is_old),
        "seen_at": seen_at,
        "age_days": (at - seen_at).days,
        "missed_nights": missed,
        "content_since": newest.fetched_at,
        "content_days": (at - newest.fetched_at).days,
    }


def _state(missed: int, nights: Sequence[Night], *, is_old: bool) -> str:
    if missed:
        return "missing" if nights[-1].ended.verdict == "failed" else "stands_in"
    return "nothing_new" if is_old else "arrived"


def _missed(seen_at: datetime, nights: Sequence[Night]) -> int:
    """The nights since the one that saw it, several runs of one day together: a night's sources are asked before its moment, and after that of the one before."""
    since = [night for night in nights if night.begun_at >= seen_at]
    return len({night.on for night in since[1:]})
