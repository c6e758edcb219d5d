"""The checks of the gate as notes in Dutch: what was looked at, how it ended, what was measured and what is allowed.

The gate writes English for the log and for other systems. A name or word that is not known here is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.contracts.records import SOURCE_NAMES
from oso_pipeline.contracts.statuses import SECTOR_NAMES
from oso_pipeline.outputs.parts import dutch_day, dutch_number
from oso_pipeline.outputs.report.words import RULES

_NAMES = {
    "each_open_branch_once": "elke open vestiging staat er precies één keer in",
    "each_onboarding_row_once": "elke aangeleverde rij is precies één keer afgestemd",
    "each_row_accounted_for": "elke gelezen rij is verantwoord",
    "day_not_before_latest": "de peildatum ligt niet voor die van de vorige release",
    "snapshot_ages": "geen bron is te oud",
    "boards_changed": "aantal vestigingen met een ander bestuur",
    "changed_name": "aantal vestigingen met een andere naam",
    "changed_address": "aantal vestigingen met een ander adres",
    "changed_place": "aantal vestigingen op een andere plek op de kaart",
    "changed_board_name": "aantal vestigingen waarvan het bestuur anders heet",
    "changed_las": "aantal vestigingen met een ander LAS",
    "changed_swv_number": "aantal vestigingen met een ander samenwerkingsverband",
    "vanished": "aantal verdwenen vestigingen zonder verklaring in het register",
}
_COUNTED = {
    "branches": "aantal vestigingen",
    "connected": "aantal aangesloten vestigingen",
    "onboarding": "aantal aangeleverde rijen",
    "rows": "aantal rijen",
    "ot": "aantal vestigingen klaar voor OT",
    "ldos": "aantal vestigingen klaar voor LDOS",
    "swv": "aantal vestigingen klaar voor SWV",
    "quarantine": "geweigerde rijen",
}
_FILLED = {
    "branch_name": "naam", "street": "straat", "city": "plaats", "municipality": "gemeente", "las": "LAS van aangesloten vestigingen",
    "board_number": "bestuursnummer", "board_name": "naam van het bestuur", "postcode": "postcode",
    "latitude": "coördinaten", "swv_number": "samenwerkingsverband",
}  # fmt: skip
_COUNTED_OF = (
    {name: shown.removeprefix("DUO, ") for name, shown in SOURCE_NAMES.items()}
    | {table.name: table.dutch for table in ONBOARDING}
    | {"none": "zonder provincie"}
    | SECTOR_NAMES
)
_WORDS = {
    "as many as were read": "evenveel als er gelezen zijn",
    "read = used + ignored + quarantined": "gelezen = gebruikt + genegeerd + in quarantaine",
    "any day or later": "elke dag",
    "or later": "of later",
    "not open": "niet open",
    "missing": "ontbreken",
    "twice": "dubbel",
    "reconciled": "afgestemd",
    "rows": "rijen",
    "read": "gelezen",
    "all": "alle",
    "to": "tot en met",
    "at most": "ten hoogste",
    "all of tonight": "alle van vannacht",
    "of tonight, or less than": "van vannacht, of minder dan",
    "days": "dagen",
    "of": "van",
    "empty": "leeg",
    "and": "en",
    "of the": "van de",
    "are not among them": "zitten daar niet bij",
    "not among them": "die daar niet bij zitten",
}
_ENGLISH = re.compile(
    r"\b(" + "|".join(map(re.escape, sorted(_WORDS, key=len, reverse=True))) + r")\b"
)
_DAY = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b")
_LARGE = re.compile(r"(?<![0-9A-Za-z,.-])[0-9]{4,}(?![0-9A-Za-z-])")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}\b)")
_POINT = re.compile(r"(?<=[0-9])\.(?=[0-9])")


def check_notes(checks: pl.DataFrame | None) -> Iterator[tuple[str, str]]:
    """A note per check: `Controle: ...`, and whether it passed.

    Args:
        checks: `name, passed, severity, measured, bound, reason`. None gives no note.
    """
    if checks is None:
        return
    for check in checks.iter_rows(named=True):
        yield f"Controle: {_name(check['name'])}", _ending(check)


def _name(name: str) -> str:
    kind, _, of = name.partition("_")
    if name in _NAMES:
        return _NAMES[name]
    for column, in_dutch in _FILLED.items():
        if name.startswith(f"filled_{column}_"):
            group = name.removeprefix(f"filled_{column}_")
            return f"ingevuld, {in_dutch}: {_COUNTED_OF.get(group, group)}"
    if kind == "quarantine":
        return f"{_COUNTED[kind]}: {_refused(of)}"
    if kind in _COUNTED:
        of = of.removeprefix("ready_")
        return f"{_COUNTED[kind]}: {_COUNTED_OF.get(of, of)}"
    return name.replace("_", " ")


def _refused(of: str) -> str:
    """A source and a rule, as `po_branch_code_unreadable`."""
    for source, shown in _COUNTED_OF.items():
        rule = of.removeprefix(f"{source}_")
        if rule != of:
            return f"{shown}, {RULES.get(rule, rule)}"
    return of


def _ending(check: dict[str, Any]) -> str:
    measured = f"Gemeten: {_in_dutch(check['measured'])}; toegestaan: {_in_dutch(check['bound'])}."
    if check["passed"]:
        return f"Voldoet. {measured}"
    return f"Voldoet niet. {measured} Alleen gepubliceerd als iemand dit heeft geaccepteerd."


def _in_dutch(text: str) -> str:
    pointed = _POINT.sub("\x00", text)
    numbers = _THOUSANDS.sub(".", pointed).replace("\x00", ",")
    numbers = _LARGE.sub(lambda found: dutch_number(int(found[0])), numbers)
    days = _DAY.sub(lambda found: dutch_day(date.fromisoformat(found[0])), numbers)
    return _ENGLISH.sub(lambda found: _WORDS[found[0]], days)
