"""The first sheet of the workbook of decisions: what to do with it, what is on the others, and what the flags mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from oso_pipeline.contracts.records import FLAGS
from oso_pipeline.outputs.parts import dutch_day, dutch_number
from oso_pipeline.overrides.cells import DARK, fit_on_paper, put
from oso_pipeline.overrides.layout import FLAG_MEANINGS, GUIDE, REMOVE, SHEETS, STAMP, STANDING

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_LINE, _PER_LINE = 16, 105
"""The height of a line, and how many letters go on one."""


def write_guide(
    sheet: Worksheet,
    counts: Mapping[str, int],
    *,
    as_of: date,
    release_id: str,
    stamp: str,
    demo: bool,
) -> str:
    """Write the sheet.

    Args:
        sheet: an empty one.
        counts: how many rows the other sheets have.
        as_of: the day of the release.
        release_id: the release.
        stamp: which decisions the workbook is made from.
        demo: whether the data is made up.

    Returns:
        The area in which it lists the flags, for the cells that offer them.
    """
    from openpyxl.styles import Font

    sheet.title = GUIDE
    sheet.sheet_view.showGridLines = False
    for letter, width in (("A", 36), ("B", 100), ("C", 12)):
        sheet.column_dimensions[letter].width = width
    sheet["A1"].value = "Besluiten voor OSO"
    sheet["A1"].font = Font(name="Calibri", bold=True, size=16, color=DARK)
    about = {sheet.name: sheet.about for sheet in SHEETS}
    about[STANDING] = (
        "De besluiten die er zijn. Bij Stand staat welke er niet meer kloppen of niets meer doen."
    )
    row = 3
    for label, text in _guide_lines(as_of, release_id, demo=demo):
        put(sheet, row, 1, label, "sleutel")
        put(sheet, row, 2, text, "tekst")
        sheet.row_dimensions[row].height = _LINE * -(-len(text) // _PER_LINE)
        row += 1
    row += 1
    for place, text in enumerate(("Tabblad", "Wat staat erin", "Regels"), start=1):
        put(sheet, row, place, text, "kop")
    for name in (STANDING, *(one.name for one in SHEETS)):
        row += 1
        put(sheet, row, 1, name, "sleutel")
        sheet.cell(row, 1).hyperlink = f"#'{name}'!A1"
        sheet.cell(row, 1).font = Font(
            name="Calibri", bold=True, underline="single", color="0563C1"
        )
        put(sheet, row, 2, about[name], "tekst")
        sheet.row_dimensions[row].height = _LINE * -(-len(about[name]) // _PER_LINE)
        put(sheet, row, 3, dutch_number(counts[name]), "toelichting")
    row += 2
    for place, text in enumerate(("Signaal", "Wat het betekent"), start=1):
        put(sheet, row, place, text, "kop")
    first = row + 1
    for flag, meaning in FLAG_MEANINGS.items():
        row += 1
        put(sheet, row, 1, FLAGS[flag], "sleutel")
        put(sheet, row, 2, meaning, "tekst")
    put(sheet, row + 2, 1, STAMP, "toelichting")
    put(sheet, row + 2, 2, stamp, "toelichting")
    sheet.protection.sheet = True
    fit_on_paper(sheet)
    return f"{GUIDE}!$A${first}:$A${row}"


def _guide_lines(as_of: date, release_id: str, *, demo: bool) -> list[tuple[str, str]]:
    lines = [
        ("Wat is dit", "De besluiten die de servicedesk nam over gegevens die niet vanzelf kloppen, en de open punten die met een besluit zijn op te lossen."),
        ("1. Kies", "Ga naar een tabblad hieronder. Gele cellen kun je invullen; de andere zijn beveiligd. Bovenaan elke kolom kun je filteren."),
        ("2. Besluit", "Vul in een regel in ieder geval in: waarde (op het tabblad Signalen staat die er al), reden, besloten door (je rol, geen naam of e-mailadres) en besloten op. Dan is het een besluit. Een regel waarin je niets invult, telt niet."),
        ("3. Vervalt op", "Zet hier een datum als het besluit maar een tijd geldt. Vanaf die dag telt het niet meer mee."),
        ("4. Lever in", "Bewaar het bestand als .xlsx en laat de beheerder dit uitvoeren: oso overrides import BESTAND. Die ziet dan eerst wat er verandert. Klopt er één regel niet, dan verandert er niets."),
        ("Wijzigen of schrappen", f"Besluiten die er al zijn, staan op het tabblad {STANDING}. Pas daar de waarde, reden of vervaldatum aan, of kies ja onder {REMOVE}. Onderaan is ruimte voor besluiten over andere codes."),
        ("is nu", "De oude code is nu de nieuwe code: gegevens van de oude school, vestiging of het oude bestuur tellen mee voor de nieuwe."),
        ("wordt bediend door", "Het aanleverpunt met dit nummer bedient ook deze vestiging. Het gaat om een LAS-aanleverpunt van dezelfde school."),
        ("negeer signaal", "Dit signaal klopt, maar er hoeft niets te gebeuren: het verdwijnt van de lijsten."),
        ("Peildatum", f"{dutch_day(as_of)} (release {release_id})"),
    ]  # fmt: skip
    return (
        [("DEMO", "Dit zijn verzonnen gegevens van een verzonnen land."), *lines] if demo else lines
    )
