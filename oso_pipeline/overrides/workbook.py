"""The workbook of decisions, written: those that stand, and open items that a decision could solve.

Codes are text cells. How cells look and what may be filled in is said in cells.py, what the first sheet says in guide.py.
The same input gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oso_pipeline.outputs.cells import with_fixed_times
from oso_pipeline.overrides.cells import (
    add_styles,
    ask_days,
    begin_sheet,
    end_sheet,
    letter_of,
    offer_choices,
    offer_flags,
    put,
    style_of,
)
from oso_pipeline.overrides.guide import write_guide
from oso_pipeline.overrides.layout import (
    COLUMNS,
    COUNTS,
    DATES,
    DECISION_NAMES,
    KEYS,
    PROPOSED,
    REMOVE,
    SHEETS,
    STANDING,
    STANDING_CONTEXT,
    Sheet,
    shown,
)
from oso_pipeline.overrides.proposals import Item

if TYPE_CHECKING:
    from openpyxl import Workbook

EMPTY_ROWS = 60
"""Room for decisions that no open item asked for."""
_WIDTHS = {
    "subject": 11, "decision": 20, "value": 13, "reason": 40, "evidence": 26,
    "author": 18, "decided_on": 13, "expires_on": 13,
}  # fmt: skip
_FLAG_WIDTH = 34


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
    add_styles(book)
    counts = {sheet.name: len(items[sheet.decision]) for sheet in SHEETS}
    flags = write_guide(
        guide,
        counts | {STANDING: len(standing)},
        as_of=as_of,
        release_id=release_id,
        stamp=stamp,
        demo=demo,
    )
    _write_standing(book, standing, flags)
    for sheet in SHEETS:
        _write_items(book, sheet, items[sheet.decision])
    book.properties.title = "OSO: besluiten" + (" (DEMO)" if demo else "")
    book.properties.creator = "oso-pipeline"
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(with_fixed_times(buffer.getvalue(), as_of))


def _write_standing(book: Workbook, standing: Sequence[Mapping[str, Any]], flags: str) -> None:
    sheet = book.create_sheet(STANDING)
    columns = [*COLUMNS, *STANDING_CONTEXT]
    widths = _WIDTHS | {"value": _FLAG_WIDTH} | STANDING_CONTEXT
    begin_sheet(sheet, columns, [widths[name] for name in columns], open_columns={*COLUMNS, REMOVE})
    last = len(standing) + EMPTY_ROWS + 1
    for number in range(2, last + 1):
        row = standing[number - 2] if number - 2 < len(standing) else {}
        for place, name in enumerate(columns, start=1):
            locked = name in KEYS and bool(row.get("locked"))
            style = (
                "sleutel"
                if locked
                else style_of(name, warns=row.get(name) not in {None, COUNTS} and name == "Stand")
            )
            put(sheet, number, place, shown(name, row.get(name)), style)
    offer_choices(
        sheet,
        "decision",
        DECISION_NAMES.values(),
        f"2:{last}",
        "Kies een van de drie besluiten uit de lijst.",
        columns,
    )
    offer_choices(
        sheet,
        REMOVE,
        ["ja"],
        f"2:{last}",
        "Kies ja om het besluit te schrappen, of laat het leeg.",
        columns,
    )
    offer_flags(
        sheet,
        f"{letter_of(columns.index('value') + 1)}2:{letter_of(columns.index('value') + 1)}{last}",
        flags,
    )
    ask_days(sheet, last, columns)
    end_sheet(sheet, len(columns), last)


def _write_items(book: Workbook, kind: Sheet, items: Sequence[Item]) -> None:
    sheet = book.create_sheet(kind.name)
    columns = ["subject", *kind.context, *COLUMNS[1:], PROPOSED]
    locks_value = kind.decision == "ignore_flag"
    widths = (
        _WIDTHS | ({"value": _FLAG_WIDTH} if locks_value else {}) | kind.context | {PROPOSED: 12}
    )
    keys = {*KEYS, "value"} if locks_value else {*KEYS}
    begin_sheet(sheet, columns, [widths[name] for name in columns], open_columns={*COLUMNS} - keys)
    offered: dict[tuple[str, ...], list[int]] = {}
    for number, item in enumerate(items, start=2):
        row = item | {"decision": kind.decision}
        for place, name in enumerate(columns, start=1):
            style = "sleutel" if name in keys else style_of(name)
            value = row.get(name)
            if isinstance(value, date) and name not in DATES:
                style = "dag toelichting"
            put(sheet, number, place, shown(name, value) if name in COLUMNS else value, style)
        offered.setdefault(tuple(item["choices"]), []).append(number)
    if not locks_value:
        for choices, rows in offered.items():
            if choices:
                offer_choices(
                    sheet,
                    "value",
                    choices,
                    rows,
                    "Deze waarde staat niet in de lijst. Weet je het zeker?",
                    columns,
                    strict=False,
                )
    ask_days(sheet, len(items) + 1, columns)
    sheet.column_dimensions[letter_of(len(columns))].hidden = True
    end_sheet(sheet, len(columns), len(items) + 1)
