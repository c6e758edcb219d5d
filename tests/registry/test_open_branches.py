"""Open branches: what stands in the newest branch files, each code once."""

from __future__ import annotations

import polars as pl
import pytest
from world import branch, world

from oso_pipeline.intake.board_files import ROWS_SCHEMA as BOARD_ROWS
from oso_pipeline.registry.branches import open_branches


def test_a_branch_is_open_when_it_stands_in_a_branch_file() -> None:
    assert world(["00AA00", "00AA01"]).open_branches["branch_code"].to_list() == [
        "00AA00",
        "00AA01",
    ]


def test_a_branch_that_no_longer_stands_in_the_file_is_not_open() -> None:
    yesterday = world(["00AA00", "00BB00"])
    assert world(["00AA00"], before=yesterday).open_branches["branch_code"].to_list() == ["00AA00"]


@pytest.mark.parametrize(
    ("files", "first"),
    [
        (["po", "so"], "po"),
        (["vo", "so"], "so"),
        (["vo", "po"], "po"),
        (["vo", "so", "po"], "po"),
    ],
)
def test_of_a_code_in_two_files_the_first_of_po_so_vo_counts(files: list[str], first: str) -> None:
    night = world([branch("00AA00", sector=file, branch_name=file) for file in files])
    assert night.open_branches.select("branch_code", "sector", "branch_name").rows() == [
        ("00AA00", first, first)
    ]


def test_a_code_in_two_files_is_signalled_where_it_does_not_count() -> None:
    night = world([branch("00AA00", sector="po"), branch("00AA00", sector="vo")])
    assert night.signals() == [("vo", "code_in_two_files", "00AA00")]


def test_the_row_that_does_not_count_is_ignored_for_a_named_reason() -> None:
    night = world([branch("00AA00", sector="po"), branch("00AA00", sector="vo")])
    assert night.opened["ignored"].rows() == [("vo", 3, "code_in_two_files")]


def test_branches_of_one_school_that_name_different_boards_are_signalled() -> None:
    night = world([branch("00AA00", board="10001"), branch("00AA01", board="10002"), "00BB00"])
    assert night.signals() == [("po", "boards_differ", "00AA")]


def test_a_branch_without_a_board_does_not_hide_that_those_around_it_name_different_ones() -> None:
    boards = {"00AA00": "10001", "00AA01": None, "00AA02": "10002"}
    night = world([branch(code, board=board) for code, board in boards.items()])
    assert night.signals() == [("po", "boards_differ", "00AA")]


def test_branches_of_one_school_that_name_one_board_are_not_signalled() -> None:
    assert world(["00AA00", "00AA01"]).signals() == []


def test_a_branch_keeps_the_board_that_its_own_row_names() -> None:
    night = world([branch("00AA00", board="10001"), branch("00AA01", board="10002")])
    assert night.branch("00AA01")["board_number"] == "10002"


def test_a_board_has_the_name_that_the_board_files_give() -> None:
    assert world(["00AA00"], boards={"10001": "Stichting Een"}).branch()["board_name"] == (
        "Stichting Een"
    )


def test_of_a_board_in_two_files_the_name_in_the_first_of_po_so_vo_counts() -> None:
    night = world([branch("00AA00", board="10001")])
    rows = [("boards_vo", 2, "10001", "Vo"), ("boards_po", 3, "10001", "Po")]
    boards = pl.DataFrame(rows, schema=BOARD_ROWS, orient="row")
    found = open_branches(night.files["branches"], boards)["branches"]
    assert found["board_name"].to_list() == ["Po"]


def test_without_board_files_a_board_has_no_name() -> None:
    assert world(["00AA00"]).branch()["board_name"] is None
