"""History: intervals in which nothing changed, carried from one published release to the next.

The only memory of the pipeline is the last published release: tonight's history is that of the release, and today.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from oso_pipeline.contracts.model import Table


def carry_history(
    table: Table, previous: pl.DataFrame, now: pl.DataFrame, *, day: date, release_id: str
) -> pl.DataFrame:
    """Yesterday's intervals with today's state.

    An interval goes on while its subject is there unchanged; it ends on `day` when the subject is gone or changed;
    a subject that is new, changed, or back after a gap begins a new one.

    Args:
        table: a history table: its key's first column is the subject; other columns than the interval's are state.
        previous: the table in the last published release; empty when there is none.
        now: the subjects that are there today, with their state.
        day: the day of the release.
        release_id: the release.

    Returns:
        As `table`.
    """
    subject = table.key[0]
    state = [
        name for name in table.names if name not in {"from_on", "until_on", "first_release_id"}
    ]
    ended = previous.filter(pl.col("until_on").is_not_null())
    running = previous.filter(pl.col("until_on").is_null())
    today = now.select(state).filter(pl.col(subject).is_first_distinct())
    goes_on = running.join(today, on=state, how="semi", nulls_equal=True)
    stops = running.join(goes_on.select(subject), on=subject, how="anti")
    begins = today.join(goes_on.select(subject), on=subject, how="anti")
    return table.shape(
        pl.concat(
            [
                ended,
                goes_on,
                stops.with_columns(pl.lit(day).alias("until_on"))
                # changed twice in one day (a day run again): the last state of the day stands
                .filter(pl.col("from_on") < pl.col("until_on")),
                begins.with_columns(
                    pl.lit(day).alias("from_on"),
                    pl.lit(None, dtype=pl.Date).alias("until_on"),
                    pl.lit(release_id).alias("first_release_id"),
                ).select(table.names),
            ]
        )
    )
