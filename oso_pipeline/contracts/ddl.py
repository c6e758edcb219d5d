"""A table or a view as DuckDB statements: its columns with NOT NULL where required, and a comment on each."""

from __future__ import annotations

from oso_pipeline.contracts.model import Table
from oso_pipeline.contracts.views import View


def create_statements(table: Table, *, demo: bool = False) -> list[str]:
    """CREATE TABLE and the COMMENT statements of one table, for schema `main`; of made-up data the comment says so."""
    columns = ", ".join(
        f'"{column.name}" {column.type.duckdb}{" NOT NULL" if column.required else ""}'
        for column in table.columns
    )
    return [
        f'CREATE TABLE "{table.name}" ({columns})',
        *_comments("TABLE", table, demo=demo),
    ]


def view_statements(view: View, *, demo: bool = False) -> list[str]:
    """CREATE VIEW and the COMMENT statements of one view."""
    return [f'CREATE VIEW "{view.name}" AS {view.sql.strip()}', *_comments("VIEW", view, demo=demo)]


def _comments(kind: str, table: Table, *, demo: bool) -> list[str]:
    comment = (
        f"{'DEMO. ' if demo else ''}{table.dutch}. One row per {table.row}. Rule: {table.rule}."
    )
    return [
        f'COMMENT ON {kind} "{table.name}" IS {_quoted(comment)}',
        *(
            f'COMMENT ON COLUMN "{table.name}"."{column.name}" IS '
            + _quoted(f"{column.dutch}. {column.meaning}")
            for column in table.columns
        ),
    ]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
