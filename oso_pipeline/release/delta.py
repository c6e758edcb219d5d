"""`delta.csv`: what another system must do to its copy of `branch_status` (operation, key, field, old, new).

Against the last published release; of the first one, against nothing. `added` has a line for every field that has a value,
`changed` one for every field that differs, `removed` one without a field. An empty old or new is no value. Days are
ISO 8601, yes and no `true` and `false`. A text that a spreadsheet would take for a formula has an apostrophe in front,
and so has one that begins with an apostrophe: whoever applies the delta takes one apostrophe off.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from oso_pipeline.contracts.model import Table, Type
from oso_pipeline.outputs.overview.downloads import FORMULA

DELTA = "delta.csv"
DELTA_SCHEMA: dict[str, pl.DataType] = {
    "operation": pl.String(),
    "key": pl.String(),
    "field": pl.String(),
    "old": pl.String(),
    "new": pl.String(),
}


def delta_between(before: pl.DataFrame, after: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The operations that make one state of a table of the other.

    Args:
        before: as `table`, which has a key of one column.
        after: the same, later.
        table: what both are.

    Returns:
        As DELTA_SCHEMA, by key, then in the order of the table's fields.
    """
    key = table.key[0]
    then, now = _cells(before, table, "old"), _cells(after, table, "new")
    pairs = then.join(now, on=["key", "field"], how="full", coalesce=True)
    gone = pl.col("key").is_in(before[key].implode()) & ~pl.col("key").is_in(after[key].implode())
    is_new = ~pl.col("key").is_in(before[key].implode())
    differing = pairs.filter(pl.col("old").ne_missing(pl.col("new")), ~gone).with_columns(
        pl.when(is_new).then(pl.lit("added")).otherwise(pl.lit("changed")).alias("operation")
    )
    removed = before.join(after, on=key, how="anti").select(
        pl.lit("removed").alias("operation"), pl.col(key).alias("key")
    )
    order = pl.col("field").replace_strict(table.names, range(len(table.names)), return_dtype=pl.Int64)  # fmt: skip
    every = pl.concat([differing.select(*DELTA_SCHEMA), removed], how="diagonal")
    return every.sort("key", order).select(
        pl.col(name).cast(kind) for name, kind in DELTA_SCHEMA.items()
    )


def apply_delta(before: pl.DataFrame, delta: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The later state: what a system does with the file.

    Args:
        before: as `table`.
        delta: as DELTA_SCHEMA.
        table: what both are.

    Returns:
        As `table`.
    """
    key = table.key[0]
    cells = _cells(before, table, "value")
    touched = delta.filter(pl.col("operation") != "removed")
    kept = cells.join(delta.filter(operation="removed"), on="key", how="anti").join(
        touched, on=["key", "field"], how="anti"
    )
    written = touched.select("key", "field", pl.col("new").alias("value")).drop_nulls("value")
    rows = pl.concat([kept, written]).pivot("field", index="key", values="value", on_columns=table.names[1:])  # fmt: skip
    values = [_read(column.name, column.type) for column in table.columns if column.name != key]
    return table.shape(rows.rename({"key": key}).with_columns(values))


def write_delta(path: Path, delta: pl.DataFrame) -> None:
    """Write the file, as RFC 4180 has it."""
    delta.write_csv(path, line_terminator="\r\n")


def _cells(rows: pl.DataFrame, table: Table, name: str) -> pl.DataFrame:
    """`key, field` and the value under a name: a row for every value that is there."""
    key = table.key[0]
    texts = rows.select(
        pl.col(key).alias("key"),
        *(_written(column.name, column.type) for column in table.columns if column.name != key),
    )
    return texts.unpivot(index="key", variable_name="field", value_name=name).drop_nulls(name)


def _written(name: str, kind: Type) -> pl.Expr:
    text = pl.col(name).cast(pl.String)
    if kind not in {Type.TEXT, Type.CODE}:
        return text
    guarded = text.str.contains(FORMULA) | text.str.starts_with("'")
    return pl.when(guarded).then(pl.lit("'") + text).otherwise(text).alias(name)


def _read(name: str, kind: Type) -> pl.Expr:
    text = pl.col(name)
    if kind in {Type.TEXT, Type.CODE}:
        return text.str.strip_prefix("'")
    if kind is Type.YES_NO:
        return text == "true"
    if kind is Type.DATE:
        return text.str.to_date("%Y-%m-%d")
    return text.cast(kind.polars)
