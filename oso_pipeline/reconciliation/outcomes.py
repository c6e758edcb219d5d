"""The `reconciliation` table: every onboarding row read stands in it once, with why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from oso_pipeline.codes import brin_of
from oso_pipeline.contracts.onboarding import ONBOARDING, OnboardingTable
from oso_pipeline.contracts.records import RECONCILIATION
from oso_pipeline.intake.onboarding import REPAIRS
from oso_pipeline.patterns import BOARD_PATTERN, BRANCH_PATTERN
from oso_pipeline.reconciliation.matching import Known, was_matched, with_succession
from oso_pipeline.reconciliation.near_codes import near_codes
from oso_pipeline.reconciliation.records import BEGINS_LATER_ON, counts
from oso_pipeline.reconciliation.successors import went_on_as
from oso_pipeline.wording import sentence

_KEYS = {
    "accounts": ("account_name",),
    "agreements": ("board_number", "kind"),
    "questionnaires": ("brin",),
    "branches": ("brin", "branch_number"),
    "delivery_points": ("brin", "kind", "number"),
    "test_exchanges": ("brin", "delivery_point_number"),
}
"""What a person would call a record by; no key."""

_FREE_TEXT = "name"
"""What people type as a name is not repeated: it may be anything."""


def reconcile(
    matched: Mapping[str, pl.DataFrame],
    ignored: pl.DataFrame,
    quarantined: pl.DataFrame,
    serving: pl.DataFrame,
    known: Known,
) -> pl.LazyFrame:
    """One row per onboarding row read: the widest table of all, which whoever asks collects, or writes away as it comes.

    Args:
        matched: the six tables with their outcome, from `match_records`, each in the order of its rows.
        ignored: `source, source_row, rule` of the rows that repeat an earlier one.
        quarantined: as the `quarantine` table.
        serving: which delivery point serves which open branch.
        known: the codes that rows were matched with.

    Returns:
        As the `reconciliation` table, in order.
    """
    names = [table.name for table in ONBOARDING]
    near = _near(pl.concat([matched[name].select("code", "outcome") for name in names]), known)
    left_out = pl.concat([_repeated(ignored), _refused(quarantined)]).sort("source_row").lazy()
    rows = pl.concat(
        _judged(table, matched[table.name], matched, serving, known, near).merge_sorted(
            left_out.filter(source_table=table.name), "source_row"
        )
        for table in sorted(ONBOARDING, key=lambda table: table.name)
    )
    return rows.select(RECONCILIATION.names).cast({**RECONCILIATION.schema})


def _judged(
    table: OnboardingTable,
    rows: pl.DataFrame,
    matched: Mapping[str, pl.DataFrame],
    serving: pl.DataFrame,
    known: Known,
    near: pl.DataFrame,
) -> pl.LazyFrame:
    remark = _unknown_point(table, _with_one_branch(table, rows, serving), matched)
    is_exact = pl.col("outcome") == "matched"
    # the day on which an account was closed is not that on which the register says that its school was
    others = remark.filter(~is_exact).drop("closed_on", strict=False)
    offered = others.join(near, on="code", how="left", maintain_order="left")
    other = with_succession(offered, known, otherwise="brin" if table.name == "branches" else None)
    exact = remark.lazy().filter(is_exact)  # nearly all: what the others need is not worked out
    told = _told(table, exact, _MATCHED, sentence("{} is open.", "code"))
    return told.merge_sorted(
        _told(table, other.lazy(), _matched_or_found(), _about()), "source_row"
    )


_MATCHED = [pl.col("brin_matched"), pl.col("board_matched"), pl.col("one_branch")]


def _matched_or_found() -> list[pl.Expr]:
    """The school, the board and the branch that the record is about, matched or found by a transition."""
    successor = pl.col("succession").struct["successor"]
    of_board = successor.str.contains(BOARD_PATTERN)
    of_branch = successor.str.contains(BRANCH_PATTERN)
    found = (
        pl.when(~of_board).then(brin_of(successor)),
        pl.when(of_board).then(successor),
        pl.when(of_branch).then(successor),
    )
    by_transition = pl.when(pl.col("outcome") == "matched_by_transition")
    return [
        pl.when(was_matched()).then(matched).otherwise(by_transition.then(successors))
        for matched, successors in zip(_MATCHED, found, strict=True)
    ]


def _told(
    table: OnboardingTable, rows: pl.LazyFrame, matched: list[pl.Expr], about: pl.Expr
) -> pl.LazyFrame:
    """The columns of the `reconciliation` table."""
    names = ("matched_brin", "matched_board_number", "matched_branch_code")
    return rows.select(
        pl.lit(table.name).alias("source_table"),
        "source_row",
        _key(_KEYS[table.name]).alias("record_key"),
        _values(table).alias("record_values"),
        "outcome",
        "rule",
        *(code.alias(name) for name, code in zip(names, matched, strict=True)),
        _reason(about, _begins_later(table)).alias("reason"),
    )  # fmt: skip


def _begins_later(table: OnboardingTable) -> pl.Expr:
    """What is said of a record that begins after D: on which day, unless that is private."""
    if table.first_on in table.shown:
        return sentence("It begins on {} and counts for no rule before.", BEGINS_LATER_ON)
    later = pl.lit("It begins on a later day and counts for no rule before.")
    return pl.when(pl.col(BEGINS_LATER_ON).is_not_null()).then(later)


def _about() -> pl.Expr:
    """What became of the code of a record that was not matched as it is."""
    is_branch = pl.col("code").str.contains(BRANCH_PATTERN)
    target = (
        pl.when(is_branch)
        .then("branch_target")
        .otherwise(pl.coalesce("brin_matched", "board_matched"))
    )
    return (
        pl.when(pl.col("outcome") == "matched_by_override").then(sentence("A decision says that {} is {} now.", "code", target))
        .when(pl.col("outcome") == "matched_by_transition").then(sentence("{} is not open: {}. It is found so and counts for nothing until a person decides (same_as).", "code", went_on_as()))
        .when((pl.col("outcome") == "closed") & pl.col("succession").is_not_null()).then(sentence("{} is not open: {}.", "code", went_on_as()))
        .when((pl.col("outcome") == "closed") & pl.col("closed_on").is_not_null()).then(sentence("{} is not open: it closed on {}, as the register says.", "code", "closed_on"))
        .when(pl.col("outcome") == "closed").then(sentence("{} is not open; an earlier release or the register knew it.", "code"))
        .when(pl.col("near").is_not_null()).then(sentence("{} was never seen. Open codes near it: {}.", "code", "near"))
        .otherwise(sentence("{} was never seen, and no open code is near it.", "code"))
    )  # fmt: skip


def _reason(about: pl.Expr, begins_later: pl.Expr) -> pl.Expr:
    remarks = [
        about,
        sentence("It was written otherwise ({}).", REPAIRS),
        begins_later,
        pl.col("remark"),
    ]
    return pl.concat_str(remarks, separator=" ", ignore_nulls=True)


def _with_one_branch(
    table: OnboardingTable, rows: pl.DataFrame, serving: pl.DataFrame
) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.String)
    if table.name == "branches":
        # any other names a branch that is not open
        one = pl.when(was_matched()).then("branch_matched")
        return rows.with_columns(
            one.alias("one_branch"), pl.col("branch_matched").alias("branch_target")
        )
    if table.name != "delivery_points":
        return rows.with_columns(nothing.alias("one_branch"), nothing.alias("branch_target"))
    one = _served_alone(serving)
    served = rows.select("source_row").join(one, on="source_row", how="left", maintain_order="left")
    return rows.with_columns(served["one_branch"], pl.col("branch_matched").alias("branch_target"))


def _served_alone(serving: pl.DataFrame) -> pl.DataFrame:
    """`source_row, one_branch` of the delivery points that serve exactly one branch, for one reason or for two."""
    served = serving.select("source_row", pl.col("branch_code").alias("one_branch"))
    several = pl.col("source_row").is_duplicated()
    different = served.filter(several).unique()
    return pl.concat([served.filter(~several), different.filter(~several)])


def _near(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """`code, near` for the unknown codes, among the open codes of the same kind."""
    unknown = rows.filter(pl.col("outcome") == "unknown")["code"]
    found = [
        near_codes(unknown.filter(unknown.str.len_chars() == length), codes)
        for length, codes in ((4, known.schools), (5, known.boards), (6, known.branches))
    ]
    return pl.concat(found)


def _unknown_point(
    table: OnboardingTable, rows: pl.DataFrame, matched: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """For test exchanges: `remark` says when the delivery point is unknown; one that begins after D is no point yet."""
    if table.name != "test_exchanges":
        return rows.with_columns(pl.lit(None, dtype=pl.String).alias("remark"))
    known = rows.select("source_row", "brin_matched", "delivery_point_number").join(
        matched["delivery_points"].filter(counts()),
        left_on=["brin_matched", "delivery_point_number"],
        right_on=["brin_matched", "number"],
        how="semi",
    )
    unknown = was_matched() & ~pl.col("source_row").is_in(known["source_row"].implode())
    remark = sentence(
        "The school has no delivery point with number {}.",
        pl.col("delivery_point_number").fill_null("(none given)"),
    )
    return rows.with_columns(pl.when(unknown).then(remark).alias("remark"))


def _key(names: Iterable[str]) -> pl.Expr:
    return pl.concat_str([pl.col(name) for name in names], separator="/", ignore_nulls=True)


def _values(table: OnboardingTable) -> pl.Expr:
    """What the record says beside its codes, as `status approved, submitted_on 2025-03-01`."""
    left_out = (*_KEYS[table.name], _FREE_TEXT)
    said = [
        sentence(f"{name} {{}}", pl.col(name).cast(pl.String))
        for name in table.shown
        if name not in left_out
    ]
    return pl.concat_str(said, separator=", ", ignore_nulls=True)


def _repeated(ignored: pl.DataFrame) -> pl.DataFrame:
    return _without_match(
        ignored.with_columns(
            pl.lit("duplicate").alias("outcome"),
            pl.lit("").alias("record_key"),
            pl.lit("The row is the same as an earlier one, which counts.").alias("reason"),
        )
    )


def _refused(quarantined: pl.DataFrame) -> pl.DataFrame:
    return _without_match(
        quarantined.with_columns(
            pl.lit("quarantined").alias("outcome"), pl.lit("").alias("record_key")
        )
    )


def _without_match(rows: pl.DataFrame) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.String)
    return rows.select(
        pl.col("source").alias("source_table"),
        "source_row",
        "record_key",
        nothing.alias("record_values"),
        "outcome",
        "rule",
        nothing.alias("matched_brin"),
        nothing.alias("matched_board_number"),
        nothing.alias("matched_branch_code"),
        "reason",
    )
