"""The DuckDB file: commented, typed, readable by older clients, and equal in content when built twice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from oso_pipeline.contracts.marts import MARTS
from oso_pipeline.contracts.records import SOURCES, WORK_ITEMS
from oso_pipeline.contracts.statuses import QUALIFICATION_STEPS
from oso_pipeline.release.content import table_hash, together
from oso_pipeline.release.database import open_database, read_tables, write_database


def empty() -> dict[str, pl.DataFrame]:
    return {table.name: table.empty() for table in MARTS}


def test_every_table_and_column_has_a_comment(tmp_path: Path) -> None:
    write_database(tmp_path / "oso.duckdb", empty())
    with open_database(tmp_path / "oso.duckdb") as connection:
        tables = connection.sql("SELECT table_name, comment FROM duckdb_tables()").fetchall()
        columns = connection.sql("SELECT column_name, comment FROM duckdb_columns() WHERE NOT internal").fetchall()  # fmt: skip
    assert {name for name, _ in tables} == {table.name for table in MARTS}
    assert [name for name, comment in tables + columns if not comment] == []


def test_types_are_those_of_the_contract(tmp_path: Path) -> None:
    write_database(tmp_path / "oso.duckdb", empty())
    with open_database(tmp_path / "oso.duckdb") as connection:
        found = connection.sql("SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() WHERE NOT internal").fetchall()  # fmt: skip
    names = {"TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}
    assert set(found) == {
        (table.name, column.name, names.get(column.type.duckdb, column.type.duckdb), not column.required)
        for table in MARTS
        for column in table.columns
    }  # fmt: skip


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    steps = pl.DataFrame(
        [("00AH", "agreement", True, date(2024, 8, 1), "Because.", ["agreements row 2"])],
        schema=QUALIFICATION_STEPS.schema,
        orient="row",
    )
    moment = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
    sources = pl.DataFrame(
        [("po", "x", "u", moment, moment, "0", 1, 1, 0, 0, False)],
        schema=SOURCES.schema,
        orient="row",
    )
    tables = empty() | {"qualification_steps": steps, "sources": sources}
    write_database(tmp_path / "oso.duckdb", tables)
    read = read_tables(tmp_path / "oso.duckdb", MARTS)
    assert read["qualification_steps"].equals(steps)
    assert read["sources"].equals(sources)


def test_the_file_is_of_a_version_that_older_clients_open(tmp_path: Path) -> None:
    write_database(tmp_path / "oso.duckdb", empty())
    with open_database(tmp_path / "oso.duckdb") as connection:
        tags = connection.sql("SELECT tags FROM duckdb_databases() WHERE NOT internal").fetchall()
    assert "v1.4" in str(tags[0][0])


def test_content_hashes_see_a_value_a_type_and_a_null() -> None:
    day = date(2026, 11, 23)
    item = ("a", "sign", "00001", "board", "Teken.", day, None)
    frame = pl.DataFrame([item], schema=WORK_ITEMS.schema, orient="row")
    hashes = {
        table_hash(frame),
        table_hash(frame.with_columns(pl.lit("").alias("item_id"))),
        table_hash(frame.with_columns(pl.lit(None, dtype=pl.String).alias("item_id"))),
        table_hash(frame.with_columns(pl.lit(day).alias("closed_on"))),
        table_hash(frame.rename({"item_id": "id"})),
    }
    assert len(hashes) == 5
    hashed = table_hash(frame)
    assert together({"a": hashed}) != together({"b": hashed})
    assert together({"a": hashed, "b": hashed}) == together({"b": hashed, "a": hashed})
