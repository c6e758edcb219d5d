"""What merged, renumbered and split have in common: gone, and a transition says who it went on as."""

from __future__ import annotations

import polars as pl

from oso_pipeline.registry.life.event import Between, LifeEvent, told
from oso_pipeline.wording import sentence


def went_on() -> pl.Expr:
    """A transition says that it ceased and who it went on as, whether that one is open or not."""
    return pl.col("code").is_not_null()


def succession(name: str, event: str) -> LifeEvent:
    """The event of branches that ceased by a transition of this kind.

    Args:
        name: as in `change_log.event`.
        event: as in `successions.event`.
    """

    def guard(between: Between) -> pl.DataFrame:
        return between.gone.filter(went_on() & (pl.col("event") == event))

    def effect(rows: pl.DataFrame, between: Between) -> pl.DataFrame:  # noqa: ARG001 - as every effect
        is_open = pl.col("successors").list.len() > 0
        into = pl.when(is_open).then("successors").otherwise("ended_as").list.join(", ")
        through = pl.when(pl.col("through").list.len() > 0).then(
            sentence(" by way of {}", pl.col("through").list.join(", "))
        )
        of_school = pl.when(pl.col("code") != pl.col("branch_code")).then(
            sentence(" (of its school {})", "code")
        )
        closed = pl.when(~is_open).then(pl.lit(", which is not open either"))
        reason = pl.concat_str(
            sentence("OVERGANGEN row {}", pl.col("source_rows").list.join(", ")),
            of_school,
            sentence(": {} on {}, to {}", "event", "effective_on", into),
            through,
            closed,
            pl.lit("."),
            ignore_nulls=True,
        )
        return told(
            rows, was=pl.col("branch_name"), now=into, on=pl.col("effective_on"), reason=reason
        )

    return LifeEvent(name, guard, effect)
