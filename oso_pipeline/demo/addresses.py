"""What the registry says of every branch and board: name, address, telephone, region.

Frames carry the registry's column names of today (2026), null where the registry has a blank. The
quirks are those measured on the real files (domain.md, 2.1).
"""

from __future__ import annotations

import polars as pl

from oso_pipeline.demo import names, regions
from oso_pipeline.demo.draws import Draws
from oso_pipeline.demo.places import places
from oso_pipeline.demo.population import Population

_DENOMINATIONS = {
    "Openbaar": 0.31,
    "Rooms-Katholiek": 0.29,
    "Protestants-Christelijk": 0.24,
    "Algemeen bijzonder": 0.06,
    "Reformatorisch": 0.03,
    "Gereformeerd vrijgemaakt": 0.02,
    "Islamitisch": 0.015,
    "Antroposofisch": 0.013,
    "Samenwerking PC, RK": 0.012,
    "Samenwerking PC, RK, Alg. Bijz": 0.006,
    "Hindoeïstisch": 0.002,
    "Gereformeerd vrijgemaakt / Eva": 0.002,
}
_STRUCTURES = {
    "VBO/MAVO": 0.24,
    "VBO/MAVO/HAVO/VWO": 0.21,
    "VBO": 0.11,
    "PRO": 0.1,
    "HAVO/VWO": 0.1,
    "MAVO/HAVO/VWO": 0.08,
    "BRUGJAAR": 0.06,
    "VWO": 0.06,
    "VBO/MAVO/PRO": 0.04,
}
SPECIAL_KINDS = {"SBAO": 0.45, "SO": 0.25, "(V)SO": 0.2, "VSO": 0.1}
_CLUSTERS = {"1": 0.05, "2": 0.15, "3": 0.4, "4": 0.4}
_HOUSE_NUMBERS = {"{n}": 0.9, "{n}-A": 0.05, "{n}-B": 0.02, "{n} -{n}": 0.01, "{n}-A 9": 0.02}
ADDRESS = (
    "STRAATNAAM", "HUISNUMMER-TOEVOEGING", "POSTCODE", "PLAATSNAAM", "GEMEENTENUMMER", "GEMEENTENAAM",
)  # fmt: skip
_REGION_COLUMNS = [f"{kind} {part}" for kind in regions.KINDS.values() for part in ("CODE", "NAAM")]
_POSTCODE_LETTERS = "ABCDEGHJKLMNPRSTVWXZ"
_NEW_MUNICIPALITY = "1991"  # has a number, and no name in the files yet (domain.md, 2.1)


def branch_rows(draws: Draws, population: Population, sector: str) -> pl.DataFrame:
    """Describe the branches of one sector.

    Returns:
        One row per branch in the order of the real files (province, board, code): the columns
        of ``formats.branch_columns``, those that only other sectors have, ``branch`` and
        ``is_anchor``.
    """
    numbers = population.boards.select("board", "board_number")
    branches = population.branches.filter(pl.col("sector") == sector)
    joined = branches.join(numbers, on="board", how="left", maintain_order="left")
    placed = joined.join(_described_places(), on="place", how="left", maintain_order="left")
    kinds = placed.with_columns(kind=draws.weighted("kind", pl.col("origin"), SPECIAL_KINDS))
    addressed = kinds.with_columns(
        *address(draws, "branch", _address_key(draws)), branch_name(draws).alias("name")
    )
    described = addressed.select(
        "branch",
        "is_anchor",
        pl.col("kind").alias("SOORT PRIMAIR ONDERWIJS"),
        pl.col("province").alias("PROVINCIE"),
        pl.col("board_number").alias("BEVOEGD GEZAG NUMMER"),
        pl.col("brin").alias("INSTELLINGSCODE"),
        pl.col("branch_code").alias("VESTIGINGSCODE"),
        pl.col("name").alias("VESTIGINGSNAAM"),
        *ADDRESS,
        draws.weighted("denomination", pl.col("origin"), _DENOMINATIONS).alias("DENOMINATIE"),
        *_contact(draws, pl.col("branch"), pl.col("name")),
        *_special(draws),
        draws.weighted("structure", pl.col("branch"), _STRUCTURES).alias("ONDERWIJSSTRUCTUUR"),
        *_correspondence(draws, "branch", pl.col("branch")),
        *_REGION_COLUMNS,
        pl.col("holiday_region").alias("VAKANTIEREGIO"),
    )
    return described.sort("PROVINCIE", "BEVOEGD GEZAG NUMMER", "VESTIGINGSCODE")


