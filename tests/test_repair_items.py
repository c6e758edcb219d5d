"""Work items about records that could not be read: whom the service desk helps by looking at them, and who is not asked."""

from __future__ import annotations

import pytest
from world import (
    BOARD,
    Row,
    account,
    agreement,
    branch,
    connected_school,
    entered,
    exchange,
    point,
    questionnaire,
    world,
)

from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.intake.onboarding import rules_of
from oso_pipeline.work_items.repairs import WHY

STEPS = {"fill_in_questionnaire:00AA", "register_delivery_point:00AA", "pass_test_exchange:00AA"}
BASE = {"accounts": [account(), account(BOARD)], "as_delivered": True}


@pytest.mark.parametrize(
    ("rows", "item_id", "instead_of", "action"),
    [
        ({"questionnaires": [questionnaire(status="gereed")]}, "questionnaires:00AA", "fill_in_questionnaire:00AA", "Mijn OSO, stappenplan van school 00AA: kijk de vragenlijst na, want de status is geen bekende waarde."),
        ({"agreements": [agreement(signed_on="x")]}, "agreements:10001", "sign_agreement:10001", "Mijn OSO, tabblad Overeenkomst (inloggen met bestuursnummer 10001): kijk de overeenkomst na, want een datum is niet te lezen."),
        ({"points": [point(link="x")]}, "delivery_points:00AA", "register_delivery_point:00AA", "Mijn OSO, tabblad Aanleverpunten: kijk de aanleverpunten van school 00AA na, want het nummer van een gekoppelde vestiging is niet te lezen."),
        ({"exchanges": [exchange(result="ja"), exchange(result="nee"), exchange(performed_on="x")]}, "test_exchanges:00AA", "pass_test_exchange:00AA", "Mijn OSO, school 00AA: kijk de testuitwisseling na, want het resultaat is geen bekende waarde en een datum is niet te lezen."),
    ],
)  # fmt: skip
def test_what_may_be_the_missing_step_is_for_the_service_desk_to_look_at_and_nobody_else_is_asked_for_it(
    rows: Row, item_id: str, instead_of: str, action: str
) -> None:
    lacking = connected_school(**BASE | {next(iter(rows)): []})
    assert instead_of in lacking.open_items()
    items = connected_school(**BASE | rows).items()
    assert items.keys() == {f"repair_record:{item_id}"} | (lacking.open_items() - {instead_of})
    item = items[f"repair_record:{item_id}"]
    assert (item["responsible"], item["branches_helped"]) == ("service_desk", 1)
    assert item["action"] == f"{action} Zolang dat zo is, telt het niet mee."


@pytest.mark.parametrize(
    ("rows", "item_id"),
    [
        ({"entries": [entered("00AA0x")]}, "branches:00AA"),
        ({"accounts": [account(closed_on="x")]}, "accounts:00AA"),
        ({"accounts": [account(BOARD, closed_on="x")]}, "accounts:10001"),
        ({"points": [point(), point(kind="ot", ended_on="x")]}, "delivery_points:00AA"),
        ({"questionnaires": [questionnaire(), questionnaire(status="gereed")]}, "questionnaires:00AA"),
    ],
)  # fmt: skip
def test_what_no_step_waits_for_is_looked_at_and_helps_no_branch(rows: Row, item_id: str) -> None:
    items = connected_school(**BASE | rows).items()
    assert {key: item["branches_helped"] for key, item in items.items()} == {f"repair_record:{item_id}": 0}  # fmt: skip


def test_a_point_that_could_not_be_read_may_be_that_of_a_branch_that_nothing_serves() -> None:
    night = connected_school(["00AA00", "00AA02"], entries=[entered("00AA02")], **BASE | {"points": [point(), point("2", registered_on="x")]})  # fmt: skip
    item = night.items()["repair_record:delivery_points:00AA"]
    assert (item["branches_helped"], item["last_step_for"]) == (1, 1)


def test_an_agreement_that_could_not_be_read_is_looked_at_once_for_all_schools_of_its_board() -> None:  # fmt: skip
    night = world(["00AA00", "00BB00"], agreements=[agreement(signed_on="x")], **BASE)
    item = night.items()["repair_record:agreements:10001"]
    assert (item["subject"], item["schools_helped"]) == ("10001", 2)


@pytest.mark.parametrize("owner", ["00AA", BOARD])
def test_an_account_that_could_not_be_read_is_not_asked_for_again(owner: str) -> None:
    rows = {"accounts": [account(owner, activated_on="x")], "agreements": [agreement()]}
    items = world([branch("00AA00")], as_delivered=True, **rows).open_items()
    assert items == STEPS | {f"repair_record:accounts:{owner}"}


def test_a_row_that_names_nobody_who_is_open_is_nobodys_work() -> None:
    rows = [questionnaire("99ZZ", status="gereed"), questionnaire("?"), questionnaire()]
    assert connected_school(**BASE | {"questionnaires": rows}).open_items() == set()


def test_every_rule_that_refuses_a_row_has_its_words() -> None:
    names_nobody = {"brin_unreadable", "board_number_unreadable"}
    rules = {rule for table in ONBOARDING for rule in rules_of(table)}
    assert rules - names_nobody == WHY.keys() | {"not_of_the_list"}
