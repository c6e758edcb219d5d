"""Data folders as nights leave them, in a few lines: releases, snapshots and the log, a night a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from oso_pipeline.contracts.marts import MARTS
from oso_pipeline.contracts.records import ISSUES
from oso_pipeline.diagnose.diagnosis import Diagnosis, diagnose
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.release.checks import Check
from oso_pipeline.release.content import file_hash
from oso_pipeline.release.database import DATABASE, write_database
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.index import index_of_failure
from oso_pipeline.release.log import Conclusion, record
from oso_pipeline.release.publish import place_release
from oso_pipeline.settings import load_settings

FIRST = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
SOURCES = ("po", "so", "register", "onboarding")
HELD_BY = ("branches_po", "connected_Noord-Holland")
IMPACT = '{"before": 9, "now": 7, "gained": 0, "lost": [1, 2], "by_cause": [{"branches": 2, "cause": "their board changed"}]}'
EXIT_CODES = {"published": 0, "unchanged": 0, "held": 3, "failed": 4}


def at_night(number: int) -> datetime:
    """When the first, second, ... night asked its sources."""
    return FIRST + timedelta(days=number - 1)


def issue(issue_id: str, severity: str = "medium", closed: bool = False) -> dict[str, Any]:
    kind, source, rule = issue_id.split(":")
    return {
        "issue_id": issue_id, "kind": kind, "source": source, "rule": rule, "subject": None,
        "severity": severity, "rows": 3, "reason": "So it is.", "first_seen_on": FIRST.date(),
        "last_seen_on": FIRST.date(), "closed_on": FIRST.date() if closed else None,
    }  # fmt: skip


@dataclass
class Pipeline:
    """A data folder; `night` adds one to it."""

    root: Path
    demo: bool = False
    folder: DataFolder = field(init=False)
    nights: int = 0

    def __post_init__(self) -> None:
        self.folder = DataFolder(self.root)

    def night(
        self,
        verdict: str,
        reason: str = "",
        *,
        without: Iterable[str] = (),
        exit_code: int | None = None,
        issues: Iterable[dict[str, Any]] = (),
        later: timedelta = timedelta(days=1),
    ) -> str:
        """A night a day after the one before, that saw every source but those; its release id."""
        begun = FIRST + later * self.nights if later != timedelta(days=1) else at_night(self.nights + 1)  # fmt: skip
        self.nights += 1
        for source in SOURCES:
            if source not in without:
                self.saw(source, begun - timedelta(seconds=5))
        release_id = f"{begun:%Y%m%dT%H%M%SZ}-{self.nights:08x}"
        if verdict != "unchanged":
            self._make(release_id, verdict, reason, issues)
        code = EXIT_CODES[verdict] if exit_code is None else exit_code
        line = Conclusion(release_id, verdict, f"{begun:%Y-%m-%d}", (begun + timedelta(seconds=20)).isoformat(), f"run-{release_id}", reason, code)  # ty: ignore[invalid-argument-type]  # fmt: skip
        record(self.folder, line)
        return release_id

    def saw(self, source: str, at: datetime, body: str = "the same") -> None:
        """A source gave this body."""
        store = SnapshotStore(self.folder.raw)
        landing = store.landing(source)
        (landing / "body").write_text(body)
        store.keep(landing, source, fetched_at=at, url=source, licence="none")

    def accept(self, release_id: str, at: datetime) -> None:
        """A person published a held release."""
        from oso_pipeline.release.accept import accept_held

        accept_held(self.folder, release_id, HELD_BY, reason="It is so.", by="regie", at=at)

    def _make(
        self, release_id: str, verdict: str, reason: str, issues: Iterable[dict[str, Any]]
    ) -> None:
        checks = [Check(name, verdict != "held", "bound", "106", "208 to 223", "") for name in HELD_BY]  # fmt: skip
        law = Check("run", verdict != "failed", "law", "failed", "runs to its end", reason)
        latest = self.folder.latest_release_id() if self.folder.latest.exists() else None
        index: Any = index_of_failure(
            release_id, f"run-{release_id}", None, "0.1.0", latest, law
        ) | {
            "verdict": verdict,
            "as_of": f"{release_id[:4]}-{release_id[4:6]}-{release_id[6:8]}",
            "demo": self.demo,
            "checks": [vars(check) for check in (law, *checks)],
        }
        building = self.folder.building(release_id)
        building.mkdir(parents=True)
        if verdict != "failed":
            tables = {table.name: table.empty() for table in MARTS}
            noted = pl.DataFrame([*issues], schema=ISSUES.schema)
            write_database(building / DATABASE, tables | {"issues": noted})
            index |= {
                "counts": {"branches": {"po": {"connected": 7, "not_started": 2}}},
                "files": [
                    {
                        "path": DATABASE,
                        "bytes": (building / DATABASE).stat().st_size,
                        "sha256": file_hash(building / DATABASE),
                    }
                ],
            }
        if verdict == "held":
            (building / "preview.json").write_text(IMPACT)
        place_release(self.folder, index)

    def diagnose(self, *, hours: float = 3, max_age: float | None = None, **settings: Any) -> Diagnosis:  # fmt: skip
        """The diagnosis, so many hours after the last night."""
        at = at_night(max(self.nights, 1)) + timedelta(hours=hours)
        return diagnose(load_settings(data_dir=self.root, **settings), at=at, max_age=max_age)

    def commands(self, **asked: Any) -> list[str]:
        """What it says to do next."""
        return [step["command"] for step in self.diagnose(**asked)["next"]]
