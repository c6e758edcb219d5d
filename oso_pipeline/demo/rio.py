"""RIO on CKAN: where branches stand, and which partnership they belong to (domain.md, 2.3).

Known of the files are their names and the columns ONDERWIJSLOCATIECODE, POSTCODE, GPS_LATITUDE, GPS_LONGITUDE,
BAG_ID, VESTIGINGSCODE and EINDDATUM; the names of the others are ours.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from oso_pipeline.demo.addresses import branch_postcode
from oso_pipeline.demo.ckan import write_package
from oso_pipeline.demo.draws import Draws
from oso_pipeline.demo.formats import write_ckan
from oso_pipeline.demo.places import places
from oso_pipeline.demo.population import Population

PACKAGE = "rio_nfo_po_vo_vavo_mbo_ho"
LOCATIONS = "onderwijslocaties.csv"
USES = "relaties_onderwijslocatiegebruiken_vestigingserkenningen.csv"
MEMBERSHIPS = "relaties_samenwerkingserkenningen_vestigingserkenningen.csv"

_WITHOUT_LOCATION, _SECOND_LOCATION, _FORMER_LOCATION = 0.02, 0.03, 0.08
_SPREAD = 0.03  # degrees from a city's middle, at most
_MOVED_AWAY = date(2022, 8, 1)
_RENEWED = date(2020, 8, 1)
_MOST_LOCATIONS = 1_000_000  # the codes end there; in a larger country the rest has none


def write_rio(folder: Path, draws: Draws, standing: Population, day: date) -> pl.DataFrame:
    """Write the package and its three tables.

    Args:
        folder: the ``ckan`` folder.
        draws: the country's dice.
        standing: who stands in the files.
        day: when the resources were last modified.

    Returns:
        What is to come out: ``branch_code``; ``latitude`` and ``longitude`` (text, degrees, WGS 84)
        of its location now, null without one; of two those of the one at the branch's own postcode,
        null where both are; ``swv_number``.
    """
    uses = _uses(draws, standing)
    members = _members(standing)
    files = {LOCATIONS: _locations(draws, uses), USES: _relations(uses), MEMBERSHIPS: members}
    for name, rows in files.items():
        write_ckan(
            rows.with_columns(pl.all().cast(pl.String)), rows.columns, folder / "files" / name
        )
    write_package(folder, PACKAGE, list(files), day)
    return _expected(standing, uses, members)


def _uses(draws: Draws, standing: Population) -> pl.DataFrame:
    """``code, branch_code, key, from, until, latitude, longitude, at_address``: one row per use of a location.

    A second location stands elsewhere, but for one in three: at the branch's own postcode.
    """
    key = pl.col("branch")
    placed = standing.branches.join(places(), on="place", how="left", maintain_order="left")
    has = placed.filter(~draws.chance("without location", key, _WITHOUT_LOCATION))
    second = has.filter(draws.chance("second location", key, _SECOND_LOCATION))
    former = has.filter(draws.chance("former location", key, _FORMER_LOCATION))
    never = pl.lit(None, dtype=pl.Date)
    uses = pl.concat(
        [
            has.with_columns(round=pl.lit(0), until=never, at_address=pl.lit(value=True)),
            second.with_columns(round=pl.lit(1), until=never, at_address=key % 3 == 0),
            former.with_columns(
                round=pl.lit(2), until=pl.lit(_MOVED_AWAY), at_address=pl.lit(value=False)
            ),
        ]
    ).head(_MOST_LOCATIONS)
    spot = key * 3 + pl.col("round")
    at = pl.int_range(pl.len())
    return uses.select(
        "branch_code",
        "city",
        "until",
        "at_address",
        postcode=pl.when("at_address")
        .then(branch_postcode(draws).str.replace(" ", "", literal=True))
        .otherwise(pl.col("postcode_digits") + "ZZ"),
        key=spot,
        code=_code(at),
        since=pl.date(draws.below("in use since", spot, 20) + 1998, 8, 1),
        latitude=_near(draws, "latitude", spot),
        longitude=_near(draws, "longitude", spot),
    )


def _code(at: pl.Expr) -> pl.Expr:
    """Number the locations as RIO does: 123X456."""
    digits = at.cast(pl.String).str.zfill(6)
    return pl.concat_str(digits.str.head(3), pl.lit("X"), digits.str.tail(3))


def _near(draws: Draws, axis: str, key: pl.Expr) -> pl.Expr:
    """A place within the city: nearer to the middle is likelier."""
    sides = [draws.share(f"{axis} {side}", key) - 0.5 for side in ("one", "other")]
    return (pl.col(axis) + (sides[0] + sides[1]) * _SPREAD).round(6)


def _locations(draws: Draws, uses: pl.DataFrame) -> pl.DataFrame:
    bag = draws.below("bag", pl.col("key"), 10**9).cast(pl.String).str.zfill(9)
    return uses.select(
        ONDERWIJSLOCATIECODE="code",
        POSTCODE="postcode",
        PLAATSNAAM="city",
        BAG_ID="9999010" + bag,  # 9999: a municipality that is not
        GPS_LATITUDE="latitude",
        GPS_LONGITUDE="longitude",
    )


def _relations(uses: pl.DataFrame) -> pl.DataFrame:
    return uses.sort("branch_code", "code").select(
        ONDERWIJSLOCATIECODE="code",
        VESTIGINGSCODE="branch_code",
        BEGINDATUM=pl.col("since").dt.to_string("%Y-%m-%d"),
        EINDDATUM=pl.col("until").dt.to_string("%Y-%m-%d"),
    )


def _members(standing: Population) -> pl.DataFrame:
    """A partnership a region, primary (with special) and secondary apart; by branch, not by school."""
    placed = standing.branches.join(places(), on="place", how="left", maintain_order="left")
    kind = pl.when(pl.col("sector") == "vo").then(pl.lit("VO")).otherwise(pl.lit("PO"))
    number = kind + pl.lit("20") + pl.col("corop_area")
    now = placed.select(
        SAMENWERKINGSVERBANDCODE=number,
        VESTIGINGSCODE="branch_code",
        BEGINDATUM=pl.lit("2014-08-01"),
        EINDDATUM=pl.lit(None, dtype=pl.String),
    )
    former = now.filter(placed["branch"] % 20 == 0).with_columns(
        SAMENWERKINGSVERBANDCODE=pl.col("SAMENWERKINGSVERBANDCODE").str.replace("O20", "O99"),
        EINDDATUM=pl.lit(_RENEWED.isoformat()),
    )
    return pl.concat([now, former]).sort("VESTIGINGSCODE", "BEGINDATUM", "SAMENWERKINGSVERBANDCODE")


def _expected(standing: Population, uses: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    at_address = uses.filter(pl.col("until").is_null(), "at_address")
    now = at_address.group_by("branch_code").agg(
        pl.len(), pl.col("latitude").first(), pl.col("longitude").first()
    )
    swv = members.filter(pl.col("EINDDATUM").is_null())
    joined = standing.branches.select("branch_code").join(now, on="branch_code", how="left")
    one = pl.col("len") == 1
    return joined.join(swv, left_on="branch_code", right_on="VESTIGINGSCODE", how="left").select(
        "branch_code",
        pl.when(one).then("latitude"),
        pl.when(one).then("longitude"),
        swv_number="SAMENWERKINGSVERBANDCODE",
    ).sort("branch_code")  # fmt: skip
