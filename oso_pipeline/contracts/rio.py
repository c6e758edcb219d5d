"""RIO's three files: what is done with every column (domain.md 2.3)."""

from __future__ import annotations

from oso_pipeline.contracts.registry import FileContract

_ADDRESS = "the address of a branch is that of the branch files"
_RUNNING = "what has no end runs; since when it does is asked by no rule"
_PLACE = ("STRAATNAAM", "HUISNUMMER", "HUISNUMMERTOEVOEGING", "PLAATSNAAM", "LAND")

LOCATIONS_FILE = FileContract(
    "rio_locations",
    {
        "location_code": ("ONDERWIJSLOCATIECODE",),
        "latitude": ("GPS_LATITUDE",),
        "longitude": ("GPS_LONGITUDE",),
        "postcode": ("POSTCODE",),
    },
    {"BAG_ID": "no rule and no output needs it", **dict.fromkeys(_PLACE, _ADDRESS)},
    may_lack=("postcode",),
)

USES_FILE = FileContract(
    "rio_uses",
    {
        "location_code": ("ONDERWIJSLOCATIECODE",),
        "branch_code": ("VESTIGINGSCODE",),
        "ends": ("EINDDATUM",),
    },
    {"BEGINDATUM": _RUNNING},
)

MEMBERSHIPS_FILE = FileContract(
    "rio_memberships",
    {
        "swv_number": ("SAMENWERKINGSVERBANDCODE", "SAMENWERKINGSVERBAND"),
        "branch_code": ("VESTIGINGSCODE",),
        "ends": ("EINDDATUM",),
    },
    {"BEGINDATUM": _RUNNING},
)

RIO_CONTRACTS = {
    contract.table: contract for contract in (LOCATIONS_FILE, USES_FILE, MEMBERSHIPS_FILE)
}

LOCATION_PATTERN = r"^[0-9]{3}X[0-9]{3}$"
SWV_PATTERN = r"^(?:PO|VO)[0-9]{4}$"

SOUTH, NORTH = 50.7, 53.6
WEST, EAST = 3.3, 7.25
"""Degrees, WGS 84, around the European Netherlands; the Caribbean schools are not in the branch files."""
