"""The report's tables as a workbook: a sheet per table, one header row, all rows, codes as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import polars as pl

from oso_pipeline.contracts.model import Column, Type
from oso_pipeline.outputs.cells import write_book
from oso_pipeline.outputs.parts import dutch_day
from oso_pipeline.outputs.report import words
from oso_pipeline.outputs.report.model import Kind, Part, Report, Shown
from oso_pipeline.outputs.report.sections import build_report
from oso_pipeline.outputs.sheets import Sheet

SHEET_NOTES = "Toelichting"
_TITLE = "Managementrapport OSO"
_TYPES = {
    Kind.TEXT: Type.TEXT, Kind.CODE: Type.CODE, Kind.COUNT: Type.COUNT, Kind.SHARE: Type.NUMBER,
    Kind.CHANGE: Type.COUNT, Kind.DAY: Type.DATE,
}  # fmt: skip
_NOTES = (
    Column("subject", Type.TEXT, "Onderwerp", "What the note is about."),
    Column("note", Type.TEXT, "Toelichting", "The note."),
)
_WIDEST = 60
_NARROWEST = 13


def write_report_workbook(
    path: Path,
    tables: Mapping[str, pl.DataFrame],
    *,
    as_of: date,
    release_id: str,
    demo: bool,
) -> None:
    """Write the workbook; what it takes is what `write_report` takes."""
    report = build_report(tables, as_of=as_of, release_id=release_id, demo=demo)
    parts = [part for section in report.sections for part in section.parts]
    path.parent.mkdir(parents=True, exist_ok=True)
    title = _TITLE + (" (DEMO)" if demo else "")
    write_book(path, title, [*map(_sheet, parts), _notes_sheet(report)], as_of)


def _sheet(part: Part) -> Sheet:
    rows = part.rows.select(_in_words(column) for column in part.columns)
    columns = tuple(Column(c.name, _TYPES[c.kind], c.label, c.label) for c in part.columns)
    widths = tuple(_width(column, rows[column.name]) for column in part.columns)
    return Sheet(part.sheet, columns, widths, rows)


def _in_words(column: Shown) -> pl.Expr:
    """The values as people read them; what is not there is an empty cell, or what it is called."""
    value = pl.col(column.name)
    if column.kind not in {Kind.TEXT, Kind.CODE}:
        return value
    said = value.replace(dict(column.words)) if column.words else value
    return said.fill_null(column.empty) if column.empty else said


def _width(column: Shown, values: pl.Series) -> int:
    longest = max(map(len, column.label.split()), default=0) + 2
    if column.kind in {Kind.TEXT, Kind.CODE}:
        longest = max([longest, *map(len, values.drop_nulls())])
    return min(max(longest + 2, _NARROWEST), _WIDEST)


def _notes_sheet(report: Report) -> Sheet:
    names = [column.name for column in _NOTES]
    rows = pl.DataFrame([*_notes(report)], schema=dict.fromkeys(names, pl.String), orient="row")
    return Sheet(SHEET_NOTES, _NOTES, (44, 130), rows, wrapped=True)


def _notes(report: Report) -> Iterator[tuple[str, str]]:
    if report.demo:
        yield "DEMO", "Dit zijn verzonnen gegevens van een verzonnen land."
    yield "Stand van", dutch_day(report.as_of)
    yield "Release", report.release_id
    for section in report.sections:
        yield section.title, section.answer
        for part in section.parts:
            yield f"Blad {part.sheet}", part.caption
    yield from words.GLOSSARY
