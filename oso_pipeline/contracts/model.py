"""Column and Table: what a table is, before any library looks at it.

The pandera models, the DuckDB statements, the workbook's headers and the dictionary are all made of these
(validation.py, ddl.py, dictionary.py), so that importing a contract costs nothing, Polars not either.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl


class Type(Enum):
    """The types that a column can have: as Polars holds it, and as DuckDB stores it.

    A code is a text that a spreadsheet must not touch.
    """

    TEXT = ("text", "VARCHAR")
    CODE = ("code", "VARCHAR")
    DATE = ("date", "DATE")
    MOMENT = ("moment", "TIMESTAMPTZ")
    YES_NO = ("yes_no", "BOOLEAN")
    COUNT = ("count", "BIGINT")
    NUMBER = ("number", "DOUBLE")
    LIST = ("list", "VARCHAR[]")

    @property
    def polars(self) -> pl.DataType:
        """The Polars type."""
        import polars as pl

        return {
            Type.TEXT: pl.String(),
            Type.CODE: pl.String(),
            Type.DATE: pl.Date(),
            Type.MOMENT: pl.Datetime("us", "UTC"),
            Type.YES_NO: pl.Boolean(),
            Type.COUNT: pl.Int64(),
            Type.NUMBER: pl.Float64(),
            Type.LIST: pl.List(pl.String()),
        }[self]

    @property
    def duckdb(self) -> str:
        """The DuckDB type."""
        return self.value[1]


@dataclass(frozen=True)
class Column:
    """One column: its name, type, labels for people, and meaning.

    Attributes:
        name: English snake_case, as in frames and in DuckDB.
        type: see `Type`.
        dutch: the label that outputs show people.
        meaning: one sentence in English; it becomes the column's comment in DuckDB.
        required: never null.
        choices: the values allowed, where the list is closed.
        pattern: a regular expression that every value matches.
        private: no output shows a value of it.
    """

    name: str
    type: Type
    dutch: str
    meaning: str
    required: bool = False
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    private: bool = False


@dataclass(frozen=True)
class Table:
    """One table: its columns, what a row stands for, and what makes a row the same row.

    Attributes:
        name: English snake_case.
        dutch: the label that outputs show people.
        row: what one row is, as in contract.md.
        columns: in order.
        key: columns that no two rows share; empty where rows have no key.
        order: columns that the rows are sorted by when they are written; the key where empty.
        rule: where the rule comes from.
    """

    name: str
    dutch: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    rule: str = "docs/rules.md"

    @property
    def names(self) -> list[str]:
        """The columns' names, in order."""
        return [column.name for column in self.columns]

    @property
    def shown(self) -> list[str]:
        """The names of the columns of which an output may show values, in order."""
        return [column.name for column in self.columns if not column.private]

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """The columns' Polars types, in order."""
        return {column.name: column.type.polars for column in self.columns}

    @property
    def sort_by(self) -> list[str]:
        """The columns that fix the order of the rows."""
        return list(self.order or self.key)

    def column(self, name: str) -> Column:
        """The column of this name.

        Raises:
            KeyError: when the table has no such column.
        """
        return {column.name: column for column in self.columns}[name]

    def empty(self) -> pl.DataFrame:
        """A frame of this table without rows."""
        import polars as pl

        return pl.DataFrame(schema=self.schema)

    def shape(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with this table's columns only, in order, typed, and sorted.

        Raises:
            polars.exceptions.ColumnNotFoundError: when a column is missing.
        """
        shaped = frame.select(self.names).cast({**self.schema})
        if _is_in_order(shaped, self.sort_by):
            return shaped
        return shaped.sort(self.sort_by, nulls_last=True, maintain_order=True)


def _is_in_order(rows: pl.DataFrame, by: Sequence[str]) -> bool:
    """Whether rows are sorted already, which is asked in a tenth of the time of sorting them; a null is not compared."""
    import polars as pl

    not_before = pl.lit(value=True)
    for name in reversed(by):
        value, last = pl.col(name), pl.col(name).shift()
        not_before = (value > last) | ((value == last) & not_before)
    return bool(rows.select(not_before.slice(1).all(ignore_nulls=False)).item())
