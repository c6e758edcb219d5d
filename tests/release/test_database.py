"""The DuckDB file: commented, typed, readable by older clients, and equal in content when built twice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from oso_pipeline.contracts.about import RELEASE
from oso_pipeline.contracts.dictionary import dictionary_rows
from oso_pipeline.contracts.marts import MARTS
from oso_pipeline.contracts.records import SOURCES, WORK_ITEMS
from oso_pipeline.contracts.statuses import QUALIFICATION_STEPS
from oso_pipeline.contracts.views import VIEWS, View
from oso_pipeline.release.content import table_hash, together
from oso_pipeline.release.database import open_database, read_tables, write_database


def empty() -> dict[str, pl.DataFrame]:
    return {table.name: table.empty() for table in MARTS}


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file whose only rows are those about itself: a release of one day, and what everything means."""
    release = ("20261123T060000Z-aaaaaaaa", date(2026, 11, 23), None, "1.5", "0", False)
    path = tmp_path_factory.mktemp("described") / "oso.duckdb"
    about = {
        "release": pl.DataFrame([release], schema=RELEASE.schema, orient="row"),
        "dictionary": dictionary_rows(),
    }
    write_database(path, empty() | about, demo=True)
    return path


def test_every_table_view_and_column_has_a_comment(tmp_path: Path) -> None:
    write_database(tmp_path / "oso.duckdb", empty())
    with open_database(tmp_path / "oso.duckdb") as connection:
        tables = connection.sql("SELECT table_name, comment FROM duckdb_tables()").fetchall()
        views = connection.sql("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall()  # fmt: skip
        columns = connection.sql("SELECT column_name, comment FROM duckdb_columns() WHERE NOT internal").fetchall()  # fmt: skip
    assert {name for name, _ in tables} == {table.name for table in MARTS}
    assert {name for name, _ in views} == {view.name for view in VIEWS}
    assert [name for name, comment in tables + views + columns if not comment] == []


def test_types_are_those_of_the_contract(tmp_path: Path) -> None:
    write_database(tmp_path / "oso.duckdb", empty())
    with open_database(tmp_path / "oso.duckdb") as connection:
        found = connection.sql("SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() WHERE NOT internal").fetchall()  # fmt: skip
    names = {"TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}
    assert set(found) == {
        (table.name, column.name, names.get(column.type.duckdb, column.type.duckdb), table in VIEWS or not column.required)
        for table in (*MARTS, *VIEWS)
        for column in table.columns
    }  # fmt: skip


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_every_view_runs_and_has_the_columns_of_its_contract_in_order(
    view: View, described: Path
) -> None:
    with open_database(described) as connection:
        assert connection.sql(f"FROM {view.name}").columns == view.names


def test_the_dictionary_has_a_row_for_every_column_that_the_file_has(described: Path) -> None:
    with open_database(described) as connection:
        told = connection.sql("SELECT table_name, column_name FROM dictionary WHERE meaning <> ''").fetchall()  # fmt: skip
        there = connection.sql("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal").fetchall()  # fmt: skip
    assert sorted(told) == sorted(there)


def test_of_made_up_data_every_table_and_view_says_so(described: Path) -> None:
    with open_database(described) as connection:
        comments = connection.sql("SELECT comment FROM duckdb_tables() UNION ALL SELECT comment FROM duckdb_views() WHERE NOT internal").fetchall()  # fmt: skip
    assert len(comments) == len(MARTS) + len(VIEWS)
    assert [comment for (comment,) in comments if not comment.startswith("DEMO. ")] == []


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
    item = ("a", "sign", "00001", "board", "Teken.", day, None, 1, 2, 0, 1)
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
    lists = [[], [""], [None], ["a"], ["a", None], ["a", "b"], ["b", "a"]]
    assert len({table_hash(pl.DataFrame({"x": [one]}, schema={"x": pl.List(pl.String)})) for one in lists}) == len(lists)  # fmt: skip
    assert together({"a": hashed}) != together({"b": hashed})
    assert together({"a": hashed, "b": hashed}) == together({"b": hashed, "a": hashed})
