"""overrides.py: people's decisions; one that would do nothing is never passed over in silence."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from oso_pipeline.errors import SourceUnreadable
from oso_pipeline.intake.nightly import read_deliveries, snapshot_row
from oso_pipeline.intake.overrides import read_overrides, take_overrides
from oso_pipeline.intake.reading import Reading
from oso_pipeline.intake.snapshots import SnapshotStore

HEADER = "decision,subject,value,reason,evidence,author,decided_on,expires_on"
DAY = date(2026, 11, 23)


def read(*lines: str, header: str = HEADER) -> Reading:
    return read_overrides("\n".join([header, *lines, ""]).encode(), day=DAY, snapshot_id="s1")


def test_a_decision_is_read_with_its_dates_and_its_code_in_capitals() -> None:
    reading = read("Same_As,00ah,00BA,omdat,brief,servicedesk,2026-01-01,2027-01-01")
    assert reading.rows.rows() == [
        ("same_as", "00AH", "00BA", "omdat", "brief", "servicedesk", date(2026, 1, 1), date(2027, 1, 1), 2)
    ]  # fmt: skip
    assert reading.signals.is_empty()


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("sameas,00AH,00BA,,,,,", "not_of_the_list"),
        (",00AH,00BA,,,,,", "not_of_the_list"),
        ("same_as,,00BA,,,,,", "empty"),
        ("same_as,00AH, ,,,,,", "empty"),
        ("same_as,0AH,00BA,,,,,", "code_unreadable"),
        ("same_as,00AH,00BA-01,,,,,", "code_unreadable"),
        ("served_by,00AH,2,,,,,", "code_unreadable"),
        ("ignore_flag,10249,branch_not_in_mijn_oso,,,,,", "code_unreadable"),
        ("ignore_flag,00AH,no_such_flag,,,,,", "not_of_the_list"),
        ("same_as,00AH,00BA,,,,gisteren,", "date_unreadable"),
        ("same_as,00AH,00BA,,,,,31-12-2026", "date_unreadable"),
    ],
)
def test_a_decision_that_cannot_be_carried_out_is_quarantined_with_the_reason(
    row: str, rule: str
) -> None:
    reading = read(row)
    assert reading.quarantined.select("source_row", "rule").rows() == [(2, rule)]
    assert reading.quarantined["reason"][0].startswith("overrides, row 2: ")
    assert "expected" in reading.quarantined["reason"][0]
    assert reading.rows.is_empty()


@pytest.mark.parametrize(
    "row",
    [
        "same_as,00AH,00BA,,,,,",
        "same_as,00AH00,00BA01,,,,,",
        "same_as,10249,00599,,,,,",
        "served_by,00AH02,OVERAL,,,,,",
        "ignore_flag,00AH02,branch_not_in_mijn_oso,,,,,",
        "ignore_flag,00AH,delivery_point_without_branch,,,,,",
    ],
)
def test_every_kind_of_decision_of_the_contract_is_taken(row: str) -> None:
    reading = read(row)
    assert reading.quarantined.is_empty()
    assert reading.rows.height == 1


def test_an_expired_decision_does_not_count_and_makes_room_for_a_later_one() -> None:
    reading = read("same_as,00AH,00BA,,,,,2026-11-23", "same_as,00AH,00CA,,,,,2026-11-24")
    assert reading.rows["value"].to_list() == ["00CA"]
    assert reading.ignored.rows() == [("overrides", 2, "expired")]


def test_the_first_of_two_decisions_about_a_subject_counts() -> None:
    reading = read("same_as,00AH,00BA,,,,,", "same_as,00ah,00CA,,,,,", "served_by,00AH00,1,,,,,")
    assert reading.rows["source_row"].to_list() == [2, 4]
    assert reading.ignored.rows() == [("overrides", 3, "decided_twice")]
    assert "decided_twice" in reading.signals["rule"].to_list()


def test_a_row_that_does_not_fit_is_quarantined_and_all_rows_are_counted() -> None:
    reading = read("same_as,00AH,00BA", "same_as,00AH,00BA,,,,,")
    assert reading.quarantined["rule"].to_list() == ["wrong_number_of_fields"]
    assert reading.read.rows() == [("overrides", "s1", 2)]


def test_the_columns_that_carry_the_decision_are_needed_and_the_others_are_not() -> None:
    assert read("same_as,00AH,00BA", header="decision,subject,value").rows["author"].to_list() == [
        None
    ]
    with pytest.raises(
        SourceUnreadable, match=r"column value is missing.*Found: decision,?;?subject"
    ):
        read("same_as,00AH", header="decision,subject")


def test_a_column_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(SourceUnreadable, match="column value once, found it more than once"):
        read("same_as,00AH,00BA,00CA", header="decision,subject,value,value")


def test_a_column_that_is_not_known_is_signalled() -> None:
    reading = read("same_as,00AH,00BA,x", header="decision,subject,value,expires")
    assert reading.signals.filter(rule="new_column")["reason"].to_list() == [
        "Column 'expires' is not known and was not read."
    ]


@pytest.mark.parametrize("body", [b"", b"\0", b"decision,subject\n"])
def test_a_file_that_is_no_table_is_refused_and_not_kept(
    store: SnapshotStore, tmp_path: Path, at: datetime, body: bytes
) -> None:
    (tmp_path / "overrides.csv").write_bytes(body)
    with pytest.raises(SourceUnreadable, match="overrides"):
        take_overrides(tmp_path / "overrides.csv", store, at=at)
    assert store.newest("overrides") is None


def test_an_absent_file_means_no_decisions(
    store: SnapshotStore, tmp_path: Path, at: datetime
) -> None:
    assert take_overrides(tmp_path / "overrides.csv", store, at=at) is None


def test_a_file_that_is_there_is_kept_as_it_stands_and_read_back(
    store: SnapshotStore, tmp_path: Path, at: datetime
) -> None:
    from deliveries import put_csv

    from oso_pipeline.intake.delivery import take_delivery

    body = f"{HEADER}\nsame_as,00AH,00BA,,,,,\n".encode()
    (tmp_path / "overrides.csv").write_bytes(body)
    kept = take_overrides(tmp_path / "overrides.csv", store, at=at)
    assert kept is not None
    assert store.body(kept) == body
    delivered = take_delivery(put_csv(tmp_path / "d"), store, at=at)
    without = read_deliveries(snapshot_row(delivered, at), store, DAY)["overrides"]
    together = snapshot_row(delivered, at).vstack(snapshot_row(kept, at))
    with_it = read_deliveries(together, store, DAY)["overrides"]
    assert (without.height, with_it.height) == (0, 1)
    assert without.schema == with_it.schema


def test_what_the_file_alone_tells_of_a_decision_is_a_sentence_of_its_own() -> None:
    reading = read(
        "same_as,00AH,00BA,omdat,,servicedesk,2026-01-01,2026-11-23",
        "same_as,00AH,00CA,,,servicedesk,2026-01-01,",
        "same_as,00AH,00DA,omdat,,servicedesk,2026-01-01,",
        "served_by,00AH00,1,omdat,,,,",
    )
    told = reading.signals.select("rule", "subject", "first_row", "reason")
    assert sorted(told.rows()) == [
        ("decided_twice", "00AH", 4, "same_as 00AH = 00DA: there is an earlier decision about the same subject; that one counts."),
        ("expired", "00AH", 2, "same_as 00AH = 00BA: it expired on 2026-11-23 and does not count."),
        ("not_accounted_for", "00AH", 3, "same_as 00AH = 00CA: it counts, but it does not say its reason."),
        ("not_accounted_for", "00AH00", 5, "served_by 00AH00 = 1: it counts, but it does not say its author, day."),
    ]  # fmt: skip
