"""rules.py and filled.py: every wrong cell of a workbook is named with what was expected."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from oso_pipeline.contracts.records import FLAGS
from oso_pipeline.errors import UsageError
from oso_pipeline.overrides.filled import read_workbook
from oso_pipeline.overrides.layout import COLUMNS, HEADERS, PROPOSED
from oso_pipeline.overrides.rules import what_is_wrong
from oso_pipeline.overrides.workbook import write_workbook

TODAY = date(2026, 11, 20)
GOOD = {
    "subject": "00ZZ", "decision": "is nu", "value": "00AA", "reason": "fusie", "evidence": "brief",
    "author": "servicedesk", "decided_on": datetime(2026, 11, 1), "expires_on": None,  # noqa: DTZ001
}  # fmt: skip
ITEMS: dict[str, list[dict[str, Any]]] = {
    "same_as": [
        {"subject": "00ZZ", "value": "00AA", "choices": ["00AA"], PROPOSED: "00AA"},
        {"subject": "00YY", "value": None, "choices": ["00AA", "00BB"], PROPOSED: None},
    ],
    "served_by": [{"subject": "00AA01", "value": None, "choices": ["7"], PROPOSED: None}],
    "ignore_flag": [
        {"subject": "00AA01", "value": "branch_without_delivery_point", "choices": ["branch_without_delivery_point"], PROPOSED: "Vestiging zonder aanleverpunt"},
    ],
}  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "besluiten.xlsx"
    write_workbook(path, [], ITEMS, as_of=TODAY, release_id="r1", stamp="(geen)", demo=False)
    return path


def fill(path: Path, sheet: str, row: int, **cells: Any) -> None:
    book = openpyxl.load_workbook(path)
    header = [cell.value for cell in book[sheet][1]]
    for column, value in cells.items():
        place = header.index(HEADERS.get(column, column)) + 1
        book[sheet].cell(row, place).value = value
    book.save(path)


def wrong(path: Path) -> list[str]:
    return [str(one) for one in what_is_wrong(read_workbook(path), TODAY)]


def test_a_workbook_in_which_nothing_is_filled_in_holds_no_decision(path: Path) -> None:
    read = read_workbook(path)
    assert (read.decisions, read.wrong, read.stamp) == ([], [], "(geen)")


def test_what_is_filled_in_is_read_with_the_names_of_the_contract(path: Path) -> None:
    fill(path, "Besluiten", 9, **GOOD)
    fill(
        path,
        "Signalen",
        2,
        reason="klopt",
        author="servicedesk",
        decided_on=date(2026, 11, 1),
        expires_on="2027-01-01",
    )
    assert wrong(path) == []
    read = read_workbook(path)
    assert [tuple(one[name] for name in COLUMNS) for one in read.decisions] == [
        ("00ZZ", "same_as", "00AA", "fusie", "brief", "servicedesk", "2026-11-01", None),
        ("00AA01", "ignore_flag", "branch_without_delivery_point", "klopt", None, "servicedesk", "2026-11-01", "2027-01-01"),
    ]  # fmt: skip
    assert read.places == [("Besluiten", 9), ("Signalen", 2)]


@pytest.mark.parametrize(
    ("instead", "expected"),
    [
        ({"subject": 599}, "Onderwerp is '599'; expected text; a spreadsheet made a number of it"),
        ({"value": 2}, "Waarde is '2'; expected text; a spreadsheet made a number of it"),
        ({"subject": time(15, 0)}, "Onderwerp is '15:00:00'; expected text; a spreadsheet made a time of it"),
        ({"value": '=CONCATENATE("00","AA")'}, "expected a value, not a formula or an error"),
        ({"value": "#N/A"}, "Waarde is '#N/A'; expected a value, not a formula"),
        ({"subject": "0ZZ"}, "Onderwerp is '0ZZ'; expected a branch, school or board as 00AH01"),
        ({"value": None}, "Waarde is empty; expected a code, a number or a flag"),
        ({"decision": "wordt"}, "Besluit is 'wordt'; expected one of same_as, served_by, ignore_flag"),
        ({"reason": " "}, "Reden is empty; expected why it was decided"),
        ({"author": None}, "Besloten door is empty; expected the role that decided"),
        ({"author": "p@school.nl"}, "Besloten door is 'p@school.nl'; expected a role"),
        ({"decided_on": None}, "Besloten op is empty; expected the day on which it was decided"),
        ({"decided_on": "1 nov"}, "Besloten op is '1 nov'; expected a day, as a date cell"),
        ({"decided_on": datetime(2026, 11, 21)}, "Besloten op is '2026-11-21'; expected a day up to today"),  # noqa: DTZ001
        ({"expires_on": "2026-11-01"}, "Vervalt op is '2026-11-01'; expected a day after 2026-11-01"),
        ({"value": "00AA01"}, "Waarde is '00AA01'; expected a code of the same kind as 00ZZ"),
        ({"value": "00zz"}, "Waarde is '00zz'; expected another code than the old one"),
        ({"Schrappen": "weg"}, "Schrappen is 'weg'; expected ja, or nothing"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_with_what_was_expected(
    path: Path, instead: dict[str, Any], expected: str
) -> None:
    fill(path, "Besluiten", 5, **GOOD | instead)
    (told,) = wrong(path)
    assert told.startswith("Besluiten, row 5: ")
    assert expected in told


def test_two_decisions_that_count_about_one_subject_are_refused_and_an_expired_one_makes_room(
    path: Path,
) -> None:
    fill(path, "Besluiten", 2, **GOOD | {"subject": "00zz", "expires_on": datetime(2026, 11, 20)})  # noqa: DTZ001
    fill(path, "Besluiten", 3, **GOOD)
    assert wrong(path) == []
    fill(path, "Oude codes", 2, reason="fusie", author="servicedesk", decided_on="2026-11-01")
    assert wrong(path) == [
        "Oude codes, row 2: Onderwerp is '00ZZ'; expected one decision about it, found another in Besluiten, row 3."
    ]


def test_another_value_than_was_proposed_and_nothing_else_is_half_a_decision(path: Path) -> None:
    fill(path, "Oude codes", 2, value="00BB")
    assert [line.split("; ")[0] for line in wrong(path)] == [
        "Oude codes, row 2: Reden is empty",
        "Oude codes, row 2: Besloten door is empty",
        "Oude codes, row 2: Besloten op is empty",
    ]


def test_every_wrong_row_is_told_at_once(path: Path) -> None:
    fill(path, "Zonder aanleverpunt", 2, reason="zo")
    fill(path, "Oude codes", 3, value=12)
    told = wrong(path)
    assert {line.split(":")[0] for line in told} == {
        "Oude codes, row 3",
        "Zonder aanleverpunt, row 2",
    }


@pytest.mark.parametrize("sheet", ["Besluiten", "Uitleg", "Signalen"])
def test_a_missing_sheet_is_refused_by_name(path: Path, sheet: str) -> None:
    book = openpyxl.load_workbook(path)
    del book[sheet]
    book.save(path)
    with pytest.raises(UsageError, match=f"sheet {sheet} is missing. Found: "):
        read_workbook(path)


def test_a_missing_column_and_what_is_no_workbook_are_refused(path: Path) -> None:
    fill(path, "Signalen", 1, reason="Waarom")
    with pytest.raises(UsageError, match="sheet Signalen: column Reden is missing from row 1"):
        read_workbook(path)
    path.write_bytes(b"PK")
    with pytest.raises(UsageError, match=r"expected an \.xlsx workbook"):
        read_workbook(path)
    with pytest.raises(UsageError, match="There is no file"):
        read_workbook(path.with_name("weg.xlsx"))


def test_keys_are_protected_and_what_is_filled_in_is_not(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["Oude codes"]
    header = [cell.value for cell in sheet[1]]
    locked = {
        name: sheet.cell(2, header.index(HEADERS[name]) + 1).protection.locked for name in COLUMNS
    }
    assert sheet.protection.sheet
    assert [name for name in COLUMNS if locked[name]] == ["subject", "decision"]
    flags = book["Signalen"]
    place = [cell.value for cell in flags[1]].index(HEADERS["value"]) + 1
    assert flags.cell(2, place).protection.locked
    assert not book["Besluiten"]["A2"].protection.locked


def test_codes_are_text_cells_and_values_have_drop_downs(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets[1:]:
        assert {cell.number_format for cell in sheet["A"]} == {"@"}
    lists = {
        rule.formula1: str(rule.sqref)
        for sheet in book.worksheets
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    assert lists['"is nu,wordt bediend door,negeer signaal"'].startswith("B2:B")
    assert '"00AA,00BB"' in lists
    assert '"7"' in lists
    flags = next(area for area in lists if area.startswith("Uitleg!"))
    first, last = flags.removeprefix("Uitleg!").replace("$", "").split(":")
    assert [cell.value for (cell,) in book["Uitleg"][first:last]] == list(FLAGS.values())
    assert all(len(listed) <= 255 for listed in lists)


def test_the_same_items_give_the_same_bytes(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    write_workbook(again, [], ITEMS, as_of=TODAY, release_id="r1", stamp="(geen)", demo=False)
    assert again.read_bytes() == path.read_bytes()


def test_a_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    row = {
        "subject": "00ZZ",
        "decision": "same_as",
        "value": "00AA",
        "reason": "=1+1",
        "locked": True,
    }
    write_workbook(path, [row], ITEMS, as_of=TODAY, release_id="r1", stamp="x", demo=True)
    assert read_workbook(path).decisions[0]["reason"] == "=1+1"
