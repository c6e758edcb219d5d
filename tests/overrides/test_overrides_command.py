"""`oso overrides`, as a person uses it: export, fill in, import, and what the next night makes of it."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from nights import night

from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.server import RegistryServer
from oso_pipeline.demo.stay import settings_for
from oso_pipeline.overrides.layout import HEADERS
from oso_pipeline.release.database import open_database
from oso_pipeline.release.folder import DataFolder

DAY = date(2026, 11, 20)
ACCOUNT = {
    "reason": "=besloten",
    "evidence": "brief 12",
    "author": "servicedesk",
    "decided_on": DAY,
}
SOFFICE = shutil.which("soffice")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, RegistryServer]]:
    """A data folder with one release of 600 branches, and the country it was made from."""
    root = tmp_path_factory.mktemp("published")
    write_country(root / "country", branches=600, as_of=DAY)
    with RegistryServer(root / "country") as server:
        conclusion = night(settings_for(server, root / "data"), as_of=DAY)
        assert conclusion.verdict == "published"
        yield root / "data", server


class Desk:
    """The command line on a data folder, and a workbook."""

    def __init__(self, root: Path) -> None:
        self.folder = DataFolder(root)
        self.file = root / "raw" / "overrides.csv"
        self.book = root / "besluiten.xlsx"

    def oso(
        self, *arguments: str, stdin: int = subprocess.DEVNULL
    ) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"OSO_DATA_DIR": str(self.folder.root), "COLUMNS": "250"}
        command = [str(Path(sys.executable).parent / "oso"), "overrides", *arguments]
        return subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=stdin,
        )

    def export(self) -> None:
        done = self.oso("export", "--output", str(self.book))
        assert done.returncode == 0, done.stderr

    def fill(self, sheet: str, row: int, **cells: Any) -> None:
        book = openpyxl.load_workbook(self.book)
        header = [cell.value for cell in book[sheet][1]]
        for column, value in cells.items():
            place = header.index(HEADERS.get(column, column)) + 1
            cell = book[sheet].cell(row, place)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
        book.save(self.book)

    def rows(self, sheet: str) -> list[dict[str, Any]]:
        header, *rows = openpyxl.load_workbook(self.book)[sheet].iter_rows(values_only=True)
        return [dict(zip(header, row, strict=True)) for row in rows if any(row)]

    def decisions(self) -> list[dict[str, str]]:
        return list(csv.DictReader(self.file.read_text().splitlines()))

    def query(self, sql: str, *values: str) -> list[dict[str, Any]]:
        with open_database(self.folder.latest / "oso.duckdb") as connection:
            return pl.DataFrame(connection.sql(sql, params=[*values])).to_dicts()

    def coverage(self, branch: str) -> list[dict[str, Any]]:
        return self.query(
            "SELECT covered, coverage_basis FROM branch_status WHERE branch_code = ?", branch
        )


@pytest.fixture
def desk(published: tuple[Path, RegistryServer], tmp_path: Path) -> Desk:
    shutil.copytree(published[0], tmp_path / "data", symlinks=True)
    return Desk(tmp_path / "data")


def first_solvable(desk: Desk) -> tuple[int, str, str]:
    """The first row of a branch with a delivery point that could serve it: row, branch, number."""
    rows = desk.rows("Zonder aanleverpunt")
    for number, row in enumerate(rows, start=2):
        if row["Waarde"]:
            return number, row["Onderwerp"], row["Waarde"]
    pytest.fail("no branch with a proposal in this country")


def test_a_workbook_is_exported_filled_in_imported_and_the_next_night_goes_by_it(
    desk: Desk, published: tuple[Path, RegistryServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.export()
    codes = desk.rows("Oude codes")
    number, branch, point = first_solvable(desk)
    old, new = codes[0]["Onderwerp"], codes[0]["Waarde"]
    assert new
    desk.fill("Oude codes", 2, **ACCOUNT)
    desk.fill("Zonder aanleverpunt", number, **ACCOUNT)

    asked = desk.oso("import", str(desk.book))
    assert asked.returncode == 2
    assert f"added: same_as {old}\n  value       {new}\n" in asked.stdout
    assert f"  decided_on  {ACCOUNT['decided_on']}\n" in asked.stdout
    assert "add --yes" in asked.stderr
    assert not desk.file.exists()

    done = desk.oso("import", str(desk.book), "--yes")
    assert done.returncode == 0, done.stderr
    assert [(row["decision"], row["subject"], row["value"]) for row in desk.decisions()] == [
        ("same_as", old, new),
        ("served_by", branch, point),
    ]
    assert desk.decisions()[0]["reason"] == "=besloten"
    assert "Note" not in done.stdout
    assert "Nothing to change" in desk.oso("import", str(desk.book)).stdout

    assert desk.coverage(branch) == [{"covered": False, "coverage_basis": "none"}]
    ended = night(settings_for(published[1], desk.folder.root), as_of=DAY)
    assert ended.verdict == "published", ended.reason
    assert desk.coverage(branch) == [{"covered": True, "coverage_basis": "override"}]
    outcomes = desk.query(
        "SELECT DISTINCT outcome FROM reconciliation WHERE starts_with(replace(record_key, '/', ''), ?)",
        old,
    )
    assert outcomes == [{"outcome": "matched_by_override"}]
    assert desk.query("SELECT * FROM signals WHERE source = 'overrides'") == []
    checked = desk.oso("check")
    assert checked.returncode == 0
    assert "of 2 decisions 2 count" in checked.stdout
    assert "Nothing to report" in checked.stdout


@pytest.mark.parametrize(("answer", "written"), [(b"n\n", False), (b"y\n", True)])
def test_a_person_at_a_terminal_is_asked_before_anything_is_changed(
    desk: Desk, answer: bytes, written: bool
) -> None:
    desk.export()
    desk.fill("Oude codes", 2, **ACCOUNT)
    person, terminal = os.openpty()
    os.write(person, answer)
    done = desk.oso("import", str(desk.book), stdin=terminal)
    os.close(terminal)
    os.close(person)
    assert done.returncode == 0, done.stderr
    assert "Change the decisions so?" in done.stdout
    assert ("Nothing is changed." in done.stdout, desk.file.exists()) == (not written, written)


def test_one_wrong_row_is_refused_by_name_and_nothing_is_changed(desk: Desk) -> None:
    desk.file.write_text("decision,subject,value,reason,evidence,author,decided_on,expires_on\n")
    before = desk.file.read_bytes()
    desk.export()
    desk.fill("Oude codes", 2, **ACCOUNT)
    desk.fill("Signalen", 3, **ACCOUNT | {"author": None})
    refused = desk.oso("import", str(desk.book), "--yes")
    assert refused.returncode == 2
    assert (
        "Signalen, row 3: Besloten door is empty; expected the role that decided" in refused.stderr
    )
    assert "nothing is changed" in refused.stderr
    assert desk.file.read_bytes() == before


def test_decisions_that_stand_are_changed_and_removed_and_a_later_workbook_is_needed_then(
    desk: Desk,
) -> None:
    branch = desk.query("SELECT min(branch_code) AS code FROM branch_status")[0]["code"]
    desk.file.write_text(
        "decision,subject,value,reason,evidence,author,decided_on,expires_on\n"
        f"ignore_flag,{branch},duplicate_delivery_point,zo,,servicedesk,2026-01-01,\n"
        "same_as,98ZZ,98YY,zo,,servicedesk,2026-01-01,\n"
    )
    desk.export()
    standing = desk.rows("Besluiten")
    assert [row["Onderwerp"] for row in standing] == [branch, "98ZZ"]
    assert standing[1]["Stand"] == "Let op: een code of nummer bestaat nergens."
    desk.fill("Besluiten", 2, reason="anders")
    desk.fill("Besluiten", 3, Schrappen="ja")
    done = desk.oso("import", str(desk.book), "--yes")
    assert done.returncode == 0, done.stderr
    assert "zo -> anders" in done.stdout
    assert "removed" in done.stdout
    assert "Note (contradicted)" in done.stdout
    assert [row["reason"] for row in desk.decisions()] == ["anders"]

    desk.fill("Besluiten", 2, reason="weer anders")
    refused = desk.oso("import", str(desk.book), "--yes")
    assert refused.returncode == 2
    assert "was changed since this workbook was exported" in refused.stderr
    assert [row["reason"] for row in desk.decisions()] == ["anders"]


def test_check_tells_every_decision_that_does_nothing_and_ends_with_2_for_one_that_cannot_be_read(
    desk: Desk,
) -> None:
    branch = desk.query("SELECT branch_code AS code FROM branch_status WHERE covered ORDER BY 1")[
        0
    ]["code"]
    desk.file.write_text(
        "decision,subject,value,reason,evidence,author,decided_on,expires_on\n"
        "same_as,98ZZ,98YY,zo,,servicedesk,2026-01-01,\n"
        f"ignore_flag,{branch},branch_without_delivery_point,zo,,servicedesk,2026-01-01,\n"
        "same_as,98XX,98YY,zo,,servicedesk,2026-01-01,2026-02-01\n"
        f"served_by,{branch},{int(branch[4:])},,,,,\n"
    )
    done = desk.oso("check", "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 0
    assert [(report["row"], report["rule"]) for report in said["reports"]][:5] == [
        (2, "dangling"), (3, "contradicted"), (4, "expired"), (5, "not_accounted_for"), (5, "unused"),
    ]  # fmt: skip
    assert (said["rows"], said["counting"], said["readable"]) == (4, 3, True)
    assert "row 3    contradicted" in desk.oso("check").stdout
    with desk.file.open("a") as file:
        file.write("is nu,98ZZ,98YY,zo,,servicedesk,2026-01-01,\n")
    done = desk.oso("check")
    assert done.returncode == 2
    assert "unreadable" in done.stdout
    assert "expected one of same_as, served_by, ignore_flag" in done.stdout


def test_without_a_file_there_is_nothing_to_check_and_without_a_release_nothing_to_hold_it_beside(
    desk: Desk, tmp_path: Path
) -> None:
    done = desk.oso("check")
    assert (done.returncode, "there are no decisions" in done.stdout) == (0, True)
    empty = Desk(tmp_path / "empty").oso("check")
    assert (empty.returncode, "Nothing is published yet" in empty.stderr) == (2, True)


def test_a_workbook_that_someone_may_have_filled_in_is_not_written_over(desk: Desk) -> None:
    desk.export()
    again = desk.oso("export", "--output", str(desk.book))
    assert again.returncode == 2
    assert "is not written over" in again.stderr


def test_an_import_waits_for_no_run_that_holds_the_data_folder(desk: Desk) -> None:
    desk.export()
    desk.fill("Oude codes", 2, **ACCOUNT)
    with desk.folder.hold():
        busy = desk.oso("import", str(desk.book), "--yes")
    assert busy.returncode == 5
    assert not desk.file.exists()


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_a_workbook_that_libreoffice_saved_is_read_as_it_was_filled_in(
    desk: Desk, tmp_path: Path
) -> None:
    desk.export()
    desk.fill("Oude codes", 2, **ACCOUNT)
    number, branch, point = first_solvable(desk)
    desk.fill("Zonder aanleverpunt", number, **ACCOUNT)
    out = tmp_path / "saved"
    command = [str(SOFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(desk.book)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    desk.book = out / desk.book.name
    done = desk.oso("import", str(desk.book), "--yes")
    assert done.returncode == 0, done.stderr
    assert [(row["subject"], row["value"]) for row in desk.decisions()][1] == (branch, point)
    assert {row["decided_on"] for row in desk.decisions()} == {str(DAY)}
    assert {row["reason"] for row in desk.decisions()} == {"=besloten"}
    sheet = openpyxl.load_workbook(desk.book)["Oude codes"]
    assert sheet.protection.sheet
    assert any(rule.type == "list" for rule in sheet.data_validations.dataValidation)


@pytest.mark.parametrize("verb", ["export", "import", "check"])
def test_every_verb_says_what_it_does(desk: Desk, verb: str) -> None:
    helped = desk.oso(verb, "--help")
    assert helped.returncode == 0
    assert "decisions" in helped.stdout or "workbook" in helped.stdout
