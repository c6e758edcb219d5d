"""Every onboarding row to what it is about: exactly, by override, by transition, or not.

The outcome is about the school or the board; for rows of `branches` about the branch (contract.md,
reconciliation.outcome). An exact match comes first, so a `same_as` for a code that is still open changes nothing. A code
that is not open went on as another one (found by a transition, and not used until a person decides), was known once
(`closed`), or was never seen (`unknown`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from oso_pipeline.codes import among, brin_of, is_among
from oso_pipeline.contracts.onboarding import (
    ACCOUNTS,
    AGREEMENTS,
    BRANCHES,
    DELIVERY_POINTS,
    ONBOARDING,
    QUESTIONNAIRES,
    TEST_EXCHANGES,
)
from oso_pipeline.reconciliation.records import as_known_on
from oso_pipeline.registry.register import Register
from oso_pipeline.registry.succession import gone_apart, too_late


def was_matched() -> pl.Expr:
    """The record was found and counts for the rules (one that a transition found does not)."""
    return pl.col("outcome").is_in(("matched", "matched_by_override"))


@dataclass(frozen=True)
class Known:
    """The codes that rows are matched with, each as a series of unique codes.

    Attributes:
        schools: open schools.
        boards: boards that govern an open branch.
        branches: open branches.
        schools_once: schools that an earlier release or the register knew.
        boards_once: boards that an earlier release or the register knew.
        branches_once: branches that an earlier release or the register knew.
        successions: as SUCCESSIONS: codes that are not open and went on as others.
        closures: `code, closed_on`: codes that the register says have closed.
        apart: branches that were gone at another time than their school went on: they did not go with it.
        same_as: `subject, value`: the decisions that count: the old code is not open, the new one is.
    """

    schools: pl.Series
    boards: pl.Series
    branches: pl.Series
    schools_once: pl.Series
    boards_once: pl.Series
    branches_once: pl.Series
    successions: pl.DataFrame
    closures: pl.DataFrame
    apart: pl.Series
    same_as: pl.DataFrame


def known_codes(
    branches: pl.DataFrame,
    history: Mapping[str, pl.DataFrame],
    register: Register,
    decisions: pl.DataFrame,
) -> Known:
    """What rows are matched with.

    Args:
        branches: as OPEN_BRANCHES.
        history: `branch_history`, `school_history` and `board_history` of the last published release.
        register: what the register knows on the day.
        decisions: as OVERRIDES; a `same_as` counts when its old code is not open and its new one is.
    """
    schools = branches["brin"].unique()
    boards = branches["board_number"].drop_nulls().unique()
    codes = branches["branch_code"]
    decided = decisions.filter(decision="same_as")
    named = pl.concat([decided["subject"], decided["value"].str.to_uppercase()])
    open_codes = pl.concat([among(some, named) for some in (schools, boards, codes)])
    same_as = decided.filter(_has_effect(open_codes))
    return Known(
        schools=schools,
        boards=boards,
        branches=codes,
        schools_once=_once(history["school_history"]["brin"], register, length=4),
        boards_once=_once(history["board_history"]["board_number"], register, length=5),
        branches_once=_once(history["branch_history"]["branch_code"], register, length=6),
        successions=register.successions,
        closures=register.closures,
        apart=_gone_apart(history["branch_history"], register),
        same_as=same_as.select("subject", pl.col("value").str.to_uppercase()),
    )


def _gone_apart(history: pl.DataFrame, register: Register) -> pl.Series:
    """By the register's closing day, else because a release no longer showed it long before its school went on."""
    seen = history.group_by("branch_code").agg(
        pl.when(pl.col("until_on").is_not_null().all())
        .then(pl.col("until_on").max())
        .alias("gone_on")
    )
    schools = register.successions.select(pl.col("code").alias("brin"), "effective_on")
    late = (
        seen.with_columns(brin_of(pl.col("branch_code")).alias("brin"))
        .join(schools, on="brin")
        .filter(too_late("gone_on", "effective_on"))
    )
    told = gone_apart(register.successions, register.closures)
    return pl.concat([told, late["branch_code"].rename(told.name)]).unique()


def _once(of_releases: pl.Series, register: Register, *, length: int) -> pl.Series:
    of_register = register.codes["code"].filter(register.codes["code"].str.len_chars() == length)
    return pl.concat([of_releases, of_register.rename(of_releases.name)]).unique()


def _has_effect(open_codes: pl.Series) -> pl.Expr:
    """A `same_as` counts when its old code is not open, its new one is, and both are of one kind."""
    is_open = open_codes.implode()
    new_code = pl.col("value").str.to_uppercase()
    of_one_kind = pl.col("subject").str.len_chars() == new_code.str.len_chars()
    return ~pl.col("subject").is_in(is_open) & new_code.is_in(is_open) & of_one_kind


