"""Where schools stand in the steps, and how long they have stood there."""

from __future__ import annotations

from datetime import date
from functools import partial

import polars as pl

from oso_pipeline.contracts.records import FLAGS
from oso_pipeline.contracts.statuses import REQUIRED_STEPS
from oso_pipeline.outputs.parts import dutch_days, dutch_number, dutch_share, of
from oso_pipeline.outputs.report import charts, words
from oso_pipeline.outputs.report.figures import steps as figures
from oso_pipeline.outputs.report.model import Chart, Kind, Part, Section, Shown


def steps(all_steps: pl.DataFrame, flags: pl.DataFrame, as_of: date) -> Section:
    """Where schools stand, and how long they have stood there."""
    passed = figures.steps_passed(all_steps)
    standing = figures.where_schools_stand(all_steps, as_of)
    waiting = figures.waiting_points(flags, as_of)
    return Section(
        "stappen",
        "Stappen van het aansluiten",
        _where_they_wait(standing),
        (_steps_part(passed), _standing_part(standing), _waiting_part(waiting)),
    )


def _where_they_wait(standing: pl.DataFrame) -> str:
    schools = int(standing["schools"].sum())
    done = int(standing.filter(pl.col("first_missing").is_null())["schools"].sum())
    said = f"{of(done, schools, 'scholen')} {'heeft' if done == 1 else 'hebben'} alle vier de verplichte stappen gezet."
    stuck = standing.filter(pl.col("first_missing").is_not_null()).sort("schools", descending=True)
    if stuck.is_empty():
        return said
    most = stuck.row(0, named=True)
    group = f"Van de andere staat de grootste groep stil bij {words.AT_STEP[most['first_missing']]}: {dutch_number(most['schools'])}"
    if most["days_median"] is None:
        return f"{said} {group}."
    begun = most["schools"] - most["passed_0"]
    ago = f"{dutch_days(int(most['days_median']))} geleden"
    if begun == 1:
        return f"{said} {group}; de ene die al een stap zette, deed dat {ago}."
    half = (
        f"van de {dutch_number(begun)} die al een stap zetten, zette de helft de laatste"
        if most["passed_0"]
        else "de helft van hen zette de laatste stap"
    )
    return f"{said} {group}; {half} {ago} of langer."


def _steps_part(passed: pl.DataFrame) -> Part:
    rows = passed.select(
        pl.col("step").replace(words.STEPS).alias("label"), pl.col("share").alias("value"), "passed"
    )
    texts = [f"{dutch_number(n)} ({dutch_share(value or 0)})" for n, value in rows.select("passed", "value").iter_rows()]  # fmt: skip
    chart = Chart(
        "Scholen die de stap gezet hebben",
        "Staafdiagram: " + ", ".join(f"{label} {text}" for label, text in zip(rows["label"], texts, strict=True)) + ".",
        partial(charts.bars, rows.with_columns(pl.Series("text", texts, dtype=pl.String)), whole=1.0),
    )  # fmt: skip
    columns = (
        Shown("step", "Stap", Kind.TEXT, words.STEPS | {"account": "Account (niet verplicht)"}),
        Shown("passed", "Scholen die deze stap hebben gezet"),
        Shown("share", "Aandeel", Kind.SHARE),
        Shown("missing", "Scholen die deze stap nog missen"),
    )
    table = passed.with_columns((pl.col("schools") - pl.col("passed")).alias("missing"))
    return Part("Stappen", "Scholen per stap", table, columns, chart=chart if rows.height else None)


def _standing_part(standing: pl.DataFrame) -> Part:
    rows = standing.filter(
        pl.col("first_missing").is_not_null() & pl.col("days_median").is_not_null()
    )
    drawn = rows.select(
        pl.col("first_missing").replace(words.STEPS).alias("label"),
        pl.col("days_lower").alias("lower"),
        pl.col("days_median").alias("median"),
        pl.col("days_upper").alias("upper"),
        (pl.col("schools") - pl.col("passed_0")).alias("begun"),
    )
    texts = [
        f"mediaan {dutch_number(middle)}, middelste helft {dutch_number(lower)} tot {dutch_number(upper)}"
        for lower, middle, upper in drawn.select("lower", "median", "upper").iter_rows()
    ]
    labels = [f"{label} ({dutch_number(n)})" for label, n in drawn.select("label", "begun").iter_rows()]  # fmt: skip
    shown = drawn.with_columns(
        pl.Series("text", texts, dtype=pl.String), pl.Series("label", labels, dtype=pl.String)
    )
    chart = Chart(
        "Dagen sinds de laatste gezette stap, per eerste ontbrekende stap (balk: de middelste helft van de scholen, streep: de mediaan; tussen haakjes: scholen die al een stap zetten)",
        "Staafdiagram van de middelste helft, in dagen: " + "; ".join(f"{label} {text}" for label, text in zip(labels, texts, strict=True)) + ".",
        partial(charts.ranges, shown),
    )  # fmt: skip
    columns = (
        Shown("first_missing", "Eerste ontbrekende stap", Kind.TEXT, words.STEPS, empty="Geen: gekwalificeerd"),
        Shown("schools", "Scholen"),
        Shown("share", "Aandeel", Kind.SHARE),
        *(Shown(f"passed_{n}", f"{n} gezet") for n in range(len(REQUIRED_STEPS))),
        Shown("days_lower", "Dagen: eerste kwartiel"),
        Shown("days_median", "Dagen: mediaan"),
        Shown("days_upper", "Dagen: derde kwartiel"),
    )  # fmt: skip
    caption = "Waar scholen staan: de eerste stap die ontbreekt, hoeveel van de vier er gezet zijn, en hoeveel dagen geleden de laatste was"
    return Part("Waar scholen staan", caption, standing, columns, chart=chart if rows.height else None)  # fmt: skip


def _waiting_part(waiting: pl.DataFrame) -> Part:
    columns = (
        Shown("flag", "Wat er wacht", Kind.TEXT, FLAGS),
        Shown("points", "Aanleverpunten"),
        Shown("schools", "Scholen"),
        Shown("days_lower", "Dagen: eerste kwartiel"),
        Shown("days_median", "Dagen: mediaan"),
        Shown("days_upper", "Dagen: derde kwartiel"),
        Shown("oldest_on", "Oudste sinds", Kind.DAY),
    )
    caption = "Aanleverpunten die wachten: op goedkeuring (14 dagen of langer) of op registratie (30 dagen of langer)"
    return Part("Wachtende aanleverpunten", caption, waiting, columns)
