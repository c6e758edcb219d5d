"""Findings about delivery points and branches (contract.md, delivery_point_flags).

One function per flag; each returns `brin, branch_code, delivery_point_number, severity, reason, since_on, source_row,
successor_code`.
Findings about points are one per delivery point row, the others one per branch. `since_on` is the day that the
records give; where they give none, it is kept from the last published release, else the day itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import polars as pl

from oso_pipeline.codes import (
    MAIN_BRANCH,
    branch_number_by_convention,
    brin_of,
    is_among,
    number_of_branch,
)
from oso_pipeline.contracts.onboarding import BRANCHES, DELIVERY_POINTS
from oso_pipeline.contracts.records import DELIVERY_POINT_FLAGS
from oso_pipeline.patterns import BRANCH_PATTERN
from oso_pipeline.qualification import Records, active_points
from oso_pipeline.reconciliation.matching import Known, was_matched, with_succession
from oso_pipeline.reconciliation.records import counts, is_active
from oso_pipeline.reconciliation.successors import went_on_as
from oso_pipeline.statuses import schools_with_rows
from oso_pipeline.wording import sentence

PENDING_AFTER = timedelta(days=14)
NOT_REGISTERED_AFTER = timedelta(days=30)


@dataclass(frozen=True)
class Findings:
    """What the flags are found in.

    Attributes:
        branches: the `branch_status` table.
        schools: as OPEN_SCHOOLS, with `qualified`.
        records: the matched tables.
        serving: which delivery point serves which open branch.
        known: the codes that are open or were known once.
        branch_history: as BRANCH_HISTORY, tonight included: it says when a branch closed.
        day: the day D.
    """

    branches: pl.DataFrame
    schools: pl.DataFrame
    records: Records
    serving: pl.DataFrame
    known: Known
    branch_history: pl.DataFrame
    day: date

    @cached_property
    def idle_points(self) -> pl.DataFrame:
        """The active LAS points that serve no open branch, of open schools or not.

        `named` is the branch they are for; `succession` and `closed_on` say what became of it, else of its school.
        """
        serves = pl.col("source_row").is_in(self.serving["source_row"].implode())
        idle = self.records["delivery_points"].filter(
            is_active(DELIVERY_POINTS) & (pl.col("kind") == "las") & ~serves
        )
        closures = self.known.closures.rename({"closed_on": "school_closed_on"})
        named = idle.join(closures, on="code", how="left", maintain_order="left").with_columns(
            _branch_meant().alias("named"), pl.coalesce("brin_matched", "brin").alias("school")
        )
        return with_succession(named, self.known, "named", otherwise="school", to_open=True)


def delivery_point_flags(
    found: Findings, ignore_flag: pl.DataFrame, previous: pl.DataFrame
) -> pl.DataFrame:
    """All findings of a night.

    Args:
        found: what they are found in.
        ignore_flag: `subject, value`: a branch code or BRIN, and the flag that a person decided to ignore there.
        previous: the table in the last published release.

    Returns:
        As the `delivery_point_flags` table.
    """
    return pl.concat(  # in order: most findings of one flag are in order, those of all together are not
        DELIVERY_POINT_FLAGS.shape(
            _dated(
                _not_ignored(find(found, [flag]), ignore_flag.filter(value=flag)),
                previous.filter(flag=flag),
                found.day,
            )
        )
        for flag in sorted(_FLAGS)
    )


def _not_ignored(findings: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """The findings of one flag without those of which a person decided so, by their branch or their school."""
    subjects = decided["subject"].implode()
    return findings.filter(
        ~pl.col(code).is_in(subjects).fill_null(value=False) for code in ("branch_code", "brin")
    )


def _dated(findings: pl.DataFrame, previous: pl.DataFrame, day: date) -> pl.DataFrame:
    """The findings of one flag, each since when: as the records say, else as the last release said, else today."""
    same = ["brin", "branch_code", "delivery_point_number"]
    before = previous.group_by(same).agg(pl.col("since_on").min().alias("since_before_on"))
    known = findings.select(same).join(
        before, on=same, how="left", nulls_equal=True, maintain_order="left"
    )
    since = pl.coalesce("since_on", known["since_before_on"], pl.lit(day))
    return findings.with_columns(since.alias("since_on"))


def find(found: Findings, flags: Iterable[str]) -> pl.DataFrame:
    """What is found of some flags, decided to be ignored or not: `flag` and the columns named above."""
    return pl.concat(
        _FLAGS[flag](found).select(*_COLUMNS).with_columns(pl.lit(flag).alias("flag"))
        for flag in flags
    ).collect()


_COLUMNS = (
    "brin",
    "branch_code",
    "delivery_point_number",
    "severity",
    "reason",
    "since_on",
    "source_row",
    "successor_code",
)


def branch_without_delivery_point(found: Findings) -> pl.LazyFrame:
    """An open branch that is not covered."""
    rows = (
        found.branches.lazy()
        .filter(~pl.col("covered"))
        .join(found.schools.lazy().select("brin", "qualified"), on="brin")
    )
    severity = (
        pl.when("qualified").then(pl.lit("high"))
        .when(pl.col("status") == "not_started").then(pl.lit("low"))
        .otherwise(pl.lit("medium"))
    )  # fmt: skip
    return _about_branches(
        rows, severity, sentence("No active LAS delivery point serves branch {}.", "branch_code")
    )


def delivery_point_without_branch(found: Findings) -> pl.LazyFrame:
    """An active LAS point of an open school that serves no open branch, its branch never known."""
    idle = found.idle_points.lazy().filter(
        was_matched()
        & ~_has_successor()
        & ~pl.col("named").is_in(found.known.branches_once.implode()).fill_null(value=False)
    )
    with_school = idle.join(
        found.schools.lazy().select("brin", "has_main_branch"),
        left_on="brin_matched",
        right_on="brin",
    )
    no_main = ~pl.col("has_main_branch") & (pl.col("named").str.slice(4) == MAIN_BRANCH)
    reason = (
        pl.when(no_main).then(sentence("Delivery point {} serves no branch: school {} has no 00 branch. Link it to a branch.", _number(), "brin_matched"))
        .when(pl.col("named").is_not_null()).then(sentence("Delivery point {} is for branch {}, which the registry never had.", _number(), "named"))
        .otherwise(sentence("Delivery point {} has no branch's number and is linked to none.", _number()))
    )  # fmt: skip
    return _about_points(with_school, "medium", reason, pl.col("registered_on"))


def delivery_point_on_closed_branch(found: Findings) -> pl.LazyFrame:
    """An active LAS point that serves no open branch, whose branch or school was known once and closed without successor."""
    idle = found.idle_points.lazy().filter(~_has_successor())
    school_closed = ~was_matched() & pl.col("brin").is_in(found.known.schools_once.implode())
    branch_closed = (was_matched() | school_closed) & pl.col("named").is_in(
        found.known.branches_once.implode()
    )
    closed = idle.filter((school_closed | branch_closed).fill_null(value=False))
    seen_until = (
        found.branch_history.lazy()
        .filter(pl.col("until_on").is_not_null())
        .group_by(pl.col("branch_code").alias("named"))
        .agg(pl.col("until_on").max().alias("seen_until_on"))
    )
    day_closed = pl.coalesce("closed_on", "school_closed_on")
    reason = sentence(
        "Delivery point {} is for {}, which {}. End it, or link it to an open branch.",
        _number(),
        pl.coalesce("named", "brin"),
        pl.coalesce(sentence("closed on {}", day_closed), pl.lit("is closed")),
    )
    dated = closed.join(seen_until, on="named", how="left", maintain_order="left")
    since = pl.coalesce("closed_on", "school_closed_on", "seen_until_on")
    return _about_points(dated, "medium", reason, since)


def delivery_point_on_predecessor(found: Findings) -> pl.LazyFrame:
    """An active LAS point that serves no open branch, whose branch or school went on as another one."""
    succeeded = found.idle_points.lazy().filter(_has_successor())
    successor = pl.col("succession").struct["successor"]
    to_branch = successor.str.contains(BRANCH_PATTERN)
    covered = found.branches.filter("covered")["branch_code"]
    advice = (
        pl.when(successor.is_in(covered.implode())).then(sentence("End it: {} has one.", successor))
        .when(to_branch).then(sentence("Move it to number {} of {}.", number_of_branch(successor), brin_of(successor)))
        .when(successor.is_not_null()).then(sentence("Move it to a delivery point of {}.", successor))
        .otherwise(pl.lit("Find out which, and move it there."))
    )  # fmt: skip
    reason = sentence(
        "Delivery point {} is for {}, which is not open: {}. {}",
        _number(),
        pl.coalesce("named", "brin"),
        went_on_as(),
        advice,
    )
    since = pl.col("succession").struct["effective_on"]
    return _about_points(succeeded, "medium", reason, since, successor)


def _has_successor() -> pl.Expr:
    return pl.col("succession").struct["successors"].list.len().fill_null(0) > 0


def _branch_meant() -> pl.Expr:
    """The branch that a point is for, open or not: its link, else for a LAS point the one with its number."""
    school = pl.coalesce("brin_matched", "brin")
    by_convention = pl.when(pl.col("kind") == "las").then(
        school + branch_number_by_convention(pl.col("number"))
    )
    return pl.coalesce("branch_matched", by_convention)


def delivery_point_pending(found: Findings) -> pl.LazyFrame:
    """Requested 14 days ago or longer, neither approved nor registered, not ended."""
    rows = _open_points(found).filter(
        (pl.col("requested_on") <= found.day - PENDING_AFTER)
        & pl.col("approved_on").is_null()
        & pl.col("registered_on").is_null()
    )
    reason = sentence(
        "Delivery point {} was requested on {} and is not approved yet.", _number(), "requested_on"
    )
    return _about_points(rows, "medium", reason, pl.col("requested_on"))


def delivery_point_not_registered(found: Findings) -> pl.LazyFrame:
    """Approved 30 days ago or longer, not registered, not ended."""
    rows = _open_points(found).filter(
        (pl.col("approved_on") <= found.day - NOT_REGISTERED_AFTER)
        & pl.col("registered_on").is_null()
    )
    reason = sentence(
        "Delivery point {} was approved on {} and is not registered yet.", _number(), "approved_on"
    )
    return _about_points(rows, "medium", reason, pl.col("approved_on"))


def _open_points(found: Findings) -> pl.LazyFrame:
    """The delivery points of open schools, of any kind, that count and have not ended."""
    has_not_ended = was_matched() & counts() & pl.col("ended_on").is_null()
    return found.records["delivery_points"].lazy().filter(has_not_ended)


def duplicate_delivery_point(found: Findings) -> pl.LazyFrame:
    """Two or more active LAS points serve one branch; one finding per branch, since the second was registered."""
    served = (
        active_points(found.records, "las")
        .select("source_row", "number", "registered_on")
        .join(found.serving.lazy().select("source_row", "branch_code"), on="source_row")
    )
    doubled = (
        served.filter(pl.col("branch_code").is_duplicated())
        .unique(["source_row", "branch_code"])  # once, by decision and by link
        .sort("registered_on", "source_row")
        .group_by("branch_code", maintain_order=True)
        .agg(
            pl.len().alias("points"),
            _number().str.join(", ").alias("numbers"),
            pl.col("registered_on").slice(1, 1).first().alias("second_on"),
        )
        .filter(pl.col("points") > 1)
        .with_columns(brin_of(pl.col("branch_code")).alias("brin"))
    )
    reason = sentence(
        "{} active LAS points serve branch {}: {}.", "points", "branch_code", "numbers"
    )
    return _about_branches(doubled, pl.lit("medium"), reason, since=pl.col("second_on"))


def branch_not_in_mijn_oso(found: Findings) -> pl.LazyFrame:
    """An open branch other than 00, of a school with any row of its own, that `branches` does not hold as active."""
    of_branches = found.records["branches"].lazy().filter(is_active(BRANCHES) & was_matched())
    entered = of_branches.select("branch_matched").collect().to_series()
    rows = found.branches.lazy().filter(
        (pl.col("branch_code").str.slice(4) != MAIN_BRANCH)
        & is_among(pl.col("brin"), schools_with_rows(found.records))
        & ~is_among(pl.col("branch_code"), entered)
    )
    return _about_branches(
        rows,
        pl.lit("medium"),
        sentence("Branch {} is open and not entered in Mijn OSO.", "branch_code"),
    )


def branch_unknown_to_registry(found: Findings) -> pl.LazyFrame:
    """An active row of `branches` whose branch is not open in the registry."""
    rows = (
        found.records["branches"]
        .lazy()
        .filter(is_active(BRANCHES) & ~was_matched())
        .sort("added_on", "source_row")
        .unique("branch_matched", keep="first", maintain_order=True)
    )
    reason = sentence(
        "Branch {} is entered in Mijn OSO since {} and is not open in the registry.",
        "branch_matched",
        "added_on",
    )
    return rows.select(
        brin_of(pl.col("branch_matched")).alias("brin"),
        pl.col("branch_matched").alias("branch_code"),
        pl.lit(None, dtype=pl.String).alias("delivery_point_number"),
        pl.lit("medium").alias("severity"),
        reason.alias("reason"),
        pl.col("added_on").alias("since_on"),
        pl.col("source_row"),
        pl.lit(None, dtype=pl.String).alias("successor_code"),
    )


_FLAGS: dict[str, Callable[[Findings], pl.LazyFrame]] = {
    "branch_without_delivery_point": branch_without_delivery_point,
    "delivery_point_without_branch": delivery_point_without_branch,
    "delivery_point_on_closed_branch": delivery_point_on_closed_branch,
    "delivery_point_on_predecessor": delivery_point_on_predecessor,
    "delivery_point_pending": delivery_point_pending,
    "delivery_point_not_registered": delivery_point_not_registered,
    "duplicate_delivery_point": duplicate_delivery_point,
    "branch_not_in_mijn_oso": branch_not_in_mijn_oso,
    "branch_unknown_to_registry": branch_unknown_to_registry,
}


def _number() -> pl.Expr:
    return pl.col("number").fill_null("(none)")


def _about_points(
    rows: pl.LazyFrame,
    severity: str,
    reason: pl.Expr,
    since: pl.Expr,
    successor: pl.Expr | None = None,
) -> pl.LazyFrame:
    return rows.select(
        pl.coalesce("brin_matched", "brin").alias("brin"),
        _branch_meant().alias("branch_code"),
        pl.col("number").alias("delivery_point_number"),
        pl.lit(severity).alias("severity"),
        reason.alias("reason"),
        since.alias("since_on"),
        pl.col("source_row"),
        (pl.lit(None, dtype=pl.String) if successor is None else successor).alias("successor_code"),
    )


def _about_branches(
    rows: pl.LazyFrame, severity: pl.Expr, reason: pl.Expr, since: pl.Expr | None = None
) -> pl.LazyFrame:
    return rows.select(
        "brin",
        "branch_code",
        pl.lit(None, dtype=pl.String).alias("delivery_point_number"),
        severity.alias("severity"),
        reason.alias("reason"),
        (pl.lit(None, dtype=pl.Date) if since is None else since).alias("since_on"),
        pl.lit(None, dtype=pl.Int64).alias("source_row"),
        pl.lit(None, dtype=pl.String).alias("successor_code"),
    )
