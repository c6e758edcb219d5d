"""Work items: what a person must do next, who, and since when."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from world import (
    BOARD,
    REGISTERED,
    D,
    Row,
    World,
    account,
    ago,
    agreement,
    ahead,
    branch,
    connected_school,
    entered,
    exchange,
    extension,
    governs,
    ignore_flag,
    in_any_world,
    organisation,
    point,
    questionnaire,
    requested,
    same_as,
    world,
)

from oso_pipeline.work_items.accounts import account_items
from oso_pipeline.work_items.coming import coming_items
from oso_pipeline.work_items.points import point_items
from oso_pipeline.work_items.steps import step_items

STEPS = {"fill_in_questionnaire:00AA", "register_delivery_point:00AA", "pass_test_exchange:00AA"}


def test_a_connected_school_with_nothing_odd_has_nothing_to_do() -> None:
    assert connected_school().open_items() == set()


def test_a_school_that_began_has_an_item_for_every_step_that_it_misses() -> None:
    night = world(["00AA00"], accounts=[account(), account(BOARD)])
    assert night.open_items() == STEPS | {"sign_agreement:10001"}


# ---- accounts

YET = {"activated_on": None}
SENT = YET | {"letter_sent_on": ago(20)}


@pytest.mark.parametrize(
    ("accounts", "board", "item_id", "responsible"),
    [
        pytest.param([], BOARD, "request_account:10001", "board", id="nobody has one"),
        pytest.param([], None, "request_account:00AA", "school", id="nor is there a board"),
        pytest.param([account(requested_on=ago(30), **YET)], None, "send_account_letter:00AA", "service_desk", id="requested"),
        pytest.param([account(requested_on=ago(30), **SENT)], None, "activate_account:00AA", "school", id="letter sent"),
        pytest.param([account(requested_on=ago(30), **SENT), account(requested_on=ago(9), **YET)], None, "activate_account:00AA", "school", id="letter sent, and requested again"),
        pytest.param([account(BOARD, requested_on=ago(30), **YET)], BOARD, "send_account_letter:10001", "service_desk", id="requested by the board"),
        pytest.param([account(BOARD, requested_on=ago(30), **SENT)], BOARD, "activate_account:10001", "board", id="letter sent to the board"),
        pytest.param([account(closed_on=ago(3)), account(BOARD, closed_on=ago(3))], BOARD, "request_account:10001", "board", id="both are closed"),
    ],
)  # fmt: skip
def test_a_school_that_no_account_reaches_has_one_thing_to_do_about_it(
    accounts: list[Row], board: str | None, item_id: str, responsible: str
) -> None:
    night = world([branch("00AA00", board=board)], accounts=accounts)
    about = [item for item in night.items().values() if item["kind"].endswith(("account", "letter"))]  # fmt: skip
    assert [(item["item_id"], item["responsible"]) for item in about] == [(item_id, responsible)]
    assert item_id.split(":")[1] in about[0]["action"]


def test_a_board_that_has_to_sign_needs_an_account_of_its_own() -> None:
    items = world(["00AA00"], accounts=[account()]).open_items()
    assert items == STEPS | {"sign_agreement:10001", "request_account:10001"}


def test_an_account_of_the_board_is_enough_for_its_schools() -> None:
    night = world(["00AA00"], accounts=[account(BOARD)], agreements=[agreement()])
    assert night.open_items() == STEPS


def test_an_account_that_waits_helps_no_branch_that_the_board_can_help_already() -> None:
    waits = account(requested_on=ago(30), **SENT)
    for board, helped in (([], 1), ([account(BOARD)], 0)):
        night = world(["00AA00"], accounts=[waits, *board])
        assert night.items()["activate_account:00AA"]["branches_helped"] == helped


@pytest.mark.parametrize("accounts", [[], [account(requested_on=ago(30), **SENT)]])
def test_a_school_whose_branches_are_all_connected_is_asked_for_no_account(
    accounts: list[Row],
) -> None:
    assert connected_school(accounts=accounts).open_items() == set()


def test_no_item_carries_the_date_of_an_account() -> None:
    asked, sent, opened = ago(33), ago(27), ago(26)
    pending = account(requested_on=asked, letter_sent_on=sent, activated_on=None)
    night = world(["00AA00"], accounts=[pending, account(BOARD, requested_on=asked, letter_sent_on=sent, activated_on=opened)])  # fmt: skip
    item = night.items()["activate_account:00AA"]
    assert item["since_on"] == D
    for day in (asked, sent, opened):
        assert not any(f"{day.day}-{day.month}-" in item["action"] for item in night.items().values())  # fmt: skip
        assert day not in night.work_items["since_on"]


# ---- the agreement


def test_a_board_signs_once_for_all_its_schools() -> None:
    night = world(["00AA00", "00BB00"], accounts=[account("00AA"), account("00BB")])
    signing = [item for item in night.items().values() if item["kind"] == "sign_agreement"]
    assert [(item["subject"], item["responsible"]) for item in signing] == [("10001", "board")]
    assert "2 scholen wachten erop" in signing[0]["action"]
    assert "inloggen met bestuursnummer 10001" in signing[0]["action"]


def test_a_board_whose_agreement_ended_is_told_so_and_when() -> None:
    ended = [agreement(ended_on=date(2025, 2, 3)), agreement(ended_on=date(2026, 2, 3))]
    item = sign_agreement(connected_school(agreements=[*ended, extension(ended_on=D)]))
    assert "want de vorige eindigde op 3-2-2026; 1 school wacht erop" in item["action"]
    assert item["since_on"] == date(2026, 2, 3)


def test_a_board_with_an_account_is_asked_to_sign_before_any_school_begins() -> None:
    night = world(["00AA00", "00BB00"], accounts=[account(BOARD)])
    assert night.open_items() == {"sign_agreement:10001"}


# ---- the school's own steps


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "vul de vragenlijst in."),
        ([questionnaire(status="draft", submitted_on=None)], "als concept klaarstaat"),
        (
            [questionnaire(status="rejected"), questionnaire(status="draft", submitted_on=None)],
            "als concept klaarstaat",
        ),
        ([questionnaire(status="rejected")], "de afgewezen vragenlijst"),
        ([questionnaire(submitted_on=None)], "geen dag van indienen"),
        ([questionnaire(status="submitted", submitted_on=None)], "geen dag van indienen"),
    ],
)
def test_what_to_do_about_the_questionnaire_says_how_far_it_is(rows: list[Row], said: str) -> None:
    night = connected_school(accounts=[account()], questionnaires=rows)
    assert night.open_items() == {"fill_in_questionnaire:00AA"}
    assert said in night.items()["fill_in_questionnaire:00AA"]["action"]


@pytest.mark.parametrize(
    ("rows", "said", "since"),
    [
        ([], "Voer vanuit ESIS een testuitwisseling uit voor school 00AA met aanleverpunt 0. Stap", D),
        ([exchange(result="failed", performed_on=date(2026, 2, 3))], "De testuitwisseling van 3-2-2026 is mislukt.", date(2026, 2, 3)),
        ([exchange(result="failed", performed_on=None)], "De testuitwisseling is mislukt.", D),
        ([exchange("6")], "De geslaagde test noemde aanleverpunt 6, dat de school niet heeft.", D),
        ([exchange(result="failed", performed_on=ago(50)), exchange("6", performed_on=ago(5))], "De geslaagde test noemde aanleverpunt 6, dat de school niet heeft.", D),
    ],
)  # fmt: skip
def test_what_to_do_about_the_test_exchange_says_how_the_last_one_went(
    rows: list[Row], said: str, since: date
) -> None:
    night = connected_school(accounts=[account()], exchanges=rows)
    assert night.open_items() == {"pass_test_exchange:00AA"}
    item = night.items()["pass_test_exchange:00AA"]
    assert said in item["action"]
    assert item["since_on"] == since


def test_a_test_exchange_that_is_still_to_come_has_not_failed_yet() -> None:
    failed = [exchange(result="failed", performed_on=day) for day in (ago(3), ahead(1))]
    item = connected_school(exchanges=failed).items()["pass_test_exchange:00AA"]
    assert f"De testuitwisseling van {ago(3):%-d-%-m-%Y} is mislukt." in item["action"]
    assert "mislukt" not in connected_school(exchanges=failed[1:]).items()["pass_test_exchange:00AA"]["action"]  # fmt: skip


@pytest.mark.parametrize(
    ("points", "las"),
    [
        ([point("0", las="ESIS", registered_on=ago(5)), point("1", las="ParnasSys")], "ESIS"),
        ([point("0", las="ESIS", registered_on=ago(5)), point("1", las=None, registered_on=D)], "ESIS"),
        ([point("0", las="ESIS"), requested("1", las="ParnasSys", requested_on=ago(2))], "ParnasSys"),
        ([point("0", las="ESIS"), point("1", las="ParnasSys", kind="ot", registered_on=D)], "ESIS"),
        ([point("0", las="ESIS", requested_on=ago(400), registered_on=ago(5)), point("1", las="ParnasSys", requested_on=ago(300))], "ESIS"),
        ([point("0", las="ESIS"), requested("1", las="ParnasSys")], "ESIS"),
    ],
    ids=["registered last", "the last names none", "on its way", "of another exchange", "requested earlier, registered later", "of no day"],
)  # fmt: skip
def test_the_product_of_a_school_is_that_of_its_newest_las_point_that_names_one(
    points: list[Row], las: str
) -> None:
    item = connected_school(points=points, exchanges=[]).items()["pass_test_exchange:00AA"]
    assert item["action"].startswith(f"Voer vanuit {las} een testuitwisseling uit")


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        (requested(requested_on=ago(2)), False),
        (requested(approved_on=ago(2)), False),
        (requested(requested_on=ago(2), kind="ot"), True),
        (requested(requested_on=ago(2), ended_on=D), True),
        (requested(), True),
    ],
)
def test_a_first_point_is_asked_for_unless_a_las_point_is_on_its_way(row: Row, asked: bool) -> None:
    night = connected_school(points=[row])
    assert ("register_delivery_point:00AA" in night.open_items()) is asked


def test_the_step_plan_is_that_of_the_schools_product() -> None:
    plan = "Stappenplan: Mijn OSO, tabblad Ondersteuning en contact, Documenten: stappenplan aansluiten voor {}."
    known = connected_school(points=[point(las="ParnasSys")], exchanges=[])
    unknown = world(["00AA00"], agreements=[agreement()])
    assert known.items()["pass_test_exchange:00AA"]["action"].endswith(plan.format("ParnasSys"))
    assert unknown.items()["register_delivery_point:00AA"]["action"].endswith(plan.format("uw leerlingadministratiesysteem"))  # fmt: skip


def test_the_first_point_to_ask_for_is_that_of_the_lowest_branch() -> None:
    night = world(["00AA03", "00AA07"], agreements=[agreement()])
    action = night.items()["register_delivery_point:00AA"]["action"]
    assert "vraag een aanleverpunt aan met nummer 3 voor vestiging 00AA03" in action


# ---- a point on its way


@pytest.mark.parametrize(
    ("on_its_way", "item_id", "responsible", "since"),
    [
        (requested(requested_on=ago(2)), "approve_delivery_point:00AA:0", "service_desk", ago(2)),
        (requested(requested_on=ago(9), approved_on=ago(1)), "register_approved_delivery_point:00AA:0", "school", ago(1)),
    ],
)  # fmt: skip
def test_a_point_on_its_way_is_the_thing_to_do_from_the_first_day(
    on_its_way: Row, item_id: str, responsible: str, since: date
) -> None:
    night = connected_school(accounts=[account()], points=[on_its_way])
    assert night.open_items() == {item_id}
    item = night.items()[item_id]
    assert (item["responsible"], item["since_on"]) == (responsible, since)


def test_a_branch_whose_point_is_on_its_way_is_not_asked_to_request_another() -> None:
    night = connected_school(["00AA00", "00AA02"], accounts=[account()], entries=[entered("00AA02")],
        points=[point("0"), requested("2", requested_on=ago(2))])  # fmt: skip
    assert night.open_items() == {"approve_delivery_point:00AA:2"}


def test_an_item_about_a_point_stays_the_same_when_it_becomes_a_finding() -> None:
    late = requested("3", requested_on=ago(14))
    before = connected_school(points=[point("0"), late], day=ago(1))
    night = connected_school(points=[point("0"), late], before=before)
    assert before.flags("delivery_point_pending") == []
    assert night.flags("delivery_point_pending") != []
    assert night.items() == before.items()


def test_a_finding_that_a_person_ignores_is_nothing_to_do() -> None:
    night = connected_school(
        points=[point("0"), requested("3", requested_on=ago(14))],
        decisions=[ignore_flag("00AA", "delivery_point_pending")],
    )
    assert night.open_items() == set()


def test_another_exchange_is_registered_in_its_own_system() -> None:
    night = connected_school(points=[point("0"), requested("9", kind="ot", las=None, approved_on=ago(2))])  # fmt: skip
    action = night.items()["register_approved_delivery_point:00AA:9"]["action"]
    assert "in Onderwijs Transparant." in action
    assert "Stappenplan" not in action


def test_a_point_is_registered_in_its_own_product_and_not_in_the_newest_of_its_school() -> None:
    points = [point("0", registered_on=ago(1)), requested("3", las="ParnasSys", approved_on=ago(2))]
    action = connected_school(points=points).items()["register_approved_delivery_point:00AA:3"]["action"]  # fmt: skip
    assert "in ParnasSys." in action


@pytest.mark.parametrize(("kind", "helped"), [("las", 1), ("ot", 0)])
def test_a_partner_point_on_its_way_brings_no_branch_nearer(kind: str, helped: int) -> None:
    on_its_way = requested("2", kind=kind, requested_on=ago(2))
    night = connected_school(["00AA00", "00AA02"], points=[point("0"), on_its_way])
    assert night.items()["approve_delivery_point:00AA:2"]["branches_helped"] == helped


def test_a_school_without_a_known_board_gives_no_board_something_to_sign() -> None:
    night = world([branch("00AA00", board=None)], accounts=[account()])
    assert night.open_items() == STEPS


def test_a_school_that_came_under_a_board_without_an_agreement_makes_that_board_sign() -> None:
    night = connected_school([branch("00AA00", board="10002")], accounts=[account("10002")], before=connected_school(day=ago(1)))  # fmt: skip
    assert night.open_items() == {"sign_agreement:10002"}


@pytest.mark.parametrize(
    ("instead", "item_id", "subject", "responsible"),
    [
        pytest.param(
            {"branches": ["00AA00", "00AA01"], "entries": [entered("00AA01")]},
            "request_delivery_point:00AA01",
            "00AA01",
            "school",
            id="a branch of a qualified school that is not covered",
        ),
        pytest.param(
            {"points": [point("0"), requested("3", requested_on=ago(14))]},
            "approve_delivery_point:00AA:3",
            "00AA",
            "service_desk",
            id="a point that is pending",
        ),
        pytest.param(
            {"points": [point("0"), requested("3", approved_on=ago(30))]},
            "register_approved_delivery_point:00AA:3",
            "00AA",
            "school",
            id="a point that is not registered",
        ),
        pytest.param(
            {"points": [point("0"), point("7")]},
            "link_delivery_point:00AA:7",
            "00AA",
            "school",
            id="a point without a branch",
        ),
        pytest.param(
            {
                "points": [point("0"), point("7")],
                "before": connected_school(["00AA00", "00AA07"], day=ago(1)),
            },
            "end_delivery_point:00AA:7",
            "00AA",
            "school",
            id="a point on a closed branch",
        ),
        pytest.param(
            {"points": [point("0"), point("7", link="00")]},
            "end_duplicate_delivery_point:00AA00",
            "00AA00",
            "school",
            id="a branch with two points",
        ),
        pytest.param(
            {"branches": ["00AA00", "00AA01"], "points": [point("0"), point("1")]},
            "enter_branch:00AA01",
            "00AA01",
            "school",
            id="a branch that is not entered",
        ),
        pytest.param(
            {"entries": [entered("00AA07")]},
            "remove_branch:00AA07",
            "00AA07",
            "school",
            id="an entered branch that is not open",
        ),
    ],
)
def test_a_finding_is_something_to_do_for_someone(
    instead: Row, item_id: str, subject: str, responsible: str
) -> None:
    night = connected_school(**instead)
    assert item_id in night.open_items()
    item = night.items()[item_id]
    assert (item["subject"], item["responsible"]) == (subject, responsible)


def test_a_branch_that_is_not_covered_is_asked_for_only_when_its_school_is_qualified() -> None:
    night = world(["00AA00", "00AA01"], accounts=[account()], agreements=[agreement()])
    assert night.open_items() == STEPS | {"enter_branch:00AA01"}


def test_the_number_to_ask_for_is_that_of_the_branch() -> None:
    night = connected_school(["00AA00", "00AA02"], entries=[entered("00AA02")])
    action = night.items()["request_delivery_point:00AA02"]["action"]
    assert "nummer 2 voor vestiging 00AA02" in action


@pytest.mark.parametrize(
    ("number", "item_id"),
    [("A", "link_delivery_point:00AA:A"), (None, "link_delivery_point:00AA:(zonder nummer)")],
)
def test_a_point_without_a_number_has_an_id_too(number: str | None, item_id: str) -> None:
    assert connected_school(points=[point("0"), point(number)]).open_items() == {item_id}


def test_two_points_with_one_number_are_one_thing_to_do() -> None:
    night = connected_school(points=[point("0"), point("7"), point("7", las="Magister")])
    assert list(night.items()) == ["link_delivery_point:00AA:7"]
    waiting = [requested("7", requested_on=day) for day in (ago(3), ago(9), ago(5))]
    item = connected_school(points=[point("0"), *waiting]).items()["approve_delivery_point:00AA:7"]
    assert item["since_on"] == ago(9)


# ---- since


def test_an_item_about_a_record_is_since_the_day_of_that_record() -> None:
    night = connected_school(points=[point("0"), point("7")])
    assert night.items()["link_delivery_point:00AA:7"]["since_on"] == REGISTERED


@pytest.mark.parametrize(
    ("instead", "item_id", "since"),
    [
        ({"entries": [entered("00AA07", ago(20))]}, "remove_branch:00AA07", ago(20)),
        ({"points": [point(), point("9", link="00", registered_on=ago(9))]}, "end_duplicate_delivery_point:00AA00", ago(9)),
        ({"points": [point(), point("7")], "organisations": [organisation("00AA07", closed_on=ago(8))]}, "end_delivery_point:00AA:7", ago(8)),
    ],
)  # fmt: skip
def test_an_item_about_a_finding_is_since_the_day_of_the_finding(
    instead: Row, item_id: str, since: date
) -> None:
    assert connected_school(**instead).items()[item_id]["since_on"] == since


def test_an_item_without_a_day_is_since_the_release_that_shows_it_first() -> None:
    before = world(["00AA00"], accounts=[account()], day=ago(3))
    night = world(["00AA00"], accounts=[account()], before=before)
    assert night.items()["sign_agreement:10001"]["since_on"] == ago(3)


# ---- from night to night


def begun(before: World | None = None, ago_days: int = 0, *, signed: bool = False) -> World:
    return world(
        ["00AA00"],
        accounts=[account()],
        agreements=[agreement(signed_on=ago(400))] if signed else [],
        questionnaires=[questionnaire()],
        points=[point()],
        exchanges=[exchange()],
        before=before,
        day=ago(ago_days),
    )


def sign_agreement(night: World) -> Row:
    return night.items()["sign_agreement:10001"]


def test_an_item_that_stays_keeps_its_id() -> None:
    assert begun(begun(ago_days=1)).open_items() == begun(ago_days=1).open_items()


def test_an_item_that_stays_keeps_the_day_since_which_it_stands() -> None:
    failed = [exchange(result="failed", performed_on=day) for day in (ago(5), ago(1))]
    before = connected_school(exchanges=failed[:1], day=ago(3))
    night = connected_school(exchanges=failed, before=before)
    assert night.items()["pass_test_exchange:00AA"]["since_on"] == ago(5)


def test_an_item_that_is_open_has_no_closing_day() -> None:
    assert sign_agreement(begun())["closed_on"] is None


def test_an_item_that_is_done_closes_on_the_day_of_the_release_that_no_longer_shows_it() -> None:
    night = begun(begun(ago_days=2), signed=True)
    assert sign_agreement(night)["closed_on"] == D


def test_a_closed_item_keeps_the_day_on_which_it_closed() -> None:
    closed = begun(begun(ago_days=5), 3, signed=True)
    assert sign_agreement(begun(closed, signed=True))["closed_on"] == ago(3)


def test_a_closed_item_keeps_the_day_since_which_it_stood() -> None:
    night = begun(begun(ago_days=2), signed=True)
    assert sign_agreement(night)["since_on"] == ago(2)


def test_an_item_that_comes_back_is_open_again_since_it_came_back() -> None:
    closed = begun(begun(ago_days=5), 3, signed=True)
    item = sign_agreement(begun(closed))
    assert (item["since_on"], item["closed_on"]) == (D, None)


def test_an_item_of_a_school_that_closed_is_closed() -> None:
    night = world(["00BB00"], before=begun(ago_days=1))
    assert night.open_items() == {"request_account:10001"}
    assert sign_agreement(night)["closed_on"] == D


# ---- in the order that helps most schools


def ranked(night: World) -> list[tuple[str, int, int, int]]:
    rows = night.work_items.drop_nulls("rank").sort("rank")
    return rows.select("item_id", "schools_helped", "branches_helped", "last_step_for").rows()


def test_a_signature_that_two_schools_wait_for_comes_before_the_point_that_one_branch_does() -> (
    None
):
    others = ("00BB", "00CC")
    night = connected_school(
        ["00AA00", "00AA01", branch("00BB00", "10002"), branch("00CC00", "10002")],
        accounts=[account(), account("10002")],
        entries=[entered("00AA01")],
        questionnaires=[questionnaire(), *(questionnaire(brin) for brin in others)],
        points=[point(), *(point("0", brin) for brin in others)],
        exchanges=[exchange(), *(exchange("0", brin) for brin in others)],
    )
    assert ranked(night) == [
        ("sign_agreement:10002", 2, 2, 2),
        ("request_delivery_point:00AA01", 1, 1, 1),
    ]


def test_the_last_missing_step_weighs_more_than_one_of_several() -> None:
    night = world(
        ["00AA00", branch("00BB00", "10002")],
        accounts=[account(), account("10002")],
        agreements=[agreement()],
        questionnaires=[questionnaire(), questionnaire("00BB")],
        points=[point()],
        exchanges=[],
    )
    assert [item_id for item_id, *_ in ranked(night)] == [
        "pass_test_exchange:00AA",
        "pass_test_exchange:00BB",
        "register_delivery_point:00BB",
        "sign_agreement:10002",
    ]


def test_many_branches_with_two_steps_to_go_come_before_one_with_its_last() -> None:
    many = [f"00BB{number:02}" for number in range(3)]
    night = connected_school(
        ["00AA00", *(branch(code, "10002") for code in many)],
        accounts=[account(), account("00BB"), account("10002")],
        questionnaires=[questionnaire("00BB")],
        entries=[entered(code) for code in many],
        points=[point(), *(point(str(number), "00BB") for number in range(3))],
        exchanges=[exchange()],
    )
    assert [item[:1] + item[2:] for item in ranked(night)] == [
        ("pass_test_exchange:00BB", 3, 0),
        ("sign_agreement:10002", 3, 0),
        ("fill_in_questionnaire:00AA", 1, 1),
    ]


def test_of_two_things_that_weigh_the_same_the_one_that_connects_a_branch_comes_first() -> None:
    two = ["00BB00", "00BB01"]
    night = connected_school(
        ["00AA00", *(branch(code, "10002") for code in two)],
        accounts=[account(), account("00BB"), account("10002")],
        questionnaires=[questionnaire("00BB")],
        entries=[entered(code) for code in two],
        points=[point(), point("0", "00BB"), point("1", "00BB")],
    )
    assert [item[:1] + item[2:] for item in ranked(night)] == [
        ("fill_in_questionnaire:00AA", 1, 1),
        ("pass_test_exchange:00BB", 2, 0),
        ("sign_agreement:10002", 2, 0),
    ]


def test_of_two_things_that_help_as_much_the_one_that_waits_longest_comes_first() -> None:
    night = connected_school(
        ["00AA00", "00BB00", "00CC00"],
        accounts=[account(BOARD)],
        questionnaires=[questionnaire(brin) for brin in ("00AA", "00BB", "00CC")],
        points=[point("0", brin) for brin in ("00AA", "00BB", "00CC")],
        exchanges=[exchange("0", brin, day, result="failed") for brin, day in (("00AA", ago(3)), ("00BB", ago(9)), ("00CC", ago(9)))],
    )  # fmt: skip
    assert [item_id for item_id, *_ in ranked(night)] == [
        "pass_test_exchange:00BB",
        "pass_test_exchange:00CC",
        "pass_test_exchange:00AA",
    ]


def test_an_account_comes_on_top_of_the_steps_that_are_missing() -> None:
    night = connected_school(questionnaires=[])
    assert ranked(night) == [
        ("fill_in_questionnaire:00AA", 1, 1, 1),
        ("request_account:10001", 1, 1, 0),
    ]


def test_a_change_that_would_disconnect_a_school_is_help_to_those_that_it_keeps() -> None:
    night = connected_school(["00AA00", "00BB00"], governance=[governs("10007", "00AA", ahead(20))],
        accounts=[account("00BB"), account(BOARD)])  # fmt: skip
    assert ranked(night)[0] == (f"prepare_board_change:00AA:{ahead(20)}", 1, 1, 0)


@pytest.mark.parametrize(
    ("code", "said"),
    [("00AA01", "Vestiging 00AA01 sluit per 10-12-2026"), ("00AA", "School 00AA sluit per")],
)
def test_what_closes_is_told_as_what_it_is_and_to_prepare_it_helps_no_branch(
    code: str, said: str
) -> None:
    closes = organisation(code, closed_on=ahead(20))
    item = connected_school(organisations=[closes], branches=["00AA00", "00AA01"]).items()[
        f"prepare_closure:{code}:{ahead(20)}"
    ]
    assert item["action"].startswith(said)
    assert item["branches_helped"] == 0


def test_a_board_that_signed_already_has_nothing_to_prepare() -> None:
    night = connected_school(governance=[governs("10007", "00AA", ahead(20))], agreements=[agreement(), agreement("10007")])  # fmt: skip
    assert night.open_items() == set()


def test_a_board_whose_agreement_was_decided_to_be_its_own_has_nothing_to_prepare() -> None:
    night = connected_school(
        ["00AA00", branch("00BB00", board="10007")],
        governance=[governs("10007", "00AA", ahead(20))],
        agreements=[agreement(), agreement("10006")],
        decisions=[same_as("10006", "10007")],
    )
    assert not any(item.startswith("prepare_board_change") for item in night.open_items())


@pytest.mark.parametrize(
    "signed",
    [extension("10007"), agreement("10007", ended_on=D), agreement("10007", signed_on=ahead(9))],
    ids=["the extension only", "ended", "to come"],
)
def test_a_board_that_has_no_base_agreement_now_is_to_prepare(signed: Row) -> None:
    night = connected_school(governance=[governs("10007", "00AA", ahead(20))], agreements=[agreement(), signed])  # fmt: skip
    assert night.open_items() == {f"prepare_board_change:00AA:{ahead(20)}"}


def test_an_item_that_is_done_says_how_many_it_helped_and_has_no_rank() -> None:
    item = sign_agreement(begun(begun(ago_days=2), signed=True))
    assert (item["branches_helped"], item["last_step_for"], item["rank"]) == (1, 1, None)


@in_any_world
def test_the_open_items_are_ranked_from_one_on_and_no_other_has_a_rank(night: World) -> None:
    items = night.work_items.sort("rank", nulls_last=True)
    open_ones = items.filter(pl.col("closed_on").is_null())
    assert open_ones["rank"].to_list() == [*range(1, open_ones.height + 1)]
    assert items.filter(pl.col("closed_on").is_not_null())["rank"].null_count() == items.height - open_ones.height  # fmt: skip


@in_any_world
def test_every_branch_that_is_not_connected_is_helped_by_something(night: World) -> None:
    helped = {code for item in _found(night).to_dicts() for code in item["helps"]}
    waiting = night.branch_status.filter(~pl.col("connected") & (pl.col("status") != "not_started"))
    unqualified = waiting.join(night.school_status.filter(~pl.col("qualified")), on="brin")
    assert set(unqualified["branch_code"]) <= helped


def _found(night: World) -> pl.DataFrame:
    facts = night.facts
    return pl.concat(
        [*step_items(facts), *account_items(facts), *point_items(facts), *coming_items(facts)]
    )


@in_any_world
def test_an_item_stands_there_once(night: World) -> None:
    assert night.work_items["item_id"].is_unique().all()


@in_any_world
def test_no_item_is_ever_forgotten(night: World) -> None:
    assert set(night.last["work_items"]["item_id"]) <= set(night.work_items["item_id"])


@in_any_world
def test_every_item_says_what_to_do_and_since_when(night: World) -> None:
    assert night.work_items.select("action", "since_on").null_count().row(0) == (0, 0)
