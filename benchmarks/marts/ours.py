"""`python -m benchmarks.marts.ours COUNTRY OUT [--as-of DAY]`: the product's functions, chained as assets/*.py chain them.

What only we make, as history and signals, is made here too, and left out where the tables are written.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from time import perf_counter

import polars as pl

from oso_pipeline.contracts.records import BRANCH_HISTORY, SCHOOL_HISTORY
from oso_pipeline.coverage import branch_coverage
from oso_pipeline.flags import Findings, delivery_point_flags
from oso_pipeline.intake.board_files import PACKAGES
from oso_pipeline.intake.branch_files import FILE_NAMES
from oso_pipeline.intake.delivery import SOURCE, take_delivery
from oso_pipeline.intake.nightly import read_deliveries, snapshot_row
from oso_pipeline.intake.registry import SNAPSHOTS_SCHEMA, read_registry
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.qualification import qualification_steps, qualified_schools
from oso_pipeline.reconciliation.matching import known_codes, match_records
from oso_pipeline.reconciliation.outcomes import reconcile
from oso_pipeline.reconciliation.serving import branches_served
from oso_pipeline.registry.branches import open_branches
from oso_pipeline.registry.history import carry_history
from oso_pipeline.registry.locations import locate
from oso_pipeline.registry.register import read_register_on
from oso_pipeline.registry.schools import open_schools, school_boards
from oso_pipeline.release.previous import last_release
from oso_pipeline.statuses import branch_status, school_status

RELEASE = "benchmark"

COLUMNS = {
    "branch_status": (
        *("branch_code", "brin", "branch_name", "board_number", "board_name", "sector", "street", "house_number"),
        *("postcode", "city", "municipality", "province", "status", "connected", "covered", "coverage_basis", "las"),
        *("connected_on", "last_connected_on", "ot_ready", "ldos_ready", "swv_ready"),
    ),
    "school_status": (
        *("brin", "school_name", "board_number", "sector", "province", "status", "qualified", "qualified_on"),
        *("missing_steps", "branches", "branches_covered"),
    ),
    "qualification_steps": ("brin", "step", "passed", "since_on", "reason", "evidence"),
    "delivery_point_flags": ("flag", "brin", "branch_code", "delivery_point_number", "severity", "reason", "since_on"),
    "reconciliation": (
        *("source_table", "source_row", "record_key", "outcome", "rule"),
        *("matched_brin", "matched_board_number", "matched_branch_code", "reason"),
    ),
    "quarantine": ("source", "source_row", "rule", "reason", "subject", "raw"),
}  # fmt: skip
"""What all three write: the contract's columns, sentences and evidence too.

Left out is what the country does not say or the peers do not keep: coordinates and `swv_number` (of RIO), `snapshot_id`,
and what stands in our tables beside the contract's columns (but the house number: it completes the address).
"""

Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class CountryFolder:
    """The registry's files of a country, as a store of snapshots whose id is a path."""

    country: Path

    def get(self, source: str, snapshot_id: str) -> Path:  # noqa: ARG002 - as a store is asked
        return self.country / snapshot_id

    def body(self, path: Path) -> bytes:
        return path.read_bytes()

    def snapshots(self) -> pl.DataFrame:
        """As SNAPSHOTS_SCHEMA: the branch files and the board files."""
        paths = {table: f"duo/{names[0]}" for table, names in FILE_NAMES.items()}
        paths |= {source: f"ckan/files/{name}" for source, (_, name) in PACKAGES.items()}
        rows = [{"source": source, "snapshot_id": path} for source, path in paths.items()]
        return pl.DataFrame(rows, schema_overrides=SNAPSHOTS_SCHEMA)


def read(country: Path, day: date, raw: Path) -> tuple[Frames, Frames]:
    """The registry's files, and the onboarding records by way of the snapshot that is kept of them."""
    folder, store = CountryFolder(country), SnapshotStore(raw)
    registry = read_registry(folder.snapshots(), folder)  # type: ignore[arg-type]
    at = datetime.combine(day, time(), UTC)
    delivered = snapshot_row(take_delivery(country / SOURCE, store, at=at), at)
    return registry, read_deliveries(delivered, store, day)


def apply_rules(
    files: Frames, records: Frames, day: date
) -> Iterator[tuple[str, pl.DataFrame | pl.LazyFrame]]:
    """The rules, from the rows as read (which are let go of) to the tables, each given when it is made."""
    before = last_release(None)
    branches = open_branches(files.pop("branches"), files["boards"])["branches"]
    decisions = records["overrides"]
    register = read_register_on(day, files, branches, "")
    located = locate(branches, files)["located"]
    history = {
        table.name: carry_history(table, before[table.name], rows, day=day, release_id=RELEASE)
        for table, rows in (
            (BRANCH_HISTORY, branches),
            (SCHOOL_HISTORY, school_boards(branches)),
        )
    }
    schools = open_schools(
        branches, history["school_history"], register.governance, register.board_transitions, day
    )
    known = known_codes(branches, before, register, decisions)
    matched = match_records(records, known, day)
    serving = branches_served(
        matched["delivery_points"], branches, decisions.filter(decision="served_by")
    )
    yield (
        "reconciliation",
        reconcile(matched, records["ignored"], records["quarantined"], serving, known),
    )
    steps = qualification_steps(schools, matched, serving, records["quarantined"])
    yield "qualification_steps", steps
    qualified = qualified_schools(steps)
    del steps
    status = branch_status(
        branches,
        schools,
        qualified,
        branch_coverage(branches, matched, serving),
        located,
        matched,
        before["branch_status"],
        before["connection_history"],
        day=day,
    )
    yield "branch_status", status
    of_schools = school_status(schools, qualified, status, matched)
    yield "school_status", of_schools
    found = Findings(
        branches=status,
        schools=schools.join(of_schools.select("brin", "qualified"), on="brin"),
        records=matched,
        serving=serving,
        known=known,
        branch_history=history["branch_history"],
        day=day,
    )
    ignored = decisions.filter(decision="ignore_flag")
    yield (
        "delivery_point_flags",
        delivery_point_flags(found, ignored, before["delivery_point_flags"]),
    )
    left_out = pl.concat([files["quarantined"], records["quarantined"]])
    yield "quarantine", left_out.sort("source", "source_row", "rule")


def write(name: str, table: pl.DataFrame | pl.LazyFrame, out: Path) -> None:
    """One Parquet file per table."""
    columns = table.lazy().select(COLUMNS[name])
    columns.sink_parquet(out / f"{name}.parquet", compression="snappy")


def main(arguments: list[str]) -> None:
    """Read, apply the rules, write, and print the seconds of each."""
    country, out, day = parse(arguments)
    with tempfile.TemporaryDirectory() as raw:
        begun = perf_counter()
        files, records = read(country, day, Path(raw))
        have_read = perf_counter()
        writing = 0.0
        for name, table in apply_rules(files, records, day):
            made = perf_counter()
            write(name, table, out)
            del table
            writing += perf_counter() - made
        rules = perf_counter() - have_read - writing
    print(json.dumps({"reading": have_read - begun, "rules": rules, "writing": writing}))


def parse(arguments: list[str]) -> tuple[Path, Path, date]:
    """The country, the folder to write in (it is made), and the day."""
    parser = argparse.ArgumentParser()
    parser.add_argument("country", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2026, 11, 20))
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    return given.country, given.out, given.as_of


if __name__ == "__main__":
    main(sys.argv[1:])
