"""delivery.py: what passes the door, and what never does."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from deliveries import TABLES, put_csv, put_workbook

from oso_pipeline.contracts.onboarding import ONBOARDING, QUESTIONNAIRES
from oso_pipeline.errors import SourceUnreachable, SourceUnreadable
from oso_pipeline.intake.delivery import open_snapshot, take_delivery
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.intake.sources import sheet_xml

SECRET = "geheim@example.org"  # noqa: S105 - what must not get in
POINT = "00AH,2,las,,ESIS,2024-01-01,,,2024-02-01,"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "delivery"


def rows_of(store: SnapshotStore, folder: Path, at: datetime, table: str) -> list[dict[str, Any]]:
    kept = take_delivery(folder, store, at=at)
    [asked] = [one for one in ONBOARDING if one.name == table]
    return open_snapshot(kept, store.body(kept), asked).to_dicts()


def everything_stored(store: SnapshotStore) -> bytes:
    found = b""
    for path in store._raw.rglob("*"):
        if path.name == "body":
            with zipfile.ZipFile(path) as archive:
                found += b"".join(archive.read(name) for name in archive.namelist())
        elif path.is_file():
            found += path.read_bytes()
    return found


def refusal(store: SnapshotStore, folder: Path, at: datetime) -> str:
    with pytest.raises(SourceUnreadable) as refused:
        take_delivery(folder, store, at=at)
    assert store.newest("onboarding") is None
    return str(refused.value)


@pytest.mark.parametrize("separator", [",", ";"])
def test_six_csv_files_become_one_snapshot_of_the_contracts_columns(
    store: SnapshotStore, folder: Path, at: datetime, separator: str
) -> None:
    put_csv(folder, separator, delivery_points=POINT.replace(",", separator) + "\n")
    kept = take_delivery(folder, store, at=at)
    with zipfile.ZipFile(io.BytesIO(store.body(kept))) as archive:
        assert sorted(archive.namelist()) == sorted(f"{name}.csv" for name in TABLES)
        assert archive.read("delivery_points.csv").decode().splitlines() == [
            ",".join(TABLES["delivery_points"]),
            POINT,
        ]


def test_a_workbook_gives_days_and_codes_as_text(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_workbook(
        folder / "export.xlsx",
        {
            "delivery_points": [
                [
                    time(15, 0),
                    2,
                    "las",
                    None,
                    "ESIS",
                    date(2024, 1, 1),
                    datetime.combine(date(2024, 1, 2), time()),
                    datetime.combine(date(2024, 1, 3), time(10, 30)),
                    None,
                    None,
                ]
            ],
            "agreements": [[599, "base", date(2024, 1, 1), 45292]],
        },
    )
    point = rows_of(store, folder, at, "delivery_points")[0]
    assert (point["brin"], point["number"]) == ("15:00:00", "2")
    assert [point[f"{day}_on"] for day in ("requested", "approved", "key_issued", "registered")] == [
        "2024-01-01", "2024-01-02", "2024-01-03T10:30:00", None,
    ]  # fmt: skip
    agreement = rows_of(store, folder, at, "agreements")[0]
    assert (agreement["board_number"], agreement["ended_on"]) == ("599", "45292")


def test_a_code_that_a_spreadsheet_made_a_large_number_stays_visibly_wrong(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_workbook(folder / "export.xlsx", {"questionnaires": [[1e5, "draft", None]]})
    assert rows_of(store, folder, at, "questionnaires")[0]["brin"] == "100000"


def test_an_error_in_a_cell_is_not_read_as_empty(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_workbook(
        folder / "export.xlsx", {"agreements": [["10249", "base", date(2024, 1, 1), "#N/A"]]}
    )
    assert rows_of(store, folder, at, "agreements")[0]["ended_on"] == "#N/A"


@pytest.mark.parametrize("formula", ["=DATE(2025,1,1)", "=1/0"])
def test_a_formula_that_no_program_computed_is_no_empty_cell(
    store: SnapshotStore, folder: Path, at: datetime, formula: str
) -> None:
    put_workbook(folder / "export.xlsx", {"agreements": [["10249", "base", date(2024, 1, 1), formula]]})  # fmt: skip
    (row,) = rows_of(store, folder, at, "agreements")
    assert (row["signed_on"], row["ended_on"]) == ("2024-01-01", "#FORMULA")


def test_what_a_program_computed_is_read_and_an_empty_text_is_empty(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    path = put_workbook(folder / "export.xlsx", {"agreements": [["10249", "base", "=x", "=y"]]})
    computed = {b"<f>x</f><v></v>": b"<f>x</f><v>45292</v>", b"<f>y</f><v></v>": b"<f>y</f><v></v>"}

    def compute(cells: bytes) -> bytes:
        cells = cells.replace(b'<c r="D2">', b'<c r="D2" t="str">')
        for before, after in computed.items():
            assert before in cells
            cells = cells.replace(before, after)
        return cells

    rewrite(path, 2, compute)
    (row,) = rows_of(store, folder, at, "agreements")
    assert (row["signed_on"], row["ended_on"]) == ("45292", None)


def test_a_cell_that_was_merged_with_one_that_says_something_is_no_empty_cell(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    signed, ended = date(2024, 1, 1), date(2024, 5, 5)
    boards = [
        ["10249", "base", signed, ended],
        ["41000", "base", signed],
        ["00599", "base", signed],
    ]
    path = put_workbook(folder / "export.xlsx", {"agreements": [*boards, ["Let op", "", "", ""]]})
    book = openpyxl.load_workbook(path)
    for merged in ("D2:D3", "D4:E4", "A6:D9"):  # one end, nothing, and a remark below the table
        book["agreements"].merge_cells(merged)
    book["agreements"]["A6"] = "Gemaakt door de helpdesk"
    book.save(path)
    rows = rows_of(store, folder, at, "agreements")
    assert [row["ended_on"] for row in rows] == ["2024-05-05", "#MERGED", None, None, "#MERGED"]
    assert [row["source_row"] for row in rows] == [2, 3, 4, 5, 6]


def test_one_error_in_a_workbook_with_untidy_metadata_is_still_one_error(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    path = put_workbook(folder / "export.xlsx", {"agreements": [["10249", "base", None, "#N/A"]]})
    rewrite(path, "docProps/core.xml", lambda text: text.replace(b"20", b"never "))
    (row,) = rows_of(store, folder, at, "agreements")
    assert row["ended_on"] == "#N/A"


@pytest.mark.parametrize("place", ["XFD1048576", "ZZ50000"])
def test_a_cell_far_away_from_the_table_is_refused_and_asks_for_no_room(
    store: SnapshotStore, folder: Path, at: datetime, place: str
) -> None:
    path = put_workbook(folder / "export.xlsx", {})
    book = openpyxl.load_workbook(path)
    book["accounts"][place] = " "
    book.save(path)
    message = refusal(store, folder, at)
    assert "sheet accounts)" in message
    assert f"something in column {place.rstrip('0123456789')}" in message
    assert "clear the columns and rows beyond the table" in message


def test_a_workbook_that_unpacks_to_more_than_a_table_needs_is_refused(
    store: SnapshotStore, folder: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_xml, "LARGEST_PART", 20_000)
    path = put_workbook(folder / "export.xlsx", {})
    rewrite(path, 1, lambda cells: cells + b" " * 20_000)
    assert "xl/worksheets/sheet1.xml unpacks to" in refusal(store, folder, at)


def rewrite(path: Path, part: int | str, change: Callable[[bytes], bytes]) -> None:
    """Change a part of a workbook, or a sheet by its number, as another program would have written it."""
    name = f"xl/worksheets/sheet{part}.xml" if isinstance(part, int) else part
    with zipfile.ZipFile(path) as archive:
        parts = {found: archive.read(found) for found in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for found, body in parts.items():
            archive.writestr(found, change(body) if found == name else body)


def test_the_workbook_itself_may_be_named(store: SnapshotStore, folder: Path, at: datetime) -> None:
    path = put_workbook(folder / "export.xlsx", {"agreements": [["10249", "base", None, None]]})
    assert rows_of(store, path, at, "agreements")[0]["source_row"] == 2


def test_a_missing_table_is_refused_by_name_and_an_empty_one_is_not(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_csv(folder)
    (folder / "branches.csv").unlink()
    assert "table branches is missing" in refusal(store, folder, at)
    put_csv(folder)
    assert rows_of(store, folder, at, "branches") == []


def test_a_file_whose_name_ends_in_capitals_is_told_as_found(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_csv(folder)
    (folder / "branches.csv").rename(folder / "branches.CSV")
    message = refusal(store, folder, at)
    assert "table branches is missing" in message
    assert "found accounts, agreements, branches.CSV, delivery_points" in message
    put_csv(folder)
    assert take_delivery(folder, store, at=at).notes["tables_not_read"] == ["branches.CSV"]


def test_a_file_where_a_folder_is_asked_is_told_as_a_file(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    path = put_csv(folder) / "accounts.csv"
    assert f"found the file {path}" in refusal(store, path, at)


def test_a_missing_column_is_refused_and_both_headers_are_shown(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_csv(folder, questionnaires="\tbrin,status\n")
    message = refusal(store, folder, at)
    assert "table questionnaires: column submitted_on is missing" in message
    assert "Expected: brin;status;submitted_on. Found: brin;status." in message


def test_every_table_that_cannot_be_read_is_told_at_once(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_csv(folder, questionnaires="\tbrin,status\n", agreements="\tboard_number;kind;ended_on\n")
    (folder / "branches.csv").write_bytes(",".join(TABLES["branches"]).encode() + b"\n\xe9,,,,\n")
    assert [line.partition(";")[0][:75] for line in refusal(store, folder, at).splitlines()] == [
        "onboarding (delivery), table agreements: column signed_on is missing from i",
        "onboarding (delivery), table questionnaires: column submitted_on is missing",
        "onboarding (branches.csv): byte 0xe9 in row 2 is not utf-8. Expected text i",
    ]


def test_a_table_without_a_header_does_not_get_its_first_record_into_the_message(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_csv(folder, questionnaires=f"\t00AH,draft,{SECRET}\n")
    message = refusal(store, folder, at)
    assert SECRET not in message
    assert "Found: none of them" in message


def test_a_record_in_row_1_is_not_shown_though_it_holds_the_name_of_a_column(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_csv(folder, delivery_points=f"\t{POINT},Jan de Vries,sleutel-1\n")
    message = refusal(store, folder, at)
    assert "Found: las only (the rest is not shown, as row 1 may be a record" in message
    assert not [told for told in ("00AH", "ESIS", "Vries", "sleutel") if told in message]


@pytest.mark.parametrize("again", ["brin", "BRIN"])
def test_a_column_of_ours_that_stands_there_twice_is_refused(
    store: SnapshotStore, folder: Path, at: datetime, again: str
) -> None:
    put_csv(folder, questionnaires=f"\tbrin,{again},status,submitted_on\n00AH,00BA,draft,\n")
    assert "column brin once, found it more than once" in refusal(store, folder, at)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_extra_columns_without_a_name_or_of_one_name_are_dropped_and_told_apart(
    store: SnapshotStore, folder: Path, at: datetime, form: str
) -> None:
    header = [*TABLES["questionnaires"], "opm", "opm", "", "", "OPM"]
    row = ["00AH", "draft", "", *"abcde"]
    if form == "csv":
        put_csv(folder, questionnaires=f"\t{';'.join(header)}\n{';'.join(row)}\n")
    else:
        put_workbook(folder / "export.xlsx", {"questionnaires": [header, row]})
    kept = take_delivery(folder, store, at=at)
    told = ["opm", "opm (again, column 5)", "(no name, column 6)", "(no name, column 7)", "OPM"]
    assert kept.notes["columns_dropped"] == {"questionnaires": told}
    read = open_snapshot(kept, store.body(kept), QUESTIONNAIRES).row(0, named=True)
    assert (read["brin"], read["status"]) == ("00AH", "draft")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_extra_column_is_dropped_by_name_and_its_values_are_stored_nowhere(
    store: SnapshotStore, folder: Path, at: datetime, form: str
) -> None:
    if form == "csv":
        header = ",".join(TABLES["questionnaires"])
        put_csv(
            folder, questionnaires=f"\tcontact,{header},source_row\n{SECRET},00AH,draft,,{SECRET}\n"
        )
    else:
        rows = [
            ["contact", *TABLES["questionnaires"], "source_row"],
            [SECRET, "00AH", "draft", None, SECRET],
        ]
        put_workbook(folder / "export.xlsx", {"questionnaires": rows})
    kept = take_delivery(folder, store, at=at)
    assert kept.notes["columns_dropped"] == {
        "questionnaires": ["contact", "source_row (of the file)"]
    }
    assert SECRET.encode() not in everything_stored(store)
    assert b"00AH" in everything_stored(store)


def test_a_column_without_a_name_in_a_workbook_is_reported_and_stored_nowhere(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    rows = [[*TABLES["questionnaires"], None], ["00AH", "draft", None, SECRET]]
    put_workbook(folder / "export.xlsx", {"questionnaires": rows})
    kept = take_delivery(folder, store, at=at)
    assert kept.notes["columns_dropped"] == {"questionnaires": ["(no name, column 4)"]}
    assert SECRET.encode() not in everything_stored(store)


def test_a_row_that_does_not_fit_is_known_by_number_and_its_fields_are_stored_nowhere(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_csv(folder, questionnaires=f"00AH,draft,\n00BA,{SECRET},draft,\n\n00CA,draft,\n{SECRET}\n")
    kept = take_delivery(folder, store, at=at)
    assert kept.notes["misfits"] == {"questionnaires": [[3, 4], [6, 1]]}
    assert SECRET.encode() not in everything_stored(store)
    rows = open_snapshot(kept, store.body(kept), QUESTIONNAIRES)
    assert rows.select("source_row", "brin").rows() == [(2, "00AH"), (5, "00CA")]


def test_a_further_table_is_not_read_and_is_reported(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_csv(folder)
    (folder / "contacts.csv").write_text(f"mail\n{SECRET}\n")
    assert take_delivery(folder, store, at=at).notes["tables_not_read"] == ["contacts"]
    assert SECRET.encode() not in everything_stored(store)


def test_row_numbers_survive_blank_rows_and_quoted_line_ends(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_csv(folder, branches='00AH,01,"De\n""Zwaluw"", noord",,\n\n00AH,02,"a\rb",,\n')
    rows = rows_of(store, folder, at, "branches")
    assert [(row["source_row"], row["name"]) for row in rows] == [
        (2, 'De\n"Zwaluw", noord'),
        (4, "a\nb"),
    ]


@pytest.mark.parametrize("size", [0.3, 0.9])
def test_a_half_written_workbook_is_refused(
    store: SnapshotStore, folder: Path, at: datetime, size: float
) -> None:
    path = put_workbook(folder / "export.xlsx", {})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * size)])
    assert "Was it written to the end?" in refusal(store, folder, at)


def test_a_half_written_csv_file_is_refused(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_csv(folder, questionnaires="00AH,draft,\n00BA,dra")
    assert "the last line (row 3) stops after 2 of 3 fields" in refusal(store, folder, at)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("\t", "it is empty"),
        ("\t\0", "NUL byte"),
        ("\t<html>", "a web page"),
        ("\t\n", "it is empty"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    store: SnapshotStore, folder: Path, at: datetime, body: str, found: str
) -> None:
    put_csv(folder, accounts=body)
    message = refusal(store, folder, at)
    assert message.startswith("onboarding (accounts.csv): ")
    assert found in message


def test_an_empty_sheet_is_refused(store: SnapshotStore, folder: Path, at: datetime) -> None:
    path = put_workbook(folder / "export.xlsx", {})
    book = openpyxl.load_workbook(path)
    book.remove(book["accounts"])
    book.create_sheet("accounts")
    book.save(path)
    assert "sheet accounts): expected a header in row 1" in refusal(store, folder, at)


def test_windows_1252_is_refused_by_row(store: SnapshotStore, folder: Path, at: datetime) -> None:
    put_csv(folder)
    (folder / "branches.csv").write_bytes(
        "brin,branch_number,name,added_on,removed_on\n00AH,00,é,,\n".encode("cp1252")
    )
    assert "byte 0xe9 in row 2 is not utf-8" in refusal(store, folder, at)


def test_csv_files_beside_a_workbook_or_two_workbooks_are_refused(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_csv(folder)
    put_workbook(folder / "export.xlsx", {})
    assert "found more than one delivery: export.xlsx, accounts.csv" in refusal(store, folder, at)
    for path in folder.glob("*.csv"):
        path.unlink()
    put_workbook(folder / "export 2.xlsx", {})
    assert "found more than one delivery" in refusal(store, folder, at)


def test_the_lock_file_of_an_open_workbook_is_no_workbook(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_workbook(folder / "export.xlsx", {})
    (folder / "~$export.xlsx").write_bytes(b"lock")
    assert take_delivery(folder, store, at=at).source == "onboarding"


def test_a_folder_where_a_file_should_be_is_refused(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_csv(folder)
    (folder / "accounts.csv").unlink()
    (folder / "accounts.csv").mkdir()
    assert "accounts.csv): cannot be opened" in refusal(store, folder, at)


def test_no_folder_is_no_delivery_and_the_message_says_where_to_put_it(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    with pytest.raises(
        SourceUnreachable, match=r"there is no folder .*delivery.*OSO_ONBOARDING=dir:PATH"
    ):
        take_delivery(folder, store, at=at)


def test_the_same_delivery_again_is_the_same_snapshot(
    store: SnapshotStore, folder: Path, at: datetime
) -> None:
    put_csv(folder, delivery_points=POINT + "\n")
    first = take_delivery(folder, store, at=at)
    assert take_delivery(folder, store, at=at.replace(day=24)) == first
