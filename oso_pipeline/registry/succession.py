"""Who went on as whom: the register's transitions, followed to what is open today (contract.md, Rules; domain.md 2.2).

A code that is not open went on as another one when a transition says that it ceased to be: a merger, a complete
transfer, a complete split. The register's mergers before 2004 may say wrongly that the source did not cease, and count.
Of several days the latest counts. Chains are followed forward in time until an open code, and a chain that comes
back where it began explains nothing. A branch without a transition of its own goes with its school; a school without
one goes with its branches; but not what the register closed at another time (`goes_along`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from oso_pipeline.codes import MAIN_BRANCH, among, brin_of
from oso_pipeline.contracts.successions import SUCCESSIONS
from oso_pipeline.intake.delimited import SOURCE_ROW
from oso_pipeline.patterns import BRANCH_PATTERN, BRIN_PATTERN
from oso_pipeline.wording import sentence

MERGERS_SAY_WRONGLY_BEFORE = date(2004, 1, 1)
"""A merger of an earlier day that says that its source did not cease may be wrong (domain.md 2.2)."""

ALONG = timedelta(days=366)
"""A branch that closed longer before or after its school went on did not go with it: files and registers lag by months, not by years."""

EVENTS = {
    "merger": "merged",
    "transfer": "renumbered",
    "split": "split",
    "independence": "split",
}
"""Kind of transition -> what befell the code that ceased."""

_WALK = {
    "code": pl.String(),
    "at": pl.String(),
    "reached_on": pl.Date(),
    "path": pl.List(pl.String()),
    "rows": pl.List(pl.Int64()),
    "event": pl.String(),
    "effective_on": pl.Date(),
}


@dataclass(frozen=True)
class Transitions:
    """What the register's transitions come to on a day.

    Attributes:
        successions: as SUCCESSIONS: the codes that are not open and went on as others.
        upcoming: the transitions of open codes that are still to come: `code, to_code, kind, complete, effective_on,
            source_row`.
        refused: `source_row, rule, reason`: rows that cannot be, whatever they say.
    """

    successions: pl.DataFrame
    upcoming: pl.DataFrame
    refused: pl.DataFrame


def goes_along(gone_on: str, went_on: str) -> pl.Expr:
    """A code without a transition of its own goes with its school, or its branches: it is not known to be gone at another time."""
    apart = (pl.col(gone_on) - pl.col(went_on)).abs() > ALONG
    return ~apart.fill_null(value=False)


def too_late(gone_on: str, went_on: str) -> pl.Expr:
    """What a code that was gone by a day cannot have gone with: it may have been gone for long, so only what came later is told apart."""
    return (pl.col(went_on) - pl.col(gone_on) > ALONG).fill_null(value=False)


def gone_apart(successions: pl.DataFrame, closures: pl.DataFrame) -> pl.Series:
    """The branches that the register closed at another time than their school went on: they did not go with it.

    Args:
        successions: as SUCCESSIONS.
        closures: `code, closed_on`.
    """
    schools = successions.select(pl.col("code").alias("brin"), "effective_on")
    branches = closures.filter(pl.col("code").str.contains(BRANCH_PATTERN)).with_columns(
        brin_of(pl.col("code")).alias("brin")
    )
    return branches.join(schools, on="brin").filter(~goes_along("closed_on", "effective_on"))["code"]  # fmt: skip


def follow_transitions(
    transitions: pl.DataFrame,
    open_codes: pl.Series,
    codes_once: pl.Series | None,
    closures: pl.DataFrame,
    day: date,
) -> Transitions:
    """Follow every transition of a code that is not open.

    Args:
        transitions: as the register's TRANSITIONS_SCHEMA.
        open_codes: the branches, schools and boards that are open.
        codes_once: every code that there ever was; None when it is not known (a zip without ORGANISATIES).
        closures: `code, closed_on`: what the register says has closed.
        day: the day D: what takes effect later has not happened.
    """
    unknown = _to_unknown_codes(transitions, open_codes, codes_once)
    possible = transitions.join(unknown, on=SOURCE_ROW, how="anti")
    levelled = _one_level_each(possible)
    named = pl.concat([levelled["from_code"], levelled["to_code"]])
    open_codes = among(open_codes, pl.concat([named, named.str.slice(0, 4)]))  # and their schools
    happened = levelled.filter(pl.col("effective_on") <= day)
    edges = _last_steps(happened.filter(_source_ceased()))
    # cycles of rows as written: two schools may exchange branches
    _, cycles = _walk(edges, open_codes, closures)
    in_a_cycle = _in_a_cycle(possible, cycles)
    believed = edges.join(in_a_cycle, on=SOURCE_ROW, how="anti")
    ends, _ = _walk(_with_schools_of_branches(believed, closures), open_codes, closures)
    open_branches_and_schools = pl.col("from_code").is_in(open_codes.implode())
    upcoming = levelled.filter((pl.col("effective_on") > day) & open_branches_and_schools)
    return Transitions(
        successions=_successions(ends, open_codes),
        upcoming=upcoming.rename({"from_code": "code"}),
        refused=pl.concat([unknown, in_a_cycle]),
    )


def _to_unknown_codes(
    transitions: pl.DataFrame, open_codes: pl.Series, codes_once: pl.Series | None
) -> pl.DataFrame:
    """`source_row, rule, reason` of transitions of a code that there was, to one that there never was.

    Codes that do not know the old one do not tell that the new one never was: they do not go back so far.
    """
    reason = sentence(
        "register_transitions, row {}: {} goes on as {}, which the register does not know and which is not open.",
        SOURCE_ROW,
        "from_code",
        "to_code",
    )
    if codes_once is None:
        rows = transitions.clear()
    else:
        told = pl.concat([codes_once, open_codes]).unique()
        known = pl.concat([told, transitions["from_code"]]).unique()
        rows = transitions.filter(
            pl.col("from_code").is_in(told.implode()), ~pl.col("to_code").is_in(known.implode())
        )
    return rows.select(
        SOURCE_ROW, pl.lit("transition_to_unknown_code").alias("rule"), reason.alias("reason")
    )


def _one_level_each(transitions: pl.DataFrame) -> pl.DataFrame:
    """A branch that became a school goes on as its 00 branch; a school that became a branch as that branch's school."""
    from_code, to_code = pl.col("from_code"), pl.col("to_code")
    from_branch = from_code.str.contains(BRANCH_PATTERN)
    to_branch = to_code.str.contains(BRANCH_PATTERN)
    to_school = to_code.str.contains(BRIN_PATTERN)
    became_school = from_branch & to_school
    became_branch = ~from_branch & to_branch
    main = transitions.filter(became_branch).with_columns(from_code + MAIN_BRANCH)
    levelled = transitions.with_columns(
        pl.when(became_school).then(to_code + MAIN_BRANCH)
        .when(became_branch).then(brin_of(to_code))
        .otherwise(to_code)
    )  # fmt: skip
    own = transitions["from_code"].implode()
    return pl.concat([levelled, main.filter(~pl.col("from_code").is_in(own))]).filter(
        pl.col("from_code") != pl.col("to_code")
    )


