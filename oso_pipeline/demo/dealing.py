"""Deals every board, school and branch its situation, and says what follows for the branch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from oso_pipeline.demo.draws import Draws
from oso_pipeline.demo.population import Population
from oso_pipeline.demo.situations import BOARDS, COVERS, LISTINGS, PARTNERS, SCHOOLS

_LONGEST_LAG = 1500  # days


@dataclass(frozen=True)
class Dealt:
    """The population with its situations.

    Attributes:
        boards: of the population, with ``situation, agreed, lag`` (days).
        schools: of the population, with ``board_number, agreed, situation, steps_met, covers, present,
            partners, lag`` and ``main`` (the delivery point that a test exchange names).
        branches: of the population, with ``situation`` (null where the school's own records say
            all), ``basis, main, listing, lag``.
    """

    boards: pl.DataFrame
    schools: pl.DataFrame
    branches: pl.DataFrame


def deal(draws: Draws, population: Population) -> Dealt:
    """Deal all situations."""
    boards = _boards(draws, population)
    schools = _schools(draws, population, boards)
    branches = _branches(draws, population, schools)
    main = branches.filter(pl.col("serves_as_main")).select("school", main="test_number")
    return Dealt(
        boards=boards,
        schools=schools.join(main, on="school", how="left", maintain_order="left"),
        branches=branches.join(main, on="school", how="left", maintain_order="left"),
    )


def truth(dealt: Dealt, standing: pl.DataFrame) -> pl.DataFrame:
    """Say what is to come out for every branch, from the situations alone.

    Args:
        dealt: the situations of this night.
        standing: the branches that stand in the files on this night (of ``Population``); one whose
            code is new has neither records nor a delivery point.

    Returns:
        ``branch_code, status, connected, covered, coverage_basis``, and the three situations that
        make it so, sorted by code. A branch is never ``lapsed`` here: that takes two nights.
    """
    boards = dealt.boards.select("board", "agreed", board_situation="situation")
    schools = dealt.schools.select(
        "school", "steps_met", "covers", "present", school_situation="situation"
    )
    own = dealt.branches.select("branch", "school", "basis", cover_situation="situation")
    of_branch = (
        standing.join(boards, on="board", how="left")
        .join(schools, on="school", how="left")
        .join(own, on=["branch", "school"], how="left")
        .with_columns(
            pl.col("basis").fill_null("none"),
            pl.col("steps_met", "covers", "present").fill_null(value=False),
        )
    )
    covered = pl.col("basis") != "none"
    qualified = pl.col("agreed") & pl.col("steps_met") & pl.col("covers")
    status = (
        pl.when(qualified & covered)
        .then(pl.lit("connected"))
        .when(qualified)
        .then(pl.lit("qualified_not_covered"))
        .when(pl.col("agreed") | pl.col("present"))
        .then(pl.lit("in_progress"))
        .otherwise(pl.lit("not_started"))
    )
    return of_branch.select(
        "branch_code",
        status=status,
        connected=qualified & covered,
        covered=covered,
        coverage_basis="basis",
        board_situation="board_situation",
        school_situation="school_situation",
        cover_situation="cover_situation",
    ).sort("branch_code")


def _boards(draws: Draws, population: Population) -> pl.DataFrame:
    """Small boards are the ones without an agreement, as in life; so few schools go without."""
    sizes = population.schools.group_by("board").agg(schools=pl.len())
    boards = population.boards.join(sizes, on="board", how="left", maintain_order="left")
    small = boards.filter(pl.col("schools") <= boards["schools"].median())
    large = boards.join(small.select("board"), on="board", how="anti", maintain_order="left")
    failing = sum(s.weight for s in BOARDS.values() if not s.agreed)
    share = boards.height / max(1, small.height)
    of_small = {
        name: s.weight * share if not s.agreed else s.weight * (1 - failing * share) / (1 - failing)
        for name, s in BOARDS.items()
    }
    of_large = {name: s.weight for name, s in BOARDS.items() if s.agreed}
    dealt = pl.concat([
        draws.dealt(small, "board", "situation", of_small),
        draws.dealt(large, "board", "situation", of_large),
    ])  # fmt: skip
    return dealt.sort("board").with_columns(
        agreed=_said(BOARDS, "agreed"),
        lag=draws.below("board lag", pl.col("board"), _LONGEST_LAG),
    )


def _schools(draws: Draws, population: Population, boards: pl.DataFrame) -> pl.DataFrame:
    """Under a board that signed nothing two schools in five did nothing either, the first surely."""
    of_board = boards.select("board", "board_number", "agreed")
    schools = population.schools.join(of_board, on="board", how="left", maintain_order="left")
    dealt = draws.dealt(
        schools,
        "school",
        "situation",
        {name: s.weight for name, s in SCHOOLS.items()},
    )
    first = pl.int_range(pl.len()).over("board") == 0
    idle = ~pl.col("agreed") & (first | draws.chance("idle", pl.col("school"), 0.4))
    settled = dealt.with_columns(
        situation=pl.when(idle).then(pl.lit("nothing")).otherwise("situation"),
        lag=draws.below("school lag", pl.col("school"), _LONGEST_LAG),
    )
    partners = {name: weight for name, (weight, _) in PARTNERS.items()}
    told = settled.with_columns(
        *[_said(SCHOOLS, what).alias(what) for what in ("steps_met", "covers", "present")],
    )
    ready = told["steps_met"] & told["covers"]
    dealt = draws.dealt(told.filter(ready).select("school"), "school", "partners", partners)
    return told.join(dealt, on="school", how="left", maintain_order="left")


def _branches(draws: Draws, population: Population, schools: pl.DataFrame) -> pl.DataFrame:
    of_school = schools.select("school", "covers", "present", "lag")
    branches = population.branches.join(of_school, on="school", how="left", maintain_order="left")
    marked = branches.with_columns(serves_as_main=_serves_as_main(draws))
    anchors = marked.filter(pl.col("serves_as_main") & pl.col("covers")).select("branch")
    sides = marked.filter(~pl.col("serves_as_main") & pl.col("covers")).select("branch")
    weights = {name: s.anchor for name, s in COVERS.items() if s.anchor}
    situations = pl.concat([
        draws.dealt(anchors, "branch", "situation", weights),
        draws.dealt(sides, "branch", "situation", {n: s.side for n, s in COVERS.items()}),
    ])  # fmt: skip
    listed = marked.filter(pl.col("present") & ~pl.col("is_anchor")).select("branch")
    listings = {name: weight for name, (weight, _) in LISTINGS.items()}
    dealt = marked.join(situations, on="branch", how="left", maintain_order="left").join(
        draws.dealt(listed, "branch", "listing", listings),
        on="branch",
        how="left",
        maintain_order="left",
    )
    own = pl.col("number").cast(pl.String)
    return dealt.with_columns(
        basis=_said(COVERS, "basis").fill_null("none"),
        test_number=_said(COVERS, "test_number")
        .fill_null("{own}")
        .str.replace("{own}", own, literal=True),
    ).drop("covers", "present")


def _serves_as_main(draws: Draws) -> pl.Expr:
    """The branch whose delivery point passes the third step: the first, or in one of ten the next."""
    next_one = draws.chance("second branch first", pl.col("school"), 0.1)
    rank = pl.int_range(pl.len()).over("school")
    wanted = (next_one & (pl.col("branches_of_school") > 1)).cast(pl.Int64)
    return rank == wanted


def _said(catalogue: Mapping[str, object], what: str) -> pl.Expr:
    """Look a property of the situation up in its catalogue; null without a situation."""
    values = {name: getattr(situation, what) for name, situation in catalogue.items()}
    kind = pl.Boolean if isinstance(next(iter(values.values())), bool) else pl.String
    return pl.col("situation").replace_strict(values, default=None, return_dtype=kind)
