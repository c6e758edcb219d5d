"""The published tables that say what was found, what happened, and what the release rests on."""

from __future__ import annotations

from oso_pipeline.contracts.model import Column, Table, Type
from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.contracts.statuses import BRANCH_CODE, BRIN

FLAGS = {
    "branch_without_delivery_point": "Vestiging zonder aanleverpunt",
    "delivery_point_without_branch": "Aanleverpunt zonder vestiging",
    "delivery_point_on_closed_branch": "Aanleverpunt op gesloten vestiging",
    "delivery_point_on_predecessor": "Aanleverpunt op voorganger",
    "delivery_point_pending": "Aanleverpunt wacht op goedkeuring",
    "delivery_point_not_registered": "Aanleverpunt niet geregistreerd",
    "duplicate_delivery_point": "Dubbel aanleverpunt",
    "branch_not_in_mijn_oso": "Vestiging niet in Mijn OSO",
    "branch_unknown_to_registry": "Vestiging in Mijn OSO, niet open bij DUO",
}
"""Flag -> what outputs show people."""

SOURCE_NAMES = {
    "po": "DUO, vestigingen basisonderwijs",
    "so": "DUO, vestigingen speciaal (basis)onderwijs",
    "vo": "DUO, vestigingen voortgezet onderwijs",
    "boards_po": "DUO, besturen basisonderwijs",
    "boards_so": "DUO, besturen speciaal (basis)onderwijs",
    "boards_vo": "DUO, besturen voortgezet onderwijs",
    "register_organisations": "DUO, BRIN-register: organisaties",
    "register_relations": "DUO, BRIN-register: relaties",
    "register_transitions": "DUO, BRIN-register: overgangen",
    "rio_locations": "DUO, RIO: onderwijslocaties",
    "rio_uses": "DUO, RIO: gebruik van onderwijslocaties",
    "rio_memberships": "DUO, RIO: samenwerkingsverbanden",
    **{table.name: "Mijn OSO, aansluitgegevens" for table in ONBOARDING},
}
"""Source -> what outputs show people; decisions are ours, and no source to show."""

SEVERITIES = ("high", "medium", "low")
OUTCOMES = (
    "matched",
    "matched_by_transition",
    "matched_by_override",
    "closed",
    "unknown",
    "duplicate",
    "quarantined",
)
RESPONSIBLE = {
    "board": "bestuur",
    "school": "school",
    "service_desk": "servicedesk",
    "supplier": "leverancier",
}
EVENT_NAMES = {
    "branch_opened": "Nieuwe vestiging",
    "branch_closed": "Vestiging gesloten",
    "branch_merged": "Opgegaan in een andere vestiging",
    "branch_split": "Gesplitst",
    "branch_renumbered": "Verder onder een ander nummer",
    "branch_vanished": "Verdwenen zonder verklaring",
    "board_changed": "Ander bestuur",
    "renamed": "Andere naam",
    "moved": "Ander adres",
    "connected": "Aangesloten",
    "disconnected": "Niet meer aangesloten",
}
"""Event -> what outputs show people."""

EVENTS = tuple(EVENT_NAMES)

_RELEASE = Column(
    "release_id", Type.TEXT, "Release", "The release that knew it first.", required=True
)
_FROM = Column(
    "from_on", Type.DATE, "Van", "The day of the first release that shows it so.", required=True
)
_UNTIL = Column(
    "until_on",
    Type.DATE,
    "Tot",
    "The day of the first release that no longer does; empty while it lasts.",
)
_FIRST_RELEASE = Column(
    "first_release_id", Type.TEXT, "Eerste release", "That first release.", required=True
)
_SOURCE_ROW = Column(
    "source_row", Type.COUNT, "Rij", "The row in the file, where the header is row 1."
)
_REASON = Column("reason", Type.TEXT, "Reden", "Why, in one sentence.", required=True)
_SINCE = Column(
    "since_on",
    Type.DATE,
    "Sinds",
    "Since when, as dated by the records, else the day of the first release that shows it.",
    required=True,
)


