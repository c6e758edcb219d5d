"""What the report calls things: a code of the tables -> what managers read."""

from __future__ import annotations

from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.contracts.records import SOURCE_NAMES

STEPS = {
    "account": "Account",
    "agreement": "Overeenkomst",
    "questionnaire": "Vragenlijst",
    "delivery_point": "Aanleverpunt",
    "test_exchange": "Testuitwisseling",
}

AT_STEP = {
    "agreement": "de overeenkomst",
    "questionnaire": "de vragenlijst",
    "delivery_point": "het aanleverpunt",
    "test_exchange": "de testuitwisseling",
}

FIGURES = {
    ("branches", "connected"): "Vestigingen aangesloten",
    ("branches", "lapsed"): "Vestigingen niet meer aangesloten",
    ("branches", "qualified_not_covered"): "Vestigingen waar alleen het aanleverpunt nog ontbreekt",
    ("branches", "in_progress"): "Vestigingen bezig met aansluiten",
    ("branches", "not_started"): "Vestigingen niet begonnen",
    ("branches", None): "Alle open vestigingen",
    ("schools", "connected"): "Scholen met een aangesloten vestiging",
    ("schools", "lapsed"): "Scholen niet meer aangesloten",
    ("schools", "qualified_not_covered"): "Scholen gekwalificeerd, geen vestiging aangesloten",
    ("schools", "in_progress"): "Scholen bezig met aansluiten",
    ("schools", "not_started"): "Scholen niet begonnen",
    ("schools", None): "Alle open scholen",
}
"""Unit and status (none: all of them) -> the headline figure."""

REASONS = {
    "branch_opened": "Staat nieuw in het bestand van DUO.",
    "branch_closed": "Volgens het BRIN-register gesloten, zonder opvolger.",
    "branch_merged": "Volgens het BRIN-register opgegaan in een andere school of vestiging.",
    "branch_split": "Volgens het BRIN-register verder als één of meer zelfstandige scholen.",
    "branch_renumbered": "Volgens het BRIN-register verder onder een andere code.",
    "branch_vanished": "Uit het bestand van DUO verdwenen; het BRIN-register verklaart het niet.",
    "board_changed": "Het bestand van DUO noemt een ander bestuur.",
    "renamed": "Het bestand van DUO noemt een andere naam.",
    "moved": "Het bestand van DUO noemt een ander adres.",
    "connected": "Zie de oorzaken.",
    "disconnected": "Zie de oorzaken.",
}

CAUSES = {
    "branch_merged": "gefuseerd met een andere vestiging",
    "branch_renumbered": "verder onder een andere code",
    "branch_split": "gesplitst",
    "branch_closed": "gesloten",
    "branch_vanished": "verdwenen zonder verklaring",
    "board_changed": "ander bestuur, zonder overeenkomst",
    "point_ended": "aanleverpunt van de vestiging weg",
    "point_added": "aanleverpunt van de vestiging geregistreerd",
    "branch_opened": "nieuwe vestiging",
}
"""Cause -> words; a step of a school has words per direction."""

LOST_STEPS = {
    "agreement": "overeenkomst van het bestuur niet meer actief",
    "questionnaire": "vragenlijst van de school niet meer geldig",
    "delivery_point": "laatste aanleverpunt van de school weg",
    "test_exchange": "geslaagde testuitwisseling niet meer geldig",
}
WON_STEPS = {
    "agreement": "overeenkomst getekend",
    "questionnaire": "vragenlijst ingediend",
    "delivery_point": "aanleverpunt van de school geregistreerd",
    "test_exchange": "testuitwisseling geslaagd",
}

TABLES = {table.name: table.dutch for table in ONBOARDING}
SOURCES = SOURCE_NAMES | {name: f"Mijn OSO: {dutch}" for name, dutch in TABLES.items()} | {"overrides": "Besluiten"}  # fmt: skip
"""Source or onboarding table -> words."""

OUTCOMES = {
    "matched": "Gekoppeld",
    "matched_by_transition": "Gevonden via opvolger",
    "matched_by_override": "Gekoppeld door besluit",
    "closed": "Gesloten",
    "unknown": "Onbekend",
    "duplicate": "Dubbel",
    "quarantined": "Onbruikbaar",
}

