"""How the codes of the six onboarding tables are read: per table the values, what cannot be read, and what was repaired."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from oso_pipeline.codes import (
    branch_number_by_convention,
    read_board_number,
    read_branch_number,
    read_brin,
    read_delivery_point_number,
)
from oso_pipeline.intake.fields import is_unreadable, read_choice


@dataclass(frozen=True)
class Codes:
    """How the codes of a row are read: expressions over the text columns.

    Attributes:
        values: column -> what is read.
        problems: (rule, when it cannot be read, the column it is about).
        repairs: the names of repairs made.
    """

    values: dict[str, pl.Expr]
    problems: list[tuple[str, pl.Expr, str]]
    repairs: list[pl.Expr]


_SCHOOL_READING = {"school": read_brin(pl.col("brin"))}
_OF_KIND = {
    kind: pl.when(read_choice(pl.col("kind")) == kind).then("account_name")
    for kind in ("school", "board")
}
READINGS: dict[str, list[dict[str, pl.Expr]]] = {
    "accounts": [
        {"school": read_brin(_OF_KIND["school"]), "board": read_board_number(_OF_KIND["board"])}
    ],
    "agreements": [{"board": read_board_number(pl.col("board_number"))}],
    "questionnaires": [_SCHOOL_READING],
    "branches": [
        _SCHOOL_READING,
        {"written": read_branch_number(pl.col("branch_number"), pl.col("school").struct["brin"])},
    ],
    "delivery_points": [
        _SCHOOL_READING,
        {
            "link": read_branch_number(pl.col("branch_number"), pl.col("school").struct["brin"]),
            "point": read_delivery_point_number(pl.col("number")),
        },
    ],
    "test_exchanges": [
        _SCHOOL_READING,
        {
            "point": read_delivery_point_number(pl.col("delivery_point_number")),
            "partner": read_brin(pl.col("partner_brin")),
        },
    ],
}
"""Table -> what is read of its codes, in stages: each is a struct of the code and the repair (codes.py)."""


def _school_codes() -> Codes:
    read = pl.col("school")
    brin = read.struct["brin"]
    return Codes(
        {"brin": brin}, [("brin_unreadable", brin.is_null(), "brin")], [read.struct["repair"]]
    )


def _account_codes() -> Codes:
    school, board = pl.col("school"), pl.col("board")
    of_board = read_choice(pl.col("kind")) == "board"
    of_school = read_choice(pl.col("kind")) == "school"
    return Codes(
        {
            "account_name": pl.when(of_board)
            .then(board.struct["board_number"])
            .otherwise(school.struct["brin"])
        },
        [
            ("brin_unreadable", of_school & school.struct["brin"].is_null(), "account_name"),
            ("board_number_unreadable", of_board & board.struct["board_number"].is_null(), "account_name"),
        ],
        [pl.when(of_board).then(board.struct["repair"]).otherwise(school.struct["repair"])],
    )  # fmt: skip


def _agreement_codes() -> Codes:
    read = pl.col("board")
    number = read.struct["board_number"]
    return Codes(
        {"board_number": number},
        [("board_number_unreadable", number.is_null(), "board_number")],
        [read.struct["repair"]],
    )


def _branch_codes() -> Codes:
    school = pl.col("school")
    brin, joined = school.struct["brin"], school.struct["joined_branch_number"]
    written = pl.col("written")
    number = pl.coalesce(written.struct["branch_number"], joined)
    unreadable = number.is_null() | is_unreadable(
        pl.col("branch_number"), written.struct["branch_number"]
    )
    return Codes(
        {"brin": brin, "branch_number": number},
        [
            ("brin_unreadable", brin.is_null(), "brin"),
            ("branch_number_unreadable", unreadable, "branch_number"),
            ("branch_contradicted", joined != number, "brin"),
        ],
        [school.struct["repair"], written.struct["repair"]],
    )


def _delivery_point_codes() -> Codes:
    """A branch joined to the BRIN must say what the row says otherwise: its link, or what the convention makes of it."""
    school = pl.col("school")
    brin, joined = school.struct["brin"], school.struct["joined_branch_number"]
    link, number = pl.col("link"), pl.col("point")
    by_convention = pl.when(read_choice(pl.col("kind")) == "las").then(
        branch_number_by_convention(number.struct["number"])
    )
    otherwise = pl.coalesce(link.struct["branch_number"], by_convention)
    return Codes(
        {
            "brin": brin,
            "number": number.struct["number"],
            "branch_number": link.struct["branch_number"],
        },
        [
            ("brin_unreadable", brin.is_null(), "brin"),
            (
                "link_unreadable",
                is_unreadable(pl.col("branch_number"), link.struct["branch_number"]),
                "branch_number",
            ),
            ("branch_contradicted", joined.is_not_null() & joined.ne_missing(otherwise), "brin"),
        ],
        [school.struct["repair"], link.struct["repair"], number.struct["repair"]],
    )


def _test_exchange_codes() -> Codes:
    school = _school_codes()
    number, partner = pl.col("point"), pl.col("partner")
    return Codes(
        school.values
        | {
            "delivery_point_number": number.struct["number"],
            "partner_brin": pl.coalesce(partner.struct["brin"], pl.col("partner_brin")),
            "profile": pl.col("profile").str.to_uppercase(),
        },
        school.problems,
        [
            *school.repairs,
            number.struct["repair"],
            pl.when(partner.struct["brin"].is_not_null()).then(partner.struct["repair"]),
            pl.when(pl.col("profile").str.to_uppercase() != pl.col("profile")).then(
                pl.lit("upper_cased")
            ),
        ],
    )


CODES = {
    "accounts": _account_codes,
    "agreements": _agreement_codes,
    "questionnaires": _school_codes,
    "branches": _branch_codes,
    "delivery_points": _delivery_point_codes,
    "test_exchanges": _test_exchange_codes,
}
