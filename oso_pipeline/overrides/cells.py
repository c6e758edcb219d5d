"""The cells of the workbook of decisions: how they look, what is open to a person, and what may be filled in.

What a person fills in is open and yellow; keys and what helps to decide are protected (without a password: against slips,
not against people).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from oso_pipeline.overrides.layout import COLUMNS, DATES, HEADERS, KEYS, REMOVE

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

DARK = "1F4E79"
_YELLOW, _GREY, _RED = "FFF8DC", "595959", "C00000"
_LONGEST_LIST = 250
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def add_styles(book: Workbook) -> None:
    """The styles by the names that the others here use."""
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

    add("kop", Font(name="Calibri", bold=True, color="FFFFFF"), fill=DARK)
    add("kop in te vullen", Font(name="Calibri", bold=True, color="000000"), fill="FFD966")
    add("sleutel", Font(name="Calibri", bold=True))
    add("in te vullen", Font(name="Calibri"), fill=_YELLOW, locked=False)
    add("dag", Font(name="Calibri"), fill=_YELLOW, number_format="dd-mm-yyyy", locked=False)
    add("toelichting", Font(name="Calibri", color=_GREY))
    add("dag toelichting", Font(name="Calibri", color=_GREY), number_format="dd-mm-yyyy")
    add("let op", Font(name="Calibri", color=_RED))
    add("tekst", Font(name="Calibri"), wraps=True)


def begin_sheet(
    sheet: Worksheet, columns: Sequence[str], widths: Sequence[int], *, open_columns: set[str]
) -> None:
    """Its header, which stays in sight; the heads of open columns are yellow."""
    for place, (name, width) in enumerate(zip(columns, widths, strict=True), start=1):
        sheet.column_dimensions[letter_of(place)].width = width
        style = "kop in te vullen" if name in open_columns and name not in KEYS else "kop"
        put(sheet, 1, place, HEADERS.get(name, name), style)
    sheet.row_dimensions[1].height = 20
    sheet.freeze_panes = "B2"


def end_sheet(sheet: Worksheet, columns: int, last: int) -> None:
    """Protect the sheet; its rows can still be filtered, and its columns made wider."""
    sheet.auto_filter.ref = f"A1:{letter_of(columns)}{last}"
    sheet.protection.sheet = True
    sheet.protection.autoFilter = False
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    fit_on_paper(sheet)
    sheet.print_title_rows = "1:1"


def style_of(name: str, *, warns: bool = False) -> str:
    """The style of a cell in this column; a decision that no longer holds is in red."""
    if warns:
        return "let op"
    if name in DATES:
        return "dag"
    return "in te vullen" if name in COLUMNS or name == REMOVE else "toelichting"


def put(sheet: Worksheet, row: int, column: int, value: object, style: str) -> None:
    """A cell; a text stays text whatever it begins with."""
    cell = sheet.cell(row, column)
    cell.style = style
    if value is None or value == "":
        return
    cell.value = _ILLEGAL.sub("", value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"


def offer_choices(
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
    _apply(sheet, rule, letter_of(columns.index(name) + 1), rows)


def _listed(choices: Iterable[str]) -> str:
    """As many of the choices as a list within a rule can hold."""
    listed = ""
    for choice in choices:
        longer = f"{listed},{choice}" if listed else choice
        if len(longer) <= _LONGEST_LIST and "," not in choice and '"' not in choice:
            listed = longer
    return listed


def offer_flags(sheet: Worksheet, area: str, flags: str) -> None:
    """The flags as a help, in a column that holds codes and numbers too: nothing else is refused."""
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation("list", formula1=flags, allow_blank=True, showErrorMessage=False)
    rule.add(area)
    sheet.add_data_validation(rule)


def ask_days(sheet: Worksheet, last: int, columns: Sequence[str]) -> None:
    """Where a day is asked for, nothing else is taken."""
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
            sheet,
            rule,
            letter_of(columns.index(name) + 1),
            f"2:{max(last, 2)}",
            add=name == DATES[0],
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


def fit_on_paper(sheet: Worksheet) -> None:
    """A4 across, all columns on a page."""
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def letter_of(index: int) -> str:
    """The letter of a column, counted from 1."""
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(index))
