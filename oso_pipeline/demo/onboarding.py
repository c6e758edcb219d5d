"""The six tables that Mijn OSO exports (contract.md, "Onboarding records"), written from the situations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from oso_pipeline.demo.dealing import Dealt
from oso_pipeline.demo.draws import Draws
from oso_pipeline.demo.records import Record, point
from oso_pipeline.demo.situations import BOARDS, COVERS, GROWN, LISTINGS, PARTNERS, SCHOOLS, STOPPED
from oso_pipeline.demo.text import fill_in

TABLES: Mapping[str, tuple[str, ...]] = {
    "accounts": (
        "account_name", "kind", "requested_on", "letter_sent_on", "activated_on", "closed_on",
    ),
    "agreements": ("board_number", "kind", "signed_on", "ended_on"),
    "questionnaires": ("brin", "status", "submitted_on"),
    "branches": ("brin", "branch_number", "name", "added_on", "removed_on"),
    "delivery_points": (
        "brin", "number", "kind", "branch_number", "las", "requested_on", "approved_on",
        "key_issued_on", "registered_on", "ended_on",
    ),
    "test_exchanges": (
        "brin", "delivery_point_number", "partner_brin", "profile", "performed_on", "result",
    ),
}  # fmt: skip
_PRODUCTS = {
    "po": {"ParnasSys": 0.72, "ESIS": 0.24, "EDUscope": 0.03, "Eigen beheer": 0.01},
    "so": {"ParnasSys": 0.5, "LeerlingInZicht": 0.25, "EDUscope": 0.15, "ESIS": 0.1},
    "vo": {"Magister": 0.6, "SOMtoday": 0.38, "EDUscope": 0.02},
}
_PROFILES = {
    "po": {"POPO": 0.5, "POVO": 0.4, "POSWV": 0.1},
    "so": {"POVO": 0.6, "VOVO": 0.35, "WECVO": 0.05},  # the last is of OSO's list, not of ours
    "vo": {"VOVO": 0.9, "VOSWV": 0.1},
}
_NO_DAY = pl.lit(None, dtype=pl.Date)
_POINT_OF_A_MISSING_MAIN = (point(-385, -375, -373, -360, number="0"),)


def expected_rows(draws: Draws, dealt: Dealt, first_night: date) -> dict[str, pl.DataFrame]:
    """Write every board's, school's and branch's records.

    Args:
        draws: the country's dice.
        dealt: who is in which situation on this night (``passing.dealt_after``).
        first_night: the day from which the days in the situations count.

    Returns:
        Table -> its contract columns (String, null for empty), and ``outcome``, what
        reconciliation ought to say of the row.
    """
    rows = pl.concat(
        [_expand(subjects, catalogue, first_night) for subjects, catalogue in _subjects(dealt)],
        how="diagonal",
    ).with_row_index("row")
    return {table: _table(draws, table, rows) for table in TABLES}


def _subjects(dealt: Dealt) -> list[tuple[pl.DataFrame, dict[str, tuple[Record, ...]]]]:
    schools = dealt.schools.select(
        "school", "sector", "brin", "situation", "partners", "main", "lag",
        "event_on", "board_number", partner=pl.col("brin").shift(-1).fill_null(pl.col("brin").first()),
    )  # fmt: skip
    branches = dealt.branches.select(
        "school", "sector", "brin", "number", "situation", "listing", "main", "lag",
        "event_on", own=pl.col("number").cast(pl.String),
    )  # fmt: skip
    without_main = dealt.branches.filter(
        pl.col("is_anchor") & (pl.col("number") > 0) & pl.col("situation").is_not_null(),
    )
    point_zero = without_main.select(
        "school", "sector", "brin", "lag", situation=pl.lit("point zero"), event_on=_NO_DAY
    )
    boards = dealt.boards.select("board_number", "situation", "lag", event_on=_NO_DAY)
    return [
        (boards, {name: s.records for name, s in BOARDS.items()}),
        (schools, {name: s.records for name, s in SCHOOLS.items()}),
        (schools, {f"grown {name}": records for name, records in GROWN.items()}),
        (_by(schools, "partners"), {name: records for name, (_, records) in PARTNERS.items()}),
        (branches, {name: s.records for name, s in COVERS.items()}),
        (branches, {"stopped": STOPPED}),
        (_by(branches, "listing"), {name: records for name, (_, records) in LISTINGS.items()}),
        (point_zero, {"point zero": _POINT_OF_A_MISSING_MAIN}),
    ]


def _by(subjects: pl.DataFrame, column: str) -> pl.DataFrame:
    return subjects.with_columns(situation=pl.col(column))


def _expand(
    subjects: pl.DataFrame,
    catalogue: Mapping[str, Sequence[Record]],
    first_night: date,
) -> pl.DataFrame:
    """Give every subject the records of its situation, with codes and days filled in."""
    records = _frame(catalogue)
    joined = subjects.join(records, on="situation", how="inner", maintain_order="left_right")
    days = [name for name in records.columns if name.endswith("_on")]
    lag = pl.when("fresh").then(0).otherwise("lag")
    return joined.with_columns(*[_day(name, lag, first_night) for name in days]).with_columns(
        *[_filled(name, joined) for name in _CODES if name in joined.columns],
    )


_CODES = ("record_number", "record_branch_number", "delivery_point_number")


def _frame(catalogue: Mapping[str, Sequence[Record]]) -> pl.DataFrame:
    """``situation, table, fresh, outcome`` and one text column per value that any record has."""
    rename = {"number": "record_number", "branch_number": "record_branch_number"}
    rows = [
        {"situation": situation, "table": r.table, "fresh": r.fresh, "outcome": r.outcome}
        | {
            rename.get(name, name): value if value is None else str(value)
            for name, value in r.values.items()
        }
        for situation, records in catalogue.items()
        for r in records
    ]
    text = {name: pl.String for row in rows for name in row if name != "fresh"}
    return pl.DataFrame(rows, schema=text | {"fresh": pl.Boolean})


def _day(name: str, lag: pl.Expr, first_night: date) -> pl.Expr:
    """Turn a number of days into an ISO date; what is no number is written as it stands.

    A number counts from the first night, one with "@" from the subject's own event.
    """
    days = pl.col(name).cast(pl.Int64, strict=False)
    day = pl.lit(first_night) + pl.duration(days=days - lag)
    since = pl.col(name).str.strip_prefix("@").cast(pl.Int64, strict=False)
    later = pl.col("event_on") + pl.duration(days=since)
    text = pl.coalesce(day, later).dt.to_string("%Y-%m-%d")
    return text.fill_null(pl.col(name)).alias(name)


def _filled(name: str, joined: pl.DataFrame) -> pl.Expr:
    text = pl.col(name)
    if "own" in joined.columns:
        padded = pl.col("own").str.zfill(2)
        text = text.str.replace("{own:02}", padded, literal=True)
        text = text.str.replace("{own}", pl.col("own"), literal=True)
    if "main" in joined.columns:
        text = text.str.replace("{main}", pl.col("main"), literal=True)
    return text.alias(name)


def _table(draws: Draws, table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Bring the rows of one table to its columns."""
    own = rows.filter(pl.col("table") == table)
    key = pl.col("row")
    if table == "accounts":
        of_board = pl.col("kind") == "board"
        own = own.with_columns(
            account_name=pl.when(of_board).then("board_number").otherwise("brin"),
        )
    elif table == "branches":
        own = own.with_columns(
            branch_number=pl.col("own").str.zfill(2),
            name=fill_in("Vestiging {}", pl.col("own")),
        )
    elif table == "delivery_points":
        school = pl.col("school")  # a school has one product, and the same on every night
        product = pl.when(~draws.chance("product not said", school, 0.02)).then(
            _by_sector(draws, "product", school, _PRODUCTS),
        )
        own = own.with_columns(
            number="record_number",
            branch_number="record_branch_number",
            las=pl.when(pl.col("kind") == "las").then(product),
        )
    elif table == "test_exchanges":
        own = own.with_columns(
            partner_brin="partner",
            profile=_by_sector(draws, "profile", key, _PROFILES),
        )
    return own.select(*TABLES[table], "outcome")


def _by_sector(
    draws: Draws,
    question: str,
    key: pl.Expr,
    weights: Mapping[str, Mapping[str, float]],
) -> pl.Expr:
    sector = pl.col("sector")
    return pl.coalesce(
        pl.when(sector == name).then(draws.weighted(f"{question} {name}", key, of_sector))
        for name, of_sector in weights.items()
    )
