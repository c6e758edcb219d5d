"""How far we are: the headline, and how it went over time."""

from __future__ import annotations

from datetime import date
from functools import partial

import polars as pl

from oso_pipeline.contracts.registry import SECTORS
from oso_pipeline.contracts.statuses import SECTOR_NAMES
from oso_pipeline.outputs.parts import (
    dutch_day,
    dutch_number,
    dutch_share,
    of,
    short_day,
    short_month,
)
from oso_pipeline.outputs.report import charts, words
from oso_pipeline.outputs.report.figures import adoption as figures
from oso_pipeline.outputs.report.model import Card, Change, Chart, Kind, Part, Section, Shown

SINCE = {"release": "vorige release", "month": "een maand geleden", "year": "een jaar geleden"}
"""What is compared with -> words."""

NO_EARLIER = "nog geen release"
_ON_CARDS = (
    ("branches", "connected"),
    ("schools", "connected"),
    ("branches", "qualified_not_covered"),
    ("branches", "lapsed"),
)


def cards(adoption: pl.DataFrame, *, as_of: date, release_id: str) -> tuple[Card, ...]:
    """The figures that stand at the top."""
    rows = figures.headline(adoption, as_of, release_id)
    compared = figures.compared_with(adoption, as_of, release_id).rows(named=True)
    by_figure = {(row["unit"], row["status"]): row for row in rows.iter_rows(named=True)}
    return tuple(
        Card(
            label=words.FIGURES[figure],
            number=row["number"],
            share=row["share"] or 0.0,
            total=row["total"],
            changes=tuple(
                Change(SINCE[other["against"]], row[f"change_{other['against']}"], other["as_of"])
                for other in compared
            ),
        )
        for figure in _ON_CARDS
        for row in (by_figure[figure],)
    )


def headline(adoption: pl.DataFrame, *, as_of: date, release_id: str) -> Section:
    """The headline figures, with the change since earlier releases."""
    rows = figures.headline(adoption, as_of, release_id)
    first = rows.row(0, named=True)
    compared = figures.compared_with(adoption, as_of, release_id)
    previous_on = compared["as_of"][0]
    answer = (
        f"Op {dutch_day(as_of)} {'is' if first['number'] == 1 else 'zijn'} {of(first['number'], first['total'], 'vestigingen')} aangesloten"
        f" op OSO. {_since_previous(first['change_release'], previous_on)}"
    )
    named = rows.with_columns(pl.concat_str("unit", "status", separator=" ", ignore_nulls=True).alias("figure"))  # fmt: skip
    names = {" ".join(filter(None, key)): name for key, name in words.FIGURES.items()}
    columns = (
        Shown("figure", "Cijfer", Kind.TEXT, names),
        Shown("number", "Nu"),
        Shown("share", "Aandeel", Kind.SHARE),
        *change_columns(compared),
    )
    part = Part("Kerncijfers", "Kerncijfers en het verschil met eerdere releases", named, columns)
    return Section("kerncijfers", "Kerncijfers", answer, (part,))


def change_columns(compared: pl.DataFrame) -> tuple[Shown, ...]:
    """A column per earlier release, its day in the header."""
    return tuple(
        Shown(f"change_{against}", f"Verschil met {SINCE[against]} ({short_day(on) if on else NO_EARLIER})", Kind.CHANGE)
        for against, on, _ in compared.iter_rows()
    )  # fmt: skip


def _since_previous(change: int | None, previous_on: date | None) -> str:
    if change is None or previous_on is None:
        return "Er is geen eerdere release om mee te vergelijken."
    if change == 0:
        return f"Dat zijn er evenveel als in de vorige release ({dutch_day(previous_on)})."
    more, are = "meer" if change > 0 else "minder", "is" if abs(change) == 1 else "zijn"
    return f"Dat {are} er {dutch_number(abs(change))} {more} dan in de vorige release ({dutch_day(previous_on)})."