def _source_ceased() -> pl.Expr:
    wrongly_incomplete = (pl.col("kind") == "merger") & (
        pl.col("effective_on") < MERGERS_SAY_WRONGLY_BEFORE
    )
    return pl.col("complete") | wrongly_incomplete


def _last_steps(transitions: pl.DataFrame) -> pl.DataFrame:
    """`at, to_code, on, kind, source_row`: of every code the transitions of the last day on which it ceased."""
    last = pl.col("effective_on").max().over("from_code")
    return transitions.filter(pl.col("effective_on") == last).select(
        pl.col("from_code").alias("at"),
        "to_code",
        pl.col("effective_on").alias("on"),
        "kind",
        pl.col(SOURCE_ROW),
    )


def _with_schools_of_branches(edges: pl.DataFrame, closures: pl.DataFrame) -> pl.DataFrame:
    """A school without a transition of its own went on as the schools that its branches went to when it closed."""
    schools = edges.filter(
        pl.col("at").str.contains(BRANCH_PATTERN),
        brin_of(pl.col("at")) != brin_of(pl.col("to_code")),
    ).with_columns(brin_of(pl.col("at")).alias("at"), brin_of(pl.col("to_code")).alias("to_code"))
    without_own = (
        schools.join(edges, on="at", how="anti")
        .join(closures, left_on="at", right_on="code", how="left", maintain_order="left")
        .filter(goes_along("closed_on", "on"))
        .drop("closed_on")
    )
    last = pl.col("on").max().over("at")
    by_branches = without_own.filter(pl.col("on") == last).unique(
        ["at", "to_code"], keep="first", maintain_order=True
    )
    return pl.concat([edges, by_branches])


