"""The published tables that say how branches and schools stand."""

from __future__ import annotations

from oso_pipeline.contracts.model import Column, Table, Type
from oso_pipeline.contracts.registry import SECTORS
from oso_pipeline.patterns import BOARD_PATTERN, BRANCH_PATTERN, BRIN_PATTERN

STATUSES = ("connected", "lapsed", "qualified_not_covered", "in_progress", "not_started")
"""In the order in which the first that fits is taken; a school has the first that any of its branches has."""

STATUS_NAMES = {
    "connected": "aangesloten",
    "lapsed": "niet meer aangesloten",
    "qualified_not_covered": "gekwalificeerd, vestiging zonder aanleverpunt",
    "in_progress": "bezig met aansluiten",
    "not_started": "niet begonnen",
}
"""What outputs show people."""

SECTOR_NAMES = {
    "po": "primair onderwijs",
    "so": "speciaal (basis)onderwijs",
    "vo": "voortgezet onderwijs",
}
"""What outputs show people."""

REQUIRED_STEPS = ("agreement", "questionnaire", "delivery_point", "test_exchange")
STEPS = ("account", *REQUIRED_STEPS)
STEP_TABLES = {step: f"{step}s" for step in STEPS}
"""Step -> the onboarding table that it rests on."""
"""Account is shown and not required."""

COVERAGE_BASES = ("override", "explicit", "convention", "none")

BRANCH_CODE = Column(
    "branch_code",
    Type.CODE,
    "Vestigingscode",
    "The school's code and the branch's two digits.",
    True,
    pattern=BRANCH_PATTERN,
)
BRIN = Column("brin", Type.CODE, "BRIN", "The school's code.", True, pattern=BRIN_PATTERN)
SECTOR = Column(
    "sector", Type.TEXT, "Sector", "po primary, so special, vo secondary.", True, SECTORS
)
PROVINCE = Column("province", Type.TEXT, "Provincie", "The province; empty when not known.")


def _yes_no(name: str, dutch: str, meaning: str) -> Column:
    return Column(name, Type.YES_NO, dutch, meaning, required=True)


def _text(name: str, dutch: str, meaning: str) -> Column:
    return Column(name, Type.TEXT, dutch, meaning)


_CONNECTED_ON = (
    "Kept while it stays connected, release after release; when it comes to be, the later of the day on which its school"
    " qualified and the first registration of the active LAS points that serve it, which may lie before days on which it was not."
)

BRANCH_STATUS = Table(
    "branch_status",
    "Status per vestiging",
    "open branch",
    (
        BRANCH_CODE,
        BRIN,
        _text("branch_name", "Naam", "The branch's name in the registry."),
        Column("board_number", Type.CODE, "Bestuursnummer", "The board that the registry names for this branch; the one that governs its school, in school_status, may be another.", pattern=BOARD_PATTERN),
        _text("board_name", "Bestuur", "That board's name; empty when boards are not read."),
        SECTOR,
        _text("street", "Straat", "The street of the visiting address."),
        _text("house_number", "Huisnummer", "House number and addition, free text."),
        _text("postcode", "Postcode", "As 9999 AA."),
        _text("city", "Plaats", "City or village."),
        _text("municipality", "Gemeente", "The municipality, as the registry writes it."),
        PROVINCE,
        Column("latitude", Type.NUMBER, "Breedtegraad", "Degrees north, WGS 84; empty when not known."),
        Column("longitude", Type.NUMBER, "Lengtegraad", "Degrees east, WGS 84; empty when not known."),
        Column("status", Type.TEXT, "Status", "How the branch stands on the day.", True, STATUSES),
        _yes_no("connected", "Aangesloten", "Its school is qualified and it is covered."),
        _yes_no("covered", "Heeft aanleverpunt", "An active LAS delivery point serves it."),
        Column("coverage_basis", Type.TEXT, "Grondslag", "What makes a delivery point serve it.", True, COVERAGE_BASES),
        _text("las", "LAS", "The product of the active LAS point registered last."),
        Column("connected_on", Type.DATE, "Aangesloten sinds", _CONNECTED_ON),
        Column("last_connected_on", Type.DATE, "Laatst aangesloten op", "The day of the last published release in which it was connected."),
        _yes_no("ot_ready", "OT", "Connected, and an active OT point serves it."),
        _yes_no("ldos_ready", "LDOS", "Connected, and an active LDOS point serves it."),
        _yes_no("swv_ready", "SWV", "Connected, an active SWV point serves it, and its board accepted the extension."),
        Column("swv_number", Type.CODE, "SWV-nummer", "The partnership it belongs to; empty when not known."),
    ),
    key=("branch_code",),
)  # fmt: skip

