"""The example queries of docs/queries/, each run on a release."""

from __future__ import annotations

from pathlib import Path

import pytest

from oso_pipeline.release.database import open_database

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "queries"
QUERIES = sorted(FOLDER.glob("*.sql"))


def question(query: Path) -> str:
    return query.read_text(encoding="utf-8").splitlines()[0]


def test_there_are_ten_numbered_in_order() -> None:
    assert [query.name[:3] for query in QUERIES] == [f"{number:02}-" for number in range(1, 11)]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.stem)
def test_an_example_query_has_an_answer(query: Path, hostile_release: Path) -> None:
    with open_database(hostile_release / "oso.duckdb") as connection:
        rows = connection.sql(query.read_text(encoding="utf-8")).fetchall()
    assert rows != []
    assert all(any(value is not None for value in row) for row in rows)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.stem)
def test_an_example_query_begins_with_its_question_and_is_listed_with_it(query: Path) -> None:
    asked = question(query).removeprefix("-- ")
    assert question(query).startswith("-- ")
    assert asked.endswith("?")
    listed = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"| [{query.name[:2]}]({query.name}) | {asked} |" in listed