def _walk(
    edges: pl.DataFrame, open_codes: pl.Series, closures: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """From every code that is not open, forward in time.

    Returns:
        Where the walks end, as _WALK; and the walks that came back where they began.
    """
    begun = edges.filter(~pl.col("at").is_in(open_codes.implode()))
    walks = begun.select(
        pl.col("at").alias("code"),
        pl.col("to_code").alias("at"),
        pl.col("on").alias("reached_on"),
        pl.concat_list("at", "to_code").alias("path"),
        pl.concat_list(SOURCE_ROW).alias("rows"),
        pl.col("kind").replace_strict(EVENTS, return_dtype=pl.String).alias("event"),
        pl.col("on").alias("effective_on"),
    )
    ended, cycles = [pl.DataFrame(schema=_WALK)], [pl.DataFrame(schema=_WALK)]
    while walks.height:
        is_open = pl.col("at").is_in(open_codes.implode())
        arrived, underway = walks.filter(is_open), walks.filter(~is_open)
        further = _one_step(underway, edges, closures)
        stuck = underway.join(further, on=["code", "path"], how="anti")
        came_back = pl.col("to_code") == pl.col("code")
        been_there = pl.col("path").list.contains(pl.col("to_code"))
        cycles.append(further.filter(came_back).select(*_walked()))
        ended += [arrived, stuck]
        walks = further.filter(~been_there).select(*_walked())
    return pl.concat(ended), pl.concat(cycles)


def _one_step(walks: pl.DataFrame, edges: pl.DataFrame, closures: pl.DataFrame) -> pl.DataFrame:
    """By the transition of the code itself, else of its school; never back in time."""
    forward = pl.col("on") >= pl.col("reached_on")
    own = walks.join(edges, on="at", how="inner").filter(forward)
    others = walks.join(own, on=["code", "path"], how="anti").filter(
        pl.col("at").str.contains(BRANCH_PATTERN)
    )
    of_school = (
        others.with_columns(brin_of(pl.col("at")).alias("school"))
        .join(edges.rename({"at": "school"}), on="school", how="inner")
        .join(closures, left_on="at", right_on="code", how="left")
        .filter(forward & goes_along("closed_on", "on"))
        .drop("school", "closed_on")
    )
    return pl.concat([own, of_school.select(own.columns)])


def _walked() -> list[pl.Expr]:
    return [
        pl.col("code"),
        pl.col("to_code").alias("at"),
        pl.col("on").alias("reached_on"),
        pl.concat_list("path", "to_code").alias("path"),
        pl.concat_list("rows", SOURCE_ROW).alias("rows"),
        pl.col("event"),
        pl.col("effective_on"),
    ]


def _in_a_cycle(transitions: pl.DataFrame, cycles: pl.DataFrame) -> pl.DataFrame:
    """`source_row, rule, reason` of the transitions that lead back where they began."""
    told = (
        cycles.select(
            pl.col("rows").alias(SOURCE_ROW), pl.col("path").list.join(" to ").alias("told")
        )
        .explode(SOURCE_ROW)
        .sort(SOURCE_ROW, "told")
        .unique(SOURCE_ROW, keep="first", maintain_order=True)
    )
    rows = transitions.join(told, on=SOURCE_ROW)
    reason = sentence(
        "register_transitions, row {}: it is part of a cycle, {}, which says of nobody what became of it.",
        SOURCE_ROW,
        "told",
    )
    return rows.select(SOURCE_ROW, pl.lit("transition_cycle").alias("rule"), reason.alias("reason"))


def _successions(ends: pl.DataFrame, open_codes: pl.Series) -> pl.DataFrame:
    """One row per code: the open codes that it went on as, else where the last chain ends."""
    is_open = pl.col("at").is_in(open_codes.implode())
    through = pl.col("path").list.slice(1, pl.col("path").list.len() - 2)
    together = (
        ends.with_columns(is_open.alias("is_open"), through.alias("through"))
        .sort("code", "reached_on", "at")
        .group_by("code", maintain_order=True)
        .agg(
            pl.col("at").filter("is_open").unique().sort().alias("successors"),
            pl.col("at").filter(~pl.col("is_open")).unique().sort().alias("ended_as"),
            pl.col("event").sort_by("event").last(),
            pl.col("effective_on").first(),
            pl.col("through").explode().drop_nulls().unique().sort().alias("through"),
            pl.col("rows").explode().unique().sort().alias("source_rows"),
        )
    )
    only = pl.when(pl.col("successors").list.len() == 1).then(pl.col("successors").list.first())
    rows = pl.col("source_rows").list.eval(pl.element().cast(pl.String))
    return SUCCESSIONS.shape(
        together.with_columns(only.alias("successor"), rows.alias("source_rows"))
    )
