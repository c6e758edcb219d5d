"""The registry's files as they lie on the wire: column order, names, separators and blanks by year.

Two serialisations of one table (domain.md, 2.1): duo.nl is ``;``, windows-1252, quoted only where it
must be; CKAN is ``,``, everything quoted, UTF-8. Measured on the files of 2013-06, 2020-12 and 2026-04.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import polars as pl

Form = Literal["today", "2020", "2013"]

_SLICE = 100_000  # rows held as text at once
_ADDRESS = (
    "STRAATNAAM", "HUISNUMMER-TOEVOEGING", "POSTCODE", "PLAATSNAAM", "GEMEENTENUMMER", "GEMEENTENAAM",
    "DENOMINATIE", "TELEFOONNUMMER", "INTERNETADRES",
)  # fmt: skip
_CORRESPONDENCE = (
    "STRAATNAAM CORRESPONDENTIEADRES", "HUISNUMMER-TOEVOEGING CORRESPONDENTIEADRES",
    "POSTCODE CORRESPONDENTIEADRES", "PLAATSNAAM CORRESPONDENTIEADRES",
)  # fmt: skip
_REGIONS = tuple(
    f"{kind} {part}"
    for kind in (
        "NODAAL GEBIED", "RPA-GEBIED", "WGR-GEBIED", "COROPGEBIED", "ONDERWIJSGEBIED", "RMC-REGIO",
    )
    for part in ("CODE", "NAAM")
)  # fmt: skip
_CODES = (
    "PROVINCIE", "BEVOEGD GEZAG NUMMER", "INSTELLINGSCODE", "VESTIGINGSCODE", "VESTIGINGSNAAM",
)  # fmt: skip
_AFTER_SITE = {"po": (), "so": ("CLUSTER", "GROEPERING"), "vo": ("ONDERWIJSSTRUCTUUR",)}
_BEFORE = {"po": (), "so": ("SOORT PRIMAIR ONDERWIJS",), "vo": ()}
_BOARD_TAIL = {
    "po": ("KVK-NUMMER", "ADMINISTRATIEKANTOORNUMMER"),
    "so": ("ADMINISTRATIEKANTOORNUMMER", "KVK-NUMMER"),
    "vo": ("ADMINISTRATIEKANTOORNUMMER", "KVK-NUMMER"),
}

# Width of the blank that the files of 2020 and 2013 have instead of nothing, where it was measured.
_BLANK_WIDTHS = {
    "STRAATNAAM CORRESPONDENTIEADRES": 24,
    "HUISNUMMER-TOEVOEGING CORRESPONDENTIEADRES": 12,
    "POSTCODE CORRESPONDENTIEADRES": 7,
    "PLAATSNAAM CORRESPONDENTIEADRES": 24,
    "TELEFOONNUMMER": 10,
    "INTERNETADRES": 80,
    "DENOMINATIE": 30,
    "GEMEENTENAAM": 40,
    "CLUSTER": 1,
}
_NAMES_OF_2020 = {"INSTELLINGSCODE": "BRIN NUMMER", "VESTIGINGSCODE": "VESTIGINGSNUMMER"}

FILE_NAMES: Mapping[Form, Mapping[str, str]] = {
    "today": {
        "po": "02.-alle-schoolvestigingen-basisonderwijs.csv",
        "so": "09.-alle-vestigingen-sbo-so-en-vso.csv",
        "vo": "02.-alle-vestigingen-vo.csv",
    },
    "2020": {
        "po": "03-alle-vestigingen-bo.csv",
        "so": "09.-alle-vestigingen-speciaal-(basis)onderwijs.csv",
        "vo": "02-alle-vestigingen-vo.csv",
    },
    "2013": {
        "po": "02-alle-schoolvestigingen-basisonderwijs.csv",
        "so": "09.-alle-vestigingen-speciaal-(basis)onderwijs.csv",
        "vo": "02-alle-vestigingen-vo.csv",
    },
}


def branch_columns(sector: str) -> list[str]:
    """Columns of a branch file of today: 31 for po, 34 for so, 32 for vo."""
    return [
        *_BEFORE[sector],
        *_CODES,
        *_ADDRESS,
        *_AFTER_SITE[sector],
        *_CORRESPONDENCE,
        *_REGIONS,
        "VAKANTIEREGIO",
    ]


def board_columns(sector: str) -> list[str]:
    """Columns of a ``besturen`` table; the last two are swapped outside primary education."""
    head = ("BEVOEGD GEZAG NUMMER", "BEVOEGD GEZAG NAAM")
    return [*_BEFORE[sector], *head, *_ADDRESS, *_CORRESPONDENCE, *_BOARD_TAIL[sector]]


def write_duo(rows: pl.DataFrame, sector: str, form: Form, path: Path) -> None:
    """Write a branch file as duo.nl serves it (CRLF; the copies of 2020 at hand were LF, kept CRLF here).

    Args:
        rows: the columns of ``branch_columns``, null for a blank.
        sector: po, so or vo.
        form: which generation of the file.
        path: where to write it.
    """
    columns = branch_columns(sector)
    if form == "today":
        table = rows.select(pl.col(columns).fill_null(" "))
    else:
        old = columns[:-1]  # VAKANTIEREGIO came later
        table = rows.select(
            pl.col(name).fill_null(" " * _BLANK_WIDTHS.get(name, 1)) for name in old
        )
        table = table.rename(_NAMES_OF_2020)
    if form == "2013":
        table = table.rename({"VESTIGINGSNAAM": "VESTIGINGSNAAM "})
    write_table(table, path, separator=";", encoding="cp1252", line_end="\r\n")


def write_ckan(rows: pl.DataFrame, columns: list[str], path: Path) -> None:
    """Write a table as CKAN serves it."""
    write_table(rows.select(columns), path, quote="always")


def write_table(
    table: pl.DataFrame,
    path: Path,
    *,
    separator: str = ",",
    encoding: str = "utf-8",
    line_end: str = "\n",
    quote: Literal["necessary", "always"] = "necessary",
) -> None:
    """Write text columns as CSV, a slice at a time; a letter outside the encoding is an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for start in range(0, max(table.height, 1), _SLICE):
            text = io.BytesIO()
            table.slice(start, _SLICE).write_csv(
                text,
                include_header=start == 0,
                separator=separator,
                line_terminator=line_end,
                quote_style=quote,
            )
            body = text.getvalue()
            file.write(body if encoding == "utf-8" else body.decode().encode(encoding))
