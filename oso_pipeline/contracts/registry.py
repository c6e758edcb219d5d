"""The registry's files: every header generation that is known, and what is done with every column.

A column is used (it has a field), or ignored for a written reason. A column that is neither is signalled, and a
used one that is missing fails the source (domain.md 2.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from oso_pipeline.contracts.model import Column, Table, Type
from oso_pipeline.patterns import BOARD_PATTERN, BRANCH_PATTERN, BRIN_PATTERN

_CORRESPONDENCE = "a school is shown at its visiting address"
_REGION = "no output is made per such area"
_PRIVATE = "contact data never passes the door"


@dataclass(frozen=True)
class FileContract:
    """What a registry file holds.

    Attributes:
        table: the registry table, as in OSO_REGISTRY_TABLES.
        used: our field -> the names that its column had over the years, today's first.
        ignored: the column's name -> why it is not read.
        may_lack: fields of `used` that a file may do without; they are empty then, and it is signalled.
    """

    table: str
    used: dict[str, tuple[str, ...]]
    ignored: dict[str, str] = field(default_factory=dict)
    may_lack: tuple[str, ...] = ()


_BRANCH_FIELDS = {
    "province": ("PROVINCIE",),
    "board_number": ("BEVOEGD GEZAG NUMMER",),
    "brin": ("INSTELLINGSCODE", "BRIN NUMMER", "BRINNUMMER"),
    "branch_code": ("VESTIGINGSCODE", "VESTIGINGSNUMMER", "VESTIGIGSNUMMER"),
    "branch_name": ("VESTIGINGSNAAM",),
    "street": ("STRAATNAAM",),
    "house_number": ("HUISNUMMER-TOEVOEGING",),
    "postcode": ("POSTCODE",),
    "city": ("PLAATSNAAM",),
    "municipality_number": ("GEMEENTENUMMER",),
    "municipality": ("GEMEENTENAAM",),
}

_ADDRESS_IGNORED = {
    "DENOMINATIE": "no rule and no output needs it",
    "TELEFOONNUMMER": _PRIVATE,
    "INTERNETADRES": _PRIVATE + "; it may hold a telephone number",
    "STRAATNAAM CORRESPONDENTIEADRES": _CORRESPONDENCE,
    "HUISNUMMER-TOEVOEGING CORRESPONDENTIEADRES": _CORRESPONDENCE,
    "POSTCODE CORRESPONDENTIEADRES": _CORRESPONDENCE,
    "PLAATSNAAM CORRESPONDENTIEADRES": _CORRESPONDENCE,
}

_BRANCH_IGNORED = _ADDRESS_IGNORED | {
    "NODAAL GEBIED CODE": _REGION,
    "NODAAL GEBIED NAAM": _REGION,
    "RPA-GEBIED CODE": _REGION,
    "RPA-GEBIED NAAM": _REGION,
    "WGR-GEBIED CODE": _REGION,
    "WGR-GEBIED NAAM": _REGION,
    "COROPGEBIED CODE": _REGION,
    "COROPGEBIED NAAM": _REGION,
    "ONDERWIJSGEBIED CODE": _REGION,
    "ONDERWIJSGEBIED NAAM": _REGION,
    "RMC-REGIO CODE": _REGION,
    "RMC-REGIO NAAM": _REGION,
    "VAKANTIEREGIO": _REGION,
}

_KIND_OF_EDUCATION = "the sector is that of the file"

PO_FILE = FileContract("po", _BRANCH_FIELDS, _BRANCH_IGNORED)
SO_FILE = FileContract(
    "so",
    _BRANCH_FIELDS,
    _BRANCH_IGNORED
    | {"SOORT PRIMAIR ONDERWIJS": _KIND_OF_EDUCATION, "CLUSTER": _KIND_OF_EDUCATION},
)
VO_FILE = FileContract(
    "vo", _BRANCH_FIELDS, _BRANCH_IGNORED | {"ONDERWIJSSTRUCTUUR": _KIND_OF_EDUCATION}
)
BRANCH_FILES = {contract.table: contract for contract in (PO_FILE, SO_FILE, VO_FILE)}

BOARD_FILE = FileContract(
    "boards",
    {
        "board_number": ("BEVOEGD GEZAG NUMMER",),
        "board_name": ("BEVOEGD GEZAG NAAM",),
    },
    _ADDRESS_IGNORED
    | {
        "SOORT PRIMAIR ONDERWIJS": _KIND_OF_EDUCATION,
        "KVK-NUMMER": "no rule and no output needs it",
        "ADMINISTRATIEKANTOORNUMMER": "no rule and no output needs it",
        "STRAATNAAM": "the board's address is not published",
        "HUISNUMMER-TOEVOEGING": "the board's address is not published",
        "POSTCODE": "the board's address is not published",
        "PLAATSNAAM": "the board's address is not published",
        "GEMEENTENUMMER": "the board's address is not published",
        "GEMEENTENAAM": "the board's address is not published",
    },
)

PROVINCES = (
    "Drenthe",
    "Flevoland",
    "Fryslân",
    "Gelderland",
    "Groningen",
    "Limburg",
    "Noord-Brabant",
    "Noord-Holland",
    "Overijssel",
    "Utrecht",
    "Zeeland",
    "Zuid-Holland",
)
PROVINCE_NAMES = {"Friesland": "Fryslân"}
"""What the files say -> what outputs say."""

SECTORS = ("po", "so", "vo")
"""In the order that decides when a code stands in two files (contract.md, Open)."""

REGISTRY_TABLES = {
    "po": "vestigingen basisonderwijs",
    "so": "vestigingen speciaal (basis)onderwijs",
    "vo": "vestigingen voortgezet onderwijs",
    "boards": "besturen",
    "register": "BRIN-register",
    "rio": "RIO",
}
"""All tables of OSO_REGISTRY_TABLES -> what outputs show people."""


def tables_left_out(sources: Iterable[str]) -> list[str]:
    """The registry tables of which nothing was read: they were not asked for."""
    read = {source.split("_")[0] for source in sources}
    return [table for table in REGISTRY_TABLES if table not in read]


OPEN_BRANCHES = Table(
    "open_branches",
    "Open vestigingen",
    "open branch",
    (
        Column(
            "branch_code",
            Type.CODE,
            "Vestigingscode",
            "BRIN and two digits.",
            True,
            pattern=BRANCH_PATTERN,
        ),
        Column("brin", Type.CODE, "BRIN", "The school's code.", True, pattern=BRIN_PATTERN),
        Column("branch_number", Type.CODE, "Vestiging", "The branch's two digits.", required=True),
        Column("branch_name", Type.TEXT, "Naam", "The branch's name."),
        Column(
            "board_number",
            Type.CODE,
            "Bestuursnummer",
            "The board that the file names for this branch.",
            pattern=BOARD_PATTERN,
        ),
        Column("board_name", Type.TEXT, "Bestuur", "That board's name."),
        Column("sector", Type.TEXT, "Sector", "The file that it stands in.", True, SECTORS),
        Column("street", Type.TEXT, "Straat", "The street of the visiting address."),
        Column("house_number", Type.TEXT, "Huisnummer", "House number and addition, free text."),
        Column("postcode", Type.TEXT, "Postcode", "As 9999 AA."),
        Column("city", Type.TEXT, "Plaats", "City or village."),
        Column(
            "municipality", Type.TEXT, "Gemeente", "The municipality's name, as the file has it."
        ),
        Column("province", Type.TEXT, "Provincie", "The province's name; Fryslân for Friesland."),
    ),
    key=("branch_code",),
)

OPEN_SCHOOLS = Table(
    "open_schools",
    "Open scholen",
    "open school",
    (
        Column("brin", Type.CODE, "BRIN", "The school's code.", True, pattern=BRIN_PATTERN),
        Column("school_name", Type.TEXT, "Naam", "The name of its 00 branch, else of its lowest."),
        Column(
            "board_number",
            Type.CODE,
            "Bestuursnummer",
            "The board of its 00 branch, else of its lowest.",
        ),
        Column("board_name", Type.TEXT, "Bestuur", "That board's name."),
        Column(
            "sector",
            Type.TEXT,
            "Sector",
            "The sector of its 00 branch, else of its lowest.",
            True,
            SECTORS,
        ),
        Column(
            "province", Type.TEXT, "Provincie", "The province of its 00 branch, else of its lowest."
        ),
        Column(
            "branches", Type.COUNT, "Vestigingen", "How many open branches it has.", required=True
        ),
        Column(
            "has_main_branch",
            Type.YES_NO,
            "Heeft hoofdvestiging",
            "Whether a 00 branch is among them.",
            required=True,
        ),
        Column(
            "under_board_since_on",
            Type.DATE,
            "Onder bestuur sinds",
            "The day on which it came under this board; empty when neither the register nor a release tells.",
        ),
        Column(
            "former_board_number",
            Type.CODE,
            "Vorig bestuur",
            "The board that it came from; empty when it is not known.",
        ),
    ),
    key=("brin",),
)
