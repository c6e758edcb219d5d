"""The workbook of a release, written by ours and by what a user would pick instead, from the same sheets.

A folder of sheets holds `sheets.json` (of each sheet: name, labels, kinds, widths, whether texts break) and the rows of each
in `NUMBER.parquet`. Every writer makes the same cells, with the same number formats, header, widths, frozen header row
and filter, and is a program: `python WRITER FOLDER WORKBOOK`.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import polars as pl

from oso_pipeline.outputs.sheets import Sheet


def keep_sheets(folder: Path, sheets: list[Sheet]) -> None:
    """Write the folder of sheets that the writers read."""
    for number, sheet in enumerate(sheets):
        sheet.rows.write_parquet(folder / f"{number}.parquet")
    told = [
        asdict(sheet)
        | {"rows": None, "columns": [(column.dutch, column.type.name) for column in sheet.columns]}
        for sheet in sheets
    ]
    (folder / "sheets.json").write_text(json.dumps(told))


def differences(one: Path, other: Path) -> list[str]:
    """What is not the same in two workbooks, cell by cell, as another reader than the writers sees them."""
    from python_calamine import CalamineWorkbook

    books = [CalamineWorkbook.from_path(str(path)) for path in (one, other)]
    if books[0].sheet_names != books[1].sheet_names:
        return [f"sheets {books[0].sheet_names} and {books[1].sheet_names}"]
    found = []
    for name in books[0].sheet_names:
        cells, others = (book.get_sheet_by_name(name).to_python() for book in books)
        if len(cells) != len(others):
            found.append(f"{name}: {len(cells)} rows and {len(others)}")
        for place, (row, another) in enumerate(zip(cells, others, strict=False), start=1):
            if row != another:
                found.append(f"{name}, row {place}: {row} and {another}")
    return found


def read_sheets(folder: Path) -> list[Sheet]:
    """The sheets that `keep_sheets` kept."""
    from oso_pipeline.contracts.model import Column, Type

    return [
        Sheet(
            name=told["name"],
            columns=tuple(Column(dutch, Type[kind], dutch, "") for dutch, kind in told["columns"]),
            widths=tuple(told["widths"]),
            rows=pl.read_parquet(folder / f"{number}.parquet"),
            wrapped=told["wrapped"],
        )
        for number, told in enumerate(json.loads((folder / "sheets.json").read_text()))
    ]
