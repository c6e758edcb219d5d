"""What people are told in work items, in Dutch: where it is done in Mijn OSO, and which step plan helps."""

from __future__ import annotations

import polars as pl

from oso_pipeline.contracts.onboarding import KNOWN_LAS
from oso_pipeline.wording import sentence

POINTS_TAB = "Mijn OSO, tabblad Aanleverpunten: "
BRANCHES_TAB = "Mijn OSO, tabblad Mijn gegevens, kopje Vestigingen: "
QUESTIONNAIRE = "Mijn OSO, stappenplan van school {}: "
AGREEMENT_TAB = "Mijn OSO, tabblad Overeenkomst (inloggen met bestuursnummer {}): "

_PLAN = " Stappenplan: Mijn OSO, tabblad Ondersteuning en contact, Documenten: stappenplan aansluiten voor {}."
_SOME_LAS = "het leerlingadministratiesysteem"
_PLACES_OF_KIND = {
    "ot": "Onderwijs Transparant",
    "ldos": "LDOS",
    "swv": "het systeem voor ondersteuningsaanvragen",
}


def step_plan() -> pl.Expr:
    """Where the step plan of the school's product is found, over the column `las`; there is none of one that is not known."""
    known = pl.when(pl.col("las").is_in(KNOWN_LAS)).then("las")
    return sentence(_PLAN, known.fill_null("uw leerlingadministratiesysteem"))


def product() -> pl.Expr:
    """The school's product, over the column `las`, or the word for one."""
    return pl.col("las").fill_null(_SOME_LAS)


def system() -> pl.Expr:
    """Where a delivery point is registered, over the columns `kind` and `las`."""
    other = pl.col("kind").replace_strict(_PLACES_OF_KIND, default=None, return_dtype=pl.String)
    return pl.coalesce(other, product())


def in_dutch(day: str | pl.Expr) -> pl.Expr:
    """A day as 3-2-2026."""
    return (pl.col(day) if isinstance(day, str) else day).dt.to_string("%-d-%-m-%Y")


def point_number(column: str = "number") -> pl.Expr:
    """The number of a delivery point, or that it has none."""
    return pl.col(column).fill_null("(zonder nummer)")


def waiting(column: str) -> pl.Expr:
    """How many schools wait for it: `1 school wacht erop`."""
    one = pl.col(column) == 1
    return pl.when(one).then(pl.lit("1 school wacht erop")).otherwise(sentence("{} scholen wachten erop", column))  # fmt: skip
