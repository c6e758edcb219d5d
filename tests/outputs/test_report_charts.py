"""Charts as SVG."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest

from oso_pipeline.outputs.report import charts

DAYS = [date(2026, month, 1) for month in (1, 2, 3)]


def bars(text: str = "1.234 (5,6%)") -> str:
    rows = pl.DataFrame({"label": ["Overeenkomst", "Vragenlijst"], "value": [0.9, 0.4], "text": [text, "2"]})  # fmt: skip
    return charts.draw(charts.bars(rows, whole=1.0, mark_at=0.5), 'Staven "per stap"')


def lines(*ends: float) -> str:
    names = [f"sector {number}" for number in range(len(ends))]
    rows = pl.DataFrame(
        [(day, name, end, name) for day in DAYS for name, end in zip(names, ends, strict=True)],
        schema=["on", "series", "value", "text"],
        orient="row",
    )
    return charts.draw(charts.lines(rows, {day: f"maand {day.month}" for day in DAYS}), "Lijnen")


def heights(svg: str, prefix: str) -> list[float]:
    found = re.findall(rf'translate\([^,]*,([0-9.]+)\)"[^>]*>{prefix}', svg)
    return sorted(float(height) for height in found)


def test_a_chart_is_drawn_the_same_twice() -> None:
    assert (bars(), lines(0.2, 0.8)) == (bars(), lines(0.2, 0.8))


def test_a_chart_has_no_ids_so_that_two_may_stand_on_one_page() -> None:
    assert " id=" not in bars() + lines(0.2, 0.8)
    assert "url(#" not in bars() + lines(0.2, 0.8)


def test_a_character_that_no_xml_may_hold_ends_no_process() -> None:
    svg = bars("Magi\x1bster \x00\ufffe 3")
    assert "Magister  3" in svg


def test_a_chart_is_one_image_with_one_label_and_says_its_values_as_they_are_given() -> None:
    svg = bars()
    assert svg.startswith('<svg class="chart" role="img" aria-label="Staven &quot;per stap&quot;" viewBox="0 0 ')  # fmt: skip
    assert (svg.count("aria-label="), svg.count("role=")) == (1, 1)
    assert "1.234 (5,6%)" in svg


def test_a_text_of_a_chart_is_escaped() -> None:
    assert "<b>" not in bars("<b>&amp;")


def test_names_at_the_ends_of_lines_that_lie_together_stand_apart() -> None:
    first, second = heights(lines(0.5, 0.5), "sector")
    assert second - first >= 17


@pytest.mark.parametrize("days", [1, 3])
def test_the_days_beneath_the_axis_are_called_as_they_are_named(days: int) -> None:
    rows = pl.DataFrame({"on": DAYS[:days], "series": "a", "value": 0.5, "text": "a"})
    svg = charts.draw(charts.lines(rows, {day: f"maand {day.month}" for day in DAYS[:days]}), "x")
    assert re.findall("maand [0-9]", svg) == [f"maand {n + 1}" for n in range(days)]


def test_the_parts_of_a_bar_have_a_legend() -> None:
    rows = pl.DataFrame({"label": ["po", "po"], "part": ["hoog", "laag"], "value": [30, 1], "text": ["30", "1"]})  # fmt: skip
    svg = charts.draw(charts.stacked_bars(rows, parts=["hoog", "laag"]), "x")
    assert [re.search(f">{word}<", svg) is not None for word in ("hoog", "laag", "30", "1")] == [
        True, True, True, False,
    ]  # fmt: skip
