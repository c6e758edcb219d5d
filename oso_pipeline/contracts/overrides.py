"""The people's decisions: `overrides.csv`, as contract.md states it."""

from __future__ import annotations

from oso_pipeline.contracts.model import Column, Table, Type

DECISIONS = ("same_as", "served_by", "ignore_flag")

OVERRIDES = Table(
    "overrides",
    "Besluiten",
    "decision that a person took",
    (
        Column("decision", Type.TEXT, "Besluit", "What was decided.", True, DECISIONS),
        Column("subject", Type.CODE, "Onderwerp", "The code that it is about.", required=True),
        Column(
            "value", Type.TEXT, "Waarde", "The new code, the number or the flag.", required=True
        ),
        Column("reason", Type.TEXT, "Reden", "Why."),
        Column("evidence", Type.TEXT, "Bewijs", "What it rests on."),
        Column("author", Type.TEXT, "Besloten door", "The role that decided; kept in raw only."),
        Column("decided_on", Type.DATE, "Besloten op", "The day of the decision."),
        Column("expires_on", Type.DATE, "Vervalt op", "From this day on it does not count."),
    ),
    key=("decision", "subject"),
)
