"""`python -m benchmarks.marts.sql_peer COUNTRY OUT [--as-of DAY]`: the same rules as DuckDB SQL, on one connection.

    sql_codes.sql           codes and days out of text, as macros
    sql_reading.sql         typed rows, doubles once
    sql_quarantine.sql      the rows that cannot be used, and why
    sql_matching.sql        what is open, what every record is about, who serves whom
    sql_steps.sql           the steps
    sql_rules.sql           the statuses and the flags
    sql_reconciliation.sql  every onboarding row with its outcome

DuckDB reads no windows-1252, so the branch files are first written as UTF-8 beside. It imports nothing of the product.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import date
from pathlib import Path
from time import perf_counter

import duckdb

HERE = Path(__file__).parent
TABLES = ("branch_status", "school_status", "qualification_steps", "delivery_point_flags", "reconciliation", "quarantine")  # fmt: skip

BRANCH_FILES = {
    "po": "02.-alle-schoolvestigingen-basisonderwijs.csv",
    "so": "09.-alle-vestigingen-sbo-so-en-vso.csv",
    "vo": "02.-alle-vestigingen-vo.csv",
}
BRANCH_COLUMNS = (
    *("PROVINCIE", "BEVOEGD GEZAG NUMMER", "INSTELLINGSCODE", "VESTIGINGSCODE", "VESTIGINGSNAAM", "STRAATNAAM"),
    *("HUISNUMMER-TOEVOEGING", "POSTCODE", "PLAATSNAAM", "GEMEENTENUMMER", "GEMEENTENAAM"),
)  # fmt: skip
BOARD_FILES = {"po": "besturenbo.csv", "so": "besturenso.csv", "vo": "besturenvo.csv"}
BOARD_COLUMNS = ("BEVOEGD GEZAG NUMMER", "BEVOEGD GEZAG NAAM")
ONBOARDING = {
    "accounts": "account_name kind requested_on letter_sent_on activated_on closed_on",
    "agreements": "board_number kind signed_on ended_on",
    "questionnaires": "brin status submitted_on",
    "branches": "brin branch_number name added_on removed_on",
    "delivery_points": "brin number kind branch_number las requested_on approved_on key_issued_on registered_on ended_on",
    "test_exchanges": "brin delivery_point_number partner_brin profile performed_on result",
}


def read(con: duckdb.DuckDBPyConnection, country: Path, scratch: Path) -> None:
    """The files as text tables, and of these the typed ones."""
    con.execute((HERE / "sql_codes.sql").read_text("utf-8"))
    for sector, name in BRANCH_FILES.items():
        body = (country / "duo" / name).read_bytes()
        utf8 = scratch / f"{sector}.csv"
        utf8.write_text(body.decode("cp1252"), "utf-8", newline="")
        del body
        _load(con, f"{sector}_text", utf8, BRANCH_COLUMNS)
        utf8.unlink()
    for sector, name in BOARD_FILES.items():
        _load(con, f"boards_{sector}_text", country / "ckan" / "files" / name, BOARD_COLUMNS)
    for table, columns in ONBOARDING.items():
        _load(con, f"{table}_text", country / "onboarding" / f"{table}.csv", columns.split())
    for part in ("reading", "quarantine"):
        con.execute((HERE / f"sql_{part}.sql").read_text("utf-8"))
    for table in (*BRANCH_FILES, *(f"boards_{sector}" for sector in BOARD_FILES), *ONBOARDING):
        con.execute(f"DROP TABLE {table}_text")


def _load(
    con: duckdb.DuckDBPyConnection, table: str, path: Path, columns: tuple[str, ...] | list[str]
) -> None:
    """All columns as text, blanks as null, with `source_row`.

    Its number is asked for by name: the `rowid` of a table that two threads made is not always the order of the file.
    """
    with path.open("rb") as file:
        header = file.readline()
    delim = ";" if header.count(b";") >= header.count(b",") else ","
    texts = ", ".join(f'blank_as_null("{name}") AS "{name}"' for name in columns)
    how = f"delim = '{delim}', quote = '\"', escape = '\"', header = true, all_varchar = true"
    query = f"CREATE TEMP TABLE {table} AS SELECT 1 + row_number() OVER () AS source_row, {texts} FROM read_csv(?, {how})"  # noqa: S608 - all of it stands here
    con.execute(query, [str(path)])


def apply_rules(con: duckdb.DuckDBPyConnection, day: date) -> None:
    con.execute(f"SET VARIABLE as_of = DATE '{day.isoformat()}'")
    for part in ("matching", "steps", "rules", "reconciliation"):
        con.execute((HERE / f"sql_{part}.sql").read_text("utf-8"))


def write(con: duckdb.DuckDBPyConnection, out: Path) -> None:
    for table in TABLES:
        con.execute(f"COPY {table} TO '{out / table}.parquet' (FORMAT parquet, COMPRESSION snappy)")


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("country", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2026, 11, 20))
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con, tempfile.TemporaryDirectory() as scratch:
        begun = perf_counter()
        read(con, given.country, Path(scratch))
        have_read = perf_counter()
        apply_rules(con, given.as_of)
        have_ruled = perf_counter()
        write(con, given.out)
        written = perf_counter()
    print(json.dumps({"reading": have_read - begun, "rules": have_ruled - have_read, "writing": written - have_ruled}))  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