def board_rows(draws: Draws, population: Population) -> pl.DataFrame:
    """Describe every board, once per sector (and kind of special education) that it governs.

    Returns:
        ``sector`` and the columns of CKAN's ``besturen`` tables.
    """
    kind = draws.weighted("kind", pl.col("origin"), SPECIAL_KINDS)
    governs = population.branches.select(
        "board", "sector", kind=pl.when(_special_school()).then(kind)
    )
    placed = population.boards.join(places(), on="place", how="left", maintain_order="left")
    key = pl.col("board")
    name = names.board_name(draws, key)
    addressed = placed.with_columns(address(draws, "board", key))
    described = addressed.select(
        "board",
        pl.col("board_number").alias("BEVOEGD GEZAG NUMMER"),
        name.alias("BEVOEGD GEZAG NAAM"),
        *ADDRESS,
        draws.weighted("denomination of board", key, _DENOMINATIONS).alias("DENOMINATIE"),
        *_contact(draws, key, name),
        *_correspondence(draws, "board", key),
        (draws.below("kvk", key, 900_000) + 99_000_000).cast(pl.String).alias("KVK-NUMMER"),
        (draws.below("office", key, 900) + 100).cast(pl.String).alias("ADMINISTRATIEKANTOORNUMMER"),
    )
    by_sector = governs.unique().join(described, on="board", how="left", validate="m:1")
    return by_sector.rename({"kind": "SOORT PRIMAIR ONDERWIJS"}).sort(
        "sector",
        "BEVOEGD GEZAG NUMMER",
        "SOORT PRIMAIR ONDERWIJS",
    )


def address(draws: Draws, of: str, key: pl.Expr) -> list[pl.Expr]:
    """Give an address in the row's city: street, house number (free text), postcode, city."""
    return [
        names.street(draws, key).alias("STRAATNAAM"),
        _house_number(draws, key, of).alias("HUISNUMMER-TOEVOEGING"),
        _postcode(draws, key, of).alias("POSTCODE"),
        pl.col("city").alias("PLAATSNAAM"),
        pl.col("municipality_number").alias("GEMEENTENUMMER"),
        pl.when(pl.col("municipality_number") != _NEW_MUNICIPALITY)
        .then("municipality")
        .alias("GEMEENTENAAM"),
    ]


def _special_school() -> pl.Expr:
    return pl.col("sector") == "so"


def branch_name(draws: Draws) -> pl.Expr:
    """Name a branch after ``sector, origin, branch, is_anchor`` and ``kind`` (of special education)."""
    anchor = pl.col("is_anchor") | draws.chance("shares name", pl.col("branch"), 0.5)
    key = pl.when(anchor).then(pl.col("origin")).otherwise(pl.col("branch") + 10_000_000)
    return (
        pl.when(pl.col("sector") == "po")
        .then(names.po_name(draws, key))
        .when(pl.col("sector") == "so")
        .then(names.so_name(draws, key, pl.col("kind")))
        .otherwise(names.vo_name(draws, pl.col("origin")))
    )


def _address_key(draws: Draws) -> pl.Expr:
    """One side branch in ten stands in the same building as the school's other ones."""
    same_building = ~pl.col("is_anchor") & draws.chance("same building", pl.col("branch"), 0.1)
    return pl.when(same_building).then(pl.col("origin") + 20_000_000).otherwise(pl.col("branch"))


