"""What the register announces of schools that have begun: one item per change, before it bites."""

from __future__ import annotations

import polars as pl

from oso_pipeline.codes import brin_of, number_of_branch
from oso_pipeline.contracts.onboarding import AGREEMENTS
from oso_pipeline.patterns import BRANCH_PATTERN
from oso_pipeline.reconciliation.records import is_active
from oso_pipeline.wording import sentence
from oso_pipeline.work_items.facts import Facts, items
from oso_pipeline.work_items.words import in_dutch

_PREPARE = {
    "closes": ("prepare_closure", "school", "{} {} sluit per {} volgens het BRIN-register. Staan er dan nog aanleverpunten open? Beëindig ze per die dag: Mijn OSO, tabblad Aanleverpunten."),
    "goes_on": ("prepare_succession", "school", "Per {} gaat {} volgens het BRIN-register verder als {}. Mijn OSO, tabblad Aanleverpunten: zorg dat {} dan een eigen aanleverpunt heeft{}."),
    "changes_board": ("prepare_board_change", "board", "Per {} komt school {} volgens het BRIN-register onder bestuur {}. Mijn OSO, tabblad Overeenkomst (inloggen met bestuursnummer {}): zorg dat de overeenkomst dan getekend is."),
}  # fmt: skip
"""What is to come -> kind, who, action."""


def coming_items(facts: Facts) -> list[pl.DataFrame]:
    """Closures, successions and changes of board that are ahead; none where the new board has signed already.

    A succession or change of board that is prepared keeps the branches connected that are so now.
    """
    begun = facts.schools.filter(pl.col("status") != "not_started")
    agreements = facts.records["agreements"].filter(
        is_active(AGREEMENTS) & (pl.col("kind") == "base")
    )
    # the new board may govern no open branch before that day, and is matched with nothing then
    signed = agreements.select(pl.coalesce("board_matched", "board_number").alias("board_number"))
    ahead = (
        facts.upcoming.with_columns(
            brin_of(pl.col("code")).alias("brin"), in_dutch("effective_on").alias("on")
        )
        .join(begun.select("brin"), on="brin", how="semi")
        .filter(~pl.col("to_code").is_in(signed["board_number"].implode()).fill_null(value=False))
        .join(_connected(facts), on="code", how="left")
    )
    number = number_of_branch(pl.col("to_code"))
    to_branch = pl.col("to_code").str.contains(BRANCH_PATTERN)
    with_number = pl.when(to_branch).then(sentence(", met nummer {}", number)).otherwise(pl.lit(""))
    is_branch = pl.col("code").str.contains(BRANCH_PATTERN)
    whose = pl.when(is_branch).then(pl.lit("Vestiging")).otherwise(pl.lit("School"))
    places = {
        "closes": (whose, "code", "on"),
        "goes_on": ("on", "code", "to_code", "to_code", with_number),
        "changes_board": ("on", "code", "to_code", "to_code"),
    }
    named = (pl.col("code"), pl.col("effective_on").cast(pl.String))
    return [
        items(
            ahead.filter(change=change), kind, "code", who, sentence(action, *places[change]), named=named,
            helps=None if change == "closes" else pl.col("helps"),
        )
        for change, (kind, who, action) in _PREPARE.items()
    ]  # fmt: skip


def _connected(facts: Facts) -> pl.DataFrame:
    """`code, helps`: the connected branches of every branch and school that has one."""
    connected = facts.branches.filter("connected").sort("branch_code")
    return pl.concat(
        connected.group_by(pl.col(column).alias("code")).agg(pl.col("branch_code").alias("helps"))
        for column in ("branch_code", "brin")
    )