SCHOOL_STATUS = Table(
    "school_status",
    "Status per school",
    "open school",
    (
        BRIN,
        _text("school_name", "Naam", "The name of its 00 branch, else of its lowest branch."),
        Column("board_number", Type.CODE, "Bestuursnummer", "The board that governs the school.", pattern=BOARD_PATTERN),
        SECTOR,
        PROVINCE,
        Column("status", Type.TEXT, "Status", "The first status of the list that any of its branches has.", True, STATUSES),
        _yes_no("qualified", "Gekwalificeerd", "The four required steps hold."),
        Column("qualified_on", Type.DATE, "Gekwalificeerd op", "The latest of the days on which the four steps came to hold."),
        Column("missing_steps", Type.LIST, "Ontbrekende stappen", "The required steps that do not hold.", required=True),
        _text("begun_by", "Begonnen door", "The onboarding row that makes it a school that has begun, as TABLE row N: its own first one, else the agreement of its board; empty when it has not begun."),
        Column("branches", Type.COUNT, "Vestigingen", "How many open branches it has.", required=True),
        Column("branches_covered", Type.COUNT, "Vestigingen met aanleverpunt", "How many of them are covered.", required=True),
    ),
    key=("brin",),
)  # fmt: skip

QUALIFICATION_STEPS = Table(
    "qualification_steps",
    "Stappen",
    "school and step",
    (
        BRIN,
        Column("step", Type.TEXT, "Stap", "The step; account is shown and not required.", True, STEPS),
        _yes_no("passed", "Gezet", "Whether the step holds on the day."),
        Column("since_on", Type.DATE, "Sinds", "Since when it holds; never given for the account."),
        Column("reason", Type.TEXT, "Reden", "Why it holds or not, in one sentence.", required=True),
        Column("evidence", Type.LIST, "Bewijs", "The onboarding rows that make it hold, as TABLE row N.", required=True),
    ),
    key=("brin", "step"),
)  # fmt: skip

CONNECTED_SCHOOLS = Table(
    "connected_schools",
    "Aangesloten scholen",
    "connected branch; exactly what the workbook shows",
    (
        Column("brin", Type.CODE, "BRIN", "The school's code.", True, pattern=BRIN_PATTERN),
        Column("branch_number", Type.CODE, "Vestiging", "The branch's two digits.", True, pattern="^[0-9]{2}$"),
        _text("branch_name", "Naam", "The branch's name in the registry."),
        _text("address", "Adres", "Street and house number of the visiting address."),
        _text("city", "Plaats", "City or village."),
        _text("municipality", "Gemeente", "The municipality, as the registry writes it."),
        _text("province", "Provincie", "The province."),
        Column("sector", Type.TEXT, "Sector", "In words.", True, tuple(SECTOR_NAMES.values())),
        _text("board_name", "Bestuur", "The board's name, or its number when the name is not known."),
        _text("las", "LAS", "The product of the active LAS point registered last."),
        Column("connected_on", Type.DATE, "Aangesloten sinds", _CONNECTED_ON, required=True),
        _yes_no("ot_ready", "OT", "Ready for Onderwijs Transparant."),
        _yes_no("ldos_ready", "LDOS", "Ready for LDOS."),
        _yes_no("swv_ready", "SWV", "Ready for support requests."),
    ),
    key=("brin", "branch_number"),
)  # fmt: skip

ADOPTION = Table(
    "adoption",
    "Aansluiting in de tijd",
    "published release, sector, province and LAS",
    (
        Column("as_of", Type.DATE, "Peildatum", "The day of the release; a day may have more than one, so count per release.", required=True),
        Column("release_id", Type.TEXT, "Release", "The release.", required=True),
        SECTOR,
        PROVINCE,
        _text("las", "LAS", "The product of the branch's active LAS point; of a school: that of its lowest branch that has one. Empty: no active point, or one whose product is not said; so most that are not connected are here, and a share per product says nothing of how far its users are."),
        *(
            Column(f"{unit}_{status}", Type.COUNT, f"{dutch}: {STATUS_NAMES[status]}", f"How many {unit} have the status {status}.", required=True)
            for unit, dutch in (("branches", "Vestigingen"), ("schools", "Scholen"))
            for status in STATUSES
        ),
    ),
    key=("as_of", "release_id", "sector", "province", "las"),
)  # fmt: skip
