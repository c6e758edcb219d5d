"""Applies events: who stands in the registry, and in which situation schools are, after them."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from oso_pipeline.demo.dealing import Dealt
from oso_pipeline.demo.events import NEW
from oso_pipeline.demo.population import Population

_CLOSED = ("closes", "vanishes")
_WENT_ON = ("merges_away", "merges_as_branch", "renumbers")


def registry_after(population: Population, events: pl.DataFrame) -> Population:
    """Apply the events to the registry.

    Args:
        population: who there was before any event.
        events: of ``events.happenings``.

    Returns:
        Who stands in the files; its schools are those with a branch.
    """
    columns = population.branches.columns
    told = _with_events(population, events)
    kind = pl.col("kind").fill_null("")
    as_branch, new_code = kind == "merges_as_branch", kind.is_in(["renumbers", "splits"])
    here = told.filter(~kind.is_in([*_CLOSED, "merges_away"])).with_columns(
        school=_choose(as_branch, "partner", new_code, "new_school", "school"),
        brin=_choose(as_branch, "partner_brin", new_code, "new_brin", "brin"),
        number=_choose(as_branch, pl.lit(1), new_code, pl.lit(0), "number"),
        is_anchor=(pl.col("is_anchor") & ~as_branch) | new_code,
        board=pl.coalesce("moved_to", "board"),
    )
    opened = told.filter(kind == "opens").with_columns(
        school="new_school",
        origin="new_school",
        brin="new_brin",
        branch=pl.col("new_school") + NEW,
    )
    standing = pl.concat([here.select(columns), opened.select(columns)]).with_columns(
        branch_code=pl.col("brin") + pl.col("number").cast(pl.String).str.zfill(2),
    )
    schools = standing.filter("is_anchor").select(population.schools.columns)
    return replace(population, branches=standing, schools=schools)


def dealt_after(dealt: Dealt, events: pl.DataFrame) -> Dealt:
    """Put schools that finished, and branches that stopped, in their new situation.

    Returns:
        The same schools and branches, with ``event_on`` (Date) where it is so.
    """
    finished = _of_kind(events, "finishes", "school")
    stopped = _of_kind(events, "stops", "branch")
    schools = dealt.schools.join(finished, on="school", how="left", maintain_order="left")
    done = pl.col("event_on").is_not_null()
    uncovered = schools.filter(done & ~pl.col("covers"))["school"].implode()
    branches = dealt.branches.join(stopped, on="branch", how="left", maintain_order="left")
    newly = pl.col("school").is_in(uncovered) & pl.col("serves_as_main")
    basis = pl.when(done).then(pl.lit("none")).when(newly).then(pl.lit("convention"))
    return replace(
        dealt,
        schools=schools.with_columns(
            situation=pl.when(done).then("grown " + pl.col("situation")).otherwise("situation"),
            steps_met=pl.col("steps_met") | done,
            covers=pl.col("covers") | done,
        ),
        branches=branches.with_columns(
            situation=pl.when(done).then(pl.lit("stopped")).otherwise("situation"),
            basis=basis.otherwise("basis"),
        ),
    )


def fates(population: Population, events: pl.DataFrame) -> pl.DataFrame:
    """Say what becomes of records on codes that are gone.

    Returns:
        ``code`` (of a school; of a branch that became a school), ``fate``: a reconciliation
        outcome (contract.md, ``reconciliation.outcome``).
    """
    went_on = pl.col("kind").is_in(_WENT_ON)
    fate = pl.when(pl.col("kind").is_in(_CLOSED)).then(pl.lit("closed"))
    fate = fate.when(went_on | (pl.col("kind") == "splits")).then(pl.lit("matched_by_transition"))
    split = pl.col("kind") == "splits"
    codes = population.branches.select("branch", "brin", "branch_code")
    told = events.with_columns(fate=fate).filter(pl.col("fate").is_not_null())
    joined = told.join(codes, on="branch", how="left", maintain_order="left")
    return joined.select(code=pl.when(split).then("branch_code").otherwise("brin"), fate="fate")


def _with_events(population: Population, events: pl.DataFrame) -> pl.DataFrame:
    """The branches with the event of their own, the code of its partner, and ``moved_to``."""
    own = events.filter(~pl.col("kind").is_in(["stops", "finishes"])).select(
        "branch",
        "kind",
        "partner",
        "new_school",
        "new_brin",
    )
    codes = population.schools.select(partner="school", partner_brin="brin")
    moves = events.filter(pl.col("to_board").is_not_null())
    moved = pl.concat(
        [
            moves.select(pl.col(who).alias("school"), moved_to="to_board")
            for who in ("school", "partner")
        ],
    )
    told = population.branches.join(own, on="branch", how="left", maintain_order="left")
    told = told.join(codes, on="partner", how="left", maintain_order="left")
    return told.join(moved, on="school", how="left", maintain_order="left")


def _of_kind(events: pl.DataFrame, kind: str, key: str) -> pl.DataFrame:
    return events.filter(pl.col("kind") == kind).select(key, event_on="on")


def _choose(
    first: pl.Expr, then: str | pl.Expr, second: pl.Expr, other: str | pl.Expr, otherwise: str
) -> pl.Expr:
    return pl.when(first).then(then).when(second).then(other).otherwise(otherwise)
