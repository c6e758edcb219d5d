"""Succession: who went on as whom, through chains, splits and branch-level rows, and what cannot be."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import LAW, D, ago, ahead, transition

from oso_pipeline.intake.branch_files import read_branch_file
from oso_pipeline.intake.register import TRANSITIONS_SCHEMA, read_transitions
from oso_pipeline.registry.succession import Transitions, follow_transitions

Row = dict[str, Any]
NOTHING_CLOSED = pl.DataFrame(schema={"code": pl.String, "closed_on": pl.Date})


def follow(
    rows: list[Row],
    open_codes: list[str],
    codes_once: list[str] | None = None,
    day: date = D,
    **closed_on: date,
) -> Transitions:
    numbered = [row | {"source_row": at} for at, row in enumerate(rows, start=2)]
    frame = pl.DataFrame(numbered, schema=TRANSITIONS_SCHEMA)
    once = None if codes_once is None else pl.Series(codes_once, dtype=pl.String)
    closed = pl.DataFrame([*closed_on.items()], schema=NOTHING_CLOSED.schema, orient="row")
    codes = pl.Series(open_codes, dtype=pl.String)
    return follow_transitions(frame, codes, once, closed.with_columns(pl.col("code").str.strip_chars("_")), day)  # fmt: skip


def successors(found: Transitions) -> dict[str, list[str]]:
    return dict(found.successions.select("code", "successors").rows())


def row_of(found: Transitions, code: str) -> Row:
    return found.successions.row(by_predicate=pl.col("code") == code, named=True)


def test_a_school_that_merged_went_on_as_the_school_that_took_it_in() -> None:
    told = row_of(follow([transition("00AA", "00BB", ago(30))], ["00BB"]), "00AA")
    assert (told["event"], told["successor"], told["effective_on"]) == ("merged", "00BB", ago(30))
    assert told["source_rows"] == ["2"]


@pytest.mark.parametrize(
    ("kind", "event"),
    [("merger", "merged"), ("transfer", "renumbered"), ("split", "split"), ("independence", "split")],
)  # fmt: skip
def test_the_kind_of_transition_says_what_befell_it(kind: str, event: str) -> None:
    assert row_of(follow([transition("00AA", "00BB", kind=kind)], ["00BB"]), "00AA")["event"] == event  # fmt: skip


def test_an_open_code_needs_no_successor() -> None:
    assert successors(follow([transition("00AA", "00BB")], ["00AA", "00BB"])) == {}


@pytest.mark.parametrize("kind", ["merger", "transfer", "split"])
def test_a_transition_after_which_the_source_goes_on_existing_is_no_succession(kind: str) -> None:
    rows = [transition("00AA", "00BB", ago(30), kind=kind, complete=False)]
    assert successors(follow(rows, ["00BB"])) == {}


@pytest.mark.parametrize(
    ("effective_on", "counts"), [(date(2003, 12, 31), True), (date(2004, 1, 1), False)]
)
def test_a_merger_before_2004_counts_though_it_says_that_its_source_went_on(
    effective_on: date, counts: bool
) -> None:
    rows = [transition("00AA", "00BB", effective_on, complete=False)]
    assert (successors(follow(rows, ["00BB"])) == {"00AA": ["00BB"]}) == counts


@pytest.mark.parametrize(("effective_on", "counts"), [(D, True), (ahead(1), False)])
def test_a_transition_counts_from_its_day_on(effective_on: date, counts: bool) -> None:
    rows = [transition("00AA", "00BB", effective_on)]
    assert ("00AA" in successors(follow(rows, ["00BB"]))) == counts


def test_what_is_still_to_come_of_an_open_code_is_upcoming() -> None:
    found = follow([transition("00AA", "00BB", ahead(10))], ["00AA", "00BB"])
    assert found.upcoming.select("code", "to_code", "effective_on").rows() == [
        ("00AA", "00BB", ahead(10))
    ]


def test_of_several_days_the_last_one_counts() -> None:
    rows = [transition("00AA", "00BB", ago(900)), transition("00AA", "00CC", ago(30))]
    assert successors(follow(rows, ["00BB", "00CC"])) == {"00AA": ["00CC"]}


def test_a_chain_is_followed_to_what_is_open() -> None:
    rows = [transition("00AA", "00BB", ago(900)), transition("00BB", "00CC", ago(30))]
    told = row_of(follow(rows, ["00CC"]), "00AA")
    assert (told["successors"], told["through"], told["effective_on"]) == (["00CC"], ["00BB"], ago(900))  # fmt: skip
    assert told["source_rows"] == ["2", "3"]


def test_a_chain_never_goes_back_in_time() -> None:
    rows = [transition("00AA", "00BB", ago(30)), transition("00BB", "00CC", ago(900))]
    told = row_of(follow(rows, ["00CC"]), "00AA")
    assert (told["successors"], told["ended_as"]) == ([], ["00BB"])


def test_a_chain_that_ends_at_a_code_that_is_not_open_says_where() -> None:
    told = row_of(follow([transition("00AA", "00BB")], []), "00AA")
    assert (told["successor"], told["successors"], told["ended_as"]) == (None, [], ["00BB"])


def test_a_chain_of_forty_is_followed() -> None:
    codes = [f"{at:05}" for at in range(10_000, 10_041)]
    rows = [transition(old, new, ago(5)) for old, new in pairwise(codes)]
    assert successors(follow(rows, [codes[40]]))[codes[0]] == [codes[40]]


@pytest.mark.parametrize("days", [(30, 30, 30), (30, 20, 10)])
def test_a_cycle_explains_nothing_and_each_of_its_rows_is_refused(days: tuple[int, ...]) -> None:
    codes = ["00AA", "00BB", "00CC", "00AA"]
    rows = [transition(old, new, ago(days[at])) for at, (old, new) in enumerate(pairwise(codes))]
    found = follow([*rows, transition("00DD", "00EE")], ["00EE"])
    assert successors(found)["00DD"] == ["00EE"]
    assert all(not found_as for code, found_as in successors(found).items() if code != "00DD")
    assert found.refused.select("source_row", "rule").sort("source_row").rows() == [
        (row, "transition_cycle") for row in (2, 3, 4)
    ]
    assert "00AA to 00BB to 00CC to 00AA" in found.refused["reason"][0]


def test_a_row_of_a_cycle_leads_nowhere_else_either() -> None:
    rows = [transition("00AA", "00BB"), transition("00BB", "00AA"), transition("00BB", "00CC")]
    assert successors(follow(rows, ["00CC"])) == {"00BB": ["00CC"]}


def test_a_code_that_is_open_again_is_no_cycle() -> None:
    rows = [transition("00AA", "00BB", ago(900)), transition("00BB", "00AA", ago(30))]
    found = follow(rows, ["00AA"])
    assert successors(found) == {"00BB": ["00AA"]}
    assert found.refused.is_empty()


def test_a_way_that_leads_into_a_cycle_ends() -> None:
    rows = [transition("00DD", "00AA"), transition("00AA", "00BB"), transition("00BB", "00AA")]
    found = follow(rows, [])
    assert set(found.refused["source_row"]) == {3, 4}


def test_a_transition_to_a_code_that_never_was_is_refused() -> None:
    rows = [transition("00AA", "99ZZ"), transition("00BB", "00CC")]
    found = follow(rows, ["00CC"], codes_once=["00AA", "00BB"])
    assert found.refused.select("source_row", "rule").rows() == [(2, "transition_to_unknown_code")]
    assert successors(found) == {"00BB": ["00CC"]}


def test_codes_that_do_not_know_the_old_one_do_not_tell_that_the_new_one_never_was() -> None:
    found = follow([transition("00AA", "99ZZ")], ["00CC"], codes_once=["00BB"])
    assert found.refused.is_empty()
    assert row_of(found, "00AA")["ended_as"] == ["99ZZ"]


def test_two_schools_that_exchange_branches_are_no_cycle() -> None:
    rows = [transition("00AA03", "00BB14"), transition("00BB01", "00AA05")]
    found = follow(rows, ["00BB14", "00AA05"])
    assert found.refused.is_empty()
    assert successors(found) == {"00AA03": ["00BB14"], "00BB01": ["00AA05"]}
    one_left = follow(rows, ["00BB14", "00BB"])
    assert successors(one_left)["00AA"] == ["00BB"]


def test_without_organisations_no_code_is_called_unknown() -> None:
    assert follow([transition("00AA", "99ZZ")], []).refused.is_empty()


def test_a_split_has_all_its_candidates_and_no_successor() -> None:
    rows = [transition("00AA", new, kind="split") for new in ("00CC", "00BB")]
    told = row_of(follow(rows, ["00BB", "00CC"]), "00AA")
    assert (told["event"], told["successor"], told["successors"]) == ("split", None, ["00BB", "00CC"])  # fmt: skip


def test_branch_level_rows_decide_a_split() -> None:
    rows = [
        transition("00AA", "00BB", kind="split"),
        transition("00AA", "00CC", kind="split"),
        transition("00AA01", "00CC00", kind="split"),
    ]
    found = successors(follow(rows, ["00BB", "00CC", "00BB00", "00CC00"]))
    assert found == {"00AA": ["00BB", "00CC"], "00AA01": ["00CC00"]}


def test_a_school_without_a_row_of_its_own_went_where_its_branches_went() -> None:
    rows = [transition("00AA00", "00BB01")]
    assert successors(follow(rows, ["00BB", "00BB01"]))["00AA"] == ["00BB"]


@pytest.mark.parametrize(
    ("closed_on", "went_along"),
    [(ago(9500), False), (ago(9000 + 366), True), (ago(9000), True), (ago(9000 - 366), True), (ago(9), False)],
)  # fmt: skip
def test_a_school_that_closed_at_another_time_did_not_go_where_its_branches_went(
    closed_on: date, went_along: bool
) -> None:
    rows = [transition("00AA02", "00BB01", ago(9000))]
    found = successors(follow(rows, ["00BB", "00BB01"], _00AA=closed_on))
    assert found == {"00AA02": ["00BB01"]} | ({"00AA": ["00BB"]} if went_along else {})


def test_when_a_board_goes_on_as_another_no_school_does() -> None:
    assert successors(follow([transition("10001", "20002")], ["20002"])) == {"10001": ["20002"]}


def test_on_its_way_a_branch_goes_with_its_school() -> None:
    rows = [transition("00AA00", "00BB01", ago(900)), transition("00BB", "00CC", ago(30))]
    assert successors(follow(rows, ["00CC", "00CC00"]))["00AA00"] == ["00CC"]


def test_on_its_way_a_branch_that_closed_before_does_not_go_with_its_school() -> None:
    rows = [transition("00AA00", "00BB01", ago(9000)), transition("00BB", "00CC", ago(30))]
    found = row_of(follow(rows, ["00CC", "00CC00"], _00BB01=ago(5000)), "00AA00")
    assert (found["successors"], found["ended_as"]) == ([], ["00BB01"])


def test_a_branch_that_became_a_school_went_on_as_its_main_branch() -> None:
    rows = [transition("00AA01", "00BB", kind="split")]
    assert successors(follow(rows, ["00AA", "00BB", "00BB00"]))["00AA01"] == ["00BB00"]


def test_a_school_that_became_a_branch_went_on_as_that_branch_and_its_school() -> None:
    found = successors(follow([transition("00AA", "00BB01")], ["00BB", "00BB01"]))
    assert found == {"00AA": ["00BB"], "00AA00": ["00BB01"]}


CODES = ["00AA", "00BB", "00CC", "00DD", "00AA00", "00BB00", "00BB01", "00CC00", "00DD00"]
ROWS = st.lists(
    st.builds(
        transition,
        st.sampled_from(CODES),
        st.sampled_from(CODES),
        st.sampled_from([ago(900), ago(30), ago(30), D, ahead(5)]),
        kind=st.sampled_from(["merger", "transfer", "split"]),
        complete=st.sampled_from([True, True, False]),
    ).filter(lambda row: row["from_code"] != row["to_code"]),
    max_size=12,
)


@LAW
@given(ROWS, st.sets(st.sampled_from(CODES)))
def test_successors_are_open_and_no_open_code_has_any(
    rows: list[Row], open_codes: set[str]
) -> None:
    found = follow(rows, sorted(open_codes))
    for code, into in successors(found).items():
        assert code not in open_codes
        assert set(into) <= open_codes


@LAW
@given(ROWS, st.sets(st.sampled_from(CODES)), st.randoms())
def test_the_order_of_the_rows_changes_no_successor(
    rows: list[Row], open_codes: set[str], random: Any
) -> None:
    shuffled = [*rows]
    random.shuffle(shuffled)
    one, other = (successors(follow(each, sorted(open_codes))) for each in (rows, shuffled))
    assert one == other


def test_real_transitions_explain_at_least_161_of_the_293_branches_gone_in_five_years(
    duo_files: Path,
) -> None:
    """What is counted is measured on the files themselves (domain.md 2.1 and 2.2)."""
    then, now = (
        read_branch_file((duo_files / name).read_bytes(), "po", snapshot_id="").rows
        for name in ("2020-12/03-alle-vestigingen-bo.csv", "2026-04/02.-alle-schoolvestigingen-basisonderwijs.csv")
    )  # fmt: skip
    rows = read_transitions((duo_files / "2025-01/OVERGANGEN_20250113.csv").read_bytes(), "").rows
    codes = pl.concat([now["branch_code"], now["brin"].unique(), now["board_number"].unique()])
    found = follow_transitions(rows, codes, None, NOTHING_CLOSED, date(2026, 4, 30))
    gone = then.join(now, on="branch_code", how="anti")
    told = gone.join(found.successions, left_on="branch_code", right_on="code")
    in_period = told.filter(pl.col("effective_on") >= date(2020, 12, 1))
    assert (gone.height, told.height, in_period.height) == (293, 164, 161)
    assert told.filter(pl.col("successor").is_not_null()).height == 162
