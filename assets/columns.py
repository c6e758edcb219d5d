"""Tables as Dagster shows them: a table of the contracts as a column schema, and the checks of a release."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from dagster import (
    MetadataValue,
    TableColumn,
    TableColumnConstraints,
    TableMetadataValue,
    TableRecord,
    TableSchema,
)

from oso_pipeline.contracts.model import Table
from oso_pipeline.release.checks import Check


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


def table_of_checks(checks: Iterable[Check]) -> TableMetadataValue:
    """The checks as a table: what was measured, and what is allowed."""
    return MetadataValue.table([TableRecord(asdict(check)) for check in checks])
