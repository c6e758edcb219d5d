"""What the figures rest on: the quality of the data, and the age of the sources."""

from __future__ import annotations

from datetime import date

import polars as pl

from oso_pipeline.contracts.records import OUTCOMES
from oso_pipeline.outputs.parts import dutch_days, dutch_number, dutch_share
from oso_pipeline.outputs.report import words
from oso_pipeline.outputs.report.figures import quality as figures
from oso_pipeline.outputs.report.model import Kind, Part, Section, Shown, top

_MOST = 10


def quality(
    reconciliation: pl.DataFrame, quarantine: pl.DataFrame, signals: pl.DataFrame
) -> Section:
    """What the delivered rows were found to be, what could not be used, and what is odd."""
    outcomes, refused, odd = figures.outcomes(reconciliation), figures.refused(quarantine), figures.odd(signals)  # fmt: skip
    every = outcomes.row(-1, named=True)
    not_used = int(refused["rows"].sum())
    belongs = dutch_share(every["share"] or 0)
    unread = {0: "Geen enkele rij was onbruikbaar.", 1: "1 rij was onbruikbaar en telt niet mee."}
    answer = (
        f"{belongs} van de {dutch_number(every['rows'])} rijen uit Mijn OSO hoort bij een open school of bestuur."
        f" {unread.get(not_used, f'{dutch_number(not_used)} rijen waren onbruikbaar en tellen niet mee.')}"
    )
    per_rule = (
        Shown("rule", "Wat er is", Kind.TEXT, words.RULES),
        Shown("source", "Bron", Kind.TEXT, words.SOURCES),
    )
    parts = (
        Part(
            "Afstemming",
            "Uitkomst van de afstemming: waar de rijen uit Mijn OSO bij horen",
            outcomes,
            (
                Shown("source_table", "Tabel", Kind.TEXT, words.TABLES, empty="Alle tabellen"),
                Shown("rows", "Rijen"),
                Shown("share", "Hoort bij open school of bestuur", Kind.SHARE),
                *(Shown(name, words.OUTCOMES[name]) for name in OUTCOMES),
            ),
        ),
        Part(
            "Quarantaine",
            f"Rijen die niet meetellen omdat ze onleesbaar of onmogelijk waren, naar reden{top(refused, _MOST)}",
            refused,
            (*per_rule, Shown("rows", "Rijen")),
            limit=_MOST,
            when_empty="Alle rijen waren leesbaar en mogelijk.",
        ),
        Part(
            "Opvallend",
            f"Wat verder opviel{top(odd, _MOST)}",
            odd,
            (*per_rule, Shown("findings", "Aantal verschillende"), Shown("rows", "Rijen")),
            limit=_MOST,
            when_empty="Er viel niets op.",
        ),
    )
    return Section("gegevens", "Kwaliteit van de gegevens", answer, parts)


def sources(all_sources: pl.DataFrame, as_of: date) -> Section:
    """How old the sources are."""
    rows = figures.ages(all_sources, as_of)
    stood_in = rows.filter("fallback")["name"].to_list()
    fresh = _age(rows["days"].to_list())
    answer = (
        f"{fresh} Er kwam niets nieuws binnen van: {', '.join(stood_in)}; daarvoor is een eerder opgehaald bestand gebruikt."
        if stood_in
        else f"{fresh} Voor geen enkele bron is een eerder opgehaald bestand gebruikt."
    )
    part = Part(
        "Bronnen",
        "Bronnen en hun leeftijd, de oudste eerst",
        rows.with_columns(pl.col("fallback").cast(pl.String), pl.col("days").clip(lower_bound=0)),
        (
            Shown("name", "Bron", Kind.TEXT),
            Shown("fetched_on", "Opgehaald op", Kind.DAY),
            Shown("days", "Dagen oud"),
            Shown("rows_read", "Rijen gelezen"),
            Shown("rows_quarantined", "Rijen onbruikbaar"),
            Shown(
                "fallback", "Eerder opgehaald bestand", Kind.TEXT, {"true": "ja", "false": "nee"}
            ),
        ),
        when_empty="Er is geen bron gelezen.",
    )
    return Section("bronnen", "Leeftijd van de bronnen", answer, (part,))


def _age(days: list[int]) -> str:
    if not days:
        return "Er is geen bron gelezen."
    if max(days) > 0:
        return f"De oudste bron is {dutch_days(max(days))} oud."
    return "Alle bronnen zijn opgehaald op de dag zelf" + (" of daarna." if min(days) < 0 else ".")
