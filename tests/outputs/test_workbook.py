"""The workbook, read back as a person's spreadsheet program reads it."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from oso_pipeline.contracts.records import SOURCES
from oso_pipeline.contracts.statuses import BRANCH_STATUS, CONNECTED_SCHOOLS
from oso_pipeline.outputs.workbook import SHEET_NOTES, SHEET_SCHOOLS, write_workbook

DAY = date(2026, 11, 23)


def school(**changes: Any) -> dict[str, Any]:
    return {
        "brin": "03PM",
        "branch_number": "00",
        "branch_name": "De Regenboog",
        "address": "Melkweg 13",
        "city": "ASSEN",
        "municipality": "ASSEN",
        "province": "Drenthe",
        "sector": "primair onderwijs",
        "board_name": "Stichting Voorbeeld",
        "las": "ParnasSys",
        "connected_on": date(2024, 8, 1),
        "ot_ready": True,
        "ldos_ready": False,
        "swv_ready": False,
    } | changes


def write(path: Path, *schools: dict[str, Any], demo: bool = False) -> Path:
    sources = pl.DataFrame(
        [
            {
                "source": "po",
                "snapshot_id": "x",
                "url": "https://duo.nl",
                "fetched_at": datetime(2026, 11, 22, 23, 30, tzinfo=UTC),
                "seen_at": datetime(2026, 11, 22, 23, 30, tzinfo=UTC),
                "sha256": "0",
                "rows_read": 6107,
                "rows_used": 6107,
                "rows_ignored": 0,
                "rows_quarantined": 0,
                "fallback": True,
            }
        ],
        schema=SOURCES.schema,
    )
    write_workbook(
        path,
        pl.DataFrame(schools, schema=CONNECTED_SCHOOLS.schema),
        sources,
        BRANCH_STATUS.empty(),
        as_of=DAY,
        release_id="20261123T060000Z-aaaaaaaa",
        demo=demo,
    )
    return path


def rows(path: Path, sheet: str) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))


def test_a_row_shows_what_people_ask_for_under_dutch_headers(tmp_path: Path) -> None:
    shown = rows(write(tmp_path / "book.xlsx", school()), SHEET_SCHOOLS)
    assert shown == [
        (
            "BRIN", "Vestiging", "Naam", "Adres", "Plaats", "Gemeente", "Provincie", "Sector",
            "Bestuur", "LAS", "Aangesloten sinds", "OT", "LDOS", "SWV",
        ),
        (
            "03PM", "00", "De Regenboog", "Melkweg 13", "ASSEN", "ASSEN", "Drenthe",
            "primair onderwijs", "Stichting Voorbeeld", "ParnasSys", datetime(2024, 8, 1), "ja",  # noqa: DTZ001
            "nee", "nee",
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["=1+1", "+31", "-5", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_a_value_that_looks_like_a_formula_stays_text(name: str, tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", school(branch_name=name))
    cell = openpyxl.load_workbook(path)[SHEET_SCHOOLS]["C2"]
    assert (cell.value, cell.data_type) == (name, "s")


def test_codes_are_text_cells(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write(tmp_path / "book.xlsx", school()))[SHEET_SCHOOLS]
    assert [(sheet[at].data_type, sheet[at].number_format) for at in ("A2", "B2")] == [("s", "@")] * 2  # fmt: skip


def test_a_control_character_is_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", school(branch_name="De\x0bBoog"))
    assert rows(path, SHEET_SCHOOLS)[1][2] == "DeBoog"


def test_the_header_is_frozen_and_the_rows_are_a_table_with_a_filter(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", school(), school(brin="04AM"))
    sheet = openpyxl.load_workbook(path)[SHEET_SCHOOLS]
    table = sheet.tables["AangeslotenScholen"]
    assert (sheet.freeze_panes, table.ref, table.autoFilter.ref) == ("A2", "A1:N3", "A1:N3")


def test_a_workbook_without_a_connected_school_opens(tmp_path: Path) -> None:
    assert len(rows(write(tmp_path / "book.xlsx"), SHEET_SCHOOLS)) == 1


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write(tmp_path / name, school()).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert first == second
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        assert {info.date_time for info in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_notes_say_day_sources_and_licence(tmp_path: Path) -> None:
    notes = dict(rows(write(tmp_path / "book.xlsx", school()), SHEET_NOTES)[1:])
    assert notes["Peildatum"] == "23 november 2026"
    assert notes["Bron: DUO, vestigingen basisonderwijs"] == (
        "opgehaald op 23 november 2026, 00:30, 6.107 rijen"
        " (een eerdere momentopname: er kwam niets nieuws binnen)"
    )
    assert "CC0" in notes["Licentie"]
    assert notes["Niet gelezen uit het register"] == (
        "vestigingen speciaal (basis)onderwijs, vestigingen voortgezet onderwijs, besturen,"
        " BRIN-register, RIO"
    )
    assert "DEMO" not in notes


def test_a_demo_says_so(tmp_path: Path) -> None:
    notes = dict(rows(write(tmp_path / "book.xlsx", school(), demo=True), SHEET_NOTES)[1:])
    assert "verzonnen" in notes["DEMO"]
