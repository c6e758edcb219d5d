"""The steps of qualifying that are missing: the agreement of a board, the questionnaire, point and test of a school.

Nobody is asked for what was delivered and could not be read: that is to be repaired first (repairs.py).
"""

from __future__ import annotations

import polars as pl

from oso_pipeline.codes import number_of_branch
from oso_pipeline.qualification import las_numbers, passed_tests
from oso_pipeline.reconciliation.matching import was_matched
from oso_pipeline.reconciliation.records import counts
from oso_pipeline.wording import sentence
from oso_pipeline.work_items.facts import Facts, items, together
from oso_pipeline.work_items.words import (
    AGREEMENT_TAB,
    POINTS_TAB,
    QUESTIONNAIRE,
    in_dutch,
    point_number,
    product,
    step_plan,
    waiting,
)


def step_items(facts: Facts) -> list[pl.DataFrame]:
    """One item per missing step: of the board for all its schools, else of the school."""
    return [
        _agreements_to_sign(facts),
        _questionnaires(facts),
        _first_points(facts),
        _test_exchanges(facts),
    ]


def _missing(facts: Facts, step: str) -> pl.DataFrame:
    """The schools that miss a step, but for those whose record of it waits to be repaired."""
    lacking = facts.begun.filter(pl.col("missing_steps").list.contains(step))
    return lacking.join(facts.unread.filter(step=step), left_on="brin", right_on="subject", how="anti")  # fmt: skip


def _agreements_to_sign(facts: Facts) -> pl.DataFrame:
    """One per board that has begun: one of its schools has, or it has an account itself."""
    accounts = facts.records["accounts"].filter(was_matched() & counts())
    has_account = accounts.filter(
        pl.col("activated_on").is_not_null() & pl.col("closed_on").is_null()
    )
    agreements = facts.records["agreements"].filter(
        was_matched() & counts() & (pl.col("kind") == "base")
    )
    ended = agreements.group_by(pl.col("board_matched").alias("board_number")).agg(
        pl.col("ended_on").max()
    )
    boards = (
        facts.not_there_yet.filter(pl.col("missing_steps").list.contains("agreement"))
        .drop_nulls("board_number")
        .group_by("board_number")
        .agg(
            pl.len().alias("schools"),
            (pl.col("status") != "not_started").any().alias("begun"),
            together("helps"),
        )
        .filter(pl.col("begun") | pl.col("board_number").is_in(has_account["board_matched"].drop_nulls().implode()))
        .join(facts.unread.filter(step="agreement"), left_on="board_number", right_on="subject", how="anti")
        .join(ended, on="board_number", how="left")
    )  # fmt: skip
    action = (
        pl.when(pl.col("ended_on").is_not_null())
        .then(sentence(AGREEMENT_TAB + "teken een nieuwe overeenkomst, want de vorige eindigde op {}; {}.", "board_number", in_dutch("ended_on"), waiting("schools")))
        .otherwise(sentence(AGREEMENT_TAB + "teken de overeenkomst; {}.", "board_number", waiting("schools")))
    )  # fmt: skip
    return items(boards, "sign_agreement", "board_number", "board", action, since=pl.col("ended_on"), helps=pl.col("helps"))  # fmt: skip


def _questionnaires(facts: Facts) -> pl.DataFrame:
    rows = facts.records["questionnaires"].filter(was_matched() & counts())
    states = rows.group_by(pl.col("brin_matched").alias("brin")).agg(
        pl.col("status").unique().alias("states")
    )
    missing = _missing(facts, "questionnaire").join(states, on="brin", how="left")
    has = pl.col("states").list.contains
    what = (
        pl.when(has("draft")).then(pl.lit("maak de vragenlijst af die als concept klaarstaat, en dien die in."))
        .when(has("rejected")).then(pl.lit("verbeter de afgewezen vragenlijst en dien die opnieuw in."))
        .when(has("submitted") | has("approved")).then(pl.lit("dien de vragenlijst opnieuw in; er staat geen dag van indienen bij."))
        .otherwise(pl.lit("vul de vragenlijst in."))
    )  # fmt: skip
    action = pl.concat_str(sentence(QUESTIONNAIRE, "brin"), what)
    return items(missing, "fill_in_questionnaire", "brin", "school", action, helps=pl.col("helps"))


def _first_points(facts: Facts) -> pl.DataFrame:
    """A school without a delivery point requests that of its lowest branch first, unless one is under way."""
    missing = _missing(facts, "delivery_point").join(facts.under_way, on="brin", how="anti")
    first = missing.join(facts.uncovered.group_by("brin").agg(pl.col("branch_code").min()), on="brin")  # fmt: skip
    ask = sentence(
        POINTS_TAB + "vraag een aanleverpunt aan met nummer {} voor vestiging {}, en registreer het na goedkeuring in {}.",
        number_of_branch(pl.col("branch_code")), "branch_code", product(),
    )  # fmt: skip
    action = pl.concat_str(ask, step_plan())
    return items(first, "register_delivery_point", "brin", "school", action, helps=pl.concat_list("branch_code"))  # fmt: skip


_TEST = "Voer vanuit {} een testuitwisseling uit voor school {}{}."
_TEST_LATER = "Zodra het aanleverpunt van de school geregistreerd is: voer vanuit {} een testuitwisseling uit voor school {}{}."


def _test_exchanges(facts: Facts) -> pl.DataFrame:
    """A test that was passed by a number that the school does not have, or that failed, is to be done again."""
    tests = facts.records["test_exchanges"].filter(was_matched() & counts())
    failed = tests.filter(pl.col("result") == "failed").sort("performed_on", "source_row", nulls_last=False)  # fmt: skip
    last = failed.group_by(pl.col("brin_matched").alias("brin"), maintain_order=True).agg(
        pl.lit(value=True).alias("failed"),
        pl.col("performed_on", "delivery_point_number").last(),
    )
    astray = passed_tests(facts.records).group_by(pl.col("brin_matched").alias("brin")).agg(
        point_number("delivery_point_number").min().alias("astray")
    ).collect()  # fmt: skip
    numbers = las_numbers(facts.records).drop_nulls().group_by(pl.col("brin_matched").alias("brin")).agg(
        pl.col("number").min().alias("own_number")
    ).collect()  # fmt: skip
    missing = _missing(facts, "test_exchange")
    for told in (last, astray, numbers):
        missing = missing.join(told, on="brin", how="left")
    with_point = sentence(" met aanleverpunt {}", "own_number").fill_null("")
    waits = pl.col("missing_steps").list.contains("delivery_point")
    places = (product(), "brin", with_point)
    test = pl.when(waits).then(sentence(_TEST_LATER, *places)).otherwise(sentence(_TEST, *places))
    on = sentence(" van {}", in_dutch("performed_on")).fill_null("")
    is_astray = pl.col("astray").is_not_null()
    why = (
        pl.when(is_astray).then(sentence(" De geslaagde test noemde aanleverpunt {}, dat de school niet heeft.", "astray"))
        .when("failed").then(sentence(" De testuitwisseling{} is mislukt.", on))
        .otherwise(pl.lit(""))
    )  # fmt: skip
    action = pl.concat_str(test, why, step_plan())
    since = pl.when(~is_astray & pl.col("failed")).then("performed_on")
    return items(missing, "pass_test_exchange", "brin", "school", action, since=since, helps=pl.col("helps"))  # fmt: skip
