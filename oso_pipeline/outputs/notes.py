"""The sheet *Toelichting*: what the workbook shows, what its words mean, what it was made of, and how it was checked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from oso_pipeline.contracts.model import Column, Type
from oso_pipeline.contracts.records import SOURCE_NAMES
from oso_pipeline.contracts.registry import REGISTRY_TABLES, tables_left_out
from oso_pipeline.contracts.statuses import SECTOR_NAMES, STATUS_NAMES
from oso_pipeline.outputs.check_notes import check_notes
from oso_pipeline.outputs.parts import dutch_day, dutch_moment, dutch_number
from oso_pipeline.outputs.sheets import Sheet

SHEET_NOTES = "Toelichting"

_COLUMNS = (
    Column("subject", Type.TEXT, "Onderwerp", "What the note is about.", required=True),
    Column("note", Type.TEXT, "Toelichting", "The note.", required=True),
)
_WIDTHS = (66, 112)

_WORDS = {
    "Wanneer is een vestiging aangesloten": "Als de school gekwalificeerd is en een actief LAS-aanleverpunt de vestiging bedient. Gekwalificeerd is een school met een getekende overeenkomst, een ingediende vragenlijst, een aanleverpunt en een geslaagde testuitwisseling.",
    "Kolommen BRIN en Vestiging": "De code van de school en het nummer van de vestiging; samen de vestigingscode, zoals 00AH en 02. Vestiging 00 is de hoofdvestiging. Het zijn teksten: 03PM is geen tijd.",
    "Kolom LAS": "Het leerlingadministratiesysteem waarin het aanleverpunt staat; leeg als dat niet bekend is.",
    "Kolom Aangesloten sinds": "De dag waarop de laatste van de vier stappen was gezet en het aanleverpunt van de vestiging was geregistreerd. De vestiging kan daarna een tijd niet aangesloten zijn geweest.",
    "Kolommen OT en LDOS": "Ja: de vestiging kan ook uitwisselen met Onderwijs Transparant of LDOS.",
    "Kolom SWV": "Ja: de vestiging kan ook ondersteuningsaanvragen sturen naar het samenwerkingsverband passend onderwijs (SWV).",
    "Bladen per provincie, sector en LAS": "Een school telt als aangesloten als ten minste een van haar vestigingen dat is. Bij Per LAS telt een school mee met het systeem van de eerste vestiging die er een heeft. Een vestiging zonder actief LAS-aanleverpunt telt daar bij geen of onbekend; daarom zijn de andere aandelen hoog.",
}  # fmt: skip


def notes_sheet(
    sources: pl.DataFrame,
    branches: pl.DataFrame,
    happened: pl.DataFrame | None,
    checks: pl.DataFrame | None,
    *,
    as_of: date,
    release_id: str,
    demo: bool,
) -> Sheet:
    """The notes, two columns wide.

    Args:
        sources: the `sources` table.
        branches: the `branch_status` table.
        happened: the events of this release, of the `change_log` table; None when they are not shown.
        checks: the checks of the gate (`write_workbook`); None when they are not shown.
        as_of: the day of the release.
        release_id: the release.
        demo: whether the data is made up.
    """
    notes = [
        *_about(as_of, release_id, demo=demo),
        *_counts(branches),
        *_about_changes(happened),
        *_WORDS.items(),
        *_origins(sources),
        *check_notes(checks),
    ]
    names = [column.name for column in _COLUMNS]
    rows = pl.DataFrame(notes, schema=dict.fromkeys(names, pl.String), orient="row")
    return Sheet(SHEET_NOTES, _COLUMNS, _WIDTHS, rows, wrapped=True)


def _about(as_of: date, release_id: str, *, demo: bool) -> Iterator[tuple[str, str]]:
    if demo:
        yield "DEMO", "Dit zijn verzonnen gegevens van een verzonnen land."
    yield "Wat is dit", "De vestigingen die zijn aangesloten op OSO (Overstapservice Onderwijs). Scholen sturen elkaar daarmee het overstapdossier van een leerling."  # fmt: skip
    yield "Peildatum", dutch_day(as_of)
    yield "Release", release_id


def _counts(branches: pl.DataFrame) -> Iterator[tuple[str, str]]:
    yield "Aangesloten vestigingen", _share(branches)
    for sector, name in SECTOR_NAMES.items():
        if sector in branches["sector"]:
            yield f"Vestigingen {name}", _share(branches.filter(sector=sector))
    for status, name in STATUS_NAMES.items():
        yield f"Vestigingen: {name}", dutch_number(branches.filter(status=status).height)


def _share(branches: pl.DataFrame) -> str:
    connected = int(branches["connected"].sum())
    return f"{dutch_number(connected)} van {dutch_number(branches.height)} aangesloten"


def _about_changes(happened: pl.DataFrame | None) -> Iterator[tuple[str, str]]:
    if happened is None:
        return
    number = happened.height
    said = f"{dutch_number(number)} gebeurtenissen" if number > 1 else "een gebeurtenis" if number else "niets"  # fmt: skip
    yield "Gewijzigd sinds de vorige release", said


def _origins(sources: pl.DataFrame) -> Iterator[tuple[str, str]]:
    for source in _sources_for_people(sources).iter_rows(named=True):
        yield _source_note(source)
    left_out = [REGISTRY_TABLES[table] for table in tables_left_out(sources["source"])]
    yield "Niet gelezen uit het register", ", ".join(left_out) or "niets"
    yield "Licentie", "Registergegevens: DUO (Dienst Uitvoering Onderwijs), open data, CC0."


def _sources_for_people(sources: pl.DataFrame) -> pl.DataFrame:
    """The sources under the names that people know; the six onboarding tables are one delivery."""
    named = sources.filter(pl.col("source").is_in(list(SOURCE_NAMES))).with_columns(
        pl.col("source").replace_strict(SOURCE_NAMES).alias("name")
    )
    return named.group_by("name", maintain_order=True).agg(
        pl.col("fetched_at").max(), pl.col("rows_read").sum(), pl.col("fallback").any()
    )


def _source_note(source: dict[str, Any]) -> tuple[str, str]:
    stand_in = (
        " (een eerder opgehaald bestand: er kwam niets nieuws binnen)" if source["fallback"] else ""
    )
    rows = dutch_number(source["rows_read"])
    return (
        f"Bron: {source['name']}",
        f"opgehaald op {dutch_moment(source['fetched_at'])}, {rows} {'rij' if source['rows_read'] == 1 else 'rijen'}{stand_in}",
    )
