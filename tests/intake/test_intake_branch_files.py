"""branch_files.py: three generations of headers, and what becomes of every odd row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pytest_httpserver import HTTPServer

from oso_pipeline.errors import SourceUnreachable, SourceUnreadable
from oso_pipeline.intake.branch_files import FILE_NAMES, fetch_branch_file, read_branch_file
from oso_pipeline.intake.http import Fetcher, Patience
from oso_pipeline.intake.reading import Reading

NOW = "PROVINCIE;BEVOEGD GEZAG NUMMER;INSTELLINGSCODE;VESTIGINGSCODE;VESTIGINGSNAAM;STRAATNAAM;HUISNUMMER-TOEVOEGING;POSTCODE;PLAATSNAAM;GEMEENTENUMMER;GEMEENTENAAM"
IN_2020 = NOW.replace("INSTELLINGSCODE", "BRIN NUMMER").replace("VESTIGINGSCODE", "VESTIGINGSNUMMER")  # fmt: skip
IN_2013 = IN_2020.replace("VESTIGINGSNAAM", "VESTIGINGSNAAM ")
MISSPELT = NOW.replace("INSTELLINGSCODE", "BRINNUMMER").replace("VESTIGINGSCODE", "VESTIGIGSNUMMER")
REST = "De Zwaluw;Kerkstraat;3-B;9999AA;DOKKUM;1970;NOARDEAST-FRYSLÂN"
ROW = f"Friesland;10249;00AH;00AH00;{REST}"


def read(*lines: str, header: str = NOW, table: str = "po") -> Reading:
    body = "\r\n".join([header, *lines, ""]).encode("cp1252")
    return read_branch_file(body, table, snapshot_id="s1")


def signals(reading: Reading, rule: str) -> list[tuple[Any, ...]]:
    return (
        reading.signals.filter(pl.col("rule") == rule).select("subject", "rows", "first_row").rows()
    )


@pytest.mark.parametrize("header", [NOW, IN_2020, IN_2013, MISSPELT])
def test_every_generation_of_headers_gives_the_same_branch(header: str) -> None:
    reading = read(ROW, header=header)
    assert reading.rows.to_dicts() == [
        {
            "source": "po",
            "source_row": 2,
            "branch_code": "00AH00",
            "brin": "00AH",
            "branch_number": "00",
            "branch_name": "De Zwaluw",
            "board_number": "10249",
            "sector": "po",
            "street": "Kerkstraat",
            "house_number": "3-B",
            "postcode": "9999 AA",
            "city": "DOKKUM",
            "municipality": "NOARDEAST-FRYSLÂN",
            "province": "Fryslân",
        }
    ]
    assert reading.signals.is_empty()
    assert reading.quarantined.is_empty()
    assert reading.read.rows() == [("po", "s1", 1)]


def test_a_branch_code_that_cannot_be_read_is_quarantined_with_what_was_written() -> None:
    reading = read(f"Friesland;10249;00AH;00AH000;{REST}", ROW)
    assert reading.rows["source_row"].to_list() == [3]
    assert reading.quarantined.select("source_row", "rule").rows() == [
        (2, "branch_code_unreadable")
    ]
    assert '"branch_code":"00AH000"' in reading.quarantined["raw"][0]
    assert (
        "row 2: INSTELLINGSCODE 00AH and VESTIGINGSCODE 00AH000" in reading.quarantined["reason"][0]
    )


def test_a_branch_code_of_another_school_is_quarantined() -> None:
    reading = read(f"Friesland;10249;00AH;00BA00;{REST}")
    assert reading.quarantined["rule"].to_list() == ["branch_code_unreadable"]


def test_a_header_that_comes_twice_is_quarantined_and_is_no_branch() -> None:
    reading = read(NOW, ROW)
    assert (reading.rows.height, reading.quarantined["source_row"].to_list()) == (1, [2])


def test_a_row_that_does_not_fit_is_quarantined_by_number_and_without_its_fields() -> None:
    reading = read(ROW, "geheim@example.org;06-12345678", ROW.replace("00AH00", "00AH01"))
    assert reading.quarantined.select("source_row", "rule", "raw").rows() == [
        (3, "wrong_number_of_fields", "{}")
    ]
    assert reading.rows["source_row"].to_list() == [2, 4]
    assert reading.read["rows_read"].item() == 3


def test_a_code_that_comes_again_is_ignored_and_signalled() -> None:
    reading = read(ROW, ROW.replace("De Zwaluw", "De Meeuw"))
    assert reading.rows["branch_name"].to_list() == ["De Zwaluw"]
    assert reading.ignored.rows() == [("po", 3, "code_again")]
    assert signals(reading, "code_again") == [("00AH00", 1, 3)]


@pytest.mark.parametrize(
    ("written", "repairs"),
    [
        ("10249;00ah;00AH00", "upper_cased"),
        ("10249;O0AH;00AH00", "letter_for_digit"),
        ("10249;00AH;00AHO0", "letter_for_digit"),
        ("10249;00AH;0", "one_digit"),
        ("10249;00AH;00AH00", None),
        (" 599;00AH;00AH00", "lost_zeroes"),
    ],
)
def test_a_repair_is_named_and_a_whole_branch_code_is_none(
    written: str, repairs: str | None
) -> None:
    reading = read(f"Friesland;{written};{REST}")
    assert reading.rows["branch_code"].to_list() == ["00AH00"]
    assert signals(reading, "repaired") == ([(repairs, 1, 2)] if repairs else [])


@pytest.mark.parametrize(
    ("written", "province", "repaired"),
    [
        ("Friesland", "Fryslân", False),
        ("Fryslân", "Fryslân", False),
        ("FRIESLAND", "Fryslân", True),
        ("Fryslan", "Fryslân", True),
        ("Noord-Holland", "Noord-Holland", False),
        ("Noord Holland", "Noord-Holland", True),
        ("zuid  holland", "Zuid-Holland", True),
        ("Holland", "Holland", False),
    ],
)
def test_another_spelling_of_a_province_has_one_meaning_and_is_repaired(
    written: str, province: str, repaired: bool
) -> None:
    reading = read(f"{written};10249;00AH;00AH00;{REST}")
    assert reading.rows["province"].to_list() == [province]
    assert signals(reading, "repaired") == ([("province_spelling", 1, 2)] if repaired else [])
    assert (signals(reading, "unknown_province") == []) == (province != "Holland")


def test_an_odd_value_is_signalled_and_its_branch_is_kept() -> None:
    reading = read("Freisland;1024A;00AH;00AH00;De Zwaluw;Kerkstraat;3-B;99999;DOKKUM;1970; ")
    assert reading.rows.select("branch_code", "board_number", "postcode").rows() == [
        ("00AH00", None, "99999")
    ]
    assert signals(reading, "unknown_province") == [("Freisland", 1, 2)]
    assert signals(reading, "board_number_unreadable") == [("1024A", 1, 2)]
    assert signals(reading, "municipality_without_name") == [("1970", 1, 2)]
    assert signals(read(ROW.replace("Friesland", "")), "unknown_province") == [(None, 1, 2)]


def test_an_address_of_a_person_in_a_public_file_is_masked() -> None:
    reading = read(ROW.replace("De Zwaluw", "De Zwaluw j.jansen@zwaluw.nl"))
    (name,) = reading.rows["branch_name"]
    assert name.startswith("De Zwaluw [")
    assert "jansen" not in name
    refused = read(ROW.replace("DOKKUM", "j.jansen@zwaluw.nl").replace("00AH00", "x"))
    assert "jansen" not in refused.quarantined["raw"].item()
    named = read(f"{ROW};1", header=f"{NOW};j.jansen@zwaluw.nl").signals.to_dicts()
    assert [one["rule"] for one in named] == ["new_column"]
    assert "jansen" not in str(named)


def test_a_used_column_that_stands_there_twice_is_refused_and_another_one_is_signalled() -> None:
    with pytest.raises(SourceUnreadable, match="column BEVOEGD GEZAG NUMMER once, found it more"):
        read(f"{ROW};10250", header=f"{NOW};BEVOEGD GEZAG NUMMER")
    reading = read(f"{ROW};1;2;", header=f"{NOW};NIEUW;NIEUW;")
    assert reading.rows["board_number"].to_list() == ["10249"]
    assert [name for name, *_ in signals(reading, "new_column")] == [
        "NIEUW",
        "NIEUW (again, column 13)",
        "(no name, column 14)",
    ]


def test_a_new_column_is_signalled_with_the_likely_rename_and_an_ignored_one_is_not() -> None:
    reading = read(f"{ROW};x;y", header=f"{NOW};DENOMINATIE;TELEFOONNUMER")
    assert reading.signals["subject"].to_list() == ["TELEFOONNUMER"]
    assert "nearest name is 'TELEFOONNUMMER'" in reading.signals["reason"][0]


def test_a_missing_column_fails_the_source_and_shows_both_headers() -> None:
    with pytest.raises(SourceUnreadable) as refused:
        read(ROW, header=NOW.replace("INSTELLINGSCODE", "INSTELLINGS CODE"))
    message = str(refused.value)
    assert (
        "po: column INSTELLINGSCODE is missing (the nearest name is 'INSTELLINGS CODE')" in message
    )
    assert "Expected (among others): PROVINCIE;" in message
    assert "Found: PROVINCIE;BEVOEGD GEZAG NUMMER;INSTELLINGS CODE" in message


def fetch(httpserver: HTTPServer, tmp_path: Path) -> str:
    with Fetcher([httpserver.url_for("/")], Patience(attempts=1)) as fetcher:
        return fetch_branch_file(fetcher, httpserver.url_for("/"), "po", tmp_path / "body").url


def test_an_earlier_name_of_the_file_is_tried_when_todays_is_not_there(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request(f"/{FILE_NAMES['po'][0]}").respond_with_data("no", status=404)
    httpserver.expect_request(f"/{FILE_NAMES['po'][1]}").respond_with_data(f"{NOW}\n{ROW}\n")
    assert fetch(httpserver, tmp_path).endswith(FILE_NAMES["po"][1])


def test_no_name_that_is_there_is_unreachable_and_names_all_that_were_tried(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    for name in FILE_NAMES["po"]:
        httpserver.expect_request(f"/{name}").respond_with_data("no", status=404)
    with pytest.raises(SourceUnreachable) as refused:
        fetch(httpserver, tmp_path)
    assert all(name in str(refused.value) for name in FILE_NAMES["po"])


def test_a_web_page_under_todays_name_is_refused_and_no_earlier_name_is_tried(
    httpserver: HTTPServer, tmp_path: Path
) -> None:
    httpserver.expect_request(f"/{FILE_NAMES['po'][0]}").respond_with_data("<html>Onderhoud</html>")
    with pytest.raises(SourceUnreadable, match="a web page arrived"):
        fetch(httpserver, tmp_path)
    assert len(httpserver.log) == 1


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "table", "rows"),
    [
        ("2013-06/02-alle-schoolvestigingen-basisonderwijs.csv", "po", 6899),
        ("2020-12/03-alle-vestigingen-bo.csv", "po", 6268),
        ("2020-12/02-alle-vestigingen-vo.csv", "vo", 1619),
        ("2026-04/02.-alle-schoolvestigingen-basisonderwijs.csv", "po", 6107),
        ("2026-04/02.-alle-vestigingen-vo.excerpt-8-rows.csv", "vo", 8),
    ],
)
def test_a_real_file_is_read_to_the_last_row(
    duo_files: Path, name: str, table: str, rows: int
) -> None:
    reading = read_branch_file((duo_files / name).read_bytes(), table, snapshot_id="s1")
    assert reading.rows.height == rows
    assert reading.quarantined.is_empty()
    assert reading.ignored.is_empty()
    assert signals(reading, "new_column") == []