def _optional(column: Column) -> Column:
    return Column(column.name, column.type, column.dutch, column.meaning, pattern=column.pattern)


DELIVERY_POINT_FLAGS = Table(
    "delivery_point_flags",
    "Signalen",
    "finding: one per delivery point row, or one per branch",
    (
        Column("flag", Type.TEXT, "Signaal", "What was found.", True, tuple(FLAGS)),
        BRIN,
        _optional(BRANCH_CODE),
        Column("delivery_point_number", Type.TEXT, "Aanleverpunt", "The delivery point's number."),
        Column("severity", Type.TEXT, "Ernst", "How much it matters.", True, SEVERITIES),
        _REASON,
        _SINCE,
        Column("source_row", Type.COUNT, "Rij", "The row of the onboarding table that it is about; empty for a branch of the registry."),
        Column("successor_code", Type.CODE, "Opvolger", "The branch or school that went on as its successor, when there is exactly one."),
    ),
    order=("flag", "brin", "branch_code", "delivery_point_number", "source_row"),
)  # fmt: skip

POINTS = Table(
    "delivery_points",
    "Aanleverpunten",
    "delivery point row of an open school that counts on the day",
    (
        BRIN,
        Column("number", Type.TEXT, "Nummer", "The delivery point's number."),
        Column("kind", Type.TEXT, "Soort", "The system or exchange that it serves.", required=True),
        Column("las", Type.TEXT, "LAS", "The product in which it is registered."),
        Column("active", Type.YES_NO, "Actief", "Registered on or before the day, and not ended.", required=True),
        Column("requested_on", Type.DATE, "Aangevraagd op", "The day on which it was requested."),
        Column("approved_on", Type.DATE, "Goedgekeurd op", "The day on which it was approved."),
        Column("registered_on", Type.DATE, "Geregistreerd op", "The day on which it was registered."),
        Column("ended_on", Type.DATE, "Beëindigd op", "The day on which it ended."),
        Column("branches", Type.LIST, "Vestigingen", "The open branches that it serves, or would serve if it were active: ask for `active` too.", required=True),
        Column("source_row", Type.COUNT, "Rij", "The row in the onboarding table.", required=True),
    ),
    key=("brin", "source_row"),
)  # fmt: skip

RECONCILIATION = Table(
    "reconciliation",
    "Afstemming",
    "onboarding row read",
    (
        Column("source_table", Type.TEXT, "Tabel", "The onboarding table.", required=True),
        Column("source_row", Type.COUNT, "Rij", "The row in the file, where the header is row 1.", required=True),
        Column("record_key", Type.TEXT, "Kenmerk", "The record's codes as read, for people; no key, and an empty text for a row that is the same as an earlier one or was not used.", required=True),
        Column("record_values", Type.TEXT, "Waarden", "What else it says as it counts on the day, for people: a date after the day reads as empty; private columns and names are left out."),
        Column("outcome", Type.TEXT, "Uitkomst", "What the row was found to be.", True, OUTCOMES),
        Column("rule", Type.TEXT, "Regel", "The rule that decided.", required=True),
        Column("matched_brin", Type.CODE, "School", "The open school that it is about, or that the one it is about went on as."),
        Column("matched_board_number", Type.CODE, "Bestuur", "The board that it is about."),
        Column("matched_branch_code", Type.CODE, "Vestiging", "The one open branch that it serves or names."),
        _REASON,
    ),
    key=("source_table", "source_row"),
)  # fmt: skip