def _house_number(draws: Draws, key: pl.Expr, of: str) -> pl.Expr:
    form = draws.weighted(f"house form of {of}", key, _HOUSE_NUMBERS)
    number = (draws.share(f"house of {of}", key) ** 2 * 180).floor().cast(pl.Int64) + 1
    return form.str.replace_all("{n}", number.cast(pl.String), literal=True)


def branch_postcode(draws: Draws) -> pl.Expr:
    """The postcode of a branch's address, of rows with its place."""
    return _postcode(draws, _address_key(draws), "branch")


def _postcode(draws: Draws, key: pl.Expr, of: str) -> pl.Expr:
    letters = pl.lit(pl.Series(list(_POSTCODE_LETTERS)))
    digits = pl.col("postcode_digits").cast(pl.Int64) + draws.below(f"postcode of {of}", key, 9)
    first = letters.gather(draws.below(f"first letter of {of}", key, len(_POSTCODE_LETTERS)))
    second = letters.gather(draws.below(f"second letter of {of}", key, len(_POSTCODE_LETTERS)))
    forbidden = (first == "S") & second.is_in(["A", "D", "S"])
    last = pl.when(forbidden).then(pl.lit("B")).otherwise(second)
    return pl.concat_str(digits.cast(pl.String), pl.lit(" "), first, last)


def _contact(draws: Draws, key: pl.Expr, name: pl.Expr) -> list[pl.Expr]:
    """A telephone number that no network gives out (the part after the area begins with 0)."""
    room = 10 - pl.col("area_code").str.len_chars()
    digits = draws.below("telephone", key, 1_000_000).cast(pl.String).str.zfill(7)
    number = pl.col("area_code") + pl.lit("0") + digits.str.tail(room - 1)
    site = pl.when(draws.chance("number as site", key, 0.01)).then(number)
    site = site.otherwise(pl.when(~draws.chance("no site", key, 0.1)).then(names.website(name)))
    return [
        pl.when(~draws.chance("no telephone", key, 0.01)).then(number).alias("TELEFOONNUMMER"),
        site.alias("INTERNETADRES"),
    ]


def _special(draws: Draws) -> list[pl.Expr]:
    cluster = draws.weighted("cluster", pl.col("origin"), _CLUSTERS)
    ordinary = pl.col("kind") == "SBAO"
    return [
        pl.when(~ordinary).then(cluster).alias("CLUSTER"),
        pl.when(ordinary).then(pl.lit("J")).otherwise(pl.lit("N")).alias("GROEPERING"),
    ]


def _correspondence(draws: Draws, of: str, key: pl.Expr) -> list[pl.Expr]:
    """A post box for one in eight, nothing for one in fifty, else the address itself."""
    boxed = draws.chance(f"post box of {of}", key, 0.12)
    absent = draws.chance(f"no correspondence of {of}", key, 0.02)
    box = (draws.below(f"box number of {of}", key, 900) + 1).cast(pl.String)
    street = pl.when(boxed).then(pl.lit("Postbus")).otherwise("STRAATNAAM")
    number = pl.when(boxed).then(box).otherwise("HUISNUMMER-TOEVOEGING")
    parts = {
        "STRAATNAAM": street,
        "HUISNUMMER-TOEVOEGING": number,
        "POSTCODE": pl.col("POSTCODE"),
        "PLAATSNAAM": pl.col("PLAATSNAAM"),
    }
    return [
        pl.when(~absent).then(part).alias(f"{column} CORRESPONDENTIEADRES")
        for column, part in parts.items()
    ]


def _described_places() -> pl.DataFrame:
    """The cities, with the registry's columns of their regions."""
    columns = []
    for column, kind in regions.KINDS.items():
        name = pl.col(column).replace_strict(regions.NAMES[column])
        columns += [pl.col(column).alias(f"{kind} CODE"), name.alias(f"{kind} NAAM")]
    return places().with_columns(columns)
