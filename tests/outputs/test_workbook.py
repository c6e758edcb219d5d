"""The workbook, read back as a person's spreadsheet program reads it."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from workbooks import branch, check, counted, event, rows, school, write

from oso_pipeline.contracts.records import EVENT_NAMES
from oso_pipeline.outputs.changes import SHEET_CHANGES
from oso_pipeline.outputs.notes import SHEET_NOTES
from oso_pipeline.outputs.sheets import SHEET_LAS, SHEET_PROVINCES, SHEET_SCHOOLS, SHEET_SECTORS


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


@pytest.mark.parametrize(
    "name", ["=1+1", "+31", "-5", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1+1", "#N/A"]
)
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


def test_a_workbook_without_any_row_has_its_sheets_and_headers(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [SHEET_SCHOOLS, SHEET_PROVINCES, SHEET_SECTORS, SHEET_LAS, SHEET_CHANGES, SHEET_NOTES]  # fmt: skip
    assert [len(rows(path, name)) for name in book.sheetnames[:-1]] == [1] * 5


def test_the_workbook_says_its_language_and_its_title(tmp_path: Path) -> None:
    properties = openpyxl.load_workbook(write(tmp_path / "book.xlsx", demo=True)).properties
    assert (properties.language, properties.title) == ("nl-NL", "Overzicht scholen met OSO (DEMO)")


def test_shares_are_numbers_per_province_sector_and_las_and_what_is_unknown_stands_last(
    tmp_path: Path,
) -> None:
    adoption = (
        counted("po", "Utrecht", "ESIS", schools_connected=1, schools_in_progress=3, branches_connected=2, branches_lapsed=3),
        counted("vo", None, None, branches_not_started=4),
        counted("po", "Drenthe", "ESIS", schools_connected=1, branches_connected=1),
        counted("po", "Drenthe", "ESIS", schools_connected=9, branches_connected=9) | {"release_id": "an earlier one"},
    )  # fmt: skip
    path = write(tmp_path / "book.xlsx", adoption=adoption)
    assert rows(path, SHEET_PROVINCES) == [
        ("Provincie", "Scholen", "Scholen aangesloten", "Aandeel scholen aangesloten", "Vestigingen", "Vestigingen aangesloten", "Aandeel vestigingen aangesloten"),
        ("Drenthe", 1, 1, 1, 1, 1, 1),
        ("Utrecht", 4, 1, 0.25, 5, 2, 0.4),
        ("onbekend", 0, 0, None, 4, 0, 0),
    ]  # fmt: skip
    assert [row[0] for row in rows(path, SHEET_SECTORS)] == ["Sector", "primair onderwijs", "voortgezet onderwijs"]  # fmt: skip
    assert [row[:3] for row in rows(path, SHEET_LAS)[1:]] == [("ESIS", 5, 2), ("geen of onbekend", 0, 0)]  # fmt: skip
    assert openpyxl.load_workbook(path)[SHEET_PROVINCES]["G3"].number_format == "0.0%"


def test_every_event_is_said_in_dutch_words_and_of_a_branch_that_is_not_connected_nothing_more(
    tmp_path: Path,
) -> None:
    branches = (
        branch("12VU00", branch_name="De Trekschuit", city="HILVERSUM", board_number="68068", board_name="Stichting B", status="lapsed", connected=False),
        branch("36LJ01", branch_name="De Zandloper", city="OSS", connected=True),
    )  # fmt: skip
    changes = (
        event("board_changed", "12VU00", from_value="09818", to_value="68068"),
        event("disconnected", "12VU00", from_value="connected", to_value="lapsed"),
        event("branch_merged", "58VF00", from_value="De Grutto", to_value="36LJ01", reason="OVERGANGEN row 3."),
        event("branch_split", "58VF01", from_value="De Wulp", to_value="36LJ01, 09PM00"),
        event("disconnected", "58VF00", from_value="connected"),
        event("renamed", "36LJ01", from_value="De Klok", to_value="De Zandloper"),
        event("connected", "36LJ01", to_value="connected"),
        event("moved", "36LJ01", from_value="Weg 1") | {"release_id": "an earlier one"},
    )  # fmt: skip
    day = datetime(2026, 11, 23)  # noqa: DTZ001 - a cell has no time zone
    assert rows(write(tmp_path / "book.xlsx", branches=branches, changes=changes), SHEET_CHANGES) == [
        ("Gebeurtenis", "BRIN", "Vestiging", "Naam", "Plaats", "Van", "Naar", "Per"),
        ("Niet meer aangesloten", "12VU", "00", "De Trekschuit", "HILVERSUM", None, None, day),
        ("Niet meer aangesloten", "58VF", "00", "De Grutto", None, None, None, day),
        ("Aangesloten", "36LJ", "01", "De Zandloper", "OSS", None, None, day),
        ("Opgegaan in een andere vestiging", "58VF", "00", "De Grutto", None, None, "De Zandloper (36LJ01)", day),
        ("Gesplitst", "58VF", "01", "De Wulp", None, None, "36LJ01, 09PM00", day),
        ("Ander bestuur", "12VU", "00", "De Trekschuit", "HILVERSUM", "09818", "Stichting B (68068)", day),
        ("Andere naam", "36LJ", "01", "De Zandloper", "OSS", "De Klok", "De Zandloper", day),
    ]  # fmt: skip


def test_every_event_of_the_contract_has_a_place_on_the_sheet(tmp_path: Path) -> None:
    changes = tuple(event(name, "36LJ01", from_value="a", to_value="b") for name in EVENT_NAMES)
    shown = rows(write(tmp_path / "book.xlsx", changes=changes), SHEET_CHANGES)[1:]
    assert {row[0] for row in shown} == set(EVENT_NAMES.values())


def test_the_notes_tell_in_dutch_how_every_check_ended(tmp_path: Path) -> None:
    checks = (
        check("each_onboarding_row_once", severity="law", measured="34771 rows", bound="as many as were read"),
        check("day_not_before_latest", measured="2026-11-23", bound="2026-11-22 or later"),
        check("connected_po", passed=False, measured="4,623", bound="4,700 to 5,556"),
        check("connected_vo", passed=False, measured="1,839, and 141 of the 1,854 are not among them", bound="at most 42 not among them"),
        check("filled_latitude_Zeeland", measured="2 of 87 empty", bound="at most 5"),
        check("rows_register_transitions", measured="8,785", bound="7,906 to 13,177"),
        check("snapshot_ages", measured="all of tonight", bound="of tonight, or less than 35 days"),
        check("quarantine_accounts_brin_unreadable", measured="2", bound="at most 1085"),
        check("something_new", measured="0.97", bound="0.95"),
    )  # fmt: skip
    notes = rows(write(tmp_path / "book.xlsx", checks=checks), SHEET_NOTES)
    assert [note for note in notes if note[0].startswith("Controle")] == [
        ("Controle: elke aangeleverde rij is precies één keer afgestemd", "Voldoet. Gemeten: 34.771 rijen; toegestaan: evenveel als er gelezen zijn."),
        ("Controle: de peildatum ligt niet voor die van de vorige release", "Voldoet. Gemeten: 23 november 2026; toegestaan: 22 november 2026 of later."),
        ("Controle: aantal aangesloten vestigingen: primair onderwijs", "Voldoet niet. Gemeten: 4.623; toegestaan: 4.700 tot en met 5.556. Alleen gepubliceerd als iemand dit heeft geaccepteerd."),
        ("Controle: aantal aangesloten vestigingen: voortgezet onderwijs", "Voldoet niet. Gemeten: 1.839, en 141 van de 1.854 zitten daar niet bij; toegestaan: ten hoogste 42 die daar niet bij zitten. Alleen gepubliceerd als iemand dit heeft geaccepteerd."),
        ("Controle: ingevuld, coördinaten: Zeeland", "Voldoet. Gemeten: 2 van 87 leeg; toegestaan: ten hoogste 5."),
        ("Controle: aantal rijen: BRIN-register: overgangen", "Voldoet. Gemeten: 8.785; toegestaan: 7.906 tot en met 13.177."),
        ("Controle: geen bron is te oud", "Voldoet. Gemeten: alle van vannacht; toegestaan: van vannacht, of minder dan 35 dagen."),
        ("Controle: geweigerde rijen: Accounts, BRIN onleesbaar", "Voldoet. Gemeten: 2; toegestaan: ten hoogste 1.085."),
        ("Controle: something new", "Voldoet. Gemeten: 0,97; toegestaan: 0,95."),
    ]  # fmt: skip


def test_no_sheet_has_a_blank_row_a_merged_cell_or_a_second_header(tmp_path: Path) -> None:
    changes = (event("connected", "36LJ01"),)
    path = write(tmp_path / "book.xlsx", school(), changes=changes, adoption=(counted("po", "Utrecht", None),))  # fmt: skip
    for sheet in openpyxl.load_workbook(path):
        shown = list(sheet.iter_rows(values_only=True))
        assert not sheet.merged_cells.ranges
        assert all(shown[0])
        assert all(any(value is not None for value in row) for row in shown)
        assert shown.count(shown[0]) == 1
        assert (sheet.freeze_panes, len(sheet.tables)) == ("A2", 1)


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
        " (een eerder opgehaald bestand: er kwam niets nieuws binnen)"
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
