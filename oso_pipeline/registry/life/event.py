"""A life event: two states and what the register says in, what happened to which branch out.

Every event of a branch's life is one small object in a module of its own: a guard (to which branches it happened), an
effect (from what to what, and when) and a name. Transitions of the register win over guesses: what is gone was merged,
renumbered or split when a transition says so, closed when the register says so, and vanished otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from oso_pipeline.codes import brin_of
from oso_pipeline.registry.succession import gone_apart, too_late

EVENT_SCHEMA: dict[str, pl.DataType] = {
    "subject": pl.String(),
    "from_value": pl.String(),
    "to_value": pl.String(),
    "effective_on": pl.Date(),
    "reason": pl.String(),
}
"""What an effect gives; an empty `effective_on` is the day of the later state."""


@dataclass(frozen=True)
class Between:
    """Two states of the registry, and what the register says of what lies between them.

    Attributes:
        before: the earlier state: `branch_code, branch_name, board_number, street, house_number, postcode, city`.
        after: the later state, with the same columns.
        unexplained: `branch_code, branch_name, gone_on` of branches that vanished before the earlier state and are not
            back: the register may explain them by now.
        successions: as SUCCESSIONS.
        closures: `code, closed_on`, from the register.
        openings: `code, opened_on`, from the register.
        under_board: `brin, board_number, under_board_since_on` of the schools of the later state.
        day: of the later state; None where it is not known.
    """

    before: pl.DataFrame
    after: pl.DataFrame
    unexplained: pl.DataFrame
    successions: pl.DataFrame
    closures: pl.DataFrame
    openings: pl.DataFrame
    under_board: pl.DataFrame
    day: date | None

    @cached_property
    def both(self) -> pl.DataFrame:
        """The branches of both states; the columns of the earlier one end in `_before`."""
        return self.after.join(self.before, on="branch_code", suffix="_before")

    @cached_property
    def new(self) -> pl.DataFrame:
        """The branches of the later state only."""
        return self.after.join(self.before, on="branch_code", how="anti")

    @cached_property
    def gone(self) -> pl.DataFrame:
        """The branches that are gone, and those that went earlier and were not explained.

        Columns: `branch_code, branch_name, is_news` (gone between these two states), those of SUCCESSIONS of the branch,
        else of its school (`code` is empty where the register says nothing), and `closed_on`. What befell its school long
        before or after it was gone explains nothing.
        """
        gone = self.before.join(self.after, on="branch_code", how="anti")
        columns = ["branch_code", "branch_name"]
        unknown = pl.lit(None, dtype=pl.Date).alias("gone_on")
        every = pl.concat(
            [
                gone.select(*columns, unknown, pl.lit(value=True).alias("is_news")),
                self.unexplained.select(*columns, "gone_on", pl.lit(value=False).alias("is_news")),
            ]
        ).with_columns(brin_of(pl.col("branch_code")).alias("brin"))
        told = self.successions
        own = every.join(told, left_on="branch_code", right_on="code", how="inner", coalesce=False)
        rest = every.join(own, on="branch_code", how="anti")
        apart = pl.col("branch_code").is_in(gone_apart(told, self.closures).implode())
        along = ~apart & ~too_late("gone_on", "effective_on")
        by_school = rest.join(told, left_on="brin", right_on="code", how="left", coalesce=False).with_columns(
            pl.when(along).then(pl.col(name)).alias(name) for name in told.columns
        )  # fmt: skip
        of_school = self.closures.rename({"code": "brin", "closed_on": "school_closed_on"})
        return (
            pl.concat([own, by_school.select(own.columns)])
            .join(self.closures, left_on="branch_code", right_on="code", how="left")
            .join(of_school, on="brin", how="left")
            .with_columns(
                pl.coalesce(
                    "closed_on",
                    pl.when(~too_late("gone_on", "school_closed_on")).then("school_closed_on"),
                ).alias("closed_on")
            )
        )


@dataclass(frozen=True)
class LifeEvent:
    """One kind of event.

    Attributes:
        name: as in `change_log.event`.
        guard: the branches to which it happened.
        effect: what happened to them, as EVENT_SCHEMA.
    """

    name: str
    guard: Callable[[Between], pl.DataFrame]
    effect: Callable[[pl.DataFrame, Between], pl.DataFrame]

    def find(self, between: Between) -> pl.DataFrame:
        """The events of this kind: `event` and EVENT_SCHEMA."""
        happened = self.effect(self.guard(between), between)
        return happened.select(
            pl.lit(self.name).alias("event"),
            *(pl.col(name).cast(kind) for name, kind in EVENT_SCHEMA.items()),
        )


def told(
    rows: pl.DataFrame,
    *,
    was: pl.Expr | None = None,
    now: pl.Expr | None = None,
    on: pl.Expr | None = None,
    reason: pl.Expr | None = None,
) -> pl.DataFrame:
    """An effect over rows with `branch_code`; what is not given is empty."""
    text, day = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.Date)
    return rows.select(
        pl.col("branch_code").alias("subject"),
        (text if was is None else was).alias("from_value"),
        (text if now is None else now).alias("to_value"),
        (day if on is None else on).alias("effective_on"),
        (text if reason is None else reason).alias("reason"),
    )
