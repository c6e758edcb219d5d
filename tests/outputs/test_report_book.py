"""The report's tables as a workbook, read back as a person's spreadsheet program reads it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from report_tables import tables_of
from world import BOARD, World, ago, connected_school, point, world

from oso_pipeline.outputs.report import write_report_workbook

D = date(2026, 11, 20)
SHEETS = [
    "Kerncijfers", "In de tijd", "Stappen", "Waar scholen staan", "Wachtende aanleverpunten", "Per provincie", "Per SWV",
    "Per LAS", "Open werk per bestuur", "Zonder aanleverpunt", "Signalen", "Oorzaken", "Wijzigingen", "Afstemming",
    "Quarantaine", "Opvallend", "Bronnen", "Toelichting",
]  # fmt: skip


def written(path: Path, night: World, *, demo: bool = False, **instead: pl.DataFrame) -> Path:
    of_release = {"as_of": night.day, "release_id": str(night.number), "demo": demo}
    write_report_workbook(path, tables_of(night, **instead), **of_release)
    return path


def test_every_table_has_a_sheet_with_one_header_row_and_no_blank_one(tmp_path: Path) -> None:
    night = connected_school(["00AA00", "00AA01"], before=connected_school(day=ago(1)))
    book = openpyxl.load_workbook(written(tmp_path / "book.xlsx", night))
    assert book.sheetnames == SHEETS
    for sheet in book:
        rows = list(sheet.iter_rows(values_only=True))
        assert all(rows[0]), sheet.title
        assert all(row[0] not in {None, ""} for row in rows), sheet.title
        assert not sheet.merged_cells.ranges


def test_a_boards_number_is_a_text_cell_and_a_count_is_a_number(tmp_path: Path) -> None:
    night = connected_school(exchanges=[], boards={BOARD: "=1+1"})
    sheet = openpyxl.load_workbook(written(tmp_path / "book.xlsx", night))["Open werk per bestuur"]
    number, name, schools = (sheet.cell(2, column) for column in (1, 2, 3))
    assert (number.value, number.data_type, number.number_format) == (BOARD, "s", "@")
    assert (name.value, name.data_type) == ("=1+1", "s")
    assert (schools.value, schools.data_type) == (1, "n")


def test_a_share_is_a_percentage_and_a_day_is_a_date(tmp_path: Path) -> None:
    night = connected_school(points=[point(las=None)])
    book = openpyxl.load_workbook(written(tmp_path / "book.xlsx", night))
    share, day = book["Kerncijfers"]["C2"], book["In de tijd"]["A2"]
    assert (share.value, share.number_format) == (1, "0.0%")
    assert (day.value.date(), day.number_format) == (D, "dd-mm-yyyy")


def test_all_boards_are_there_where_the_page_shows_the_first(tmp_path: Path) -> None:
    codes = [f"00{a}{b}00" for a in "ABCD" for b in "ABCDE"]
    rows = [{"branch_code": code, "board_number": f"1{n:04}", "sector": "po", "branch_name": code, "province": "Utrecht", "municipality": "Zeist"} for n, code in enumerate(codes)]  # fmt: skip
    night = world(rows, points=[point("0", code[:4]) for code in codes])
    sheet = openpyxl.load_workbook(written(tmp_path / "book.xlsx", night))["Open werk per bestuur"]
    assert sheet.max_row == 1 + len(codes)


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    night = connected_school()
    first, second = (written(tmp_path / name, night).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert first == second


@pytest.mark.parametrize("demo", [True, False])
def test_a_demo_says_so_in_its_title_and_its_notes(demo: bool, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(tmp_path / "book.xlsx", connected_school(), demo=demo))
    notes = {row[0].value for row in book["Toelichting"].iter_rows()}
    assert ("DEMO" in (book.properties.title or ""), "DEMO" in notes) == (demo, demo)
    assert book.properties.language == "nl-NL"