def over_time(adoption: pl.DataFrame) -> Section:
    """The share that is connected, per sector, at a few points in time."""
    rows = figures.over_time(adoption)
    days = rows["as_of"].unique().sort().to_list()
    every = rows.filter(pl.col("sector").is_null())
    sectors = rows.filter(pl.col("sector").is_not_null())
    present = [sector for sector in SECTORS if sector in sectors["sector"]]
    table = every.select("as_of", "branches", "branches_connected", "branches_share")
    for sector in present:
        table = table.join(
            sectors.filter(sector=sector).select("as_of", pl.col("branches_share").alias(sector)),
            on="as_of", how="left", maintain_order="left",
        )  # fmt: skip
    columns = (
        Shown("as_of", "Release van", Kind.DAY),
        Shown("branches_connected", "Aangesloten vestigingen"),
        Shown("branches", "Open vestigingen"),
        Shown("branches_share", "Aandeel", Kind.SHARE),
        *(Shown(sector, SECTOR_NAMES[sector].capitalize(), Kind.SHARE) for sector in present),
    )
    caption = "Aangesloten vestigingen door de tijd, en het aandeel per sector"
    chart = None
    if days:
        chart = Chart(
            "Aandeel aangesloten vestigingen per sector",
            f"Lijndiagram van {dutch_day(days[0])} tot {dutch_day(days[-1])}. Laatste stand: {_last_shares(sectors)}.",
            partial(_lines, sectors, days),
        )
    answer = _trend(every, sectors)
    return Section("tijd", "Aansluiting in de tijd", answer, (Part("In de tijd", caption, table, columns, chart=chart),))  # fmt: skip


def _trend(every: pl.DataFrame, sectors: pl.DataFrame) -> str:
    shares = every["branches_share"].drop_nulls().to_list()
    if not shares:
        return "Er is nog geen release met open vestigingen."
    last = sectors.filter(pl.col("as_of") == pl.col("as_of").max()).drop_nulls("branches_share")
    ranked = last.sort("branches_share", descending=True)
    furthest, least = ranked.row(0, named=True), ranked.row(-1, named=True)
    place = f"Het verst is het {SECTOR_NAMES[furthest['sector']]} ({dutch_share(furthest['branches_share'])})"
    if ranked.height > 1:
        place += f", het minst ver het {SECTOR_NAMES[least['sector']]} ({dutch_share(least['branches_share'])})"
    if len(shares) == 1:
        return f"Er is een release om te tonen: {dutch_share(shares[0])} van de vestigingen is aangesloten. {place}."
    begin, now = shares[0], shares[-1]
    verb = "bleef" if round(1000 * begin) == round(1000 * now) else "steeg" if now > begin else "daalde"  # fmt: skip
    moved = f"{dutch_share(now)}" if verb == "bleef" else f"van {dutch_share(begin)} naar {dutch_share(now)}"  # fmt: skip
    return f"Sinds {dutch_day(every['as_of'][0])} {verb} het aandeel aangesloten vestigingen {moved}. {place}."


def _last_shares(sectors: pl.DataFrame) -> str:
    last = sectors.filter(pl.col("as_of") == pl.col("as_of").max()).drop_nulls("branches_share")
    return ", ".join(
        f"{SECTOR_NAMES[sector]} {dutch_share(share)}"
        for sector, share in last.select("sector", "branches_share").iter_rows()
    )


def _lines(sectors: pl.DataFrame, days: list[date]) -> charts.Drawing:
    rows = sectors.drop_nulls("branches_share").select(
        pl.col("as_of").alias("on"),
        pl.col("sector").replace_strict(SECTOR_NAMES, return_dtype=pl.String).alias("series"),
        pl.col("branches_share").alias("value"),
    )
    texts = [f"{name} {dutch_share(value)}" for name, value in rows.select("series", "value").iter_rows()]  # fmt: skip
    a_day = len({(day.year, day.month) for day in days}) < len(days)
    names = {day: short_day(day) if a_day else short_month(day) for day in days}
    return charts.lines(rows.with_columns(pl.Series("text", texts, dtype=pl.String)), names)
