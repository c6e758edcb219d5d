"""A night of which nothing is new: the inputs are those of latest, and no date that a rule looks at has come.

The rules compare dates with the day D and look at nothing else of it. So the same inputs give the same outcomes until the
first day on which another date has come, and every release says which day that is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.flags import NOT_REGISTERED_AFTER, PENDING_AFTER
from oso_pipeline.intake.register import SCHEMAS as REGISTER
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import Index, damaged_files, read_index
from oso_pipeline.release.night import Night


def next_change_on(
    records: Mapping[str, pl.DataFrame], files: Mapping[str, pl.DataFrame], day: date
) -> date | None:
    """The first day after D on which the same inputs may give another outcome; None when there is none.

    Args:
        records: the six onboarding tables and `overrides`, as read, and what was `ignored` of them.
        files: the register's three tables, as read.
        day: the day D.
    """
    if not records["ignored"].filter(source="overrides", rule="decided_twice").is_empty():
        return day + timedelta(days=1)  # when such a decision expires is not handed on
    tables = [
        *(records[table.name] for table in ONBOARDING),
        records["overrides"].select("expires_on"),
        *(files[name] for name in REGISTER),
    ]
    dates = [table[name] for table in tables for name, kind in table.schema.items() if kind == pl.Date()]  # fmt: skip
    coming = [later for one in [*dates, *_waiting(records["delivery_points"], day)] if (later := _first_after(one, day))]  # fmt: skip
    return min(coming, default=None)


def _waiting(points: pl.DataFrame, day: date) -> list[pl.Series]:
    """When points that are not registered have waited for too long (contract.md, delivery_point_flags)."""
    open_points = points.filter(pl.col("registered_on").is_null() | (pl.col("registered_on") > day))
    return [
        _later(open_points["requested_on"], PENDING_AFTER),
        _later(open_points["approved_on"], NOT_REGISTERED_AFTER),
    ]


def _later(dates: pl.Series, wait: timedelta) -> pl.Series:
    return dates.dt.offset_by(f"{wait.days}d")


def _first_after(dates: pl.Series, day: date) -> date | None:
    first = dates.filter(dates > day).min()
    return first if isinstance(first, date) else None


def still_stands(folder: DataFolder, night: Night) -> bool:
    """Whether the last published release is what this night would give: its inputs, and no date that has come since.

    One whose files are not what they were is made again.
    """
    last = _last_that_is_whole(folder, night)
    if not last or last["inputs_hash"] != night.inputs_hash or last["as_of"] is None:
        return False
    until = last["next_change_on"]
    from_day = date.fromisoformat(last["as_of"])
    return from_day <= night.as_of and (not until or night.as_of < date.fromisoformat(until))


def gives_the_same(folder: DataFolder, night: Night, outcomes: str) -> bool:
    """Whether the same inputs on this day gave the outcomes of the last published release.

    Args:
        folder: where the releases are.
        night: the inputs of the night.
        outcomes: the hash of what people would notice.
    """
    last = _last_that_is_whole(folder, night)
    return bool(last) and (last["inputs_hash"], last["outcome_hash"]) == (
        night.inputs_hash,
        outcomes,
    )


def _last_that_is_whole(folder: DataFolder, night: Night) -> Index | None:
    if night.previous_release_id is None:
        return None
    release = folder.release(night.previous_release_id)
    last = read_index(release)
    return None if damaged_files(release, last) else last
