"""What happened between two states: the registry's life events, and who was connected or disconnected."""

from __future__ import annotations

from datetime import date

import polars as pl

from oso_pipeline.contracts.records import CHANGE_LOG
from oso_pipeline.registry.life import Between, life_events
from oso_pipeline.registry.register import Register

_GONE = ("branch_closed", "branch_merged", "branch_split", "branch_renumbered", "branch_vanished")


def events_between(
    before: pl.DataFrame,
    after: pl.DataFrame,
    change_log: pl.DataFrame,
    register: Register,
    schools: pl.DataFrame,
    steps: pl.DataFrame,
    *,
    day: date,
    release_id: str,
) -> pl.DataFrame:
    """The events between two states of `branch_status`.

    Args:
        before: the state of the last published release; being seen for the first time is no event, so an empty one
            gives none.
        after: tonight's state.
        change_log: as CHANGE_LOG, of the last published release: a branch that vanished may be explained by now.
        register: what it explains.
        schools: as OPEN_SCHOOLS: when they came under their boards.
        steps: tonight's `qualification_steps`: why a branch that is open is no longer connected.
        day: the day of the release, on which a change took effect that nothing else dates.
        release_id: the release.

    Returns:
        As the `change_log` table.
    """
    if before.is_empty():
        return CHANGE_LOG.empty()
    between = Between(
        before=before,
        after=after,
        unexplained=_unexplained(change_log, after),
        successions=register.successions,
        closures=register.closures,
        openings=_first_openings(register.openings, change_log),
        under_board=schools.select("brin", "board_number", "under_board_since_on"),
        day=day,
    )
    events = pl.concat([life_events(between), *_connections(before, after, _lacking(steps), day)])
    return CHANGE_LOG.shape(events.with_columns(pl.lit(release_id).alias("release_id")))


def _first_openings(openings: pl.DataFrame, change_log: pl.DataFrame) -> pl.DataFrame:
    """The day that the register gives is not that on which a branch came back after a gap."""
    gone_once = change_log.filter(pl.col("event").is_in(_GONE))["subject"]
    return openings.filter(~pl.col("code").is_in(gone_once.implode()))


def _unexplained(change_log: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """`branch_code, branch_name, gone_on` of the branches whose last going was unexplained, and that are not back."""
    last = (
        change_log.filter(pl.col("event").is_in(_GONE))
        .sort("release_id")
        .unique("subject", keep="last", maintain_order=True)
    )
    return (
        last.filter(event="branch_vanished")
        .select(
            pl.col("subject").alias("branch_code"),
            pl.col("from_value").alias("branch_name"),
            pl.col("effective_on").alias("gone_on"),
        )
        .join(after, on="branch_code", how="anti")
    )


def _lacking(steps: pl.DataFrame) -> pl.DataFrame:
    """`brin, lacking`: what the required steps say that a school lacks, in their order."""
    missing = steps.filter(~pl.col("passed") & (pl.col("step") != "account"))
    return missing.group_by("brin", maintain_order=True).agg(
        pl.col("reason").str.join(" ").alias("lacking")
    )


def _connections(
    before: pl.DataFrame, after: pl.DataFrame, lacking: pl.DataFrame, day: date
) -> list[pl.DataFrame]:
    """The branches that are connected now and were not, and those that were and are not.

    Why one is no longer connected is told here, as later nights know only how it stands then; of one that is gone, the
    event that says so tells it. A connection takes effect on its `connected_on`, though not before the last release in
    which the branch was connected an earlier time.
    """
    key = "branch_code"
    was, now = before.filter("connected"), after.filter("connected")
    last = before.select(key, pl.col("last_connected_on").alias("earlier_on"))
    newly = now.join(was, on=key, how="anti").join(last, on=key, how="left")
    no_longer = was.join(now, on=key, how="anti")
    nothing = pl.lit(None, dtype=pl.String)
    lost = (
        no_longer.select(key, "brin")
        .join(after.select(key, "status"), on=key, how="left")
        .join(lacking, on="brin", how="left")
    )
    why = pl.when(pl.col("status").is_not_null()).then(
        pl.coalesce("lacking", pl.lit("No active LAS delivery point serves it any more."))
    )
    return [
        rows.select(
            pl.lit(event).alias("event"),
            pl.col(key).alias("subject"),
            from_value.alias("from_value"),
            pl.col("status").alias("to_value"),
            on.alias("effective_on"),
            reason.alias("reason"),
        )
        for event, rows, from_value, on, reason in (
            ("connected", newly, nothing, pl.max_horizontal("connected_on", "earlier_on"), nothing),
            ("disconnected", lost, pl.lit("connected"), pl.lit(day), why),
        )
    ]
