"""Explanations: exact for every branch, and what they say would change the answer does."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from telling import changing, explained, lacking, published, status_told, with_changes, with_end
from world import (
    BOARD,
    D,
    World,
    account,
    ago,
    agreement,
    branch,
    connected_school,
    exchange,
    in_any_world,
    organisation,
    point,
    questionnaire,
    requested,
    served_by,
    transition,
    world,
)

from oso_pipeline.clock import now
from oso_pipeline.errors import UsageError
from oso_pipeline.explain import choose_release, explain_in
from oso_pipeline.explain.decisions import with_decisions
from oso_pipeline.intake.overrides import take_overrides
from oso_pipeline.intake.snapshots import SnapshotStore
from oso_pipeline.release.folder import DataFolder
from oso_pipeline.release.log import Conclusion, record
from oso_pipeline.screen.explanations import show_explanation


def texts(found: dict[str, Any]) -> list[str]:
    return [line["text"] for line in found["would_change"]]


# ---- laws


@in_any_world
def test_an_explanation_implies_the_status_of_every_branch(night: World) -> None:
    with published(night) as connection:
        for row in night.branch_status.to_dicts():
            found = explain_in(connection, row["branch_code"])
            assert found is not None
            assert status_told(found) == found["status"] == row["status"]
            assert changing(found) == ({"agreement", "delivery_point"} if row["connected"] else lacking(found))  # fmt: skip


@in_any_world
def test_what_would_change_it_connects_a_branch(night: World) -> None:
    waiting = night.branch_status.filter(connected=False)["branch_code"].sort().to_list()
    for code in waiting[:2]:
        lines = explained(night, code)["would_change"]
        assert with_changes(night, lines).branch(code)["connected"], (code, lines)
        for at in range(len(lines)):
            others = lines[:at] + lines[at + 1 :]
            assert not with_changes(night, others).branch(code)["connected"], (code, lines[at])


@in_any_world
def test_each_thing_that_would_end_it_disconnects_a_branch(night: World) -> None:
    for code in night.branch_status.filter("connected")["branch_code"].sort().to_list()[:2]:
        for line in explained(night, code)["would_change"]:
            assert not with_end(night, line).branch(code)["connected"], (code, line)


# ---- what would change it, in words


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ({"agreements": []}, "an agreement signed by board 10001"),
        ({"questionnaires": []}, "the questionnaire of school 00AA sent in"),
        ({"exchanges": []}, "a test exchange passed by school 00AA with delivery point 0"),
        ({"points": [point("0", registered_on=ago(300), ended_on=ago(9))]}, f"a LAS delivery point with number 0 registered for branch 00AA00 (LAS delivery point 0 ended on {ago(9)})"),
        ({"points": [requested("0", requested_on=ago(9))]}, f"LAS delivery point 0, which is requested since {ago(9)} and waits for approval, registered (it is for branch 00AA00)"),
        ({"points": [requested("0", approved_on=ago(3))]}, f"LAS delivery point 0, which is approved since {ago(3)}, registered (it is for branch 00AA00)"),
        ({"branches": [branch("00AA00", board=None)]}, "a board for school 00AA in the registry, and an agreement signed by it"),
    ],
)  # fmt: skip
def test_one_missing_thing_is_one_line(instead: dict[str, Any], said: str) -> None:
    assert texts(explained(connected_school(**instead), "00AA00")) == [said]


def test_a_point_that_serves_nobody_may_be_linked_instead_and_each_is_named() -> None:
    night = connected_school(points=[point("7"), point("5", link="05")], exchanges=[exchange("7")])
    assert texts(explained(night, "00AA00")) == [
        "a LAS delivery point with number 0 registered for branch 00AA00, or LAS delivery point 7 or LAS delivery point 5, which serve no branch, linked to 00AA00"
    ]


def test_a_point_without_a_number_cannot_be_tested_so_another_is_needed() -> None:
    night = connected_school(points=[point(None, link="00")], exchanges=[])
    lines = explained(night, "00AA00")["would_change"]
    assert [(line["step"], line["number"]) for line in lines] == [("delivery_point", "0"), ("test_exchange", "0")]  # fmt: skip
    assert with_changes(night, lines).branch()["connected"]


def test_a_test_that_was_passed_by_a_number_to_come_is_not_asked_for_again() -> None:
    night = connected_school(points=[])
    lines = explained(night, "00AA00")["would_change"]
    assert [line["text"] for line in lines] == [
        "a LAS delivery point with number 0 registered for branch 00AA00; it makes the test exchange that was passed with 0 count"
    ]
    assert with_changes(night, lines).branch()["connected"]


# ---- the answer on the telephone


@pytest.mark.parametrize(
    ("night", "said"),
    [
        (connected_school(), f"Branch 00AA00 is connected since {ago(100)}: school 00AA is qualified since {ago(100)}, and LAS delivery point 0 (ESIS) serves it by its number."),
        (connected_school(["00AA00", "00AA02"]), None),
        (connected_school(agreements=[agreement(ended_on=ago(3))]), f"Branch 00AA00 is not connected yet: school 00AA is not qualified. The base agreement of board 10001 ended on {ago(3)}."),
        (connected_school(agreements=[], before=connected_school(day=ago(1))), f"Branch 00AA00 is no longer connected (it last was on {ago(1)}): school 00AA is not qualified. No agreement is known; board 10001 has none."),
        (world(["00AA00"]), "Branch 00AA00 is not connected, and school 00AA has not begun: it has no record of its own in Mijn OSO, and its board has no agreement that is active."),
        (connected_school(questionnaires=[questionnaire(status="draft", submitted_on=None)]), "Branch 00AA00 is not connected yet: school 00AA is not qualified. The questionnaire is a draft; it has not been sent in."),
    ],
)  # fmt: skip
def test_the_answer_is_a_sentence_or_two(night: World, said: str | None) -> None:
    if said is None:
        of_side = explained(night, "00AA02")["because"]
        assert (
            of_side
            == f"School 00AA is qualified since {ago(100)}, but no active LAS delivery point serves branch 00AA02 itself, so it is not connected."
        )
    else:
        assert explained(night, "00AA00")["because"] == said


TWO = ["00AA00", "00AA02"]
BOTH_SERVED = {"points": [point(), point("2")], "day": ago(1)}


@pytest.mark.parametrize(
    ("night", "said"),
    [
        (connected_school(), f"is qualified since {ago(100)}, and its one open branch is connected."),
        (connected_school(TWO), f"is qualified since {ago(100)}, and 1 of its 2 open branches are connected."),
        (world(["00AA00"]), "has not begun: it has no record of its own in Mijn OSO, and its board has no agreement that is active."),
        (connected_school(TWO, questionnaires=[]), "is not qualified. There is no questionnaire of this school. A delivery point serves 1 of its 2 open branches."),
        (connected_school(TWO, points=[]), "is not qualified. The school has no LAS delivery point. The passed test exchange used a number that no LAS delivery point of the school has. A delivery point serves none of its 2 open branches."),
        (connected_school(agreements=[], before=connected_school(day=ago(1))), "is not qualified, and branches of it that were connected no longer are. No agreement is known; board 10001 has none."),
    ],
    ids=["connected", "one of two", "not started", "a step lacks", "nothing serves it", "lapsed"],
)  # fmt: skip
def test_the_answer_about_a_school_counts_its_branches(night: World, said: str) -> None:
    assert explained(night, "00AA")["because"] == f"School 00AA {said}"


@pytest.mark.parametrize(
    ("night", "said"),
    [
        (connected_school(), f"Board 10001 has a base agreement since {ago(400)}. Its one open school is connected."),
        (connected_school(["00AA00", "00BB00"]), f"Board 10001 has a base agreement since {ago(400)}. 1 of its 2 open schools are connected."),
        (world(["00AA00"]), "No agreement is known; board 10001 has none. Its one open school is not connected."),
        (world(["00AA00", "00BB00"]), "No agreement is known; board 10001 has none. None of its 2 open schools are connected."),
    ],
)  # fmt: skip
def test_the_answer_about_a_board_counts_its_schools(night: World, said: str) -> None:
    assert explained(night, BOARD)["because"] == said


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ({"questionnaires": []}, "is not connected yet: school 00AA is not qualified and no active LAS delivery point serves branch 00AA02 itself. There is no questionnaire of this school."),
        ({"before": connected_school(TWO, **BOTH_SERVED)}, f"is no longer connected (it last was on {ago(1)}): no active LAS delivery point serves branch 00AA02 itself."),
    ],
)  # fmt: skip
def test_the_answer_about_a_branch_that_nothing_serves_says_what_else_it_waits_for(
    instead: dict[str, Any], said: str
) -> None:
    assert explained(connected_school(TWO, **instead), "00AA02")["because"] == f"Branch 00AA02 {said}"  # fmt: skip


def test_the_answer_names_all_points_that_serve_a_branch_and_says_that_it_is_by_a_link() -> None:
    others = [point("5"), point("6", kind="ot"), point("7", link="00", ended_on=ago(3))]
    night = connected_school(points=[point(las=None), point(None, link="00"), *others])
    assert explained(night, "00AA00")["because"].endswith(
        "and LAS delivery point 0 and LAS delivery point (without number) (ESIS) serve it by its link in Mijn OSO."
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], f"00AA is not open; the release of {D} is the first that does not show it any more. Nothing says that it went on as another code."),
        ([transition("00AA", "00CC", ago(3), kind="transfer")], f"00AA is not open: it was renumbered on {ago(3)}, and went on as 00CC, which is not open either."),
        ([transition("00AA", new, ago(3), kind="split") for new in ("00BB", "00DD")], f"00AA is not open: it was split on {ago(3)}, and went on as 00BB and 00DD."),
    ],
    ids=["nothing is told of it", "its successor is not open", "it has two successors"],
)  # fmt: skip
def test_the_answer_about_a_school_that_is_gone_says_what_became_of_it(
    rows: list[Any], said: str
) -> None:
    before = world(["00AA00", "00BB00", "00DD00"], day=ago(9))
    night = world(["00BB00", "00DD00"], transitions=rows, before=before)
    assert explained(night, "00AA")["because"] == said


def test_a_row_that_could_not_be_read_and_may_be_why_is_named() -> None:
    night = connected_school(
        questionnaires=[questionnaire(status="goedgekeurd", submitted_on=ago(9))], as_delivered=True
    )
    found = explained(night, "00AA00")
    assert (
        "Mind questionnaires row 2, which could not be read: status goedgekeurd" in found["because"]
    )
    assert [(row["table"], row["row"]) for row in found["not_used"]] == [("questionnaires", 2)]


def test_a_delivery_point_that_could_not_be_read_is_named_to_a_branch_that_nothing_serves() -> None:
    points = [point(), point("2", registered_on="vorige week")]
    night = connected_school(["00AA00", "00AA02"], points=points, as_delivered=True)
    mind = "Mind delivery_points row 3, which could not be read: registered_on vorige week"
    assert mind in explained(night, "00AA02")["because"]
    assert mind not in explained(night, "00AA00")["because"]
    assert explained(night, "00AA02")["next"][0]["kind"] == "repair_record"


def test_a_row_that_could_not_be_read_and_that_nobody_waits_for_comes_last() -> None:
    rows = [questionnaire(), questionnaire(status="gereed")]
    night = connected_school(["00AA00", "00AA02"], questionnaires=rows, as_delivered=True)
    assert [item["kind"] for item in explained(night, "00AA02")["next"]][-1] == "repair_record"


# ---- grounds


def test_a_step_shows_what_its_records_say_and_which_of_them_counts() -> None:
    night = connected_school(
        agreements=[
            agreement(signed_on=ago(900), ended_on=ago(500)),
            agreement(signed_on=ago(400)),
        ],
        accounts=[account(BOARD)],
    )
    steps = {step["step"]: step for step in explained(night, "00AA00")["steps"]}
    told = [
        (record["row"], record["says"], record["counts"])
        for record in steps["agreement"]["records"]
    ]
    assert told == [
        (2, f"signed_on {ago(900)}, ended_on {ago(500)}", False),
        (3, f"signed_on {ago(400)}", True),
    ]
    assert [record["says"] for record in steps["account"]["records"]] == ["kind board"]


def test_a_school_that_merged_tells_its_successor_and_what_does_not_count() -> None:
    night = connected_school(
        ["00BB00"],
        transitions=[transition("00AA", "00BB", ago(9)), transition("00AA00", "00BB00", ago(9))],
        before=connected_school(["00AA00", "00BB00"], day=ago(30)),
    )
    found = explained(night, "00AA")
    assert found["because"] == f"00AA is not open: it merged on {ago(9)}, and went on as 00BB."
    assert {row["table"] for row in found["not_used"]} == {"questionnaires", "delivery_points", "test_exchanges"}  # fmt: skip
    assert found["next"][0]["item_id"] == "move_delivery_point:00AA:0"


def test_the_things_to_do_stand_in_the_order_in_which_they_can_be_done() -> None:
    found = explained(world(["00AA00"], accounts=[account()]), "00AA00")
    assert [item["kind"] for item in found["next"]] == [
        "request_account",
        "sign_agreement",
        "fill_in_questionnaire",
        "register_delivery_point",
        "pass_test_exchange",
    ]


# ---- a board


def test_the_account_of_a_board_is_its_own_and_counts_while_it_is_active() -> None:
    accounts = [account(BOARD, closed_on=ago(9)), account(BOARD), account("00AA")]
    with_one = explained(connected_school(accounts=accounts), BOARD)["steps"][0]
    assert (with_one["passed"], with_one["evidence"]) == (True, ["accounts row 3"])
    assert [(one["row"], one["counts"]) for one in with_one["records"]] == [(2, False), (3, True)]
    without = explained(connected_school(accounts=[accounts[0], accounts[2]]), BOARD)["steps"][0]
    assert (without["passed"], without["evidence"]) == (False, [])
    assert without["reason"] == "Board 10001 has no active account."


def test_a_board_tells_what_its_signature_would_do() -> None:
    night = connected_school(["00AA00", "00BB00"], agreements=[], accounts=[account(BOARD)])
    found = explained(night, BOARD)
    assert found["status"] == "no_agreement"
    assert [step["passed"] for step in found["steps"]] == [True, False]
    assert texts(found) == [
        "an agreement signed by board 10001: 1 of its 2 schools miss nothing else, and 1 of their branches would be connected at once"
    ]
    assert with_changes(night, found["would_change"]).branch()["connected"]


@pytest.mark.parametrize("board", ["10001", "10002"])
def test_a_board_tells_which_branches_came_and_went(
    board: str, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = ["00AA00", "00BB00", "00CC00"]
    before = connected_school([*codes, branch("00DD00", "10002")], day=ago(9))
    moved = [branch(code, "10002") for code in codes[:2]]
    night = connected_school([*moved, "00CC00", branch("00DD00", "10002")], before=before)
    found = explained(night, board)
    assert [(event["event"], event["subject"]) for event in found["events"]] == [("board_changed", "00AA00"), ("board_changed", "00BB00")]  # fmt: skip
    word = "went to board 10002" if board == "10001" else "came from board 10001"
    assert f"{D}  2 branches {word}: 00AA00, 00BB00" in shown(found, capsys)


@pytest.mark.parametrize("branches", [["00AA00", branch("00AA01", board="10002")], ["00AA01", branch("00AA02", board="10002")]])  # fmt: skip
def test_a_board_that_only_a_side_branch_names_is_not_closed(
    branches: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    night = connected_school(branches, agreements=[agreement(), agreement("10002")])
    found = explained(night, "10002")
    assert (found["status"], found["schools"]) == ("governs_no_school", [])
    assert [row["branch_code"] for row in found["branches"]] == [branches[1]["branch_code"]]
    text = shown(found, capsys)
    assert "Board 10002 is named by 1 open branch, but it governs no school" in text
    assert "not open" not in text


def test_a_board_that_governs_nothing_any_more_tells_who_went_where() -> None:
    night = connected_school([branch("00AA00", "10002")], before=connected_school(day=ago(9)))
    found = explained(night, BOARD)
    assert (found["status"], found["kind"]) == ("closed", "board")
    assert [event["to_value"] for event in found["events"]] == ["10002"]


def test_a_code_that_closed_before_the_first_release_is_known_by_its_records() -> None:
    night = world(
        ["00BB00"],
        questionnaires=[questionnaire()],
        points=[point()],
        organisations=[organisation("00AA", closed_on=ago(9))],
    )
    for code in ("00AA", "00AA00"):
        found = explained(night, code)
        assert found["status"] == "closed", code
        assert found["because"] == f"00AA is not open: it closed on {ago(9)}, as the register says."
        assert [row["table"] for row in found["not_used"]] == ["delivery_points", "questionnaires"]
        assert [row["flag"] for row in found["flags"]] == ["delivery_point_on_closed_branch"]
        assert [item["kind"] for item in found["next"]] == ["end_delivery_point"]


def test_a_branch_that_the_register_closed_says_when() -> None:
    night = world(
        ["00BB00"],
        organisations=[organisation("00AA", closed_on=ago(9))],
        before=world(["00AA00", "00BB00"], day=ago(1)),
    )
    assert (
        explained(night, "00AA00")["because"]
        == f"00AA00 is not open: it closed on {ago(9)}, as the register says."
    )


@pytest.mark.parametrize("code", ["00AA77", "00CC", "00CC00"])
def test_a_code_that_no_record_calls_closed_stays_unknown(code: str) -> None:
    with published(connected_school(accounts=[account("00CC")])) as connection:
        assert explain_in(connection, code) is None


# ---- decisions


def shown(found: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> str:
    of = {"as_of": str(D), "release_id": "1", "demo": False, "decisions": []}
    show_explanation({**of, **found})
    return capsys.readouterr().out


def test_a_name_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    name = "De Boog [dependance] :x: [/b]"
    night = connected_school([branch("00AA00", branch_name=name)])
    assert f"00AA00 {name}: connected" in shown(explained(night, "00AA00"), capsys)


def test_a_name_commands_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    night = connected_school([branch("00AA00", branch_name="De\x1b]0;Boog\x07 \x9b2J")])
    assert "00AA00 De\ufffd]0;Boog \ufffd2J: connected" in shown(explained(night, "00AA00"), capsys)


DECISIONS = (
    "decision;subject;value;reason;evidence;author;decided_on;expires_on\n"
    "served_by;00AA02;2;Tot maart;;servicedesk;2026-01-01;2026-03-01\n"
    "served_by;00AA02;0;Eén administratie;brief 12;servicedesk;2026-03-01;\n"
    "served_by;00AA03;0;Niet van deze vestiging;;servicedesk;2026-03-01;\n"
    "ignore_flag;00AA;delivery_point_pending;Verlopen;;servicedesk;2026-03-01;2026-04-01\n"
)


def decided(
    folder: Path, *, kept: bool = True, text: str = DECISIONS
) -> tuple[dict[str, Any], DataFolder]:
    """The explanation of a branch that a decision covers, with the decisions snapshot of that night."""
    night = connected_school(["00AA00", "00AA02"], decisions=[served_by("00AA02", "0")])
    written = folder / "overrides.csv"
    written.write_text(text, encoding="utf-8")
    data = DataFolder(folder / "data")
    snapshot = take_overrides(written, SnapshotStore(data.raw), at=now())
    assert snapshot is not None
    if not kept:
        (data.raw / "overrides" / snapshot.snapshot_id / "body").unlink()
    inputs: Any = {"inputs": {"snapshots": [{"source": "overrides", "snapshot_id": snapshot.snapshot_id}]}, "as_of": str(D)}  # fmt: skip
    return with_decisions(explained(night, "00AA02"), data, inputs), data


def test_a_decision_that_counts_is_told_with_its_author(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, _ = decided(tmp_path)
    counts = [row for row in found["decisions"] if row["counts"]]
    assert [(row["subject"], row["author"], row["row"]) for row in counts] == [("00AA02", "servicedesk", 3)]  # fmt: skip
    assert "serves it by a decision" in found["because"]
    text = shown(found, capsys)
    assert "served_by 00AA02 = 0, by servicedesk, on 2026-03-01: Eén administratie; brief 12 (overrides row 3" in text  # fmt: skip
    assert texts(found)[-1] == "the decision that delivery point 0 serves it ending"


def test_the_day_on_which_a_decision_ends_is_among_what_would_end_it(tmp_path: Path) -> None:
    found, _ = decided(tmp_path, text=DECISIONS.replace("2026-03-01;\nserved_by;00AA03", "2026-03-01;2027-01-01\nserved_by;00AA03"))  # fmt: skip
    assert texts(found)[-1].endswith("serves it ending, as it does on 2027-01-01")


def test_a_decision_that_expired_is_told_as_one_that_no_longer_counts_unless_it_was_taken_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, _ = decided(tmp_path)
    assert [(row["subject"], row["row"]) for row in found["decisions"] if not row["counts"]] == [("00AA", 5)]  # fmt: skip
    _, _, text = shown(found, capsys).partition("Decisions that expired")
    assert "ignore_flag 00AA = delivery_point_pending, by servicedesk, on 2026-03-01, until 2026-04-01: Verlopen" in text  # fmt: skip


def test_an_author_whose_snapshot_is_gone_is_not_known_and_it_is_said(tmp_path: Path) -> None:
    found, _ = decided(tmp_path, kept=False)
    assert [[*row] for row in found["decisions"]] == [["snapshot_id", "note", "counts"]]
    assert "no longer kept" in found["decisions"][0]["note"]


# ---- other releases


def test_a_release_from_before_a_column_came_is_explained_without_it(tmp_path: Path) -> None:
    path = tmp_path / "oso.duckdb"
    with published(connected_school(exchanges=[])) as now_, duckdb.connect(str(path)) as then:
        for (name,) in now_.sql("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall():
            frame = now_.sql(f'FROM "{name}"').fetchall()
            types = now_.sql(f"SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = '{name}' ORDER BY column_index").fetchall()  # fmt: skip
            then.execute(f'CREATE TABLE "{name}" ({", ".join(f"{one} {kind}" for one, kind in types)})')  # fmt: skip
            if frame:
                then.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(types))})', frame)  # fmt: skip
        for table, columns in {
            "work_items": ("rank", "schools_helped", "branches_helped", "last_step_for"),
            "reconciliation": ("record_values",),
            "school_status": ("begun_by",),
        }.items():
            for column in columns:
                then.execute(f'ALTER TABLE "{table}" DROP COLUMN {column}')
        for code in ("00AA00", "00AA", BOARD):
            found = explain_in(then, code)
            assert found is not None
            assert found["would_change"]
            assert {item["rank"] for item in found["next"]} <= {None}


@pytest.mark.parametrize("code", ["00AA0", "0AA", "1000", "what"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with published(connected_school()) as connection, pytest.raises(UsageError, match="is no code"):
        explain_in(connection, code)


def test_a_moment_is_shown_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    found = explained(connected_school(), "00AA00")
    source = {"source": "Mijn OSO", "snapshot_id": "s1", "url": "dir:x", "fetched_at": datetime(2026, 11, 20, 5, 4), "fallback": True}  # noqa: DTZ001  # fmt: skip
    text = shown({**found, "sources": [source]}, capsys)
    assert "Mijn OSO: snapshot s1, an earlier night's, arrived 2026-11-20 05:04 UTC, from dir:x" in text  # fmt: skip


def test_a_day_whose_release_was_let_go_names_the_last_one_before_it_that_is_kept(
    tmp_path: Path,
) -> None:
    folder = DataFolder(tmp_path)
    for day, kept in ((18, True), (19, False)):
        night = f"202611{day}T050000Z-aaaaaaaa"
        record(folder, Conclusion(night, "published", f"2026-11-{day}", "", f"run-{day}", "", 0))
        if kept:
            folder.release(night).mkdir(parents=True)
            (folder.release(night) / "oso.duckdb").touch()
    assert choose_release(folder, as_of=date(2026, 11, 18), release_id=None).startswith("20261118")
    with pytest.raises(UsageError, match=r"20261119.* let it go.* 20261118"):
        choose_release(folder, as_of=D, release_id=None)
    with pytest.raises(UsageError, match="No release of 2026-11-17 or before"):
        choose_release(folder, as_of=date(2026, 11, 17), release_id=None)
