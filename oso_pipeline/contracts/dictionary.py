"""All tables and views, described: as the `dictionary` table, and as a page.

`python -m oso_pipeline.contracts.dictionary` prints what stands in docs/dictionary.md.
"""

from __future__ import annotations

import sys

import polars as pl

from oso_pipeline.contracts.about import DICTIONARY
from oso_pipeline.contracts.marts import MARTS, SCHEMA_VERSION
from oso_pipeline.contracts.model import Column, Table
from oso_pipeline.contracts.onboarding import ONBOARDING
from oso_pipeline.contracts.overrides import OVERRIDES
from oso_pipeline.contracts.views import VIEWS


def dictionary_rows() -> pl.DataFrame:
    """What every column of every published table and view means, as the `dictionary` table."""
    rows = [
        {
            "table_name": table.name,
            "position": position,
            "column_name": column.name,
            "type": column.type.duckdb,
            "dutch": column.dutch,
            "meaning": column.meaning,
            "required": column.required,
            "choices": list(column.choices),
            "rule": table.rule,
        }
        for table in (*MARTS, *VIEWS)
        for position, column in enumerate(table.columns, start=1)
    ]
    return DICTIONARY.shape(pl.DataFrame(rows, schema=DICTIONARY.schema))


def dictionary() -> str:
    """The page: what is published, what is delivered, what people decide; a row per column."""
    parts = [
        "# Dictionary",
        "Made from `oso_pipeline/contracts/`; do not edit. `make docs` writes it again.",
        f"## Published: `latest/oso.duckdb`, schema version {SCHEMA_VERSION}",
        *(_page(table) for table in MARTS),
        "## Views over these",
        "Common questions, answered once; ages count up to the day of the release. Example queries: `docs/queries/`.",
        *(_page(view) for view in VIEWS),
        "## Delivered: the onboarding records",
        *(_page(table) for table in ONBOARDING),
        "## Decided: `overrides.csv`",
        _page(OVERRIDES),
    ]
    return "\n\n".join(parts) + "\n"


def _page(table: Table) -> str:
    key = f" Key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
    lines = [
        f"### `{table.name}`: {table.dutch}",
        "",
        f"One row per {table.row}.{key}",
        "",
        "| column | type | in Dutch | meaning |",
        "| --- | --- | --- | --- |",
        *(_line(column) for column in table.columns),
    ]
    return "\n".join(lines)


def _line(column: Column) -> str:
    choices = (
        f" One of: {', '.join(f'`{choice}`' for choice in column.choices)}."
        if column.choices
        else ""
    )
    kind = column.type.duckdb + ("" if column.required else ", may be empty")
    kind += ", private: no output shows it" if column.private else ""
    return f"| `{column.name}` | {kind} | {column.dutch} | {column.meaning}{choices} |"


if __name__ == "__main__":
    sys.stdout.write(dictionary())
