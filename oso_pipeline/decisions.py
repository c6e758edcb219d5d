"""What became of people's decisions: each that does nothing, or that the sources speak against, is reported.

A decision is taken once and may stand for years, while the sources go on. So every night each decision that counts is held beside
them, and one that is

    dangling      names a code or a number that is nowhere
    contradicted  is overtaken: the source says otherwise now, or says the same itself
    unused        makes no difference

is a signal of source `overrides`, with a sentence. What reading the file alone can tell (expired, decided twice, without author,
reason or day) is told by intake/overrides.py. A decision is never changed or dropped here (contract.md, Overrides).
"""

from __future__ import annotations

import polars as pl

from oso_pipeline.codes import (
    branch_number_by_convention,
    brin_of,
    read_delivery_point_number,
)
from oso_pipeline.contracts.onboarding import DELIVERY_POINTS, ONBOARDING
from oso_pipeline.contracts.records import SIGNALS
from oso_pipeline.flags import Findings, find
from oso_pipeline.intake.reading import signal_each
from oso_pipeline.reconciliation.matching import Known, was_matched, with_succession
from oso_pipeline.reconciliation.records import counts, is_active
from oso_pipeline.reconciliation.successors import went_on_as
from oso_pipeline.wording import sentence

SOURCE = "overrides"
TABLES = tuple(table.name for table in ONBOARDING)

Judgement = tuple[str, pl.Expr, pl.Expr]
"""The rule, when it fits, and the sentence; of several that fit the first is told."""


def decision_signals(decisions: pl.DataFrame, found: Findings) -> pl.DataFrame:
    """The decisions that are dangling, contradicted or unused.

    Args:
        decisions: the decisions that count, as OVERRIDES with `source_row`.
        found: the night that was made with them.

    Returns:
        As the `signals` table: one row per decision; `subject` is the code that it is about.
    """
    judged = [
        _same_as(decisions.filter(decision="same_as"), found),
        _served_by(decisions.filter(decision="served_by"), found),
        _ignore_flag(decisions.filter(decision="ignore_flag"), found),
    ]
    return SIGNALS.shape(pl.concat(judged))


def _tell(rows: pl.DataFrame, judgements: list[Judgement]) -> pl.DataFrame:
    first = pl.coalesce(
        pl.when(fits.fill_null(value=False)).then(
            pl.struct(
                pl.lit(rule).alias("rule"),
                pl.concat_str(sentence("{} {} = {}: ", "decision", "subject", "value"), reason).alias("told"),
            )
        )
        for rule, fits, reason in judgements
    )  # fmt: skip
    told = rows.with_columns(first.alias("judged")).filter(pl.col("judged").is_not_null())
    return signal_each(told.unnest("judged"), SOURCE, pl.col("rule"), pl.col("subject"), pl.col("told"))  # fmt: skip


def _same_as(decisions: pl.DataFrame, found: Findings) -> pl.DataFrame:
    known = found.known
    old, new = pl.col("subject"), pl.col("new")
    is_open = _open_codes(known).implode()
    ever = pl.concat([_open_codes(known), _codes_known_once(known)]).implode()
    of_new = with_succession(
        decisions.with_columns(pl.col("value").str.to_uppercase().alias("new")), known, "new"
    )
    rows = with_succession(
        of_new.with_columns(_what_became("new").alias("new_became")).drop(
            "succession", "closed_on"
        ),
        known,
        "subject",
    )
    successors = pl.col("succession").struct["successors"]
    return _tell(
        rows,
        [
            ("dangling", ~old.is_in(ever) & ~old.is_in(_codes_written(found).implode()), sentence("no source and no release knows {}.", old)),
            ("dangling", ~new.is_in(ever), sentence("no registry file and no release knows {}.", new)),
            ("unused", old.str.len_chars() != new.str.len_chars(), pl.lit("the codes are not of one kind (branch, school or board).")),
            ("contradicted", old.is_in(is_open), sentence("{} is open, so its records are about itself.", old)),
            ("contradicted", ~new.is_in(is_open), sentence("{} is not open: {}.", new, "new_became")),
            ("contradicted", (successors.list.len() > 0) & ~successors.list.contains(new), sentence("the register says otherwise: {}.", went_on_as())),
            ("unused", ~old.is_in(_codes_decided(found).implode()), sentence("no record names {}, so it makes no difference.", old)),
        ],
    )  # fmt: skip


