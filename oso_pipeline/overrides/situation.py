"""The latest release as it would be with the decisions that stand in the file now.

Everything is computed again from the snapshots that the release names, by the rules of the night, so that a decision is judged as
the next night will judge it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from oso_pipeline.contracts import records, statuses
from oso_pipeline.coverage import branch_coverage
from oso_pipeline.decisions import decision_signals
from oso_pipeline.errors import UsageError
from oso_pipeline.explain import choose_release
from oso_pipeline.flags import Findings, delivery_point_flags
from oso_pipeline.intake import delivery
from oso_pipeline.intake.board_files import PACKAGES
from oso_pipeline.intake.onboarding import read_onboarding
from oso_pipeline.intake.register_zip import SOURCE as REGISTER
from oso_pipeline.intake.registry import read_registry
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.qualification import qualification_steps, qualified_schools
from oso_pipeline.reconciliation.matching import known_codes, match_records
from oso_pipeline.reconciliation.serving import branches_served
from oso_pipeline.registry.branches import open_branches
from oso_pipeline.registry.register import read_register_on
from oso_pipeline.registry.schools import open_schools
from oso_pipeline.release.database import DATABASE, read_tables
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.previous import read_index
from oso_pipeline.statuses import branch_status, school_status

_REMEMBERED = (
    statuses.BRANCH_STATUS,
    records.DELIVERY_POINT_FLAGS,
    records.SOURCES,
    records.BRANCH_HISTORY,
    records.SCHOOL_HISTORY,
    records.BOARD_HISTORY,
    records.CONNECTION_HISTORY,
)


@dataclass(frozen=True)
class Situation:
    """A release, with other decisions.

    Attributes:
        release_id: the latest release.
        as_of: its day D.
        demo: whether its data is made up.
        decisions: those that count, as OVERRIDES with `source_row`.
        found: what the findings are found in.
        flags: as DELIVERY_POINT_FLAGS: the findings that are not ignored.
    """

    release_id: str
    as_of: date
    demo: bool
    decisions: pl.DataFrame
    found: Findings
    flags: pl.DataFrame

    @property
    def signals(self) -> pl.DataFrame:
        """The decisions that are dangling, contradicted or unused, as the `signals` table."""
        return decision_signals(self.decisions, self.found)


def situation_with(folder: DataFolder, decisions: pl.DataFrame) -> Situation:
    """The latest release as these decisions would make it.

    Args:
        folder: where the releases and the snapshots are.
        decisions: those that count, as OVERRIDES with `source_row`.

    Raises:
        UsageError: nothing is published yet, or a snapshot that the release rests on is gone.
    """
    release_id = choose_release(folder, as_of=None, release_id=None)
    index = read_index(folder.release(release_id))
    day = date.fromisoformat(str(index["as_of"]))  # a release with tables has a day
    last = read_tables(folder.release(release_id) / DATABASE, _REMEMBERED)
    files, tables = _read_again(last["sources"], SnapshotStore(folder.raw), release_id)

    branches = open_branches(files["branches"], files["boards"])["branches"]
    register = read_register_on(day, files, branches, "")
    schools = open_schools(
        branches, last["school_history"], register.governance, register.board_transitions, day
    )
    known = known_codes(branches, last, register, decisions)
    matched = match_records(tables, known, day)
    served_by = decisions.filter(decision="served_by")
    serving = branches_served(matched["delivery_points"], branches, served_by)
    quarantined = tables.pop("quarantined")
    qualified = qualified_schools(qualification_steps(schools, matched, serving, quarantined))
    status = branch_status(
        branches,
        schools,
        qualified,
        branch_coverage(branches, matched, serving),
        last["branch_status"].select("branch_code", "latitude", "longitude", "swv_number"),
        matched,
        last["branch_status"],
        last["connection_history"],
        day=day,
    )
    of_schools = school_status(schools, qualified, status, matched)
    found = Findings(
        branches=status,
        schools=schools.join(of_schools.select("brin", "qualified"), on="brin"),
        records=matched,
        serving=serving,
        known=known,
        branch_history=last["branch_history"],
        day=day,
    )
    ignored = decisions.filter(decision="ignore_flag")
    flags = delivery_point_flags(found, ignored, last["delivery_point_flags"])
    return Situation(release_id, day, bool(index["demo"]), decisions, found, flags)


def _read_again(
    sources: pl.DataFrame, store: SnapshotStore, release_id: str
) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """The registry's files (RIO is not needed) and the onboarding tables, as the release read them."""
    of_register = pl.col("source").str.starts_with(f"{REGISTER}_")
    registry = (
        sources.with_columns(
            pl.when(of_register).then(pl.lit(REGISTER)).otherwise("source").alias("source")
        )
        .filter(pl.col("source").is_in(["po", "so", "vo", *PACKAGES, REGISTER]))
        .unique("source", maintain_order=True)
    )
    delivered = sources.filter(source="accounts")["snapshot_id"].item()
    try:
        files = read_registry(registry, store)
        snapshot = store.get(delivery.SOURCE, delivered)
        readings = read_onboarding(snapshot, store.body(snapshot))
    except FileNotFoundError as error:
        raise UsageError(
            f"Release {release_id} rests on a snapshot that is no longer there ({error.filename})."
            " Run `oso run`, and try again on the release that it makes."
        ) from None
    quarantined = pl.concat(reading.quarantined for reading in readings.values())
    return files, {name: reading.rows for name, reading in readings.items()} | {
        "quarantined": quarantined
    }
