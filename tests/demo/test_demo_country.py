from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from demo_reading import every_branch, rows_of

from oso_pipeline.demo.country import write_country
from oso_pipeline.demo.formats import FILE_NAMES, Form

DAY = date(2026, 11, 23)
COLUMNS = {"po": 31, "so": 34, "vo": 32}
CONTRACT = {
    "accounts": "account_name kind requested_on letter_sent_on activated_on closed_on",
    "agreements": "board_number kind signed_on ended_on",
    "questionnaires": "brin status submitted_on",
    "branches": "brin branch_number name added_on removed_on",
    "delivery_points": "brin number kind branch_number las requested_on approved_on key_issued_on registered_on ended_on",
    "test_exchanges": "brin delivery_point_number partner_brin profile performed_on result",
}


def branch_rows(folder: Path, sector: str, form: Form = "today") -> list[dict[str, str]]:
    return rows_of(folder / "duo" / FILE_NAMES[form][sector], "cp1252", ";")


def contents(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_two_countries_with_one_seed_are_the_same_to_the_byte(
    country: Path, tmp_path: Path
) -> None:
    write_country(tmp_path, as_of=DAY)
    assert contents(tmp_path) == contents(country)


def test_another_seed_is_another_country(country: Path, tmp_path: Path) -> None:
    write_country(tmp_path, as_of=DAY, seed=2)
    codes = {row["VESTIGINGSCODE"] for row in every_branch(tmp_path)}
    assert codes != {row["VESTIGINGSCODE"] for row in every_branch(country)}


@pytest.mark.parametrize("sector", COLUMNS)
def test_a_branch_file_of_today_parses_and_has_the_columns_of_today(
    country: Path, sector: str
) -> None:
    rows = branch_rows(country, sector)
    assert rows
    assert len(rows[0]) == COLUMNS[sector]
    assert all(None not in row and None not in row.values() for row in rows)
    assert {"INSTELLINGSCODE", "VESTIGINGSCODE", "VAKANTIEREGIO"} <= rows[0].keys()


@pytest.mark.parametrize("sector", COLUMNS)
def test_a_branch_file_is_windows_1252_with_crlf(country: Path, sector: str) -> None:
    body = (country / "duo" / FILE_NAMES["today"][sector]).read_bytes()
    assert body.count(b"\n") == body.count(b"\r\n")
    assert body.endswith(b"\r\n")
    with pytest.raises(UnicodeDecodeError):
        b"".join(
            (country / "duo" / name).read_bytes() for name in FILE_NAMES["today"].values()
        ).decode()


@pytest.mark.parametrize("form", ["2020", "2013"])
def test_older_files_have_their_own_names_and_headers(tmp_path: Path, form: Form) -> None:
    write_country(tmp_path, as_of=DAY, form=form)
    assert {path.name for path in (tmp_path / "duo").glob("*.csv")} == set(
        FILE_NAMES[form].values()
    )
    row = branch_rows(tmp_path, "po", form)[0]
    assert len(row) == 30
    assert {"BRIN NUMMER", "VESTIGINGSNUMMER"} <= row.keys()
    assert ("VESTIGINGSNAAM " in row) == (form == "2013")
    blanks = {row["INTERNETADRES"] for row in branch_rows(tmp_path, "po", form)}
    assert " " * 80 in blanks


def test_every_branch_code_is_well_formed_and_unique(country: Path) -> None:
    codes = [row["VESTIGINGSCODE"] for row in every_branch(country)]
    assert len(codes) == len(set(codes)) == 300
    assert all(re.fullmatch(r"[0-9]{2}[A-Z]{2}[0-9]{2}", code) for code in codes)
    assert all(
        row["VESTIGINGSCODE"].startswith(row["INSTELLINGSCODE"]) for row in every_branch(country)
    )
    assert all(
        re.fullmatch(r"[0-9]{5}", row["BEVOEGD GEZAG NUMMER"]) for row in every_branch(country)
    )


def test_the_quirks_of_the_real_files_are_there(tmp_path: Path) -> None:
    write_country(tmp_path, branches=3000, as_of=DAY)
    rows = every_branch(tmp_path)
    numbers: dict[str, set[str]] = {}
    for row in rows:
        numbers.setdefault(row["INSTELLINGSCODE"], set()).add(row["VESTIGINGSCODE"][4:])
    assert "" not in {value for row in rows for value in row.values()}
    assert " " in {row["TELEFOONNUMMER"] for row in rows}
    assert "Friesland" in {row["PROVINCIE"] for row in rows}
    assert "S GRAVENHAGE" in {row["GEMEENTENAAM"] for row in rows}
    assert " " in {row["GEMEENTENAAM"] for row in rows}
    assert any("," in row["DENOMINATIE"] for row in rows)
    assert any(" -" in row["HUISNUMMER-TOEVOEGING"] for row in rows)
    assert any(row["INTERNETADRES"].isdigit() for row in rows)
    assert any('"' in row["VESTIGINGSNAAM"] for row in rows)
    assert any("’" in row["STRAATNAAM"] for row in rows)  # noqa: RUF001 - as the files have it
    assert any("00" not in branches for branches in numbers.values())
    assert any(len(branches) > 4 for branches in numbers.values())
    assert max(Counter(row["VESTIGINGSNAAM"] for row in rows).values()) > 4
    assert {"03PM", "12PM"} & numbers.keys()


def test_the_sectors_have_their_real_proportions(tmp_path: Path) -> None:
    write_country(tmp_path, branches=8626, as_of=DAY)
    rows = {sector: branch_rows(tmp_path, sector) for sector in COLUMNS}
    assert {sector: len(of_sector) for sector, of_sector in rows.items()} == {
        "po": 6107,
        "so": 900,
        "vo": 1619,
    }
    assert 640 < len({row["INSTELLINGSCODE"] for row in rows["vo"]}) < 660
    boards = {row["BEVOEGD GEZAG NUMMER"] for of_sector in rows.values() for row in of_sector}
    assert 900 < len(boards) < 1200
    connected = [row["connected"] for row in rows_of(tmp_path / "truth" / "branches.csv")]
    assert 0.65 < connected.count("true") / len(connected) < 0.75


def test_every_board_of_a_branch_has_a_name_in_ckan(country: Path) -> None:
    for sector, kind in {"po": "bo", "so": "so", "vo": "vo"}.items():
        named = rows_of(country / "ckan" / "files" / f"besturen{kind}.csv")
        assert {row["BEVOEGD GEZAG NUMMER"] for row in named} == {
            row["BEVOEGD GEZAG NUMMER"] for row in branch_rows(country, sector)
        }
        assert all(row["BEVOEGD GEZAG NAAM"] for row in named)


def test_ckan_lists_its_resources_by_file_name(country: Path) -> None:
    answer = json.loads((country / "ckan" / "adressen_bo.json").read_text(encoding="utf-8"))
    assert answer["success"] is True
    assert answer["result"]["name"] == "adressen_bo"
    names = [resource["name"] for resource in answer["result"]["resources"]]
    assert names == ["vestigingenbo.csv", "instellingenbo.csv", "besturenbo.csv"]


@pytest.mark.parametrize("table", CONTRACT)
def test_an_onboarding_table_has_the_columns_of_the_contract(country: Path, table: str) -> None:
    rows = rows_of(
        country / "onboarding" / f"{table}.csv",
        separator=";" if table == "delivery_points" else ",",
    )
    extra = ["contactpersoon_email"] if table == "accounts" else []
    assert list(rows[0]) == [*CONTRACT[table].split(), *extra]


def test_no_address_in_the_country_can_be_somebodys(country: Path) -> None:
    accounts = rows_of(country / "onboarding" / "accounts.csv")
    assert all(row["contactpersoon_email"].endswith("@example.invalid") for row in accounts)
    sites = {row["INTERNETADRES"] for row in every_branch(country)}
    assert all(site == " " or site.isdigit() or site.endswith(".example") for site in sites)


def test_even_a_small_country_has_every_status_of_a_first_night(country: Path) -> None:
    statuses = {row["status"] for row in rows_of(country / "truth" / "branches.csv")}
    assert statuses == {"connected", "qualified_not_covered", "in_progress", "not_started"}


def test_the_truth_names_every_branch_and_every_onboarding_row(country: Path) -> None:
    told = {row["branch_code"] for row in rows_of(country / "truth" / "branches.csv")}
    assert told == {row["VESTIGINGSCODE"] for row in every_branch(country)}
    for table, count in Counter(
        row["source_table"] for row in rows_of(country / "truth" / "records.csv")
    ).items():
        body = (country / "onboarding" / f"{table}.csv").read_text(encoding="utf-8")
        assert len(body.splitlines()) == count + 1


@pytest.mark.parametrize("branches", [19, 5_000_001])
def test_a_size_that_cannot_be_is_refused(tmp_path: Path, branches: int) -> None:
    with pytest.raises(ValueError, match="20 to 5000000"):
        write_country(tmp_path, branches=branches, as_of=DAY)


def test_mistakes_that_no_rule_depends_on_are_in_the_files(country: Path) -> None:
    rows = every_branch(country)
    assert {row["PROVINCIE"] for row in rows} & {"Zuid Holland", "Noord Holland", "Noord Brabant"}
    boards: dict[str, set[str]] = {}
    for row in rows:
        boards.setdefault(row["INSTELLINGSCODE"], set()).add(row["BEVOEGD GEZAG NUMMER"])
    assert any(len(named) == 2 for named in boards.values())
