"""What work items are found in, and what an item is before it is ranked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from oso_pipeline.qualification import Records

ITEMS: dict[str, pl.DataType] = {
    "item_id": pl.String(),
    "kind": pl.String(),
    "subject": pl.String(),
    "responsible": pl.String(),
    "action": pl.String(),
    "since_on": pl.Date(),
    "helps": pl.List(pl.String()),
}
"""`helps`: the open branches that the item brings a step nearer to being connected, or keeps connected."""


@dataclass(frozen=True)
class Facts:
    """What work items are found in.

    Attributes:
        schools: the `school_status` table.
        branches: the `branch_status` table.
        steps: the `qualification_steps` table.
        points: the `delivery_points` table.
        flags: the `delivery_point_flags` table.
        records: the matched onboarding tables as known on the day.
        unread: the onboarding rows that could not be read (reconciliation/unread.py).
        upcoming: what the register says is to befall open branches and schools, as UPCOMING_SCHEMA.
        day: the day D.
    """

    schools: pl.DataFrame
    branches: pl.DataFrame
    steps: pl.DataFrame
    points: pl.DataFrame
    flags: pl.DataFrame
    records: Records
    unread: pl.DataFrame
    upcoming: pl.DataFrame
    day: date

    @cached_property
    def not_there_yet(self) -> pl.DataFrame:
        """The schools that have a branch which is not connected, with `reached` (the account step holds) and `helps`.

        `helps` are those branches; `las` the product of the school's newest LAS point that names one.
        """
        reached = self.steps.filter(pl.col("step") == "account").select(
            "brin", pl.col("passed").alias("reached")
        )
        waiting = self.branches.filter(~pl.col("connected")).sort("branch_code").group_by("brin").agg(
            pl.col("branch_code").alias("helps")
        )  # fmt: skip
        return (
            self.schools.join(reached, on="brin")
            .join(waiting, on="brin")
            .join(self.products, on="brin", how="left")
            .sort("brin")
        )

    @cached_property
    def begun(self) -> pl.DataFrame:
        """Those of them that have begun: a school that has not is asked for nothing but an account."""
        return self.not_there_yet.filter(pl.col("status") != "not_started")

    @cached_property
    def products(self) -> pl.DataFrame:
        """`brin, las`: the product of each school's newest LAS point that names one."""
        newest = pl.coalesce("registered_on", "approved_on", "requested_on")
        named = self.points.filter((pl.col("kind") == "las") & pl.col("las").is_not_null())
        return named.sort("brin", newest, "source_row", nulls_last=False).group_by("brin", maintain_order=True).agg(
            pl.col("las").last()
        )  # fmt: skip

    @cached_property
    def uncovered(self) -> pl.DataFrame:
        """`brin, branch_code` of the open branches that no delivery point covers, in order."""
        return (
            self.branches.filter(~pl.col("covered"))
            .select("brin", "branch_code")
            .sort("branch_code")
        )

    @cached_property
    def under_way(self) -> pl.DataFrame:
        """The LAS points that were requested or approved and are not registered yet."""
        asked = pl.col("requested_on").is_not_null() | pl.col("approved_on").is_not_null()
        waits = pl.col("registered_on").is_null() & pl.col("ended_on").is_null()
        return self.points.filter((pl.col("kind") == "las") & asked & waits)


def together(helps: str) -> pl.Expr:
    """The branches of many rows as one list, in order; for a group."""
    return pl.col(helps).explode(empty_as_null=False, keep_nulls=False).sort()


def items(
    rows: pl.DataFrame,
    kind: str,
    subject: str,
    who: str,
    action: pl.Expr,
    *,
    since: pl.Expr | None = None,
    named: tuple[pl.Expr, ...] = (),
    helps: pl.Expr | None = None,
) -> pl.DataFrame:
    """Items of one kind, one per row, as ITEMS.

    Args:
        rows: what they are about.
        kind: of thing to do; it begins the id.
        subject: the column of the board, school or branch.
        who: must act.
        action: what to do, in Dutch.
        since: the day that the records give; None where they give none.
        named: what tells items of this kind apart, where the subject does not.
        helps: the branches that it helps; None for none.
    """
    nobody = pl.lit([], dtype=pl.List(pl.String))
    return rows.select(
        pl.concat_str(pl.lit(kind), *(named or (pl.col(subject),)), separator=":").alias("item_id"),
        pl.lit(kind).alias("kind"),
        pl.col(subject).alias("subject"),
        pl.lit(who).alias("responsible"),
        action.alias("action"),
        (pl.lit(None, dtype=pl.Date) if since is None else since).alias("since_on"),
        (nobody if helps is None else helps.fill_null([])).alias("helps"),
    )
