"""Found by a transition, and not used: records and delivery points of codes that went on as others."""

from __future__ import annotations

from datetime import date

import pytest
from world import (
    BOARD,
    D,
    Row,
    World,
    account,
    ago,
    agreement,
    ahead,
    branch,
    connected,
    connected_school,
    entered,
    exchange,
    governs,
    in_any_world,
    organisation,
    point,
    questionnaire,
    same_as,
    transition,
    world,
)

MERGED = [transition("00AA", "00BB", ago(30)), transition("00AA00", "00BB01", ago(30))]
"""School 00AA went on as branch 00BB01 of school 00BB."""


def after_the_merger(**more: object) -> World:
    """00AA did everything, and then merged into 00BB, which is the only open school."""
    return world(**connected(["00BB00", "00BB01"], transitions=MERGED) | more)  # type: ignore[arg-type]


@pytest.mark.parametrize("table", ["questionnaires", "delivery_points", "test_exchanges"])
def test_a_record_of_a_school_that_merged_is_found_by_the_transition(table: str) -> None:
    found = after_the_merger().outcome(table)
    assert (found["outcome"], found["rule"]) == ("matched_by_transition", "transition")
    assert found["matched_brin"] == "00BB"
    assert f"it merged into 00BB on {ago(30)}" in found["reason"]


def test_what_is_found_by_a_transition_is_not_used() -> None:
    night = after_the_merger(agreements=[])
    assert night.branch("00BB01")["status"] == "not_started"
    assert not night.step("delivery_point", "00BB")["passed"]
    assert not night.step("questionnaire", "00BB")["passed"]
    assert night.served() == []


def test_a_decision_goes_before_a_transition() -> None:
    found = after_the_merger(decisions=[same_as("00AA", "00BB")]).outcome("questionnaires")
    assert found["outcome"] == "matched_by_override"


def test_an_open_school_is_matched_whatever_a_transition_says() -> None:
    night = connected_school(["00AA00", "00BB00"], transitions=MERGED)
    assert night.outcome("questionnaires")["outcome"] == "matched"


def test_a_row_of_branches_is_found_by_the_transition_of_its_branch() -> None:
    found = after_the_merger(entries=[entered("00AA00")]).outcome("branches")
    assert (found["outcome"], found["matched_branch_code"]) == ("matched_by_transition", "00BB01")


def test_a_branch_without_a_transition_of_its_own_is_found_by_that_of_its_school() -> None:
    found = after_the_merger(entries=[entered("00AA07")]).outcome("branches")
    assert (found["matched_brin"], found["matched_branch_code"]) == ("00BB", None)


def test_an_agreement_of_a_board_that_went_into_another_is_found_and_not_used() -> None:
    night = connected_school(
        [branch("00AA00", board="10002")], transitions=[transition(BOARD, "10002", ago(30))]
    )
    found = night.outcome("agreements")
    assert (found["outcome"], found["matched_board_number"]) == ("matched_by_transition", "10002")
    assert found["matched_brin"] is None
    assert not night.step("agreement")["passed"]


def test_an_account_of_a_school_that_split_names_all_candidates() -> None:
    rows = [transition("00AA", new, ago(3), kind="split") for new in ("00BB", "00CC")]
    found = world(["00BB00", "00CC00"], accounts=[account()], transitions=rows).outcome("accounts")
    assert (found["outcome"], found["matched_brin"]) == ("matched_by_transition", None)
    assert "one of 00BB, 00CC" in found["reason"]


def test_a_branch_that_the_register_says_ended_does_not_go_on_with_its_school() -> None:
    rows = [transition("00AA", "00BB", ago(3)), transition("00AA01", "00CC01", ago(3))]
    night = world(["00BB00"], entries=[entered("00AA01")], transitions=rows)
    assert night.outcome("branches")["outcome"] == "closed"


