"""The workbook of decisions, written: those that stand, and open items that a decision could solve.

Codes are text cells. What a person fills in is open and yellow; keys and what helps to decide are protected (without a password: against
slips, not against people). The same input gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oso_pipeline.contracts.records import FLAGS
from oso_pipeline.outputs.cells import with_fixed_times
from oso_pipeline.outputs.parts import dutch_day, dutch_number
from oso_pipeline.overrides.layout import (
    COLUMNS,
    COUNTS,
    DATES,
    DECISION_NAMES,
    FLAG_MEANINGS,
    GUIDE,
    HEADERS,
    KEYS,
    PROPOSED,
    REMOVE,
    SHEETS,
    STAMP,
    STANDING,
    STANDING_CONTEXT,
    Sheet,
    shown,
)
from oso_pipeline.overrides.proposals import Item

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

EMPTY_ROWS = 60
"""Room for decisions that no open item asked for."""
_WIDTHS = {
    "subject": 11, "decision": 20, "value": 13, "reason": 40, "evidence": 26,
    "author": 18, "decided_on": 13, "expires_on": 13,
}  # fmt: skip
_FLAG_WIDTH = 34
_LONGEST_LIST = 250
_LINE, _PER_LINE = 16, 105
"""The height of a line in the guide, and how many letters go on one."""
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_DARK, _YELLOW, _GREY, _RED = "1F4E79", "FFF8DC", "595959", "C00000"


def write_workbook(
    path: Path,
    standing: Sequence[Mapping[str, Any]],
    items: Mapping[str, Sequence[Item]],
    *,
    as_of: date,
    release_id: str,
    stamp: str,
    demo: bool,
) -> None:
    """Write the workbook.

    Args:
        path: the file to write.
        standing: the decisions of the file: COLUMNS, `Stand`, `Naam`, and whether it is `locked`.
        items: the open items by the decision that solves them.
        as_of: the day of the release.
        release_id: the release.
        stamp: which decisions the workbook is made from.
        demo: whether the data is made up.
    """
    from openpyxl import Workbook

    book = Workbook()
    guide = book.active
    if guide is None:
        raise TypeError("a new workbook has no sheet")
    _add_styles(book)
    lines = _guide_lines(as_of, release_id, demo=demo)
    flags = _write_guide(
        guide,
        lines,
        {sheet.name: len(items[sheet.decision]) for sheet in SHEETS} | {STANDING: len(standing)},
        stamp,
    )
    _write_standing(book, standing, flags)
    for sheet in SHEETS:
        _write_items(book, sheet, items[sheet.decision])
    book.properties.title = "OSO: besluiten" + (" (DEMO)" if demo else "")
    book.properties.creator = "oso-pipeline"
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(with_fixed_times(buffer.getvalue(), as_of))


def _add_styles(book: Workbook) -> None:
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side

    line = Side(style="thin", color="D9D9D9")
    border = Border(bottom=line, left=line, right=line, top=line)

    def add(
        name: str,
        font: Font,
        *,
        fill: str = "",
        number_format: str = "@",
        locked: bool = True,
        wraps: bool = False,
    ) -> None:
        style = NamedStyle(name)
        style.font, style.border = font, border
        style.alignment = Alignment(horizontal="left", vertical="top", wrap_text=wraps)
        style.number_format = number_format
        style.protection = Protection(locked=locked)
        if fill:
            style.fill = PatternFill("solid", fgColor=fill)
        book.add_named_style(style)

    add("kop", Font(name="Calibri", bold=True, color="FFFFFF"), fill=_DARK)
    add("kop in te vullen", Font(name="Calibri", bold=True, color="000000"), fill="FFD966")
    add("sleutel", Font(name="Calibri", bold=True))
    add("in te vullen", Font(name="Calibri"), fill=_YELLOW, locked=False)
    add("dag", Font(name="Calibri"), fill=_YELLOW, number_format="dd-mm-yyyy", locked=False)
    add("toelichting", Font(name="Calibri", color=_GREY))
    add("dag toelichting", Font(name="Calibri", color=_GREY), number_format="dd-mm-yyyy")
    add("let op", Font(name="Calibri", color=_RED))
    add("tekst", Font(name="Calibri"), wraps=True)


def _write_standing(book: Workbook, standing: Sequence[Mapping[str, Any]], flags: str) -> None:
    sheet = book.create_sheet(STANDING)
    columns = [*COLUMNS, *STANDING_CONTEXT]
    widths = _WIDTHS | {"value": _FLAG_WIDTH} | STANDING_CONTEXT
    _begin(sheet, columns, [widths[name] for name in columns], open_columns={*COLUMNS, REMOVE})
    last = len(standing) + EMPTY_ROWS + 1
    for number in range(2, last + 1):
        row = standing[number - 2] if number - 2 < len(standing) else {}
        for place, name in enumerate(columns, start=1):
            locked = name in KEYS and bool(row.get("locked"))
            style = (
                "sleutel"
                if locked
                else _style(name, warns=row.get(name) not in {None, COUNTS} and name == "Stand")
            )
            _put(sheet, number, place, shown(name, row.get(name)), style)
    _choose(
        sheet,
        "decision",
        DECISION_NAMES.values(),
        f"2:{last}",
        "Kies een van de drie besluiten uit de lijst.",
        columns,
    )
    _choose(
        sheet,
        REMOVE,
        ["ja"],
        f"2:{last}",
        "Kies ja om het besluit te schrappen, of laat het leeg.",
        columns,
    )
    _offer_flags(
        sheet,
        f"{_letter(columns.index('value') + 1)}2:{_letter(columns.index('value') + 1)}{last}",
        flags,
    )
    _ask_days(sheet, last, columns)
    _end(sheet, len(columns), last)


def _offer_flags(sheet: Worksheet, area: str, flags: str) -> None:
    """The flags as a help, in a column that holds codes and numbers too: nothing else is refused."""
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation("list", formula1=flags, allow_blank=True, showErrorMessage=False)
    rule.add(area)
    sheet.add_data_validation(rule)


def _write_items(book: Workbook, kind: Sheet, items: Sequence[Item]) -> None:
    sheet = book.create_sheet(kind.name)
    columns = ["subject", *kind.context, *COLUMNS[1:], PROPOSED]
    locks_value = kind.decision == "ignore_flag"
    widths = (
        _WIDTHS | ({"value": _FLAG_WIDTH} if locks_value else {}) | kind.context | {PROPOSED: 12}
    )
    keys = {*KEYS, "value"} if locks_value else {*KEYS}
    _begin(sheet, columns, [widths[name] for name in columns], open_columns={*COLUMNS} - keys)
    offered: dict[tuple[str, ...], list[int]] = {}
    for number, item in enumerate(items, start=2):
        row = item | {"decision": kind.decision}
        for place, name in enumerate(columns, start=1):
            style = "sleutel" if name in keys else _style(name)
            value = row.get(name)
            if isinstance(value, date) and name not in DATES:
                style = "dag toelichting"
            _put(sheet, number, place, shown(name, value) if name in COLUMNS else value, style)
        offered.setdefault(tuple(item["choices"]), []).append(number)
    if not locks_value:
        for choices, rows in offered.items():
            if choices:
                _choose(
                    sheet,
                    "value",
                    choices,
                    rows,
                    "Deze waarde staat niet in de lijst. Weet je het zeker?",
                    columns,
                    strict=False,
                )
    _ask_days(sheet, len(items) + 1, columns)
    sheet.column_dimensions[_letter(len(columns))].hidden = True
    _end(sheet, len(columns), len(items) + 1)


def _begin(
    sheet: Worksheet, columns: Sequence[str], widths: Sequence[int], *, open_columns: set[str]
) -> None:
    for place, (name, width) in enumerate(zip(columns, widths, strict=True), start=1):
        sheet.column_dimensions[_letter(place)].width = width
        style = "kop in te vullen" if name in open_columns and name not in KEYS else "kop"
        _put(sheet, 1, place, HEADERS.get(name, name), style)
    sheet.row_dimensions[1].height = 20
    sheet.freeze_panes = "B2"


def _end(sheet: Worksheet, columns: int, last: int) -> None:
    """Protect the sheet; its rows can still be filtered, and its columns made wider."""
    sheet.auto_filter.ref = f"A1:{_letter(columns)}{last}"
    sheet.protection.sheet = True
    sheet.protection.autoFilter = False
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    _fit_on_paper(sheet)
    sheet.print_title_rows = "1:1"


def _style(name: str, *, warns: bool = False) -> str:
    if warns:
        return "let op"
    if name in DATES:
        return "dag"
    return "in te vullen" if name in COLUMNS or name == REMOVE else "toelichting"


def _put(sheet: Worksheet, row: int, column: int, value: object, style: str) -> None:
    """A cell; a text stays text whatever it begins with."""
    cell = sheet.cell(row, column)
    cell.style = style
    if value is None or value == "":
        return
    cell.value = _ILLEGAL.sub("", value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"


def _choose(
    sheet: Worksheet,
    name: str,
    choices: Iterable[str],
    rows: str | list[int],
    message: str,
    columns: Sequence[str],
    *,
    strict: bool = True,
) -> None:
    """A drop-down in a column; where it is not strict, another value is warned of and taken."""
    from openpyxl.worksheet.datavalidation import DataValidation

    listed = _listed(choices)
    rule = DataValidation("list", formula1=f'"{listed}"', allow_blank=True, errorStyle="stop" if strict else "warning")  # fmt: skip
    rule.errorTitle, rule.error, rule.showErrorMessage = "OSO: besluiten", message, True
    _apply(sheet, rule, _letter(columns.index(name) + 1), rows)


def _listed(choices: Iterable[str]) -> str:
    """As many of the choices as a list within a rule can hold."""
    listed = ""
    for choice in choices:
        longer = f"{listed},{choice}" if listed else choice
        if len(longer) <= _LONGEST_LIST and "," not in choice and '"' not in choice:
            listed = longer
    return listed


def _ask_days(sheet: Worksheet, last: int, columns: Sequence[str]) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation(
        "date", operator="greaterThan", formula1="DATE(2010,1,1)", allow_blank=True
    )
    rule.errorTitle, rule.error, rule.showErrorMessage = (
        "OSO: besluiten",
        "Vul een datum in, zoals 31-8-2026.",
        True,
    )
    for name in DATES:
        _apply(
            sheet, rule, _letter(columns.index(name) + 1), f"2:{max(last, 2)}", add=name == DATES[0]
        )


def _apply(
    sheet: Worksheet, rule: DataValidation, letter: str, rows: str | list[int], *, add: bool = True
) -> None:
    if add:
        sheet.add_data_validation(rule)
    if isinstance(rows, str):
        first, last = rows.split(":")
        rule.add(f"{letter}{first}:{letter}{last}")
    else:
        for row in rows:
            rule.add(f"{letter}{row}")


def _guide_lines(as_of: date, release_id: str, *, demo: bool) -> list[tuple[str, str]]:
    lines = [
        ("Wat is dit", "De besluiten die de servicedesk nam over gegevens die niet vanzelf kloppen, en de open punten die met een besluit zijn op te lossen."),
        ("1. Kies", "Ga naar een tabblad hieronder. Gele cellen kun je invullen; de andere zijn beveiligd. Bovenaan elke kolom kun je filteren."),
        ("2. Besluit", "Vul in een regel in ieder geval in: waarde, reden, besloten door (je rol, geen naam of e-mailadres) en besloten op. Dan is het een besluit. Een regel waarin je niets invult, telt niet."),
        ("3. Vervalt op", "Zet hier een datum als het besluit maar een tijd geldt. Vanaf die dag telt het niet meer mee."),
        ("4. Lever in", "Bewaar het bestand als .xlsx en geef het aan: oso overrides import BESTAND. Je ziet dan eerst wat er verandert. Klopt er één regel niet, dan verandert er niets."),
        ("Wijzigen of schrappen", f"Besluiten die er al zijn, staan op het tabblad {STANDING}. Pas daar de waarde, reden of vervaldatum aan, of kies ja onder {REMOVE}. Onderaan is ruimte voor besluiten over andere codes."),
        ("is nu", "De oude code is nu de nieuwe code: gegevens van de oude school, vestiging of het oude bestuur tellen mee voor de nieuwe."),
        ("wordt bediend door", "Het aanleverpunt met dit nummer bedient ook deze vestiging. Het gaat om een LAS-aanleverpunt van dezelfde school."),
        ("negeer signaal", "Dit signaal klopt, maar er hoeft niets te gebeuren: het verdwijnt van de lijsten."),
        ("Peildatum", f"{dutch_day(as_of)} (release {release_id})"),
    ]  # fmt: skip
    return (
        [("DEMO", "Dit zijn verzonnen gegevens van een verzonnen land."), *lines] if demo else lines
    )


def _write_guide(
    sheet: Worksheet, lines: list[tuple[str, str]], counts: Mapping[str, int], stamp: str
) -> str:
    """Write the guide; the area in which it lists the flags."""
    from openpyxl.styles import Font

    sheet.title = GUIDE
    sheet.sheet_view.showGridLines = False
    for letter, width in (("A", 36), ("B", 100), ("C", 12)):
        sheet.column_dimensions[letter].width = width
    sheet["A1"].value = "Besluiten voor OSO"
    sheet["A1"].font = Font(name="Calibri", bold=True, size=16, color=_DARK)
    about = {sheet.name: sheet.about for sheet in SHEETS}
    about[STANDING] = (
        "De besluiten die er zijn. Bij Stand staat welke er niet meer kloppen of niets meer doen."
    )
    row = 3
    for label, text in lines:
        _put(sheet, row, 1, label, "sleutel")
        _put(sheet, row, 2, text, "tekst")
        sheet.row_dimensions[row].height = _LINE * -(-len(text) // _PER_LINE)
        row += 1
    row += 1
    for place, text in enumerate(("Tabblad", "Wat staat erin", "Regels"), start=1):
        _put(sheet, row, place, text, "kop")
    for name in (STANDING, *(one.name for one in SHEETS)):
        row += 1
        _put(sheet, row, 1, name, "sleutel")
        sheet.cell(row, 1).hyperlink = f"#'{name}'!A1"
        sheet.cell(row, 1).font = Font(
            name="Calibri", bold=True, underline="single", color="0563C1"
        )
        _put(sheet, row, 2, about[name], "tekst")
        sheet.row_dimensions[row].height = _LINE * -(-len(about[name]) // _PER_LINE)
        _put(sheet, row, 3, dutch_number(counts[name]), "toelichting")
    row += 2
    for place, text in enumerate(("Signaal", "Wat het betekent"), start=1):
        _put(sheet, row, place, text, "kop")
    first = row + 1
    for flag, meaning in FLAG_MEANINGS.items():
        row += 1
        _put(sheet, row, 1, FLAGS[flag], "sleutel")
        _put(sheet, row, 2, meaning, "tekst")
    _put(sheet, row + 2, 1, STAMP, "toelichting")
    _put(sheet, row + 2, 2, stamp, "toelichting")
    sheet.protection.sheet = True
    _fit_on_paper(sheet)
    return f"{GUIDE}!$A${first}:$A${row}"


def _fit_on_paper(sheet: Worksheet) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _letter(index: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(index))