def _served_by(decisions: pl.DataFrame, found: Findings) -> pl.DataFrame:
    known = found.known
    branch, number = pl.col("subject"), pl.col("number")
    numbered = decisions.with_columns(
        read_delivery_point_number(pl.col("value")).struct["number"].alias("number"),
        brin_of(branch).alias("brin"),
    )
    rows = with_succession(numbered, known, "subject", otherwise="brin").join(
        _las_points(found), on=["brin", "number"], how="left", maintain_order="left"
    )
    is_open = branch.is_in(known.branches.implode())
    once = branch.is_in(known.branches_once.implode())
    by_convention = pl.col("brin") + branch_number_by_convention(number)
    elsewhere = pl.col("links").list.set_difference(pl.concat_list(branch))
    point = sentence("delivery point {}", number)
    return _tell(
        rows,
        [
            ("dangling", ~is_open & ~once, sentence("no registry file and no release knows {}.", branch)),
            ("contradicted", ~is_open, sentence("{} is not open: {}.", branch, _what_became("subject"))),
            ("dangling", pl.col("links").is_null(), sentence("school {} has no LAS delivery point {}, or it has ended.", "brin", number)),
            ("contradicted", pl.col("links").list.contains(branch), sentence("Mijn OSO links {} to it now, so the decision is not needed.", point)),
            ("contradicted", elsewhere.list.len() > 0, sentence("Mijn OSO links {} to {}.", point, elsewhere.list.sort().list.join(", "))),
            ("unused", pl.col("any_unlinked") & (by_convention == branch), sentence("{} serves it by its number, so the decision makes no difference.", point)),
            ("unused", ~pl.col("any_active"), sentence("{} is not active, so it covers nothing.", point)),
        ],
    )  # fmt: skip


def _ignore_flag(decisions: pl.DataFrame, found: Findings) -> pl.DataFrame:
    subject = pl.col("subject")
    wanted = decisions["value"].unique().to_list()
    findings = find(found, wanted) if wanted else pl.DataFrame(schema={"flag": pl.String, "brin": pl.String, "branch_code": pl.String})  # fmt: skip
    hidden = pl.concat(
        findings.select(pl.col("flag").alias("value"), pl.col(code).alias("subject")).drop_nulls()
        for code in ("brin", "branch_code")
    ).unique()
    rows = decisions.join(
        hidden.with_columns(pl.lit(value=True).alias("is_found")), on=["value", "subject"], how="left", maintain_order="left"
    )  # fmt: skip
    named = [_open_codes(found.known), _codes_known_once(found.known), _codes_written(found)]
    return _tell(
        rows,
        [
            ("dangling", pl.col("is_found").is_null() & ~subject.is_in(pl.concat(named).implode()), sentence("no source and no release knows {}.", subject)),
            ("contradicted", pl.col("is_found").is_null(), sentence("{} is not found there, so there is nothing to ignore.", "value")),
        ],
    )  # fmt: skip


def _what_became(code: str) -> pl.Expr:
    """What became of a code that is not open, over rows of `with_succession`."""
    return pl.coalesce(
        went_on_as(),
        sentence("it closed on {}", "closed_on"),
        sentence("no branch file has {} any more", code),
    )


def _open_codes(known: Known) -> pl.Series:
    return pl.concat(
        codes.rename("code") for codes in (known.schools, known.boards, known.branches)
    )


def _codes_known_once(known: Known) -> pl.Series:
    return pl.concat(
        codes.rename("code")
        for codes in (known.schools_once, known.boards_once, known.branches_once)
    )


def _codes_written(found: Findings) -> pl.Series:
    """The codes that any onboarding record names."""
    return _codes_of(found, pl.lit(value=True))


def _codes_decided(found: Findings) -> pl.Series:
    """The codes of records that were found by a `same_as`: its own, its school's, or that of the branch it links to."""
    return _codes_of(found, pl.col("rule") == "same_as")


def _codes_of(found: Findings, which: pl.Expr) -> pl.Series:
    rows = {name: found.records[name].filter(which) for name in TABLES}
    return pl.concat(
        [
            *(table["code"] for table in rows.values()),
            rows["branches"]["brin"].rename("code"),
            rows["delivery_points"].select((pl.col("brin") + pl.col("branch_number")).alias("code"))["code"],
        ]
    ).drop_nulls().unique()  # fmt: skip


def _las_points(found: Findings) -> pl.DataFrame:
    """The LAS points of open schools by number: `brin, number, links` (codes linked to), `any_unlinked, any_active`."""
    points = found.records["delivery_points"].filter(
        was_matched() & counts() & pl.col("ended_on").is_null() & (pl.col("kind") == "las")
    )
    return points.group_by(pl.col("brin_matched").alias("brin"), "number").agg(
        pl.col("branch_matched").drop_nulls().unique().alias("links"),
        pl.col("branch_matched").is_null().any().alias("any_unlinked"),
        is_active(DELIVERY_POINTS).any().alias("any_active"),
    )
