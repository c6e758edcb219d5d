"""The BRIN register's three files: what is done with every column (domain.md 2.2).

The header of OVERGANGEN is that of the real file of 2025-01. Of the other two only the columns that domain.md names are
asked for; the rest is ignored for the reason that stands here, or signalled as new.
"""

from __future__ import annotations

from oso_pipeline.contracts.registry import FileContract

_NAMED_BY_ITS_CODE = "the code says what it is"
_NO_RULE = "no rule and no output needs it"
_PRIVATE = "contact data never passes the door"
_ADDRESS = "where a branch stands is told by the branch files"
_BY_ITS_DATES = "the relation's days say when it holds"

_VISIT = (
    "NAAM_STRAAT_VEST", "NR_HUIS_VEST", "NR_HUIS_TOEV_VEST", "POSTCODE_VEST", "NAAM_PLAATS_VEST",
    "NR_GEMEENTE_VEST", "PROVINCIE_VEST",
)  # fmt: skip

ORGANISATIONS_FILE = FileContract(
    "register_organisations",
    {
        "code": ("NR_ADMINISTRATIE",),
        "function": ("CODE_FUNCTIE",),
        "name": ("NAAM_VOLLEDIG",),
        "opened": ("DT_IN_BEDRIJF",),
        "closed": ("DT_UIT_BEDRIJF",),
        "record": ("CODE_STAND_RECORD",),
        "law": ("CODE_WET",),
    },
    {
        "IND_OPGEHEVEN": "the day of the closure says so",
        **dict.fromkeys(("CODE_SOORT", "KVK_NR", "NAAM_KORT"), _NO_RULE),
        **dict.fromkeys(("NAAM_FUNCTIE", "NAAM_SOORT", "NAAM_DENOMINATIE"), _NAMED_BY_ITS_CODE),
        **dict.fromkeys(("CODE_TYPE_BEKOSTIGING", "CODE_DENOMINATIE", "CODE_RECHTSVORM"), _NO_RULE),
        **dict.fromkeys(("DT_STICHTING", "DT_BEGIN_RECORD", "DT_EINDE_RECORD"), _NO_RULE),
        **dict.fromkeys(_VISIT, _ADDRESS),
        **dict.fromkeys((name.replace("VEST", "CORR") for name in _VISIT), _ADDRESS),
        **dict.fromkeys(("NR_TELEFOON", "NR_FAX", "E_MAIL", "INTERNET"), _PRIVATE),
    },
    may_lack=("law",),
)

RELATIONS_FILE = FileContract(
    "register_relations",
    {
        "board_number": ("NR_ADMIN_LEID",),
        "relation": ("NAAM_RELATIE_LEID",),
        "brin": ("NR_ADMIN_VOLG",),
        "begins": ("DT_BEGIN_RELATIE",),
        "ends": ("DT_EINDE_RELATIE",),
    },
    {
        "NAAM_RELATIE_VOLG": "the same relation, seen from the other side",
        **dict.fromkeys(("CODE_STAND_RECORD", "IND_OPGEHEVEN"), _BY_ITS_DATES),
        **{
            f"CODE_{what}_{side}": _NAMED_BY_ITS_CODE
            for what in ("FUNCTIE", "SOORT", "WET")
            for side in ("LEID", "VOLG")
        },
    },
)

TRANSITIONS_FILE = FileContract(
    "register_transitions",
    {
        "from_code": ("NR_ADMIN_VAN",),
        "from_function": ("CODE_FUNCTIE_VAN",),
        "to_code": ("NR_ADMIN_NAAR",),
        "to_function": ("CODE_FUNCTIE_NAAR",),
        "effective": ("DT_OVERGANG",),
        "kind": ("CODE_OVERGANG",),
        "complete": ("IND_VOLLEDIG",),
        "from_law": ("CODE_WET_VAN",),
        "to_law": ("CODE_WET_NAAR",),
    },
    {
        "NAAM_OVERGANG": _NAMED_BY_ITS_CODE,
        "CODE_STAND_RECORD": "the day says whether it is still to come",
        **dict.fromkeys(("CODE_SOORT_VAN", "CODE_SOORT_NAAR"), _NO_RULE),
    },
    may_lack=("from_law", "to_law"),
)

REGISTER_FILES = {
    contract.table: contract for contract in (ORGANISATIONS_FILE, RELATIONS_FILE, TRANSITIONS_FILE)
}

FUNCTIONS = {"B": "board", "U": "school", "D": "branch"}
"""CODE_FUNCTIE of what the rules are about."""

OTHER_FUNCTIONS = {"S": "a partnership", "O": "a support service"}
"""CODE_FUNCTIE of what is ignored: no onboarding record can be about it."""

OTHER_LAWS = {"WEB": "vocational education", "WHW": "higher education"}
"""CODE_WET of locations that are ignored: a school with both kinds has numbers for these too, and none of them was ever
a branch in a branch file (0 of the 373 in OVERGANGEN of 2025-01, beside the files of 2013, 2020 and 2026)."""

GOVERNS = "bestuurt"
OTHER_RELATIONS = {
    "vestigt": "the branch's code names its school",
    "is samenwerking van": "which partnership a branch belongs to is told by RIO",
}

TRANSITION_KINDS = {
    "F": "merger",
    "V": "transfer",
    "S": "split",
    "D": "independence",
}
"""CODE_OVERGANG: fusie, overdracht, splitsing, verzelfstandiging van een dislocatie."""