WORK_ITEMS = Table(
    "work_items",
    "Werklijst",
    "thing a person must do",
    (
        Column("item_id", Type.TEXT, "Nummer", "The same from night to night.", required=True),
        Column("kind", Type.TEXT, "Soort", "What kind of thing: docs/rules.md has them all.", required=True),
        Column("subject", Type.CODE, "Onderwerp", "The board, school or branch.", required=True),
        Column("responsible", Type.TEXT, "Wie", "Who must act.", True, tuple(RESPONSIBLE)),
        Column("action", Type.TEXT, "Actie", "What to do, in Dutch, naming the place in Mijn OSO.", required=True),
        _SINCE,
        Column("closed_on", Type.DATE, "Niet meer open sinds", "The day of the first release that no longer shows it: it was done, or its branch or school is gone."),
        Column("schools_helped", Type.COUNT, "Helpt scholen", "Of how many open schools the branches that it helps are.", required=True),
        Column("branches_helped", Type.COUNT, "Helpt vestigingen", "How many open branches it brings a step nearer to being connected, or keeps connected when what the register announces takes effect; of an item that is done, as it was when last open.", required=True),
        Column("last_step_for", Type.COUNT, "Laatste stap voor", "For how many of those branches it is the one step still missing.", required=True),
        Column("rank", Type.COUNT, "Volgorde", "Its place in the order that helps most: each branch that it helps counts for one divided by the steps that the branch misses (an account comes on top of them), the larger sum first, then the longest open; empty when it is done."),
    ),
    key=("item_id",),
)  # fmt: skip

CHANGE_LOG = Table(
    "change_log",
    "Wijzigingen",
    "event",
    (
        Column("event", Type.TEXT, "Gebeurtenis", "What happened.", True, EVENTS),
        Column("subject", Type.CODE, "Vestiging", "The branch it happened to.", required=True),
        Column("from_value", Type.TEXT, "Van", "What it was: a name, an address, a board's number or a status, by event (docs/rules.md); empty of one that opened or was connected."),
        Column("to_value", Type.TEXT, "Naar", "What it became: as from_value, or the code that it went on as; empty of one that is gone without one."),
        Column("effective_on", Type.DATE, "Per", "The day it took effect, else that of the first release that shows it.", required=True),
        _RELEASE,
        Column("reason", Type.TEXT, "Reden", "What explains it, where something does; a successor at the same address is only a proposal. A row of the register is that of the file of that night."),
    ),
    key=("event", "subject", "release_id"),
)  # fmt: skip

QUARANTINE = Table(
    "quarantine",
    "Quarantaine",
    "row not used",
    (
        Column("source", Type.TEXT, "Bron", "The source or onboarding table.", required=True),
        Column("snapshot_id", Type.TEXT, "Momentopname", "The snapshot that holds the row.", required=True),
        _SOURCE_ROW,
        Column("rule", Type.TEXT, "Regel", "The rule that refused it.", required=True),
        _REASON,
        Column("subject", Type.CODE, "Onderwerp", "The school or board that an onboarding row names, open or not; empty where that cannot be read, and for rows of other sources."),
        Column("raw", Type.TEXT, "Inhoud", "The row's contract columns as delivered, as JSON.", required=True),
    ),
    order=("source", "source_row", "rule"),
)  # fmt: skip

SIGNALS = Table(
    "signals",
    "Opvallend",
    "odd value that was kept or repaired, or column that was ignored",
    (
        Column("source", Type.TEXT, "Bron", "The source or onboarding table.", required=True),
        Column("rule", Type.TEXT, "Regel", "What was odd.", required=True),
        Column("subject", Type.TEXT, "Onderwerp", "The code, column or value it is about."),
        Column("rows", Type.COUNT, "Rijen", "In how many rows.", required=True),
        Column("first_row", Type.COUNT, "Eerste rij", "The first of them; empty where it is about the whole file."),
        _REASON,
    ),
    order=("source", "rule", "subject"),
)  # fmt: skip

ISSUE_KINDS = ("check", "stand_in", "quarantine", "signal")