RULES = {
    "begins_unreadable": "begindatum onleesbaar",
    "board_and_school": "rij over een bestuur en een school tegelijk",
    "board_number_unreadable": "bestuursnummer onleesbaar",
    "boards_differ": "vestigingen van een school noemen verschillende besturen",
    "branch_code_unreadable": "vestigingscode onleesbaar",
    "branch_contradicted": "vestiging bij de BRIN spreekt de rij tegen",
    "branch_number_unreadable": "vestigingsnummer onleesbaar",
    "brin_unreadable": "BRIN onleesbaar",
    "closed_unreadable": "sluitingsdatum onleesbaar",
    "code_again": "code staat vaker in het bestand; de eerste telt",
    "code_in_two_files": "code staat in twee bestanden",
    "code_unreadable": "code onleesbaar",
    "column_dropped": "kolom die niet nodig is; niet gelezen",
    "contact_masked": "e-mailadres of telefoonnummer, gemaskeerd",
    "contradicted": "besluit dat de bron tegenspreekt",
    "coordinates_outside_country": "coördinaten buiten Nederland",
    "coordinates_unreadable": "coördinaten onleesbaar",
    "dangling": "besluit over iets dat er niet is",
    "date_unreadable": "datum onleesbaar",
    "decided_twice": "twee besluiten over hetzelfde",
    "empty": "besluit zonder code of waarde",
    "end_before_begin": "einde ligt voor het begin",
    "end_unreadable": "einddatum onleesbaar",
    "ends_before_it_begins": "einde ligt voor het begin",
    "ends_unreadable": "einddatum onleesbaar",
    "expired": "besluit is verlopen",
    "into_itself": "overgang naar zichzelf",
    "link_unreadable": "koppeling aan een vestiging onleesbaar",
    "location_unknown": "onderwijslocatie onbekend",
    "municipality_without_name": "gemeente zonder naam",
    "new_column": "nieuwe kolom; niet gelezen",
    "column_not_there": "kolom ontbreekt; het bestand is zonder deze kolom gelezen",
    "not_accounted_for": "besluit zonder reden, auteur of dag",
    "not_of_the_list": "waarde staat niet in de lijst",
    "opened_unreadable": "openingsdatum onleesbaar",
    "overlaps": "perioden overlappen elkaar",
    "partner_unreadable": "BRIN van de partner onleesbaar",
    "partnership_unreadable": "SWV-nummer onleesbaar",
    "record_unknown": "onbekende rij in het register",
    "repaired": "code of woord hersteld",
    "same_as_without_effect": "besluit zonder gevolg",
    "served_by_without_effect": "besluit zonder gevolg",
    "several_locations": "vestiging met meerdere locaties, waarvan niet precies één op het eigen adres; daarom niet op de kaart",
    "several_partnerships": "vestiging in meerdere samenwerkingsverbanden",
    "table_not_read": "tabel niet gelezen",
    "transition_cycle": "overgangen die in een kring lopen",
    "transition_to_unknown_code": "overgang naar een onbekende code",
    "unknown_function": "onbekende functie in het register",
    "unknown_las": "onbekend LAS",
    "unknown_profile": "onbekend profiel",
    "unknown_province": "onbekende provincie",
    "unknown_relation": "onbekende relatie in het register",
    "unused": "besluit zonder gevolg",
    "wrong_number_of_fields": "verkeerd aantal velden in de regel",
}
"""Rule of a quarantined row or a signal -> words; a rule that is not here shows by its own name."""

SEVERITIES = {
    "high": "school gekwalificeerd",
    "medium": "school begonnen, niet gekwalificeerd",
    "low": "school niet begonnen",
}
"""How much a missing delivery point matters -> when it does so."""

GLOSSARY = (
    ("School en vestiging", "Een school heeft een BRIN van vier tekens en een of meer vestigingen. Elke vestiging heeft een eigen code: de BRIN en twee cijfers."),
    ("Gekwalificeerd", "De school heeft de vier verplichte stappen gezet: overeenkomst, vragenlijst, aanleverpunt en testuitwisseling. Een account wordt getoond en is niet verplicht."),
    ("Aanleverpunt", "Het technische adres van een vestiging: daarlangs gaan overstapdossiers heen en terug. Voor aangesloten telt het aanleverpunt in het leerlingadministratiesysteem (LAS). Elke vestiging heeft er zelf een nodig."),
    ("Aangesloten", "De school is gekwalificeerd en een actief LAS-aanleverpunt bedient de vestiging."),
    ("Niet meer aangesloten", "De vestiging was aangesloten in een eerdere release en is dat nu niet."),
    ("SWV", "Samenwerkingsverband passend onderwijs. Klaar voor SWV is een aangesloten vestiging die ook ondersteuningsaanvragen kan uitwisselen."),
    ("Mediaan en kwartielen", "De mediaan is de middelste: de helft zit eronder. Een kwart zit onder het eerste kwartiel en een kwart boven het derde."),
    ("Release", "De uitkomst van een nacht die gepubliceerd is. Is er van een dag geen release, dan telt de laatste daarvoor."),
)  # fmt: skip
"""The words that a manager may not know."""
