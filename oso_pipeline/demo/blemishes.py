"""What hand-kept tables look like: damaged codes, rows that cannot be read, unknown codes, doubles.

No blemish changes what is true of a branch: a damaged code has one possible meaning (domain.md,
section 3), and rows that cannot be read stand beside good ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from oso_pipeline.demo.brins import CLOCK_BRINS
from oso_pipeline.demo.dealing import Dealt
from oso_pipeline.demo.draws import Draws
from oso_pipeline.demo.onboarding import TABLES
from oso_pipeline.demo.text import fill_in

_DOUBLES = 0.005
_DAMAGED = {"none": 0.955, "lower": 0.015, "spaced": 0.015, "letters": 0.015}
_ROWS_PER_EXTRA = 2000  # schools to one more of each extra row

# Rows beside good ones: table, column -> value, outcome. {brin} and {board} are somebody's codes,
# {spare} a code that nobody ever had; a number is days before the first night.
_EXTRAS: tuple[tuple[str, Mapping[str, str | int], str], ...] = (
    ("accounts", {"account_name": "0AB1", "kind": "school", "requested_on": 90}, "quarantined"),
    ("accounts", {"account_name": "{brin}", "kind": "bestuur", "requested_on": 90}, "quarantined"),
    ("accounts", {"account_name": "{brin}", "kind": "school", "requested_on": "2024-02-30"},
     "quarantined"),
    ("accounts", {"account_name": "{brin}", "kind": "school", "requested_on": 90,
                  "activated_on": 70, "closed_on": 80}, "quarantined"),
    ("accounts", {"account_name": "{spare}", "kind": "school", "requested_on": 90}, "unknown"),
    ("agreements", {"board_number": "41-77B", "kind": "base", "signed_on": 90}, "quarantined"),
    ("agreements", {"board_number": "{board}", "kind": "basis", "signed_on": 90}, "quarantined"),
    ("agreements", {"board_number": "08999", "kind": "base", "signed_on": 90}, "unknown"),
    ("questionnaires", {"brin": "{brin}-000", "status": "draft"}, "quarantined"),
    ("questionnaires", {"brin": "{brin}", "status": "submitted", "submitted_on": "01-09-2021"},
     "quarantined"),
    ("questionnaires", {"brin": "{spare}", "status": "submitted", "submitted_on": 90}, "unknown"),
    ("branches", {"brin": "{brin}", "branch_number": "hoofd", "name": "Hoofdgebouw",
                  "added_on": 90}, "quarantined"),
    ("branches", {"brin": "{brin}", "branch_number": "01", "name": "Noodgebouw", "added_on": 90,
                  "removed_on": 120}, "quarantined"),
    ("branches", {"brin": "{brin}", "branch_number": "99", "name": "Dependance", "added_on": 90},
     "unknown"),
    ("branches", {"brin": "{spare}", "branch_number": "00", "name": "School", "added_on": 90},
     "unknown"),
    ("delivery_points", {"brin": "100000", "number": "0", "kind": "las", "registered_on": 90},
     "quarantined"),
    ("delivery_points", {"brin": "{brin}", "number": "888", "kind": "las", "branch_number": "X9",
                         "registered_on": 90}, "quarantined"),
    ("delivery_points", {"brin": "{brin}", "number": "888", "kind": "sis", "registered_on": 90},
     "quarantined"),
    ("delivery_points", {"brin": "{brin}", "number": "888", "kind": "las", "registered_on": 90,
                         "ended_on": 120}, "quarantined"),
    ("delivery_points", {"brin": "{brin}", "number": "889", "kind": "las", "las": "ParnasSys",
                         "registered_on": 90}, "matched"),
    ("delivery_points", {"brin": "{spare}", "number": "0", "kind": "las", "registered_on": 90},
     "unknown"),
    ("test_exchanges", {"brin": "{brin}", "delivery_point_number": "0", "profile": "POPO",
                        "performed_on": 90, "result": "geslaagd"}, "quarantined"),
    ("test_exchanges", {"brin": "{brin}", "delivery_point_number": "0", "profile": "POPO",
                        "performed_on": "gisteren", "result": "failed"}, "quarantined"),
    ("test_exchanges", {"brin": "{spare}", "delivery_point_number": "0", "profile": "POPO",
                        "performed_on": 90, "result": "passed"}, "unknown"),
)  # fmt: skip


def extra_rows(
    draws: Draws,
    dealt: Dealt,
    spare_brins: pl.Series,
    first_night: date,
) -> dict[str, pl.DataFrame]:
    """Write the rows that cannot be used; each kind at least once, on schools that are ready.

    Returns:
        Table -> the contract columns that the rows have, and ``outcome``.
    """
    steady = (
        pl.col("school") % 3 == 0
    )  # never gone, and under the same board, whatever befalls others
    ready = dealt.schools.filter(pl.col("partners").is_not_null() & steady)
    drawn = ready.sort(draws.bits("extra rows", pl.col("school")))
    of_each = max(1, dealt.schools.height // _ROWS_PER_EXTRA)
    rows: dict[str, list[dict[str, str]]] = {table: [] for table in TABLES}
    for number in range(of_each * len(_EXTRAS)):
        table, values, outcome = _EXTRAS[number % len(_EXTRAS)]
        brin, board = drawn.select("brin", "board_number").row(number % drawn.height)
        spare = spare_brins[-1 - number % (len(spare_brins) // 2)]
        words = {
            name: value.format(brin=brin, board=board, spare=spare)
            if isinstance(value, str)
            else (first_night - timedelta(days=value + number // len(_EXTRAS))).isoformat()
            for name, value in values.items()
        }
        rows[table].append(words | {"outcome": outcome})
    schemas = {t: dict.fromkeys((*columns, "outcome"), pl.String) for t, columns in TABLES.items()}
    return {table: pl.DataFrame(rows[table], schema=schemas[table]) for table in TABLES}


def blemished(draws: Draws, table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Shuffle a table, write some rows twice, and damage codes where one meaning stays possible.

    Args:
        draws: the country's dice.
        table: which of the six.
        rows: its contract columns and ``outcome``.

    Returns:
        The rows in the order of the file; the later of two that are the same is ``duplicate``.
    """
    numbered = rows.with_row_index("row")
    shuffled = numbered.sort(draws.bits(f"order of {table}", pl.col("row")), "row")
    again = shuffled.filter(pl.col("outcome") == "matched").sort(
        draws.bits(f"doubles of {table}", pl.col("row")),
        "row",
    )
    doubles = again.head(max(1, round(again.height * _DOUBLES)))
    twice = pl.concat([shuffled, doubles.with_columns(outcome=pl.lit("duplicate"))])
    return _damaged(draws, table, twice.drop("row").with_row_index("row")).drop("row")


