"""Accounts: the door to every other step. Their dates are private, so an item never carries one (docs/adr/0010).

A board's account reaches the pages of its schools, and only a board's account shows the agreement (domain.md). So a board is asked
for an account when one of its schools has none to work with, or when it has to sign; a school whose board is not known is asked itself.
Nobody is asked who has nothing left to do.
"""

from __future__ import annotations

import polars as pl

from oso_pipeline.reconciliation.matching import was_matched
from oso_pipeline.reconciliation.records import counts
from oso_pipeline.wording import sentence
from oso_pipeline.work_items.facts import Facts, items, together

_ACTIVATE = "Mijn OSO: log voor het eerst in met gebruikersnaam {} en de gegevens uit de brief. Brief kwijt? Vraag de servicedesk om een nieuwe."
_SEND = "Stuur de brief met inloggegevens voor account {}: het is aangevraagd en de brief is nog niet verstuurd."
_REQUEST_BOARD = "Vraag een bestuursaccount aan voor Mijn OSO (gebruikersnaam {}); de inloggegevens komen per brief. Daarmee kan het bestuur ook voor zijn scholen aan de slag ({})."
_REQUEST_SCHOOL = "Vraag een schoolaccount aan voor Mijn OSO (gebruikersnaam {}); de inloggegevens komen per brief."

KINDS = ("request_account", "send_account_letter", "activate_account")


def account_items(facts: Facts) -> list[pl.DataFrame]:
    """Accounts that are to be requested, of which the letter is to be sent, or that wait for the first login."""
    accounts = _accounts(facts)
    pending = accounts.filter(~pl.col("active"))
    of_school = facts.not_there_yet.join(pending, left_on="brin", right_on="owner").with_columns(
        pl.when(~pl.col("reached")).then("helps").alias("helps")
    )
    of_board = _waiting_boards(facts).join(pending, left_on="board_number", right_on="owner")
    return [
        *_pending(of_school, "brin", "school"),
        *_pending(of_board, "board_number", "board"),
        *_to_request(facts, accounts),
    ]


def _pending(rows: pl.DataFrame, owner: str, who: str) -> list[pl.DataFrame]:
    sent = pl.col("letter_sent")
    helps = pl.col("helps")
    return [
        items(rows.filter(sent), "activate_account", owner, who, sentence(_ACTIVATE, owner), helps=helps),
        items(rows.filter(~sent), "send_account_letter", owner, "service_desk", sentence(_SEND, owner), helps=helps),
    ]  # fmt: skip


def _to_request(facts: Facts, accounts: pl.DataFrame) -> list[pl.DataFrame]:
    owners = _owners(facts, accounts)
    boards = _waiting_boards(facts).join(
        owners, left_on="board_number", right_on="owner", how="anti"
    )
    needed = boards.filter(pl.col("asks") > 0)
    of_board = sentence(_REQUEST_BOARD, "board_number", _schools("asks"))
    alone = facts.not_there_yet.filter(
        pl.col("board_number").is_null() & ~pl.col("reached")
    ).join(owners, left_on="brin", right_on="owner", how="anti")  # fmt: skip
    of_school = sentence(_REQUEST_SCHOOL, "brin")
    return [
        items(needed, "request_account", "board_number", "board", of_board, helps=pl.col("helps")),
        items(alone, "request_account", "brin", "school", of_school, helps=pl.col("helps")),
    ]


def _schools(column: str) -> pl.Expr:
    return pl.when(pl.col(column) == 1).then(pl.lit("1 school")).otherwise(sentence("{} scholen", column))  # fmt: skip


def _waiting_boards(facts: Facts) -> pl.DataFrame:
    """`board_number, asks, helps`: boards, and how many of their schools need an account of theirs."""
    own = _owners(facts, _accounts(facts)).rename({"owner": "brin"}).with_columns(own=True)
    unread = facts.unread.filter(step="agreement")["subject"]
    to_sign = (
        pl.col("missing_steps").list.contains("agreement")
        & (pl.col("status") != "not_started")
        & ~pl.col("board_number").is_in(unread.implode())
    )
    without = ~pl.col("reached") & pl.col("own").is_null()
    needs = to_sign | without
    schools = facts.not_there_yet.drop_nulls("board_number").join(own, on="brin", how="left")
    helped = pl.when(needs).then("helps").otherwise([])
    return (
        schools.with_columns(needs.alias("needs"), helped.alias("helps"))
        .group_by("board_number")
        .agg(pl.col("needs").sum().alias("asks"), together("helps"))
    )


def _owners(facts: Facts, accounts: pl.DataFrame) -> pl.DataFrame:
    """`owner`: every school and board with an account that is not closed, or with one that could not be read."""
    unread = facts.unread.filter(step="account").select(pl.col("subject").alias("owner"))
    return pl.concat([accounts.select("owner"), unread]).unique()


def _accounts(facts: Facts) -> pl.DataFrame:
    """`owner, active, letter_sent`: every school and board with an account that is not closed."""
    rows = facts.records["accounts"].filter(
        was_matched() & counts() & pl.col("closed_on").is_null()
    )
    return rows.group_by(pl.coalesce("brin_matched", "board_matched").alias("owner")).agg(
        pl.col("activated_on").is_not_null().any().alias("active"),
        pl.col("letter_sent_on").is_not_null().any().alias("letter_sent"),
    )  # fmt: skip