ISSUES = Table(
    "issues",
    "Problemenlijst",
    "kind of problem, however many rows it is about",
    (
        Column("issue_id", Type.TEXT, "Nummer", "Kind, source, rule and subject: the same from night to night.", required=True),
        Column("kind", Type.TEXT, "Soort", "A check that did not pass, a source that an earlier snapshot stands in for, rows not used, or what was odd.", True, ISSUE_KINDS),
        Column("source", Type.TEXT, "Bron", "The source or onboarding table; gate for a check.", required=True),
        Column("rule", Type.TEXT, "Regel", "What refused the rows, what was odd, or the name of the check.", required=True),
        Column("subject", Type.TEXT, "Onderwerp", "The column of the file that it is about; empty where it is about rows, or where the reason names columns."),
        Column("severity", Type.TEXT, "Ernst", "high: the release was held by it; medium: something is not used, or is not of tonight; low: something was odd.", True, SEVERITIES),
        Column("rows", Type.COUNT, "Rijen", "In how many rows, when it was last seen; 0 or empty where it is not about rows."),
        Column("reason", Type.TEXT, "Reden", "What it says of the first of those rows.", required=True),
        Column("first_seen_on", Type.DATE, "Eerst gezien op", "The day of the first release that shows it; one that comes back begins anew.", required=True),
        Column("last_seen_on", Type.DATE, "Laatst gezien op", "The day of the last release that shows it.", required=True),
        Column("closed_on", Type.DATE, "Afgerond op", "The day of the first release that no longer shows it; empty while it is open."),
    ),
    key=("issue_id",),
    rule="docs/runbook.md, Rules",
)  # fmt: skip

SOURCES = Table(
    "sources",
    "Bronnen",
    "source",
    (
        Column("source", Type.TEXT, "Bron", "The source.", required=True),
        Column("snapshot_id", Type.TEXT, "Momentopname", "The snapshot that was read.", required=True),
        Column("url", Type.TEXT, "Adres", "Where it came from.", required=True),
        Column("fetched_at", Type.MOMENT, "Opgehaald op", "When its body arrived.", required=True),
        Column("seen_at", Type.MOMENT, "Laatst gezien op", "When the source last gave this body: tonight, unless it stands in.", required=True),
        Column("sha256", Type.TEXT, "SHA-256", "Of the body that is kept.", required=True),
        Column("rows_read", Type.COUNT, "Rijen gelezen", "Rows beneath the header.", required=True),
        Column("rows_used", Type.COUNT, "Rijen gebruikt", "Rows that the rules saw.", required=True),
        Column("rows_ignored", Type.COUNT, "Rijen genegeerd", "Rows left out for a written reason: blank, or the same as another.", required=True),
        Column("rows_quarantined", Type.COUNT, "Rijen in quarantaine", "Rows that could not be read.", required=True),
        Column("fallback", Type.YES_NO, "Eerdere momentopname", "An earlier night's snapshot stands in, as no body arrived.", required=True),
    ),
    key=("source",),
)  # fmt: skip

BRANCH_HISTORY = Table(
    "branch_history",
    "Geschiedenis per vestiging",
    "branch and interval in which nothing below changed",
    (
        BRANCH_CODE,
        Column("branch_name", Type.TEXT, "Naam", "The branch's name."),
        Column("board_number", Type.CODE, "Bestuursnummer", "The board that the registry named."),
        _FROM,
        _UNTIL,
        _FIRST_RELEASE,
    ),
    key=("branch_code", "from_on"),
)  # fmt: skip

SCHOOL_HISTORY = Table(
    "school_history",
    "Geschiedenis per school",
    "school and interval in which nothing below changed",
    (
        BRIN,
        Column("board_number", Type.CODE, "Bestuursnummer", "The board that governed the school."),
        _FROM,
        _UNTIL,
        _FIRST_RELEASE,
    ),
    key=("brin", "from_on"),
)  # fmt: skip

BOARD_HISTORY = Table(
    "board_history",
    "Geschiedenis per bestuur",
    "board and interval in which it governed an open branch",
    (
        Column("board_number", Type.CODE, "Bestuursnummer", "The board's number.", required=True),
        _FROM,
        _UNTIL,
        _FIRST_RELEASE,
    ),
    key=("board_number", "from_on"),
)  # fmt: skip

CONNECTION_HISTORY = Table(
    "connection_history",
    "Ooit aangesloten",
    "branch that was connected in any published release, open or not",
    (
        BRANCH_CODE,
        Column("last_connected_on", Type.DATE, "Laatst aangesloten op", "The day of the last published release in which it was connected.", required=True),
    ),
    key=("branch_code",),
)  # fmt: skip
