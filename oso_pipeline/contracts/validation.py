"""A frame against its table, by pandera.

pandera checks a collected frame whole and says what is wrong; it never drops a row (rows that cannot be used
are split off when they are read, see intake/).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oso_pipeline.contracts.model import Column, Table, Type
from oso_pipeline.errors import PipelineError

if TYPE_CHECKING:
    import pandera.polars as pa
    import polars as pl


class ContractBroken(PipelineError):
    """A frame of ours is not what its table says: a fault in the pipeline, not in the data."""


def pandera_model(table: Table) -> pa.DataFrameSchema:
    """The pandera model of a table: types, nulls, choices, patterns and the key, with labels and meanings."""
    import pandera.polars as pa

    return pa.DataFrameSchema(
        {column.name: _pandera_column(column) for column in table.columns},
        name=table.name,
        title=table.dutch,
        description=f"One row per {table.row}.",
        unique=list(table.key) or None,
        strict=True,
        ordered=True,
    )


def _pandera_column(column: Column) -> pa.Column:
    import pandera.polars as pa

    checks = []
    if column.choices:
        checks.append(pa.Check.isin(column.choices))
    if column.pattern:
        checks.append(pa.Check.str_matches(column.pattern))
    return pa.Column(
        column.type.polars,
        checks=checks,
        nullable=not column.required,
        title=column.dutch,
        description=column.meaning,
        metadata={"type": column.type.name, "codes_as_text": column.type is Type.CODE},
    )


def validate(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The frame, shaped and sorted as its table says, after checking it.

    Raises:
        ContractBroken: naming the table, the column, what was expected and the first values found.
    """
    import pandera.errors

    shaped = table.shape(frame)
    try:
        pandera_model(table).validate(shaped, lazy=True)
    except pandera.errors.SchemaErrors as error:
        problems = [
            f"{failure['column'] or 'rows'}: expected {failure['check']}, found {failure['failure_case']!r}"
            for failure in error.failure_cases.head(5).iter_rows(named=True)
        ]
        raise ContractBroken(
            f"Table {table.name} does not hold what its contract says. {'; '.join(problems)}."
            " This is a fault in the pipeline: nothing is published; report it with this message."
        ) from None
    return shaped
