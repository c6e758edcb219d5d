"""Sheets, columns and Dutch words of the workbook of decisions, for writing it and for reading it."""

from __future__ import annotations

from dataclasses import dataclass

from oso_pipeline.contracts.overrides import OVERRIDES
from oso_pipeline.contracts.records import FLAGS

GUIDE = "Uitleg"
STANDING = "Besluiten"
REMOVE = "Schrappen"
PROPOSED = "Voorstel"
"""A hidden column: what stood in `value` when the workbook was made; a row that still says so is no decision by that alone."""
STAMP = "Kenmerk van de besluiten"
"""A line of the guide: which decisions the workbook was made from."""
NO_DECISIONS = "(geen)"

DECISION_NAMES = {
    "same_as": "is nu",
    "served_by": "wordt bediend door",
    "ignore_flag": "negeer signaal",
}
"""Decision -> the words between subject and value: `00ZZ is nu 00AA`."""

FLAG_MEANINGS = {
    "branch_without_delivery_point": "De vestiging is open, en geen actief LAS-aanleverpunt bedient haar.",
    "delivery_point_without_branch": "Het aanleverpunt is actief, maar hoort bij geen enkele vestiging die we kennen.",
    "delivery_point_on_closed_branch": "Het aanleverpunt is actief, maar is voor een vestiging of school die gesloten is.",
    "delivery_point_on_predecessor": "Het aanleverpunt is actief, maar is voor een vestiging of school die als een andere verderging.",
    "delivery_point_pending": "Het aanleverpunt is 14 dagen of langer geleden aangevraagd en nog niet goedgekeurd.",
    "delivery_point_not_registered": "Het aanleverpunt is 30 dagen of langer geleden goedgekeurd en nog niet geregistreerd.",
    "duplicate_delivery_point": "Twee of meer actieve LAS-aanleverpunten bedienen dezelfde vestiging.",
    "branch_not_in_mijn_oso": "De vestiging is open, maar de school heeft haar niet in Mijn OSO gezet.",
    "branch_unknown_to_registry": "De vestiging staat in Mijn OSO, maar is niet open volgens DUO.",
}
"""Flag -> what it means to the service desk."""

COUNTS = "Telt mee."
"""What stands beside a decision of which nothing is told."""
RULE_NAMES = {
    "dangling": "Let op: een code of nummer bestaat nergens.",
    "contradicted": "Let op: de bron zegt nu iets anders, of zegt het nu zelf.",
    "unused": "Let op: dit besluit maakt geen verschil.",
    "expired": "Vervallen: telt niet meer mee.",
    "decided_twice": "Dubbel: een eerder besluit over hetzelfde telt.",
    "not_accounted_for": "Vul in: reden, besloten door of besloten op ontbreekt.",
    "unreadable": "Kan niet gelezen worden: verbeter of schrap deze regel.",
}
"""What is told of a decision that stands -> what the service desk reads."""

COLUMNS = ("subject", "decision", "value", "reason", "evidence", "author", "decided_on", "expires_on")  # fmt: skip
"""The columns of a decision in the order of a sentence; headers are the Dutch labels of the contract."""
KEYS = ("subject", "decision")
DATES = ("decided_on", "expires_on")
ANSWERS = ("reason", "evidence", "author", "decided_on", "expires_on")
"""A proposal in which any of these is filled in is a decision."""
HEADERS = {name: OVERRIDES.column(name).dutch for name in COLUMNS}


@dataclass(frozen=True)
class Sheet:
    """A sheet of open items.

    Attributes:
        name: as its tab says.
        decision: the decision that solves them.
        about: what stands in it, and what to do, in two sentences.
        context: the columns that help to decide, and how wide they are; they stand before what is filled in.
    """

    name: str
    decision: str
    about: str
    context: dict[str, int]


SHEETS = (
    Sheet(
        "Oude codes",
        "same_as",
        "Gegevens in Mijn OSO van een school, vestiging of bestuur met een code die niet meer open is of die niemand kent."
        " Kies onder Waarde welke code het nu is.",
        {"Naam (oud)": 30, "Wat we zagen": 46, "Naam (voorstel)": 36, "Gegevens in Mijn OSO": 58},
    ),
    Sheet(
        "Zonder aanleverpunt",
        "served_by",
        "Open vestigingen zonder aanleverpunt, van scholen die wel een actief LAS-aanleverpunt hebben."
        " Kies onder Waarde het nummer van het aanleverpunt dat de vestiging bedient.",
        {"Naam": 38, "Plaats": 18, "Bestuur": 38, "Ernst": 9, "Aanleverpunten van de school": 56},
    ),
    Sheet(
        "Signalen",
        "ignore_flag",
        "Alle signalen over vestigingen en aanleverpunten."
        " Vul reden, besloten door en besloten op in als een signaal klopt en er niets aan te doen is.",
        {"Naam": 38, "Plaats": 18, "Bestuur": 38, "Ernst": 9, "Sinds": 12, "Aanleverpunten": 16},
    ),
)  # fmt: skip
STANDING_CONTEXT = {REMOVE: 12, "Stand": 54, "Naam": 38}


def shown(column: str, value: str | None) -> str | None:
    """A value as people read it: decisions and flags in Dutch."""
    words = DECISION_NAMES if column == "decision" else FLAGS if column == "value" else {}
    return words.get(value or "", value)


def written(column: str, text: str) -> str:
    """The contract's name for what people read, whatever its case; anything else as it is."""
    words = DECISION_NAMES if column == "decision" else FLAGS if column == "value" else {}
    names = {word.casefold(): name for name, word in words.items()}
    return names.get(text.casefold(), text)
