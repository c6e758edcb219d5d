"""What is missing and what changed: delivery points, events, and why branches came and went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial

import polars as pl

from oso_pipeline.contracts.records import EVENT_NAMES, FLAGS, SEVERITIES
from oso_pipeline.contracts.statuses import SECTOR_NAMES
from oso_pipeline.outputs.parts import dutch_day, dutch_number, of
from oso_pipeline.outputs.report import charts, words
from oso_pipeline.outputs.report.figures import changes as figures
from oso_pipeline.outputs.report.figures.adoption import compared_with
from oso_pipeline.outputs.report.figures.points import findings, points_missing
from oso_pipeline.outputs.report.model import Chart, Kind, Part, Section, Shown


def delivery_points(flags: pl.DataFrame, branches: pl.DataFrame, as_of: date) -> Section:
    """Delivery points that are missing, and the other findings."""
    missing = points_missing(flags, branches)
    every = missing.row(-1, named=True)
    answer = (
        f"{of(every['missing'], every['branches'], 'vestigingen')}"
        f" {'heeft' if every['missing'] == 1 else 'hebben'} geen actief LAS-aanleverpunt."
    )
    if every["ignored"]:
        answer += f" Bij {dutch_number(every['ignored'])} daarvan is besloten dat er niets hoeft te gebeuren."
    if every["high"]:
        which = "van de andere" if every["ignored"] else "daarvan"
        answer += f" Bij {dutch_number(every['high'])} {which} is de school al gekwalificeerd: daar ontbreekt alleen het aanleverpunt nog."
    columns = (
        Shown("sector", "Sector", Kind.TEXT, _sectors(), empty="Alle sectoren"),
        Shown("branches", "Open vestigingen"),
        Shown("missing", "Zonder aanleverpunt"),
        *(Shown(name, words.SEVERITIES[name].capitalize()) for name in SEVERITIES),
        *([Shown("ignored", "Niets nodig, volgens een besluit")] if every["ignored"] else []),
    )
    part = Part(
        "Zonder aanleverpunt",
        "Vestigingen zonder actief LAS-aanleverpunt, per sector en stand van de school",
        missing,
        columns,
        chart=_missing_chart(missing) if every["missing"] > every["ignored"] else None,
    )
    return Section("aanleverpunten", "Ontbrekende aanleverpunten", answer, (part, _findings_part(flags, as_of)))  # fmt: skip


def _sectors() -> dict[str, str]:
    return {sector: name.capitalize() for sector, name in SECTOR_NAMES.items()}


def _missing_chart(missing: pl.DataFrame) -> Chart:
    rows = (
        missing.filter(pl.col("sector").is_not_null())
        .unpivot(list(SEVERITIES), index="sector", variable_name="part")
        .sort(pl.col("sector").replace_strict({s: n for n, s in enumerate(SECTOR_NAMES)}, return_dtype=pl.Int64), maintain_order=True)
        .select(
            pl.col("sector").replace_strict(_sectors(), return_dtype=pl.String).alias("label"),
            pl.col("part").replace_strict(words.SEVERITIES, return_dtype=pl.String),
            "value",
        )
    )  # fmt: skip
    texts = [dutch_number(n) for n in rows["value"]]
    said = "; ".join(f"{label}, {part}: {text}" for (label, part, _), text in zip(rows.iter_rows(), texts, strict=True))  # fmt: skip
    return Chart(
        "Vestigingen zonder actief LAS-aanleverpunt",
        f"Gestapeld staafdiagram. {said}.",
        partial(
            charts.stacked_bars,
            rows.with_columns(pl.Series("text", texts, dtype=pl.String)),
            parts=[words.SEVERITIES[name] for name in SEVERITIES],
        ),
    )


_FINDINGS = (
    "Alle signalen over aanleverpunten en vestigingen. Staat er geen datum in Mijn OSO, dan tellen de dagen vanaf de eerste"
    " release die het signaal toont"
)


def _findings_part(flags: pl.DataFrame, as_of: date) -> Part:
    columns = (
        Shown("flag", "Signaal", Kind.TEXT, FLAGS),
        Shown("findings", "Aantal"),
        Shown("schools", "Scholen"),
        Shown("days_median", "Dagen: mediaan"),
        Shown("oldest_on", "Oudste sinds", Kind.DAY),
    )
    return Part("Signalen", _FINDINGS, findings(flags, as_of), columns)  # fmt: skip


def changes(tables: Mapping[str, pl.DataFrame], *, as_of: date, release_id: str) -> Section:
    """What happened since the last release, and why."""
    happened = figures.events(tables["change_log"], release_id)
    why = figures.causes(
        tables["change_log"],
        tables["school_status"],
        tables["branch_status"],
        tables["qualification_steps"],
        release_id,
    )
    named = why.with_columns(
        pl.when(pl.col("event") == "connected")
        .then(pl.col("cause").replace(words.CAUSES | words.WON_STEPS))
        .otherwise(pl.col("cause").replace(words.CAUSES | words.LOST_STEPS))
        .alias("cause")
    )
    previous_on = compared_with(tables["adoption"], as_of, release_id)["as_of"][0]
    event_columns = (
        Shown("event", "Gebeurtenis", Kind.TEXT, EVENT_NAMES),
        Shown("number", "Aantal"),
        Shown("reason", "Reden", Kind.TEXT, words.REASONS),
        Shown("first_on", "Eerste ingangsdatum", Kind.DAY),
        Shown("last_on", "Laatste ingangsdatum", Kind.DAY),
        Shown("examples", "Voorbeelden", Kind.TEXT),
    )
    cause_columns = (
        Shown("cause", "Oorzaak", Kind.TEXT),
        Shown("event", "Gevolg", Kind.TEXT, EVENT_NAMES),
        Shown("branches", "Vestigingen"),
        Shown("examples", "Voorbeelden", Kind.TEXT),
    )
    parts = (
        Part(
            "Oorzaken",
            "Vestigingen die aansloten of afvielen, naar oorzaak",
            named,
            cause_columns,
            when_empty="Er sloot geen vestiging aan en er viel er geen af.",
            chart=_cause_chart(named) if named.height else None,
        ),
        Part(
            "Wijzigingen",
            "Alle gebeurtenissen sinds de vorige release",
            happened.with_columns(pl.col("event").alias("reason")),
            event_columns,
            when_empty="Er is niets veranderd.",
        ),
    )
    return Section("wijzigingen", "Wijzigingen sinds de vorige release", _what_happened(named, happened, previous_on), parts)  # fmt: skip


def _what_happened(why: pl.DataFrame, happened: pl.DataFrame, previous_on: date | None) -> str:
    if previous_on is None:
        return "Dit is de eerste release: er is geen eerdere release om mee te vergelijken."
    begin = f"Sinds de vorige release ({dutch_day(previous_on)})"
    if happened.is_empty():
        return f"{begin} is er niets veranderd."
    won = int(why.filter(event="connected")["branches"].sum())
    lost = why.filter(event="disconnected")
    gone = int(lost["branches"].sum())
    said = f"{begin} {_sloten(won)} aan en {_vielen(gone)} af."
    if lost.height:
        most = lost["branches"].max()
        first = lost.filter(branches=most)["cause"].to_list()
        share = f"{dutch_number(lost['branches'][0])} van {dutch_number(gone)}"
        said += (
            f" De grootste oorzaak van afvallen: {first[0]} ({share})."
            if len(first) == 1
            else f" De grootste oorzaken van afvallen (elk {share}): {'; '.join(first)}."
        )
    return said


def _sloten(number: int) -> str:
    return "sloot 1 vestiging" if number == 1 else f"sloten {dutch_number(number) if number else 'geen'} vestigingen"  # fmt: skip


def _vielen(number: int) -> str:
    return "viel er 1" if number == 1 else f"vielen er {dutch_number(number) if number else 'geen'}"


def _cause_chart(named: pl.DataFrame) -> Chart:
    signs = {"connected": "+", "disconnected": "\N{MINUS SIGN}"}
    texts = [
        f"{signs[event]}{dutch_number(n)} {EVENT_NAMES[event].lower()}"
        for event, n in named.select("event", "branches").iter_rows()
    ]
    rows = named.select(
        pl.col("cause").alias("label"),
        pl.col("branches").alias("value"),
        pl.Series("text", texts, dtype=pl.String),
    )
    return Chart(
        "Vestigingen die aansloten (+) of afvielen (\N{MINUS SIGN}), naar oorzaak",
        "Staafdiagram: " + ", ".join(f"{label} {text}" for label, text in zip(rows["label"], texts, strict=True)) + ".",
        partial(charts.bars, rows, left=320, right=190),
    )  # fmt: skip
