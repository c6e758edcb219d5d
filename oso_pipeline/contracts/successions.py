"""Who went on as whom, as a published table."""

from __future__ import annotations

from oso_pipeline.contracts.model import Column, Table, Type

SUCCESSION_EVENTS = {
    "merged": "opgegaan in",
    "renumbered": "vernummerd tot",
    "split": "zelfstandig verder als",
}
"""What befell a code that ceased -> what outputs show people."""

SUCCESSIONS = Table(
    "successions",
    "Opvolgingen",
    "code that is not open and that the register says went on as others",
    (
        Column("code", Type.CODE, "Code", "The branch, school or board that ceased.", required=True),
        Column("event", Type.TEXT, "Gebeurtenis", "What befell it.", True, tuple(SUCCESSION_EVENTS)),
        Column("effective_on", Type.DATE, "Per", "The day on which it ceased.", required=True),
        Column("successor", Type.CODE, "Opvolger", "The open code that it went on as, when there is exactly one."),
        Column("successors", Type.LIST, "Opvolgers", "All open codes that it went on as, through chains too; none when all of them ceased.", required=True),
        Column("through", Type.LIST, "Via", "The codes on the way, which ceased too.", required=True),
        Column("ended_as", Type.LIST, "Geëindigd als", "The codes at which a chain ends that are not open.", required=True),
        Column("source_rows", Type.LIST, "Rijen", "The rows of OVERGANGEN that say so.", required=True),
    ),
    key=("code",),
)  # fmt: skip
