"""onboarding.py: every reason for quarantine, what counts once, and every repair by its name."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deliveries import TABLES, put_csv, put_workbook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oso_pipeline.intake.delivery import take_delivery
from oso_pipeline.intake.onboarding import read_onboarding
from oso_pipeline.intake.reading import Reading
from oso_pipeline.intake.snapshots import SnapshotStore

AT = datetime.fromisoformat("2026-11-23T02:00:00+00:00")


@pytest.fixture
def read(store: SnapshotStore, tmp_path: Path) -> Any:
    def _read(table: str, rows: str) -> Reading:
        kept = take_delivery(put_csv(tmp_path / "d", **{table: rows}), store, at=AT)
        return read_onboarding(kept, store.body(kept))[table]

    return _read


def refused(reading: Reading) -> list[tuple[int, str]]:
    return reading.quarantined.select("source_row", "rule").rows()


@pytest.mark.parametrize(
    ("table", "row", "rule"),
    [
        ("accounts", "00AHX,school,,,,", "brin_unreadable"),
        ("accounts", "10249,school,,,,", "brin_unreadable"),
        ("accounts", ",school,,,,", "brin_unreadable"),
        ("accounts", "00AH,board,,,,", "board_number_unreadable"),
        ("accounts", "00AH,parent,,,,", "not_of_the_list"),
        ("accounts", "00AH,,,,,", "not_of_the_list"),
        ("accounts", "00AH,school,31-08-2024,,,", "date_unreadable"),
        ("accounts", "00AH,school,,,2024-02-02,2024-02-01", "end_before_begin"),
        ("agreements", "102490,base,,", "board_number_unreadable"),
        ("agreements", "10249,basis,,", "not_of_the_list"),
        ("agreements", "10249,base,2024-02-30,", "date_unreadable"),
        ("agreements", "10249,base,0001-01-01,", "date_unreadable"),
        ("agreements", "10249,base,1899-12-30,", "date_unreadable"),
        ("agreements", "10249,base,45292,", "date_unreadable"),
        ("agreements", "10249,base,2024-01-01,#N/A", "date_unreadable"),
        ("agreements", "10249,base,2024-01-01T00:00:00Z,", "date_unreadable"),
        ("agreements", "10249,base,2024-02-02,2024-02-01", "end_before_begin"),
        ("questionnaires", "1E5,draft,", "brin_unreadable"),
        ("questionnaires", "00SU-000,draft,", "brin_unreadable"),
        ("questionnaires", "00AH,sent,", "not_of_the_list"),
        ("questionnaires", "brin,status,submitted_on", "brin_unreadable"),
        ("branches", "00A,01,,,", "brin_unreadable"),
        ("branches", "00AH,,,,", "branch_number_unreadable"),
        ("branches", "00AH,001,,,", "branch_number_unreadable"),
        ("branches", "00AH,00BA01,,,", "branch_number_unreadable"),
        ("branches", "00AH-02,01,,,", "branch_contradicted"),
        ("branches", "00AH,01,,2024-02-02,2024-02-01", "end_before_begin"),
        ("delivery_points", "x,1,las,,,,,,,", "brin_unreadable"),
        ("delivery_points", "00AH,1,parnassys,,,,,,,", "not_of_the_list"),
        ("delivery_points", "00AH,1,las,00BA01,,,,,,", "link_unreadable"),
        ("delivery_points", "00AH,1,las,000,,,,,,", "link_unreadable"),
        ("delivery_points", "00AH-02,1,las,,,,,,,", "branch_contradicted"),
        ("delivery_points", "00AH-02,2,las,01,,,,,,", "branch_contradicted"),
        ("delivery_points", "00AH-02,2,ot,,,,,,,", "branch_contradicted"),
        ("delivery_points", "00AH,1,las,,,,,,morgen,", "date_unreadable"),
        ("delivery_points", "00AH,1,las,,,,,,2024-02-02,2024-02-01", "end_before_begin"),
        ("test_exchanges", ",1,00BA,POPO,,passed", "brin_unreadable"),
        ("test_exchanges", "00AH,1,00BA,POPO,,ok", "not_of_the_list"),
        ("test_exchanges", "00AH,1,00BA,POPO,gisteren,passed", "date_unreadable"),
    ],
)
def test_a_row_that_cannot_be_used_is_quarantined_with_its_rule_and_its_row(
    read: Any, table: str, row: str, rule: str
) -> None:
    reading = read(table, f"\n{row}\n")
    assert refused(reading) == [(3, rule)]
    assert reading.quarantined["reason"][0].startswith(f"{table}, row 3: ")
    assert "; expected " in reading.quarantined["reason"][0]
    assert reading.rows.is_empty()
    assert reading.read["rows_read"].item() == 1


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "repair"),
    [
        ("accounts", "599,board,,,,", "account_name", "00599", "lost_zeroes"),
        ("accounts", "00ah,SCHOOL,,,,", "account_name", "00AH", "upper_cased+lower_cased"),
        ("questionnaires", "15:00:00,draft,", "brin", "03PM", "clock_time"),
        ("questionnaires", "00AH|2,draft,", "brin", "00AH", "joined_code"),
        ("questionnaires", "OOAH,draft,", "brin", "00AH", "letter_for_digit"),
        ("branches", "00AH-02,,,,", "branch_number", "02", "joined_code"),
        ("branches", "00AH,2,,,", "branch_number", "02", "one_digit"),
        ("delivery_points", "00AH,02,las,,,,,,,", "number", "2", "leading_zeroes"),
        ("delivery_points", "00AH-02,2,las,,,,,,,", "brin", "00AH", "joined_code"),
        ("delivery_points", "00AH,x,las,O2,,,,,,", "branch_number", "02", "letter_for_digit"),
        ("test_exchanges", "00AH,1,00ba,POPO,,passed", "partner_brin", "00BA", "upper_cased"),
        ("test_exchanges", "00AH,1,00BA,popo,,passed", "profile", "POPO", "upper_cased"),
        ("questionnaires", "00AH,draft,2024-01-31T23:59:59", "submitted_on", date(2024, 1, 31), "time_left_off"),
        ("questionnaires", "00AH,draft,2024-01-31", "submitted_on", date(2024, 1, 31), None),
    ],
)  # fmt: skip
def test_what_has_one_meaning_is_repaired_by_name(
    read: Any, table: str, row: str, column: str, value: object, repair: str | None
) -> None:
    reading = read(table, f"{row}\n")
    assert reading.rows.select(column, "repairs").rows() == [(value, repair)]
    signalled = reading.signals.filter(pl.col("rule") == "repaired")["subject"].to_list()
    assert signalled == ([repair] if repair else [])


def test_rows_that_are_identical_after_repair_count_once_and_the_first_one_counts(
    read: Any,
) -> None:
    reading = read(
        "questionnaires", "00AH,draft,\n00ah,DRAFT,\n00AH,draft,2024-01-01\n00AH,draft,\n"
    )
    assert reading.rows["source_row"].to_list() == [2, 4]
    assert reading.ignored.rows() == [
        ("questionnaires", 3, "duplicate"),
        ("questionnaires", 5, "duplicate"),
    ]


def test_identical_rows_that_cannot_be_used_are_quarantined_each(read: Any) -> None:
    assert refused(read("questionnaires", "x,draft,\nx,draft,\n")) == [
        (2, "brin_unreadable"),
        (3, "brin_unreadable"),
    ]


def test_a_row_that_does_not_fit_its_header_is_quarantined_without_its_fields(read: Any) -> None:
    reading = read("questionnaires", "00AH,draft\n00AH,draft,\n")
    assert reading.quarantined.select("source_row", "rule", "raw").rows() == [
        (2, "wrong_number_of_fields", "{}")
    ]
    assert (reading.rows.height, reading.read["rows_read"].item()) == (1, 2)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_row_that_says_something_in_dropped_columns_only_is_read_and_a_blank_one_is_not(
    store: SnapshotStore, tmp_path: Path, form: str
) -> None:
    rows = [["00AH", "draft", "", "x"], ["", "", "", ""], ["", "", "", "Jan"], ["", "", "", ""]]
    header = [*TABLES["questionnaires"], "contact"]
    if form == "csv":
        body = "\n".join(",".join(row) for row in [header, *rows])
        put_csv(tmp_path / "d", questionnaires=f"\t{body}\n")
    else:
        put_workbook(tmp_path / "d" / "export.xlsx", {"questionnaires": [header, *rows]})
    kept = take_delivery(tmp_path / "d", store, at=AT)
    reading = read_onboarding(kept, store.body(kept))["questionnaires"]
    assert refused(reading) == [(4, "brin_unreadable")]
    assert reading.read["rows_read"].to_list() == [2]


def test_what_is_quarantined_keeps_the_contracts_columns_as_written(read: Any) -> None:
    raw = read("questionnaires", " 0AH ,draft,\n").quarantined["raw"][0]
    assert raw == '{"brin":"0AH","status":"draft","submitted_on":null}'


def test_what_is_quarantined_names_the_school_or_board_that_can_still_be_read(read: Any) -> None:
    assert read("questionnaires", "00ah,goedgekeurd,\n?,draft,\n00AH\n").quarantined.select(
        "source_row", "subject"
    ).rows() == [(2, "00AH"), (3, None), (4, None)]
    assert read("agreements", "599,base,31-12-2019,\n").quarantined["subject"].item() == "00599"


def test_an_unknown_profile_product_or_partner_is_kept_and_signalled(read: Any) -> None:
    exchange = read("test_exchanges", "00AH,1,anders,POXX,,passed\n00AH,1,00BA,,,passed\n")
    assert exchange.rows["profile"].to_list() == ["POXX", None]
    assert exchange.rows["partner_brin"].to_list() == ["anders", "00BA"]
    assert sorted(exchange.signals.select("rule", "subject").rows(), key=str) == [
        ("partner_unreadable", "anders"),
        ("unknown_profile", "POXX"),
        ("unknown_profile", None),
    ]
    point = read("delivery_points", "00AH,1,las,,Zelfbouw,,,,,\n")
    assert point.signals.select("rule", "subject").rows() == [("unknown_las", "Zelfbouw")]


def test_a_day_on_which_it_began_and_ended_is_no_contradiction(read: Any) -> None:
    reading = read("agreements", "10249,base,2024-02-01,2024-02-01\n10249,base,,2024-02-01\n")
    assert reading.quarantined.is_empty()
    assert reading.rows.height == 2


def test_an_empty_table_gives_no_rows_of_the_same_columns(read: Any) -> None:
    full, empty = read("branches", "00AH,01,x,2024-01-01,\n").rows, read("branches", "").rows
    assert empty.is_empty()
    assert empty.schema == full.schema


def test_what_was_dropped_at_the_door_is_signalled_by_name(
    store: SnapshotStore, tmp_path: Path
) -> None:
    folder = put_csv(
        tmp_path / "d", questionnaires="\tbrin,status,submitted_on,email\n00AH,draft,,x\n"
    )
    (folder / "contacts.csv").write_text("a\n")
    kept = take_delivery(folder, store, at=AT)
    readings = read_onboarding(kept, store.body(kept))
    assert "email" in readings["questionnaires"].signals["reason"][0]
    assert readings["accounts"].signals.select("source", "rule").rows() == [
        ("contacts", "table_not_read")
    ]


def test_a_refused_account_is_quarantined_without_its_dates(read: Any) -> None:
    refused = read("accounts", "00AH,school,2024-02-30,2024-03-01,,\n0AX,school,2024-03-02,,,\n")
    assert refused.quarantined.select("reason", "raw").rows() == [
        ("accounts, row 2: requested_on is not shown; expected a day as 2024-08-31.", '{"account_name":"00AH","kind":"school"}'),
        ("accounts, row 3: account_name 0AX; expected a BRIN as 00AH.", '{"account_name":"0AX","kind":"school"}'),
    ]  # fmt: skip


def test_a_contact_in_a_column_of_the_contract_is_masked_and_signalled(read: Any) -> None:
    reading = read("accounts", "jan@school.nl,school,2024-03-01,,,\n")
    assert reading.quarantined["raw"].item().startswith('{"account_name":"[e-mailadres ')
    assert "jan" not in reading.quarantined["raw"].item()
    assert "[e-mailadres " in reading.quarantined["reason"].item()
    assert reading.signals.filter(rule="contact_masked")["reason"].item() == (
        "An e-mail address or a telephone number stood in 1 rows where none belongs: masked at the door."
    )


FIELD = st.sampled_from(
    ["00AH", "00ah", "x", "", "draft", "DRAFT", "2024-01-01", "2024-13-01", '"a\nb"']
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
@given(st.lists(st.lists(FIELD, min_size=1, max_size=4), max_size=8))
def test_every_row_read_is_used_ignored_or_quarantined(read: Any, rows: list[list[str]]) -> None:
    reading = read("questionnaires", "".join(",".join(row) + "\n" for row in rows))
    accounted = [
        *reading.rows["source_row"],
        *reading.ignored["source_row"],
        *reading.quarantined["source_row"],
    ]
    written = [number for number, row in enumerate(rows, start=2) if any(row)]
    assert sorted(accounted) == written
    assert reading.read["rows_read"].item() == len(written)