def match_records(
    tables: Mapping[str, pl.DataFrame], known: Known, day: date
) -> dict[str, pl.DataFrame]:
    """Match every used row of the six tables.

    Args:
        tables: the typed tables of an onboarding snapshot.
        known: what they are matched with.
        day: the day D.

    Returns:
        The tables as known on the day, each with `outcome, rule, brin_matched, board_matched, branch_matched,
        code` (the code that the outcome is about; `with_succession` says what became of one that is not open). In rows of
        `branches` and `delivery_points` `branch_matched` is the branch that the row names, open or not; for a delivery
        point only by its explicit link.
    """
    dated = {table.name: as_known_on(day, tables[table.name], table) for table in ONBOARDING}
    return {
        "accounts": _match_accounts(dated[ACCOUNTS.name], known),
        "agreements": _match_boards(dated[AGREEMENTS.name], known),
        "questionnaires": _match_schools(dated[QUESTIONNAIRES.name], known),
        "branches": _match_branches(dated[BRANCHES.name], known),
        "delivery_points": _match_delivery_points(dated[DELIVERY_POINTS.name], known),
        "test_exchanges": _match_schools(dated[TEST_EXCHANGES.name], known),
    }


def _judge(
    rows: pl.DataFrame,
    known: Known,
    *,
    open_now: pl.Series,
    known_once: pl.Series,
    otherwise: str | None = None,
) -> pl.DataFrame:
    """Adds `outcome`, `rule` and `target` (the open code that `code` stands for) to rows.

    `otherwise` is the column of a code that is asked what became of it where nothing became of `code`.
    """
    decided = known.same_as.rename({"subject": "code", "value": "decided"})
    told = rows.with_columns(is_among(pl.col("code"), open_now).alias("is_open"))
    judged = told.lazy().join(decided.lazy(), on="code", how="left", maintain_order="left")
    is_open = pl.col("is_open")
    is_decided = pl.col("decided").is_not_null()
    went_on = _went_on(known, "code", otherwise)
    of_others = told.select(pl.col("code").filter(~is_open)).to_series()
    was_known = pl.col("code").is_in(among(known_once, of_others).implode())
    return judged.with_columns(
        pl.when(is_open).then(pl.lit("matched"))
        .when(is_decided).then(pl.lit("matched_by_override"))
        .when(went_on).then(pl.lit("matched_by_transition"))
        .when(was_known).then(pl.lit("closed"))
        .otherwise(pl.lit("unknown")).alias("outcome"),
        pl.when(is_open).then(pl.lit("exact"))
        .when(is_decided).then(pl.lit("same_as"))
        .when(went_on).then(pl.lit("transition"))
        .when(was_known).then(pl.lit("known_once"))
        .otherwise(pl.lit("never_seen")).alias("rule"),
        pl.when(is_open).then(pl.col("code")).otherwise(pl.col("decided")).alias("target"),
    ).drop("decided", "is_open").collect()  # fmt: skip


def _went_on(known: Known, code: str, otherwise: str | None) -> pl.Expr:
    """Whether a code went on as an open one; `otherwise` is asked where nothing is told of the first."""
    told = known.successions["code"]
    went_on = known.successions.filter(pl.col("successors").list.len() > 0)["code"].implode()
    own = pl.col(code).is_in(went_on)
    if otherwise is None:
        return own
    silent = ~pl.col(code).is_in(pl.concat([told, known.apart]).implode())
    return own | (silent & pl.col(otherwise).is_in(went_on))


def with_succession(
    rows: pl.DataFrame,
    known: Known,
    code: str = "code",
    otherwise: str | None = None,
    *,
    to_open: bool = False,
) -> pl.DataFrame:
    """Adds what became of a code that is not open: `succession` (a struct of SUCCESSIONS) and `closed_on`.

    Args:
        rows: have the columns named next.
        known: holds the successions and the closures.
        code: the column of the code.
        otherwise: the column of a code that is asked where nothing became of the first: a branch goes with its school.
        to_open: the other is also asked where the first went on as a code that is not open.
    """
    told = known.successions.select(
        pl.col("code").alias(code), pl.struct(pl.all()).alias("succession")
    )
    closures = known.closures.rename({"code": code})
    found = rows.join(told, on=code, how="left", maintain_order="left").join(
        closures, on=code, how="left", maintain_order="left"
    )
    if otherwise is None:
        return found
    of_other = told.rename({code: otherwise, "succession": "other_succession"})
    along = ~pl.col(code).is_in(known.apart.implode()).fill_null(value=False)
    both = found.join(of_other, on=otherwise, how="left", maintain_order="left").with_columns(
        pl.when(along).then("other_succession").alias("other_succession")
    )
    own, other = "succession", "other_succession"
    first = [pl.when(_went_on_as_open(name)).then(name) for name in (own, other)] if to_open else []
    return both.with_columns(pl.coalesce(*first, own, other).alias(own)).drop(other)


