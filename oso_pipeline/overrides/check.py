"""The decisions file held beside the latest release: what cannot be read, and what does nothing or no longer fits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from oso_pipeline.contracts.overrides import OVERRIDES
from oso_pipeline.intake.delimited import SOURCE_ROW
from oso_pipeline.intake.overrides import read_overrides
from oso_pipeline.overrides.situation import Situation, situation_with
from oso_pipeline.release.folder import DataFolder

UNREADABLE = "unreadable"
_NONE = OVERRIDES.empty().with_columns(pl.lit(None, dtype=pl.Int64).alias(SOURCE_ROW))


@dataclass(frozen=True)
class Checked:
    """The decisions beside a release.

    Attributes:
        situation: the release as these decisions would make it.
        rows: how many rows the file has.
        reports: `row, rule, subject, reason`, by row; a row that cannot be read has the rule `unreadable`.
    """

    situation: Situation
    rows: int
    reports: list[dict[str, Any]]

    @property
    def is_readable(self) -> bool:
        """Whether every row can be carried out."""
        return all(report["rule"] != UNREADABLE for report in self.reports)

    def to_json(self) -> dict[str, Any]:
        """For other programs."""
        return {
            "release_id": self.situation.release_id,
            "as_of": self.situation.as_of,
            "demo": self.situation.demo,
            "rows": self.rows,
            "counting": self.situation.decisions.height,
            "readable": self.is_readable,
            "reports": self.reports,
        }


def check_decisions(folder: DataFolder, body: bytes, today: date) -> Checked:
    """Hold the bytes of a decisions file beside the latest release.

    Args:
        folder: where the releases and the snapshots are.
        body: of the file; empty when there is none.
        today: the day on which decisions are expired or not.

    Raises:
        UsageError: nothing is published yet.
        SourceUnreadable: the file is no table with the contract's columns.
    """
    if not body:
        return Checked(situation_with(folder, _NONE), 0, [])
    reading = read_overrides(body, day=today, snapshot_id="")
    situation = situation_with(folder, reading.rows)
    told = pl.concat([reading.signals, situation.signals]).select(
        pl.col("first_row").alias("row"), "rule", "subject", "reason"
    )
    unreadable = reading.quarantined.select(
        pl.col(SOURCE_ROW).alias("row"),
        pl.lit(UNREADABLE).alias("rule"),
        pl.lit(None, dtype=pl.String).alias("subject"),
        "reason",
    )
    reports = pl.concat([unreadable, told]).sort("row", "rule", nulls_last=True).to_dicts()
    return Checked(situation, int(reading.read["rows_read"].sum()), reports)
