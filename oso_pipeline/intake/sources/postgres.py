"""Six tables (or views) of the schema `mijn_oso` in a PostgreSQL database, read by a user who may only read.

All six are read in one repeatable-read, read-only transaction: what is written meanwhile is not seen. The columns' names come
from the catalogue, so a column that the contract does not know is never selected. Rows have no order in a database: they are
sorted by all columns (nulls first, byte by byte, as the collation "C" does), so that the same content gives the same
snapshot, and `source_row` counts from 2 in that order.
"""

from __future__ import annotations

import io
import os
import socket
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, LiteralString

import polars as pl

from oso_pipeline.codes import blank_as_null
from oso_pipeline.database_address import DatabaseAddress
from oso_pipeline.errors import SourceUnreachable, SourceUnreadable
from oso_pipeline.intake.delimited import SOURCE_ROW
from oso_pipeline.intake.sources.source import Misfits, OnboardingSource, WrittenTable

if TYPE_CHECKING:
    from psycopg import Connection, Error

SCHEMA = "mijn_oso"
_CONNECTION = {
    "connect_timeout": "10",
    "keepalives_idle": "30",  # a line that is cut in the middle is noticed within a minute, not within hours
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
    "client_encoding": "utf8",
    "application_name": "oso-pipeline",
}
"""Where the address does not say otherwise."""
_SETTINGS = """
    SET LOCAL statement_timeout = '120s';
    SET LOCAL datestyle = 'ISO, YMD';
    SET LOCAL extra_float_digits = 1;
    SET LOCAL row_security = off;
"""
"""50,000 rows take less than a second; waiting for a lock counts too. With `row_security` off, a table whose rows are hidden from this user is an error and not a smaller table."""

_MOST_SECONDS = 150
"""For one answer, as seen from here: the server's own limit does not reach us when what stands between went silent."""

_CATALOGUE = """
    WITH RECURSIVE meant (named, type) AS (
        SELECT oid, oid FROM pg_catalog.pg_type
        UNION ALL
        SELECT meant.named, domains.typbasetype FROM meant
        JOIN pg_catalog.pg_type AS domains ON domains.oid = meant.type AND domains.typtype = 'd'
    )
    SELECT tables.relname, columns.attname, types.typname, types.typcategory
    FROM pg_catalog.pg_class AS tables
    JOIN pg_catalog.pg_namespace AS schemas ON schemas.oid = tables.relnamespace
    JOIN pg_catalog.pg_attribute AS columns ON columns.attrelid = tables.oid
    JOIN meant ON meant.named = columns.atttypid
    JOIN pg_catalog.pg_type AS types ON types.oid = meant.type AND types.typtype <> 'd'
    WHERE schemas.nspname = %s AND tables.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND columns.attnum > 0 AND NOT columns.attisdropped
    ORDER BY tables.relname, columns.attnum
"""
"""Of a column of a domain, or of a domain of a domain, the type beneath."""
_SCHEMAS = r"SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_|^information_schema$' ORDER BY 1"

_AS_TEXT: dict[str, LiteralString] = {
    **dict.fromkeys(("int2", "int4", "int8", "float4", "float8", "date", "time"), "{}::text"),
    "numeric": "trim_scale({})::text",
    "timestamp": "regexp_replace({}::text, ' 00:00:00$', '')",
}
"""Type -> as a person reads it, as in a workbook: whole numbers without a point, days as ISO 8601."""
_TEXTS = ("S", "E")
"""The categories of types that are text, or a list of words."""
_SAID_OF_NO_VALUE = {"08", "0A", "25", "26", "28", "2B", "3D", "3F", "40", "42", "53", "54", "55", "57", "58"}  # fmt: skip
"""The classes of errors that are about the server, names and rights. Any other may quote the value that it is about: a view may
raise one in its own words under any code, and so may the server behind a foreign table."""


@contextmanager
def open_database(address: DatabaseAddress) -> Generator[OnboardingSource]:
    """The database as a source; the transaction lasts as long as it is open.

    Raises:
        SourceUnreachable: the server does not answer, refuses the login, or takes too long.
        SourceUnreadable: the schema is not there, or may not be read.
    """
    import psycopg
    from psycopg.conninfo import make_conninfo

    what = f"onboarding ({address})"
    try:
        with closing(
            psycopg.connect(make_conninfo("", **(_CONNECTION | address.parameters)))
        ) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            with _in_time(connection, what):
                connection.execute(_SETTINGS)
                tables = _tables(connection, what)
            yield OnboardingSource(
                name=str(address),
                url=f"postgresql:{address.database}/{SCHEMA}",
                tables={
                    name: partial(_open_table, connection, what, name, types)
                    for name, types in tables.items()
                },
            )
    except psycopg.Error as error:
        raise _refusal(what, error) from None


