"""Sentences about many rows at once."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oso_pipeline.wording import sentence

ROWS = pl.DataFrame({"code": ["00AA00", None], "points": [2, 3]})


def said(template: str, *values: str | pl.Expr, rows: pl.DataFrame = ROWS) -> list[str | None]:
    return rows.select(sentence(template, *values).alias("said"))["said"].to_list()


def test_each_place_is_filled_with_the_value_of_its_column() -> None:
    assert said("{} points, {} in all.", "points", "points") == [
        "2 points, 2 in all.",
        "3 points, 3 in all.",
    ]


def test_a_sentence_about_a_value_that_is_absent_is_absent() -> None:
    assert said("Branch {} has {} points.", "code", "points") == [
        "Branch 00AA00 has 2 points.",
        None,
    ]


def test_a_place_may_be_filled_by_an_expression() -> None:
    assert said("One more is {}.", pl.col("points") + 1) == ["One more is 3.", "One more is 4."]


def test_a_sentence_without_places_is_the_template() -> None:
    assert set(said("Nothing to fill in.")) == {"Nothing to fill in."}


def test_a_column_of_several_chunks_is_read_as_one() -> None:
    chunks = pl.concat([ROWS, ROWS], rechunk=False)
    assert said("{}", "points", rows=chunks) == ["2", "3", "2", "3"]


@pytest.mark.parametrize(("template", "values"), [("{} {}", ["code"]), ("{}", ["code", "points"])])
def test_a_sentence_with_more_or_fewer_values_than_places_is_refused(
    template: str, values: list[str]
) -> None:
    with pytest.raises(ValueError, match=r"values for \d places"):
        sentence(template, *values)


@given(st.lists(st.text(), min_size=1, max_size=4), st.text())
def test_a_sentence_is_what_format_makes_of_it(values: list[str], between: str) -> None:
    template = between.replace("{", "").replace("}", "").join(["{}"] * len(values))
    rows = pl.DataFrame({str(at): [value] for at, value in enumerate(values)})
    assert said(template, *rows.columns, rows=rows) == [template.format(*values)]
