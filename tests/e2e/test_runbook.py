"""The runbook has every word that the pipeline says to whoever keeps the nights, each with what it means and what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import pytest

from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.definitions import defs
from oso_pipeline.errors import ExitCode
from oso_pipeline.outputs.report.words import RULES
from oso_pipeline.release.alert import AlertKind
from oso_pipeline.release.bounds import load_bounds
from oso_pipeline.release.checks import Verdict
from oso_pipeline.release.database import DATABASE, open_database
from oso_pipeline.settings import PACKAGED_GATE, PROJECT_ROOT

TEXT = (PROJECT_ROOT / "docs" / "runbook.md").read_text()
HELD_OR_FAILED = {"run"}
"""The check of a night that did not come to its end stands in no release that was judged."""


def rows_of(heading: str) -> dict[str, str]:
    """Name or pattern (`branches_<sector>`) in the first column of a section's table -> the rest of its row."""
    section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows: dict[str, str] = {}
    for line in section.splitlines():
        if line.startswith("| `"):
            first, _, rest = line[1:].partition("|")
            rows |= dict.fromkeys(re.findall(r"`([^`]+)`", first), rest)
    return rows


def missing(names: Iterable[str], heading: str) -> list[str]:
    patterns = [re.sub(r"<[^>]+>", ".+", re.escape(one).replace(r"\<", "<").replace(r"\>", ">")) for one in rows_of(heading)]  # fmt: skip
    return sorted(name for name in set(names) if not any(re.fullmatch(one, name) for one in patterns))  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("Alerts", set(get_args(AlertKind))),
        ("Verdicts", set(get_args(Verdict))),
        ("Exit codes", {str(code.value) for code in ExitCode}),
        (
            "What starts a night",
            {one.name for one in [*(defs.sensors or []), *(defs.schedules or []), *(defs.jobs or [])]},
        ),
    ],
)  # fmt: skip
def test_every_word_is_there_and_no_other(heading: str, names: set[str]) -> None:
    assert set(rows_of(heading)) == names


def test_every_check_of_a_night_is_there(hostile_release: Path) -> None:
    checks = json.loads((hostile_release / "index.json").read_text())["checks"]
    names = {check["name"] for check in checks} | HELD_OR_FAILED
    assert {name.split("_")[0] for name in names} >= {"branches", "connected", "filled", "boards", "onboarding", "rows", "quarantine", "snapshot", "day", "each"}  # fmt: skip
    assert len(names) > 100
    assert missing(names, "Checks of the gate") == []


def test_every_kind_of_work_is_on_the_page_of_rules(hostile_release: Path) -> None:
    page = (PROJECT_ROOT / "docs" / "rules.md").read_text()
    with open_database(hostile_release / DATABASE) as connection:
        kinds = {kind for (kind,) in connection.sql("SELECT kind FROM work_items").fetchall()}
        rules = {rule for (rule,) in connection.sql("SELECT rule FROM reconciliation WHERE outcome <> 'quarantined'").fetchall()}  # fmt: skip
    assert len(kinds) > 10
    assert len(rules) >= 5
    assert [name for name in sorted(kinds | rules) if f"`{name}`" not in page] == []


def test_every_family_of_checks_is_one_that_there_is(hostile_release: Path) -> None:
    checks = json.loads((hostile_release / "index.json").read_text())["checks"]
    names = {check["name"] for check in checks} | HELD_OR_FAILED
    idle = [one for one in rows_of("Checks of the gate") if not any(re.fullmatch(re.sub(r"<[^>]+>", ".+", one), name) for name in names)]  # fmt: skip
    assert idle == []


def test_every_rule_of_refused_rows_and_signals_is_there(hostile_release: Path) -> None:
    with open_database(hostile_release / DATABASE) as connection:
        found = connection.sql("SELECT rule FROM quarantine UNION SELECT rule FROM signals")
        names = {rule for (rule,) in found.fetchall()} | set(RULES)
    assert len(names) > 40
    assert missing(names, "Rules: rows that were refused, and signals") == []


def test_every_rule_has_words_for_the_report() -> None:
    named = {
        rule for rule in rows_of("Rules: rows that were refused, and signals") if "<" not in rule
    }
    assert named - set(RULES) == {"no_body_arrived"}  # of the issue log


def test_every_row_says_what_it_means_and_what_to_do() -> None:
    for heading in ("Alerts", "Verdicts", "Exit codes", "Checks of the gate", "Rules: rows that were refused, and signals"):  # fmt: skip
        for name, rest in rows_of(heading).items():
            cells = [cell.strip() for cell in rest.strip().strip("|").split("|")]
            assert len(cells) == 2, name
            assert all(cells), name


def test_a_word_that_is_not_there_is_found_missing() -> None:
    assert missing(["branches_po", "fly"], "Checks of the gate") == ["fly"]
    assert missing([table.name for table in ONBOARDING], "Checks of the gate") != []


def test_what_is_linked_is_there() -> None:
    for page in ("docs/runbook.md", "docs/retention.md", "deploy/README.md"):
        for link in re.findall(r"\]\(([^)#]+)\)", (PROJECT_ROOT / page).read_text()):
            assert (PROJECT_ROOT / page).parent.joinpath(link).exists(), f"{page}: {link}"


def test_the_page_about_retention_has_the_numbers_of_the_gate_file() -> None:
    page = (PROJECT_ROOT / "docs" / "retention.md").read_text()
    for name, days in vars(load_bounds(PACKAGED_GATE).retention).items():
        rows = [line for line in page.splitlines() if line.endswith(f"| `{name}` |")]
        assert rows, name
        assert all(str(days) in row for row in rows), name
