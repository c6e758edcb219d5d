"""Records of a school or board that could not be read: the service desk looks at them, and from then on they count."""

from __future__ import annotations

import polars as pl

from oso_pipeline.wording import sentence
from oso_pipeline.work_items.facts import Facts, items
from oso_pipeline.work_items.words import AGREEMENT_TAB, BRANCHES_TAB, POINTS_TAB, QUESTIONNAIRE

_LOOK_AT = {
    "accounts": "Mijn OSO, account {}: kijk het account na",
    "agreements": AGREEMENT_TAB + "kijk de overeenkomst na",
    "questionnaires": QUESTIONNAIRE + "kijk de vragenlijst na",
    "branches": BRANCHES_TAB + "kijk de vestigingen van school {} na",
    "delivery_points": POINTS_TAB + "kijk de aanleverpunten van school {} na",
    "test_exchanges": "Mijn OSO, school {}: kijk de testuitwisseling na",
}
_WORD = {"questionnaires": "de status", "test_exchanges": "het resultaat"}
WHY = {
    "branch_number_unreadable": "een vestigingsnummer is niet te lezen",
    "link_unreadable": "het nummer van een gekoppelde vestiging is niet te lezen",
    "branch_contradicted": "een regel noemt twee verschillende vestigingen",
    "date_unreadable": "een datum is niet te lezen",
    "end_before_begin": "een einddatum ligt vóór de begindatum",
}
"""Rule -> why the row could not be read; a word that is not of its list is told by `_WORD`."""


def repair_items(facts: Facts) -> list[pl.DataFrame]:
    """One per table of an open school, or of the board of one, however many of its rows could not be read."""
    unknown = sentence("{} is geen bekende waarde", pl.col("source").replace_strict(_WORD, default="de soort"))  # fmt: skip
    why = pl.col("rule").replace_strict(WHY, default=None, return_dtype=pl.String)
    rows = _with_helps(facts).with_columns(why.fill_null(unknown).alias("why"))
    found = rows.group_by("source", "subject", maintain_order=True).agg(
        pl.col("why").unique(maintain_order=True).str.join(" en "),
        pl.col("helps").explode(empty_as_null=False, keep_nulls=False).unique().sort(),
    )
    looks_at = [pl.when(pl.col("source") == table).then(sentence(words, "subject")) for table, words in _LOOK_AT.items()]  # fmt: skip
    action = sentence("{}, want {}. Zolang dat zo is, telt het niet mee.", pl.coalesce(looks_at), "why")  # fmt: skip
    named = (pl.col("source"), pl.col("subject"))
    return [items(found, "repair_record", "subject", "service_desk", action, named=named, helps=pl.col("helps"))]  # fmt: skip


def _with_helps(facts: Facts) -> pl.DataFrame:
    """The rows of open schools and of their boards, with the branches that wait for what each may say.

    Those are all of a school that misses the step, and else, of a delivery point, those that nothing serves.
    """
    waiting = facts.not_there_yet.select("brin", pl.col("helps").alias("waiting"))
    uncovered = facts.uncovered.group_by("brin").agg(pl.col("branch_code").alias("uncovered"))
    schools = (
        facts.schools.select("brin", "board_number", "missing_steps")
        .join(waiting, on="brin", how="left")
        .join(uncovered, on="brin", how="left")
    )
    rows = pl.concat(
        [
            facts.unread.join(schools, left_on="subject", right_on="brin").drop("board_number"),
            facts.unread.join(schools, left_on="subject", right_on="board_number").drop("brin"),
        ]
    )
    helps = (
        pl.when(pl.col("missing_steps").list.contains(pl.col("step"))).then("waiting")
        .when(pl.col("step") == "delivery_point").then("uncovered")
        .otherwise([])
    )  # fmt: skip
    return rows.with_columns(helps.alias("helps"))