@contextmanager
def _in_time(connection: Connection, what: str) -> Generator[None]:
    """Hang up on a server that does not answer in time."""
    from psycopg import OperationalError

    late = threading.Event()

    def hang_up() -> None:
        late.set()
        with socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(_MOST_SECONDS, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except OperationalError:
        if not late.is_set():
            raise
        raise SourceUnreachable(
            f"{what}: it went silent, and after {_MOST_SECONDS} seconds without an answer we hung up. Look whether the server,"
            " and what stands between it and us (a pooler, a firewall), is up; then run again."
        ) from None
    finally:
        timer.cancel()


def _tables(connection: Connection, what: str) -> dict[str, dict[str, tuple[str, str]]]:
    """Table -> column -> its type and the category of that."""
    found = connection.execute(_CATALOGUE, [SCHEMA]).fetchall()
    if not found:
        schemas = [name for (name,) in connection.execute(_SCHEMAS).fetchall()]
        raise SourceUnreadable(
            f"{what}: expected the six tables in schema {SCHEMA}, found no table there. Schemas found:"
            f" {', '.join(schemas) or 'none'}. Is it the right database? Make the six tables, or views, in {SCHEMA}."
        )
    return {
        table: {column: (kind, category) for _, column, kind, category in columns}
        for table, columns in groupby(found, key=lambda row: str(row[0]))
    }


def _open_table(
    connection: Connection, what: str, table: str, types: dict[str, tuple[str, str]]
) -> WrittenTable:
    def read(columns: list[str]) -> tuple[pl.DataFrame, Misfits]:
        from psycopg import Error, sql

        texts = [
            sql.SQL(_as_text(*types[name], f"{what}, column {table}.{name}")).format(
                sql.Identifier(name)
            )
            for name in columns
        ]
        query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT csv)").format(
            sql.SQL(", ").join(texts), sql.Identifier(SCHEMA, table)
        )
        written = io.BytesIO()
        try:
            with (
                _in_time(connection, what),
                connection.cursor() as cursor,
                cursor.copy(query) as rows,
            ):
                for block in rows:
                    written.write(block)
        except Error as error:
            raise _refusal(f"{what}, table {table}", error) from None
        return _sorted(written, columns), []

    return WrittenTable(list(types), [], read)


def _as_text(kind: str, category: str, what: str) -> LiteralString:
    template = "{}::text" if category in _TEXTS else _AS_TEXT.get(kind)
    if template is None:
        remedy = (
            f"Make a view of it in {SCHEMA} that says which day it is in the Netherlands:"
            " (COLUMN AT TIME ZONE 'Europe/Amsterdam')::date."
            if kind == "timestamptz"
            else f"Make a view of it in {SCHEMA} that says it in the words of the contract."
        )
        raise SourceUnreadable(
            f"{what}: found type {kind}; expected text, date, timestamp without time zone, time or a number. {remedy}"
        )
    return template


def _sorted(written: io.BytesIO, columns: list[str]) -> pl.DataFrame:
    schema = dict.fromkeys(columns, pl.String)
    if written.tell() == 0:
        frame = pl.DataFrame(schema=schema)
    else:
        written.seek(0)
        frame = pl.read_csv(written, has_header=False, schema=schema)
    texts = frame.select(blank_as_null(pl.col(name)) for name in columns)
    return texts.sort(columns, nulls_last=False).with_row_index(SOURCE_ROW, offset=2)


def _said(message: str) -> str:
    """What went wrong, on one line and once: with and without TLS libpq is refused twice, in the same words.

    Its questions to the reader stand on lines of their own, behind a tab; and its advice to trust any server, too.
    """
    said = message.removeprefix("connection failed: ").splitlines()
    lines = dict.fromkeys(line for line in said if not line.startswith(("\t", "Either provide")))
    return " ".join(" ".join(lines).split()).removesuffix(".")


def _refusal(what: str, error: Error) -> SourceUnreachable | SourceUnreadable:
    """Psycopg's error as one of ours; it names neither the password nor, where it is about a value, that value."""
    from psycopg import errors

    said = _said(error.diag.message_primary or str(error))
    if error.sqlstate and error.sqlstate[:2] not in _SAID_OF_NO_VALUE:
        return SourceUnreadable(
            f"{what}: a value cannot be read, or a view refuses one; the server's log says which ({type(error).__name__},"
            f" {error.sqlstate}). Expected six tables that can be read as they are."
        )
    if "row-level security" in said:
        return SourceUnreadable(
            f"{what}: {said}. Rows that are hidden would look like schools that stopped. Let the user see all rows (a role"
            f" with BYPASSRLS, or a view in {SCHEMA} whose owner sees them)."
        )
    if isinstance(error, errors.InsufficientPrivilege):
        return SourceUnreadable(
            f"{what}: {said}. Expected a user who may read the six tables (docs/onboarding-sources.md has the"
            f" statements): GRANT USAGE ON SCHEMA {SCHEMA}, GRANT SELECT on the columns of the contract."
        )
    if isinstance(error, errors.OperationalError | errors.InterfaceError):
        if "no password supplied" in said:
            said += " (it may stand in PGPASSWORD, or in the file that PGPASSFILE names)"
        if isinstance(error, errors.QueryCanceled):
            said += " (another session may have locked a table)"
        return SourceUnreachable(
            f"{what}: {said}. Expected a server that takes this"
            " login and answers within two minutes. Look whether it is up, and at the address in OSO_ONBOARDING or the PG environment; then run again."
        )
    return SourceUnreadable(
        f"{what}: {said} ({type(error).__name__}, {error.sqlstate}). Expected six tables that can be read as they are."
    )