def test_a_branch_that_the_register_closed_at_another_time_does_not_go_on_with_its_school() -> None:
    closed = [organisation("00AA07", closed_on=ago(3000)), organisation("00BB"), organisation("00BB01")]  # fmt: skip
    night = after_the_merger(entries=[entered("00AA07")], points=[point("7")], organisations=closed)
    assert night.outcome("branches")["outcome"] == "closed"
    assert night.flags("delivery_point_on_predecessor") == []
    (found,) = night.flags("delivery_point_on_closed_branch")
    assert (found["branch_code"], found["since_on"]) == ("00AA07", ago(3000))


def test_a_branch_that_was_gone_long_before_does_not_go_on_with_its_school() -> None:
    first = world(["00AA00", "00AA07", "00BB00", "00BB01"], day=ago(900))
    gone = world(["00AA00", "00BB00", "00BB01"], day=ago(800), before=first)
    night = after_the_merger(entries=[entered("00AA07")], before=gone)
    assert night.outcome("branches")["outcome"] == "closed"
    assert night.change_log.filter(subject="00AA07")["event"].to_list() == ["branch_vanished"]


@pytest.mark.parametrize("gone", [True, False], ids=["since a month", "tonight"])
def test_a_branch_that_was_renamed_long_ago_goes_on_with_its_school_all_the_same(
    gone: bool,
) -> None:
    schools = ["00AA00", "00BB00", "00BB01"]
    old = world([*schools, branch("00AA07", branch_name="Old")], day=ago(900))
    before = world([*schools, branch("00AA07", branch_name="New")], before=old, day=ago(800))
    if gone:
        before = world(["00BB00", "00BB01"], before=before, day=ago(30))
    night = after_the_merger(entries=[entered("00AA07")], before=before)
    assert night.outcome("branches")["outcome"] == "matched_by_transition"


def test_a_chain_that_ends_at_a_closed_school_leaves_a_closed_record_that_says_so() -> None:
    found = world(
        ["00CC00"], questionnaires=[questionnaire()], transitions=[transition("00AA", "00BB")]
    ).outcome("questionnaires")
    assert found["outcome"] == "closed"
    assert f"it merged into 00BB on {D}, which is not open either" in found["reason"]


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ({"questionnaires": [questionnaire()]}, "00AA"),
        ({"agreements": [agreement("10009")]}, "10009"),
        ({"accounts": [account("10009")]}, "10009"),
        ({"entries": [entered("00BB07")]}, "00BB07"),
    ],
    ids=["a school", "a board", "the account of a board", "a branch"],
)
def test_the_register_knows_a_code_once_and_when_it_closed(records: Row, code: str) -> None:
    closed = [organisation(code, closed_on=ago(9))]
    (found,) = world(["00BB00"], organisations=closed, **records).reconciliation.to_dicts()
    assert found["outcome"] == "closed"
    assert f"it closed on {ago(9)}" in found["reason"]


def test_a_code_that_only_a_refused_transition_names_was_never_seen() -> None:
    night = world(
        ["00BB00"],
        questionnaires=[questionnaire("99ZZ")],
        organisations=[organisation("00AA"), organisation("00BB")],
        transitions=[transition("00AA", "99ZZ", ago(30))],
    )
    assert night.outcome("questionnaires")["outcome"] == "unknown"


def test_a_school_of_which_the_register_names_only_a_branch_was_known_once() -> None:
    night = world(
        ["00BB00"], questionnaires=[questionnaire()], organisations=[organisation("00AA00")]
    )
    assert night.outcome("questionnaires")["outcome"] == "closed"


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"organisations": [organisation("00AA", record="T")]}, "unknown"),
        ({"organisations": [organisation("00AA", ahead(1))]}, "unknown"),
        ({"organisations": [organisation("00AA", D)]}, "closed"),
        ({"governance": [governs("10001", "00AA", ahead(1))]}, "unknown"),
        ({"governance": [governs("10001", "00AA", D)]}, "closed"),
        ({"transitions": [transition("00CC", "00AA", ahead(1))]}, "unknown"),
        ({"transitions": [transition("00CC", "00AA", D)]}, "closed"),
    ],
)
def test_the_register_knows_a_school_from_the_day_on_which_it_opens_or_is_governed(
    told: Row, outcome: str
) -> None:
    night = world(["00BB00"], questionnaires=[questionnaire()], **told)
    assert night.outcome("questionnaires")["outcome"] == outcome


