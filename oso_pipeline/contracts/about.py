"""The published tables that are about the release itself: which one it is, and what everything in it means."""

from __future__ import annotations

from oso_pipeline.contracts.model import Column, Table, Type

RELEASE = Table(
    "release",
    "Deze release",
    "release: there is one",
    (
        Column("release_id", Type.TEXT, "Release", "The release that this file is of.", required=True),
        Column("as_of", Type.DATE, "Peildatum", "The day D for which everything in it holds; ages are counted to this day.", required=True),
        Column("previous_release_id", Type.TEXT, "Vorige release", "The last published release before it; empty for the first."),
        Column("schema_version", Type.TEXT, "Versie van de tabellen", "Major: a column or table went or changed its meaning; minor: one came.", required=True),
        Column("version", Type.TEXT, "Versie van de pijplijn", "Of the pipeline that made it.", required=True),
        Column("demo", Type.YES_NO, "Demo", "The data is made up.", required=True),
    ),
    key=("release_id",),
)  # fmt: skip

DICTIONARY = Table(
    "dictionary",
    "Woordenlijst",
    "column of a table or view",
    (
        Column("table_name", Type.TEXT, "Tabel", "The table or view.", required=True),
        Column("position", Type.COUNT, "Volgorde", "The column's place in it, counted from 1.", required=True),
        Column("column_name", Type.TEXT, "Kolom", "The column.", required=True),
        Column("type", Type.TEXT, "Type", "As DuckDB stores it.", required=True),
        Column("dutch", Type.TEXT, "In het Nederlands", "The label that outputs show people.", required=True),
        Column("meaning", Type.TEXT, "Betekenis", "What a value says, in one sentence.", required=True),
        Column("required", Type.YES_NO, "Altijd gevuld", "It is never empty.", required=True),
        Column("choices", Type.LIST, "Keuzes", "All values that it can have, where that list is closed; else none.", required=True),
        Column("rule", Type.TEXT, "Regel", "Where the rules of its table are written.", required=True),
    ),
    key=("table_name", "column_name"),
    order=("table_name", "position"),
    rule="oso_pipeline/contracts",
)  # fmt: skip