def _went_on_as_open(succession: str) -> pl.Expr:
    return pl.col(succession).struct["successors"].list.len() > 0


def _matched_as(
    brin: pl.Expr | None, board: pl.Expr | None, branch: pl.Expr | None
) -> list[pl.Expr]:
    nothing = pl.lit(None, dtype=pl.String)
    return [
        (nothing if brin is None else brin).alias("brin_matched"),
        (nothing if board is None else board).alias("board_matched"),
        (nothing if branch is None else branch).alias("branch_matched"),
    ]


def _match_schools(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    judged = _judge(
        rows.with_columns(pl.col("brin").alias("code")),
        known,
        open_now=known.schools,
        known_once=known.schools_once,
    )
    return judged.with_columns(*_matched_as(pl.col("target"), None, None)).drop("target")


def _match_boards(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    judged = _judge(
        rows.with_columns(pl.col("board_number").alias("code")),
        known,
        open_now=known.boards,
        known_once=known.boards_once,
    )
    return judged.with_columns(*_matched_as(None, pl.col("target"), None)).drop("target")


def _match_accounts(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    coded = rows.with_columns(pl.col("account_name").alias("code"))
    of_school = _judge(
        coded.filter(pl.col("kind") == "school"),
        known,
        open_now=known.schools,
        known_once=known.schools_once,
    ).with_columns(*_matched_as(pl.col("target"), None, None))
    of_board = _judge(
        coded.filter(pl.col("kind") == "board"),
        known,
        open_now=known.boards,
        known_once=known.boards_once,
    ).with_columns(*_matched_as(None, pl.col("target"), None))
    return pl.concat([of_school, of_board]).drop("target").sort("source_row")


def _match_branches(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """About the branch: its own code first, then the branch decided for it, then its school decided for another."""
    coded = rows.with_columns((pl.col("brin") + pl.col("branch_number")).alias("written_code"))
    own = _judge(
        coded.with_columns(pl.col("written_code").alias("code")),
        known,
        open_now=known.branches,
        known_once=known.branches_once,
        otherwise="brin",
    )
    by_school = known.same_as.rename({"subject": "brin", "value": "brin_decided"})
    moved = own.join(by_school, on="brin", how="left", maintain_order="left").with_columns(
        (pl.col("brin_decided") + pl.col("branch_number")).alias("moved_code")
    )
    moved_to = among(known.branches, moved["moved_code"].drop_nulls())
    school_decides = ~was_matched() & pl.col("moved_code").is_in(moved_to.implode())
    return (
        moved.with_columns(school_decides.fill_null(value=False).alias("by_school"))
        .with_columns(
            pl.when("by_school").then(pl.lit("matched_by_override")).otherwise("outcome").alias("outcome"),
            pl.when("by_school").then(pl.lit("same_as")).otherwise("rule").alias("rule"),
            pl.when("by_school").then("moved_code").otherwise("target").alias("target"),
            pl.when("by_school").then("brin").otherwise("code").alias("code"),
        )
        .with_columns(
            *_matched_as(
                _open_school(pl.coalesce(brin_of(pl.col("target")), "brin_decided", "brin"), known),
                None,
                pl.coalesce("target", "written_code"),
            )
        )
        .drop("target", "brin_decided", "moved_code", "by_school", "written_code")
    )  # fmt: skip


def _match_delivery_points(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """About the school; a decision about a branch counts where the point is linked to that branch explicitly.

    A point that serves by convention does not go along with its branch: in another school it needs another number.
    """
    decided = known.same_as.rename({"subject": "linked_branch", "value": "branch_decided"})
    coded = rows.with_columns(
        (pl.col("brin") + pl.col("branch_number")).alias("linked_branch"),
        pl.col("brin").alias("code"),
    ).join(decided, on="linked_branch", how="left", maintain_order="left")
    judged = _judge(coded, known, open_now=known.schools, known_once=known.schools_once)
    by_branch = pl.col("branch_decided").is_not_null()
    school = pl.when(by_branch).then(brin_of(pl.col("branch_decided"))).otherwise("target")
    link = (
        pl.when(by_branch)
        .then("branch_decided")
        .otherwise(pl.coalesce("target", "brin") + pl.col("branch_number"))
    )
    return judged.with_columns(
        *_matched_as(school, None, link),
        pl.when(by_branch).then(pl.lit("matched_by_override")).otherwise("outcome").alias("outcome"),
        pl.when(by_branch).then(pl.lit("same_as")).otherwise("rule").alias("rule"),
        pl.when(by_branch).then("linked_branch").otherwise("code").alias("code"),
    ).drop("target", "branch_decided", "linked_branch")  # fmt: skip


def _open_school(brin: pl.Expr, known: Known) -> pl.Expr:
    return pl.when(is_among(brin, known.schools)).then(brin)
