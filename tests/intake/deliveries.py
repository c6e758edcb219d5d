"""A small delivery in every form that Mijn OSO sends."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl

from oso_pipeline.contracts.onboarding import ONBOARDING

TABLES = {table.name: table.names for table in ONBOARDING}


def put_csv(folder: Path, separator: str = ",", **bodies: str) -> Path:
    """Six CSV files: the rows given below the contract's header, or a whole body behind a tab."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in TABLES.items():
        rows = bodies.get(name, "")
        whole = rows[1:] if rows.startswith("\t") else separator.join(columns) + "\n" + rows
        (folder / f"{name}.csv").write_text(whole, "utf-8")
    return folder


def put_workbook(path: Path, sheets: Mapping[str, list[list[Any]]]) -> Path:
    """One workbook: the rows given below the contract's header; a list that begins with a header replaces it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name in TABLES | dict(sheets):
        sheet = book.create_sheet(name)
        rows = sheets.get(name, [])
        has_header = bool(rows) and "brin" in rows[0]
        for row in rows if has_header else [TABLES.get(name, []), *rows]:
            sheet.append(row)
    book.save(path)
    return path
