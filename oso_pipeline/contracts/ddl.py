"""A table as DuckDB statements: its columns with NOT NULL where required, and a comment on each."""

from __future__ import annotations

from oso_pipeline.contracts.model import Table


def create_statements(table: Table, *, demo: bool = False) -> list[str]:
    """CREATE TABLE and the COMMENT statements of one table, for schema `main`; of made-up data the comment says so."""
    columns = ", ".join(
        f'"{column.name}" {column.type.duckdb}{" NOT NULL" if column.required else ""}'
        for column in table.columns
    )
    table_comment = (
        f"{'DEMO. ' if demo else ''}{table.dutch}. One row per {table.row}. Rule: {table.rule}."
    )
    comments = [
        f'COMMENT ON COLUMN "{table.name}"."{column.name}" IS '
        + _quoted(f"{column.dutch}. {column.meaning}")
        for column in table.columns
    ]
    return [
        f'CREATE TABLE "{table.name}" ({columns})',
        f'COMMENT ON TABLE "{table.name}" IS {_quoted(table_comment)}',
        *comments,
    ]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