# ---- delivery points


def test_a_point_of_a_merged_school_is_found_on_its_predecessor() -> None:
    (found,) = after_the_merger().flags("delivery_point_on_predecessor")
    assert (found["brin"], found["branch_code"], found["successor_code"]) == ("00AA", "00AA00", "00BB01")  # fmt: skip
    assert found["since_on"] == ago(30)
    assert found["reason"] == (
        f"Delivery point 0 is for 00AA00, which is not open: it merged into 00BB01 on {ago(30)}."
        " Move it to number 1 of 00BB."
    )


def test_a_point_whose_branch_went_on_as_one_that_is_gone_is_on_its_predecessor_by_its_school() -> None:  # fmt: skip
    night = world(**connected(["00BB00"], transitions=MERGED))
    (found,) = night.flags("delivery_point_on_predecessor")
    assert (found["branch_code"], found["successor_code"]) == ("00AA00", "00BB")
    assert night.flags("delivery_point_on_closed_branch") == []
    assert night.outcome("delivery_points")["matched_brin"] == "00BB"


def test_its_work_item_says_to_which_number_it_moves() -> None:
    item = after_the_merger().items()["move_delivery_point:00AA:0"]
    assert (item["subject"], item["responsible"]) == ("00BB01", "school")
    assert "verplaats aanleverpunt 0 van school 00AA naar nummer 1 van 00BB" in item["action"]


def test_where_the_successor_has_a_point_the_old_one_ends() -> None:
    night = after_the_merger(points=[point(), point("1", "00BB")])
    assert "heeft er al een" in night.items()["end_delivery_point:00AA:0"]["action"]
    (found,) = night.flags("delivery_point_on_predecessor")
    assert found["reason"].endswith("End it: 00BB01 has one.")


@pytest.mark.parametrize(
    ("rows", "item_id", "subject"),
    [
        (MERGED, "move_delivery_point:00AA:0", "00BB01"),
        ([transition("00AA", new, ago(30), kind="split") for new in ("00BB", "00CC")], "move_delivery_point:00AA:0", "00AA"),
        ([transition("00AA00", "00CC00", ago(30))], "end_delivery_point:00AA:0", "00CC00"),
    ],
    ids=["to move", "nothing says where to", "to end"],
)  # fmt: skip
def test_its_work_item_is_of_who_has_to_take_it_over_and_since_the_school_went_on(
    rows: list[Row], item_id: str, subject: str
) -> None:
    points = [point(), point("0", "00CC", registered_on=ago(9))]
    night = world(["00BB00", "00BB01", "00CC00"], transitions=rows, points=points)
    item = night.items()[item_id]
    assert (item["subject"], item["since_on"]) == (subject, ago(30))


def test_to_move_a_point_is_one_thing_to_do_and_not_to_request_another_too() -> None:
    night = after_the_merger(
        points=[point(), point("0", "00BB")],
        questionnaires=[questionnaire("00BB")],
        exchanges=[exchange("0", "00BB")],
    )
    assert night.school("00BB")["qualified"]
    assert "move_delivery_point:00AA:0" in night.open_items()
    assert "request_delivery_point:00BB01" not in night.open_items()


def test_a_point_of_a_branch_that_became_a_school_is_on_its_predecessor() -> None:
    night = world(
        ["00AA00", "00BB00"],
        points=[point("1")],
        transitions=[transition("00AA01", "00BB", ago(3), kind="split")],
    )
    assert [found["successor_code"] for found in night.flags("delivery_point_on_predecessor")] == [
        "00BB00"
    ]


