"""The product beside a second reading of the rules in plain Python: they agree on every branch, school, step, flag and row.

Real registry files, onboarding records that hold every situation of the contract, three nights: the second with
branches closed and boards changed, the third with nothing but a later day.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import nights
import polars as pl
import pytest
import second_reading as second
import situations

from oso_pipeline.contracts.overrides import OVERRIDES
from oso_pipeline.release.database import open_database
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.settings import load_settings

DAY = date(2026, 11, 20)
SEED = 7

PO_2013 = ("po", "2013-06/02-alle-schoolvestigingen-basisonderwijs.csv")
PO_2020 = ("po", "2020-12/03-alle-vestigingen-bo.csv")
VO_2020 = ("vo", "2020-12/02-alle-vestigingen-vo.csv")
PO_2026 = ("po", "2026-04/02.-alle-schoolvestigingen-basisonderwijs.csv")


@dataclass
class World:
    """What is served, delivered and decided on one night."""

    files: dict[str, Path]
    branches: list[tuple[str, str]]
    served: Path
    delivered: Path
    overrides: Path

    def prepare(self, night: int) -> None:
        changes = situations.make_registry_changes(self.branches, SEED)
        for original in self.files.values():
            body = original.read_bytes()
            if night > 1:
                body = _change(body, changes)
            (self.served / original.name).write_bytes(body)
        tables = situations.make_onboarding(self.branches, DAY, SEED, night=min(night, 2))
        situations.write_onboarding(tables, self.delivered, "csv-semicolon")
        decisions = situations.make_overrides(self.branches, DAY, SEED, night=min(night, 2))
        with self.overrides.open("w", newline="") as file:
            writer = csv.DictWriter(file, OVERRIDES.names)
            writer.writeheader()
            writer.writerows(decisions)

    def read(self, day: date, previous: second.Previous | None) -> second.Reading:
        return second.read_world(
            {
                sector: second.read_branch_file(self.served / path.name)
                for sector, path in self.files.items()
            },
            second.read_onboarding(self.delivered),
            day,
            previous,
            list(csv.DictReader(io.StringIO(self.overrides.read_text(), newline=""))),
        )


def _change(body: bytes, changes: situations.RegistryChanges) -> bytes:
    """The file with some branches gone and some under another board."""
    rows = list(csv.reader(io.StringIO(body.decode("cp1252"), newline=""), delimiter=";"))
    kept = [rows[0]]
    board = [name.strip() for name in rows[0]].index("BEVOEGD GEZAG NUMMER")
    for row in rows[1:]:
        code = row[board + 2].strip()
        if code in changes.closed:
            continue
        row[board] = changes.moved.get(code, row[board])
        kept.append(row)
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(kept)
    return text.getvalue().encode("cp1252")


@pytest.mark.real
@pytest.mark.parametrize(
    ("files", "branches", "not_met"),
    [
        ([PO_2020, VO_2020], 6268 + 1619, 0),
        ([PO_2026], 6107, 2),  # every school of these has a 00 branch
        ([PO_2013], 6899, 2),
    ],
    ids=["po-and-vo-2020", "po-2026", "po-2013"],
)
def test_the_product_agrees_with_a_second_reading_of_the_rules(
    files: list[tuple[str, str]],
    branches: int,
    not_met: int,
    duo_files: Path,
    served: tuple[Path, str],
    tmp_path: Path,
) -> None:
    folder, url = served
    paths = {sector: duo_files / name for sector, name in files}
    open_branches = [
        (row["branch_code"], row["board_number"])
        for path in paths.values()
        for row in second.read_branch_file(path)
    ]
    assert len(open_branches) == branches
    met = situations.planted(open_branches, SEED)
    assert sum(name not in met for name in situations.SITUATIONS) == not_met
    world = World(paths, open_branches, folder, tmp_path / "onboarding", tmp_path / "overrides.csv")
    settings = load_settings(
        data_dir=tmp_path / "data",
        registry_tables=",".join(paths),
        duo_base_url=url,
        ckan_base_url=url,
        onboarding=f"dir:{world.delivered}",
        overrides=world.overrides,
        gate=_open_gate(tmp_path),
    )
    previous = None
    for night, day in enumerate((DAY, DAY + timedelta(days=1), DAY + timedelta(days=5)), start=1):
        world.prepare(night)
        conclusion = nights.night(settings, as_of=day)
        assert conclusion.verdict == "published", conclusion.reason
        expected = world.read(day, previous)
        published = _read(DataFolder(settings.data_dir).latest / "oso.duckdb")
        _assert_equal(published, expected, night)
        previous = expected.to_previous()


def _open_gate(folder: Path) -> Path:
    """A gate that lets all counts pass: the situations close and open more than a real night does."""
    path = folder / "gate.toml"
    drift = "most_lost = 1.0\nmost_gained = 9.0\nalways_lost = 1000000\nalways_gained = 1000000\n"
    budget = "most = 1.0\nalways = 1000000\n"
    bounds = dict.fromkeys(("branches", "connected", "provinces", "registry", "onboarding"), drift)
    bounds |= dict.fromkeys(
        ("boards_changed", "changed", "vanished", "filled", "quarantine"), budget
    )
    path.write_text("".join(f"[{name}]\n{bound}" for name, bound in bounds.items()))
    return path


def _read(database: Path) -> dict[str, list[dict[str, Any]]]:
    names = (
        "branch_status",
        "school_status",
        "qualification_steps",
        "delivery_point_flags",
        "reconciliation",
    )
    with open_database(database) as connection:
        return {name: pl.DataFrame(connection.sql(f"FROM {name}")).to_dicts() for name in names}


def _assert_equal(
    published: dict[str, list[dict[str, Any]]], expected: second.Reading, night: int
) -> None:
    _same(
        {row["branch_code"]: _pick(row, expected.branches) for row in published["branch_status"]},
        expected.branches,
        f"night {night}, branches",
    )
    _same(
        {row["brin"]: _pick(row, expected.schools) for row in published["school_status"]},
        expected.schools,
        f"night {night}, schools",
    )
    _same(
        {
            (row["brin"], row["step"]): (row["passed"], row["since_on"])
            for row in published["qualification_steps"]
        },
        expected.steps,
        f"night {night}, steps",
    )
    flags = sorted(
        (
            row["flag"],
            row["brin"],
            row["branch_code"] or "",
            row["delivery_point_number"] or "",
            row["severity"] if row["flag"] == "branch_without_delivery_point" else "",
        )
        for row in published["delivery_point_flags"]
    )
    wanted = sorted((flag, brin, branch or "", number or "", severity) for flag, brin, branch, number, severity in expected.flags)  # fmt: skip
    assert [*_difference(flags, wanted)] == [], f"night {night}, flags"
    _same(
        {
            (row["source_table"], row["source_row"]): (
                row["outcome"],
                row["matched_brin"],
                row["matched_board_number"],
                row["matched_branch_code"],
            )
            for row in published["reconciliation"]
        },
        expected.outcomes,
        f"night {night}, outcomes",
    )


def _pick(row: dict[str, Any], like: dict[str, dict[str, object]]) -> dict[str, Any]:
    return {name: row[name] for name in next(iter(like.values()))}


def _same(found: dict[Any, Any], wanted: dict[Any, Any], what: str) -> None:
    differences = {
        key: {"product": found.get(key), "second reading": wanted.get(key)}
        for key in found.keys() | wanted.keys()
        if found.get(key) != wanted.get(key)
    }
    shown = dict(sorted(differences.items(), key=str)[:8])
    assert not differences, f"{what}: {len(differences)} differ, such as {shown}"


def _difference(found: list[Any], wanted: list[Any]) -> list[Any]:
    from collections import Counter

    return sorted((Counter(found) - Counter(wanted)).items()) + sorted(
        (Counter(wanted) - Counter(found)).items()
    )
