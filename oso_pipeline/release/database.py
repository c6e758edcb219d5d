"""The DuckDB file: the one module that writes it, and the one that reads it for the pipeline.

One open writer shuts out the readers of other processes, so a file is built new in the release's folder, closed, and
never touched again; readers open `latest/oso.duckdb` read-only and keep what they opened.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl
    from duckdb import DuckDBPyConnection

    from oso_pipeline.contracts.model import Table

DATABASE = "oso.duckdb"
_STORAGE_VERSION = "v1.4.0"
"""Clients older than 2.0 cannot open the default of 2.0."""


class _ArrowStream:
    """A frame that exposes nothing but its Arrow stream: DuckDB takes it without pyarrow."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._frame.__arrow_c_stream__(requested_schema)


def write_database(path: Path, tables: Mapping[str, pl.DataFrame], *, demo: bool = False) -> None:
    """Write all marts and the views over them into a new file, with a comment on each and on every column.

    Args:
        path: the file to make; it must not exist.
        tables: every table of MARTS, shaped.
        demo: whether the data is made up; the comment on every table and view says so.
    """
    import duckdb

    from oso_pipeline.contracts.ddl import create_statements, view_statements
    from oso_pipeline.contracts.marts import MARTS
    from oso_pipeline.contracts.views import VIEWS

    with duckdb.connect() as connection:
        connection.execute(
            f"ATTACH '{_quoted(path)}' AS marts (STORAGE_VERSION '{_STORAGE_VERSION}')"
        )
        connection.execute("USE marts")
        connection.execute("BEGIN")
        for table in MARTS:
            connection.execute(";".join(create_statements(table, demo=demo)))
            insert(connection, table.name, tables[table.name])
        for view in VIEWS:
            connection.execute(";".join(view_statements(view, demo=demo)))
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT marts")
        connection.execute("USE memory")
        connection.execute("DETACH marts")


def insert(connection: DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    """Add rows, with the columns of the table in their order."""
    connection.register("frame", _ArrowStream(rows))
    connection.execute(f'INSERT INTO "{table}" FROM frame')
    connection.unregister("frame")


@contextmanager
def open_database(path: Path) -> Generator[DuckDBPyConnection]:
    """The file of a release, read-only."""
    import duckdb

    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def rows(connection: DuckDBPyConnection, query: str, *values: str) -> list[dict[str, Any]]:
    """The rows of a query, its places filled with values, each as column -> value."""
    found = connection.execute(query, [*values])
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def read_tables(path: Path, tables: tuple[Table, ...]) -> dict[str, pl.DataFrame]:
    """Tables of a release as frames, shaped.

    A release of an earlier minor version lacks what came later: such a table has no rows, such a column no values.
    """
    with open_database(path) as connection:
        there = connection.sql("SELECT table_name, column_name FROM duckdb_columns()").fetchall()
        return {table.name: _read(connection, table, {*there}) for table in tables}


def _read(
    connection: DuckDBPyConnection, table: Table, there: set[tuple[str, str]]
) -> pl.DataFrame:
    import polars as pl

    names = [name for name in table.names if (table.name, name) in there]
    if not names:
        return table.empty()
    columns = ", ".join(f'"{name}"' for name in names)
    frame = pl.DataFrame(connection.sql(f'SELECT {columns} FROM "{table.name}"'))  # noqa: S608 - names of the contract
    later = [pl.lit(None).alias(name) for name in table.names if name not in names]
    return table.shape(frame.with_columns(later))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
