"""A table of the contracts as Dagster's column schema, so that the lineage shows names, types and meanings."""

from typing import Any

from dagster import TableColumn, TableColumnConstraints, TableSchema

from oso_pipeline.contracts.model import Table


def columns_of(table: Table) -> dict[str, Any]:
    """The metadata of an asset that gives this table."""
    return {
        "dagster/column_schema": TableSchema(
            columns=[
                TableColumn(
                    column.name,
                    column.type.duckdb,
                    description=f"{column.dutch}. {column.meaning}",
                    constraints=TableColumnConstraints(nullable=not column.required),
                )
                for column in table.columns
            ]
        )
    }