def _damaged(draws: Draws, table: str, rows: pl.DataFrame) -> pl.DataFrame:
    key = pl.col("row")
    form = draws.weighted(f"damage of {table}", key, _DAMAGED)
    readable = pl.col("outcome") != "quarantined"
    code = next(name for name in ("brin", "account_name", "board_number") if name in rows.columns)
    changes = {code: pl.when(readable).then(_damaged_code(code, form)).otherwise(code)}
    if table in ("branches", "delivery_points"):
        joined = fill_in("{}-{}", pl.col("brin"), pl.col("branch_number"))
        written = draws.weighted(
            f"link of {table}", key, {"pad": 0.9, "digit": 0.07, "joined": 0.03}
        )
        link = _choose(written, pl.col("branch_number"), {
            "digit": pl.col("branch_number").str.replace("^0", ""), "joined": joined,
        })  # fmt: skip
        changes["branch_number"] = pl.when(readable).then(link).otherwise("branch_number")
    for name in ("number", "delivery_point_number"):
        if name in rows.columns and table != "branches":
            padded = draws.chance(f"padded {table}", key, 0.1)
            changes[name] = pl.when(padded).then(pl.col(name).str.zfill(2)).otherwise(name)
    return rows.with_columns(**changes)


def _damaged_code(name: str, form: pl.Expr) -> pl.Expr:
    code = pl.col(name)
    letters = code.str.slice(0, 2).str.replace_many(["0", "1"], ["O", "I"]) + code.str.slice(2)
    is_brin = code.str.contains("^[0-9]{2}[A-Z]{2}$")
    clock = code.str.slice(0, 2) + ":00 " + code.str.slice(2)
    brin = _choose(form, code, {
        "lower": code.str.to_lowercase(), "spaced": fill_in(" {} ", code), "letters": letters,
    })  # fmt: skip
    board = _choose(form, code, {"spaced": fill_in("{} ", code)}).str.replace("^0+", "")
    return (
        pl.when(code.is_in(CLOCK_BRINS) & (form != "none"))
        .then(clock)
        .when(is_brin)
        .then(brin)
        .when(code.str.contains("^[0-9]{5}$"))
        .then(board)
        .otherwise(code)
    )


def _choose(form: pl.Expr, otherwise: pl.Expr, choices: Mapping[str, pl.Expr]) -> pl.Expr:
    chosen = otherwise
    for name, choice in choices.items():
        chosen = pl.when(form == name).then(choice).otherwise(chosen)
    return chosen
