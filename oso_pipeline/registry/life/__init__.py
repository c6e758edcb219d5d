"""What happens in the life of a branch, one small object per event; see event.py."""

from __future__ import annotations

import polars as pl

from oso_pipeline.registry.life.board_changed import BOARD_CHANGED
from oso_pipeline.registry.life.closed import CLOSED
from oso_pipeline.registry.life.event import Between, LifeEvent
from oso_pipeline.registry.life.merged import MERGED
from oso_pipeline.registry.life.moved import MOVED
from oso_pipeline.registry.life.opened import OPENED
from oso_pipeline.registry.life.renamed import RENAMED
from oso_pipeline.registry.life.renumbered import RENUMBERED
from oso_pipeline.registry.life.split import SPLIT
from oso_pipeline.registry.life.vanished import VANISHED

LIFE_EVENTS: tuple[LifeEvent, ...] = (
    OPENED,
    MERGED,
    RENUMBERED,
    SPLIT,
    CLOSED,
    VANISHED,
    BOARD_CHANGED,
    RENAMED,
    MOVED,
)

__all__ = ["LIFE_EVENTS", "Between", "LifeEvent", "life_events"]


def life_events(between: Between) -> pl.DataFrame:
    """All events between two states: `event` and EVENT_SCHEMA; an event without a day took effect on the later day."""
    found = pl.concat(event.find(between) for event in LIFE_EVENTS)
    return found.with_columns(pl.coalesce("effective_on", pl.lit(between.day, dtype=pl.Date)))