def test_a_point_of_a_school_that_went_on_as_several_says_that_it_is_to_be_found_out() -> None:
    rows = [transition("00AA", new, ago(3), kind="split") for new in ("00BB", "00CC")]
    night = world(["00BB00", "00CC00"], points=[point()], transitions=rows)
    (found,) = night.flags("delivery_point_on_predecessor")
    assert found["successor_code"] is None
    assert "one of 00BB, 00CC" in found["reason"]
    assert found["reason"].endswith("Find out which, and move it there.")
    assert "meer dan één school" in night.items()["move_delivery_point:00AA:0"]["action"]


def test_a_point_of_a_school_that_only_the_register_knew_is_on_a_closed_branch() -> None:
    night = world(
        ["00BB00"], points=[point()], organisations=[organisation("00AA", closed_on=ago(9))]
    )
    (found,) = night.flags("delivery_point_on_closed_branch")
    assert found["since_on"] == ago(9)
    assert night.flags("delivery_point_on_predecessor") == []


def test_a_decided_school_keeps_no_point_on_its_predecessor() -> None:
    night = after_the_merger(decisions=[same_as("00AA", "00BB")])
    assert night.flags("delivery_point_on_predecessor") == []


def test_a_point_of_a_decided_school_that_has_no_such_branch_is_without_one_there() -> None:
    night = after_the_merger(points=[point("7")], decisions=[same_as("00AA", "00BB")])
    assert night.flags("delivery_point_on_predecessor") == []
    (found,) = night.flags("delivery_point_without_branch")
    assert (found["brin"], found["branch_code"]) == ("00BB", "00BB07")


# ---- the board that a school came under


def moved(board_day: object = None, **more: object) -> World:
    """00AA was connected under board 10001 three days ago, and stands under 10002 tonight."""
    before = connected_school(day=ago(3))
    return connected_school([branch("00AA00", board="10002")], before=before, **more)


def test_a_school_that_changed_board_says_so_with_the_day_and_what_its_former_board_had() -> None:
    night = moved(
        transitions=[transition(BOARD, "10002", ago(60), kind="transfer", complete=False)]
    )
    step = night.step("agreement")
    assert night.branch()["status"] == "lapsed"
    assert step["reason"] == (
        "Board 10002 has no base agreement that is active. The school came under this board on"
        f" {ago(60)}, from board 10001, whose base agreement of {ago(400)} does not go along."
    )


def test_an_agreement_that_the_former_board_signed_later_is_not_told_of() -> None:
    night = moved(
        agreements=[agreement(signed_on=ago(10))],
        transitions=[transition(BOARD, "10002", ago(60), kind="transfer", complete=False)],
    )
    assert night.step("agreement")["reason"].endswith(f"on {ago(60)}, from board 10001.")


def test_the_agreement_of_the_new_board_holds_since_the_school_came_under_it() -> None:
    night = moved(
        agreements=[agreement("10002")],
        governance=[governs(BOARD, "00AA", ago(5000), ago(70)), governs("10002", "00AA", ago(70))],
    )
    step = night.step("agreement")
    assert (step["passed"], step["since_on"]) == (True, ago(70))
    assert "from board 10001" in step["reason"]


@pytest.mark.parametrize(
    ("told", "since_on"),
    [
        ({}, D),
        ({"transitions": [transition(BOARD, "10002", ago(60), complete=False)]}, ago(60)),
        ({"transitions": [transition(BOARD, "10002", ago(400), complete=False)]}, ago(400)),
        ({"transitions": [transition(BOARD, "10002", ahead(1), complete=False)]}, D),
        ({"transitions": [transition("10009", "10002", ago(60))]}, D),
        ({"governance": [governs("10002", "00AA", ago(70))]}, ago(70)),
        ({"governance": [governs("10002", "00AA", ahead(1))]}, D),
        ({"governance": [governs("10002", "00AA", ago(900), ago(800)), governs(BOARD, "00AA", ago(800))]}, D),
        ({"governance": [governs("10002", "00AA", ago(70))], "transitions": [transition(BOARD, "10002", ago(60))]}, ago(70)),
    ],
    ids=["release", "transition", "long_ago", "to_come", "of_another_board", "register", "relation_to_come", "relation_of_before", "register_goes_first"],
)  # fmt: skip
def test_who_says_since_when_a_school_is_under_its_board(told: Row, since_on: object) -> None:
    night = moved(**told)
    assert night.schools["under_board_since_on"].to_list() == [since_on]


