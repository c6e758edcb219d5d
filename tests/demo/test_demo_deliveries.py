from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from oso_pipeline.demo.deliveries import DELIVERY_FAULTS, spoil_onboarding


@pytest.fixture
def delivery(country: Path, tmp_path: Path) -> Path:
    return shutil.copytree(country / "onboarding", tmp_path / "onboarding")


def spoiled(delivery: Path, fault: str) -> tuple[list[str], list[str]]:
    """Lines of the table before and after."""
    path = delivery / "delivery_points.csv"
    before = path.read_text(encoding="utf-8").splitlines()
    spoil_onboarding(delivery, fault)
    return before, path.read_text(encoding="utf-8").splitlines()


def test_a_missing_table_is_not_there(delivery: Path) -> None:
    spoil_onboarding(delivery, "table_missing", "accounts")
    assert not (delivery / "accounts.csv").exists()
    assert len(list(delivery.iterdir())) == 5


def test_an_emptied_table_keeps_its_header(delivery: Path) -> None:
    before, after = spoiled(delivery, "table_emptied")
    assert after == before[:1]


def test_a_halved_table_keeps_every_second_row(delivery: Path) -> None:
    before, after = spoiled(delivery, "table_halved")
    assert after == [before[0], *before[1::2]]


def test_a_renamed_column_keeps_its_cells(delivery: Path) -> None:
    before, after = spoiled(delivery, "renamed_column")
    assert after[0] == before[0].replace("brin", "brin_nieuw")
    assert after[1:] == before[1:]


def test_a_dropped_column_is_gone_from_every_row(delivery: Path) -> None:
    before, after = spoiled(delivery, "dropped_column")
    assert after[0].split(";") == before[0].split(";")[1:]
    assert after[5].split(";") == before[5].split(";")[1:]


def test_a_half_written_file_ends_within_a_row(delivery: Path) -> None:
    before, after = spoiled(delivery, "half_written_file")
    assert len(after) == len(before) // 2
    assert after[-1] != before[len(after) - 1]
    assert before[len(after) - 1].startswith(after[-1])
    assert not (delivery / "delivery_points.csv").read_bytes().endswith(b"\n")


def test_a_column_of_addresses_is_added(delivery: Path) -> None:
    before, after = spoiled(delivery, "email_column")
    assert after[0] == f"{before[0]};email"
    assert all(line.endswith("@example.invalid") for line in after[1:])


def test_duplicated_rows_all_come_twice(delivery: Path) -> None:
    before, after = spoiled(delivery, "duplicated_rows")
    assert len(after) == 2 * len(before) - 1


def test_a_fault_that_no_delivery_has_is_refused(delivery: Path) -> None:
    with pytest.raises(ValueError, match="There are: table_missing"):
        spoil_onboarding(delivery, "nonsense")
    assert all(fault.meaning for fault in DELIVERY_FAULTS.values())
