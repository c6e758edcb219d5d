"""Where and with what: provinces and partnerships, products, and the boards with the most open work."""

from __future__ import annotations

from datetime import date
from functools import partial

import polars as pl

from oso_pipeline.contracts.records import RESPONSIBLE
from oso_pipeline.outputs.parts import dutch_number, dutch_share, of
from oso_pipeline.outputs.report import charts
from oso_pipeline.outputs.report.figures.adoption import compared_with
from oso_pipeline.outputs.report.figures.boards import open_work_per_board
from oso_pipeline.outputs.report.figures.places import per_partnership, per_product, per_province
from oso_pipeline.outputs.report.model import Chart, Kind, Part, Section, Shown, top
from oso_pipeline.outputs.report.sections.progress import change_columns

_MOST = 15
_BY_STATUS = (
    Shown("branches", "Open vestigingen"),
    Shown("connected", "Aangesloten"),
    Shown("share", "Aandeel aangesloten", Kind.SHARE),
    Shown("lapsed", "Niet meer aangesloten"),
    Shown("qualified_not_covered", "Alleen aanleverpunt ontbreekt"),
    Shown("in_progress", "Bezig"),
    Shown("not_started", "Niet begonnen"),
    Shown("swv_ready", "Klaar voor SWV"),
)


def places(branches: pl.DataFrame) -> Section:
    """Provinces and partnerships."""
    provinces, partnerships = per_province(branches), per_partnership(branches)
    known = provinces.filter(pl.col("province").is_not_null())
    national = float(branches["connected"].mean() or 0)  # ty: ignore[invalid-argument-type]
    answer = "Er zijn geen vestigingen met een bekende provincie."
    if known.height:
        furthest, least = known.row(0, named=True), known.row(-1, named=True)
        answer = (
            f"{furthest['province']} is het verst ({dutch_share(furthest['share'])} van de vestigingen aangesloten),"
            f" {least['province']} het minst ver ({dutch_share(least['share'])}); heel Nederland staat op {dutch_share(national)}."
        )
    texts = [f"{dutch_share(share)} van {dutch_number(n)}" for share, n in known.select("share", "branches").iter_rows()]  # fmt: skip
    shown = known.select(
        pl.col("province").alias("label"),
        pl.col("share").alias("value"),
        pl.Series("text", texts, dtype=pl.String),
    )
    chart = Chart(
        f"Aandeel aangesloten vestigingen per provincie; de streeplijn is heel Nederland ({dutch_share(national)})",
        "Staafdiagram: " + ", ".join(f"{label} {dutch_share(value)}" for label, value in shown.select("label", "value").iter_rows()) + ".",
        partial(charts.bars, shown, whole=1.0, mark_at=national, left=140),
    )  # fmt: skip
    per = Part(
        "Per provincie",
        "Vestigingen per provincie, de verste eerst",
        provinces,
        (Shown("province", "Provincie", Kind.TEXT, empty="Anders geschreven of onbekend"), *_BY_STATUS),
        chart=chart if known.height else None,
    )  # fmt: skip
    most = Part(
        "Per SWV",
        f"Samenwerkingsverbanden (SWV) met de meeste niet-aangesloten vestigingen{top(partnerships, _MOST)}",
        partnerships,
        (
            Shown("swv_number", "SWV", Kind.CODE, empty="Onbekend"),
            Shown("not_connected", "Niet aangesloten"),
            *_BY_STATUS,
        ),
        limit=_MOST,
    )
    return Section("provincies", "Provincies en samenwerkingsverbanden", answer, (per, most))


def products(
    branches: pl.DataFrame, adoption: pl.DataFrame, *, as_of: date, release_id: str
) -> Section:
    """With which product connected branches work."""
    rows = per_product(branches, adoption, as_of, release_id)
    total = int(rows["connected"].sum())
    known = rows.filter(pl.col("las").is_not_null() & (pl.col("connected") > 0))
    answer = "Er is geen aangesloten vestiging waarvan het LAS bekend is."
    if known.height:
        largest = known.row(0, named=True)
        answer = f"Het meest gebruikte LAS is {largest['las']}: {of(largest['connected'], total, 'aangesloten vestigingen')}."
    shown = known.select(
        pl.col("las").alias("label"), pl.col("connected").alias("value"), "share"
    ).head(_MOST)
    texts = [f"{dutch_number(n)} ({dutch_share(share)})" for n, share in shown.select("value", "share").iter_rows()]  # fmt: skip
    chart = Chart(
        "Aangesloten vestigingen per leerlingadministratiesysteem (LAS)",
        "Staafdiagram: " + ", ".join(f"{label} {text}" for label, text in zip(shown["label"], texts, strict=True)) + ".",
        partial(charts.bars, shown.with_columns(pl.Series("text", texts, dtype=pl.String)), left=160),
    )  # fmt: skip
    columns = (
        Shown("las", "LAS", Kind.TEXT, empty="Niet bekend"),
        Shown("connected", "Aangesloten vestigingen"),
        Shown("share", "Aandeel in aangesloten vestigingen", Kind.SHARE),
        *change_columns(compared_with(adoption, as_of, release_id)),
    )
    part = Part(
        "Per LAS",
        f"Aangesloten vestigingen per LAS{top(rows, _MOST)}",
        rows,
        columns,
        limit=_MOST,
        chart=chart if shown.height else None,
    )
    return Section("las", "Leerlingadministratiesystemen", answer, (part,))


def boards(items: pl.DataFrame, schools: pl.DataFrame, branches: pl.DataFrame) -> Section:
    """Boards with the most open work."""
    rows = open_work_per_board(items, schools, branches)
    total = int(rows["items"].sum())
    named = rows.filter(pl.col("board_number").is_not_null())
    nobody = total - int(named["items"].sum())
    answer = "Er staat geen werk open."
    if named.height:
        most = named.head(_MOST)
        theirs = of(int(most["items"].sum()), total, "open acties")
        answer = (
            f"{dutch_number(named.height)} besturen hebben open werk; de {most.height} met het meeste hebben samen {theirs}."
            if named.height > 1
            else f"1 bestuur heeft open werk: {theirs}."
        )
    if nobody == 1:
        answer += " 1 actie gaat over een code die niet meer open is en hoort bij geen bestuur."
    elif nobody:
        answer += f" {dutch_number(nobody)} acties gaan over codes die niet meer open zijn en horen bij geen bestuur."
    who = [name for name in RESPONSIBLE if rows[name].sum()]
    columns = (
        Shown("board_number", "Bestuursnummer", Kind.CODE),
        Shown("board_name", "Bestuur", Kind.TEXT, empty="naam niet bekend"),
        Shown("schools", "Scholen"),
        Shown("branches", "Vestigingen"),
        Shown("share", "Aandeel aangesloten", Kind.SHARE),
        Shown("items", "Open acties"),
        *(Shown(name, f"Voor {RESPONSIBLE[name]}") for name in who),
        Shown("oldest_on", "Oudste sinds", Kind.DAY),
    )
    part = Part(
        "Open werk per bestuur",
        f"Besturen met het meeste open werk, voor henzelf, hun scholen en de servicedesk (oudste sinds: uit Mijn OSO, anders de eerste release die het toont){top(named, _MOST)}",
        named,
        columns,
        limit=_MOST,
    )
    return Section("besturen", "Besturen met het meeste open werk", answer, (part,))