# ---- what is to come


def test_what_the_register_announces_of_a_school_that_has_begun_is_a_work_item() -> None:
    night = connected_school(
        ["00AA00", "00BB00"],
        transitions=[transition("00AA", "00BB", ahead(90)), transition("00AA00", "00BB01", ahead(90))],
        organisations=[organisation("00AA00", record="T", closed_on=ahead(90)), organisation("00BB00", record="T", closed_on=ahead(9)), organisation("00BB01", record="T", opened_on=ahead(90))],
        governance=[governs("10007", "00AA", ahead(20))],
    )  # fmt: skip
    assert night.items()[f"prepare_succession:00AA00:{ahead(90)}"]["action"].endswith(
        "zorg dat 00BB01 dan een eigen aanleverpunt heeft, met nummer 1."
    )
    assert night.items()[f"prepare_board_change:00AA:{ahead(20)}"]["responsible"] == "board"
    prepared = {item for item in night.open_items() if item.startswith("prepare")}
    assert len(prepared) == 3, prepared  # and the closure of 00BB00, whose board has an agreement


def test_of_two_boards_that_a_school_comes_under_the_first_one_in_time_is_announced() -> None:
    to_come = [governs("10009", "00AA", ahead(20)), governs("10007", "00AA", ahead(60))]
    night = connected_school(governance=to_come)
    assert night.open_items() == {f"prepare_board_change:00AA:{ahead(20)}"}


@pytest.mark.parametrize(
    ("day", "items"),
    [(D, []), (ahead(1), ["prepare_board_change:00AA", "prepare_closure:00BB00"])],
)
def test_what_has_happened_is_not_announced_any_more(day: date, items: list[str]) -> None:
    night = connected_school(
        ["00AA00", "00BB00"],
        organisations=[organisation("00BB00", closed_on=day)],
        governance=[governs("10007", "00AA", day)],
    )
    announced = sorted(
        item.rpartition(":")[0] for item in night.open_items() if item.startswith("prepare")
    )
    assert announced == items


def test_nothing_is_to_be_prepared_for_a_school_that_has_not_begun() -> None:
    night = world(
        ["00AA00"], organisations=[organisation("00AA00", record="T", closed_on=ahead(9))]
    )
    assert not any(item.startswith("prepare") for item in night.open_items())


@pytest.mark.parametrize(
    "told",
    [
        {"transitions": [transition("00AA", "00BB", ahead(9), kind="split", complete=False)]},
        {"governance": [governs(BOARD, "00AA", ahead(9))]},
    ],
    ids=["after which the school goes on", "of the board that it has"],
)
def test_what_leaves_a_school_as_it_is_is_not_announced(told: Row) -> None:
    night = world(["00AA00", "00BB00"], accounts=[account()], **told)
    assert not any(item.startswith("prepare") for item in night.open_items())


@in_any_world
def test_no_transition_changes_a_status(night: World) -> None:
    """Found, not used: with any transition between these codes every branch stands as it stood."""
    files = dict(night.files)
    codes = ["00AA", "00BB", "00CC", "00DD", "00AA01", "00BB02", BOARD, "10002"]
    rows = [transition(old, new) for old in codes for new in codes if len(old) == len(new) and old != new]  # fmt: skip
    told = world([], transitions=rows).files["register_transitions"]
    again = World(night.day, night.number, files | {"register_transitions": told}, night.records, night.decisions, night.before)  # fmt: skip
    same = ["branch_code", "status", "connected", "covered"]
    assert again.branch_status.select(same).equals(night.branch_status.select(same))
