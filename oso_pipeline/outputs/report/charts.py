"""Charts as SVG: Vega-Lite specifications, drawn by vl-convert, the same bytes every time (docs/adr/0015).

Nothing depends on the machine: days are numbers (no time zone), the plot's place is fixed (no text is measured to lay
it out), and there are no ids. Every value stands beside its mark in words, so colour is never the only sign.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any

import polars as pl

Drawing = dict[str, Any]
"""A chart, a layer or a channel as Vega-Lite writes it (vega.github.io/vega-lite)."""

INK = "#1b2a3a"
BLUE = "#154273"
TEAL = "#00695c"
ORANGE = "#a84300"
COLOURS = (BLUE, ORANGE, TEAL)
"""Each at least 4.5 to 1 on white."""

_SHADES = (BLUE, "#3f74b0", "#6b7783")
"""From what matters most to least; each at least 4.5 to 1 on white."""

_TRACK = "#e8edf2"
_DASHES = ([1, 0], [6, 3], [2, 2])
_SHAPES = ("circle", "square", "triangle-up")
_WIDTH = 760
_ROW = 26
_FONT = "Arial, Liberation Sans, Helvetica, sans-serif"
_LABELS_SHOWN = 8
_ROOM_FOR_TEXT = 0.05
"""The part of the longest bar in which a number fits."""

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_CONFIG: Drawing = {
    "aria": False,
    "axis": {"domainColor": "#8795a3", "gridColor": "#dfe5eb", "labelColor": INK, "labelFontSize": 13, "tickColor": "#8795a3"},
    "background": "transparent",
    "customFormatTypes": False,
    "font": _FONT,
    "legend": {"labelColor": INK, "labelFontSize": 13, "offset": 8},
    "text": {"fontSize": 13},
    "view": {"stroke": None},
}  # fmt: skip

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TAG = re.compile(r"<[^>]+>")
_ROLE = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
"""What Vega says of every mark, in English; the chart is one image with one label."""


def draw(chart: Drawing, label: str) -> str:
    """A chart as an SVG element for a page, with its label for people who cannot see it."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg(_drawable(chart))
    box = re.search(r'viewBox="([^"]*)"', svg)
    if box is None:
        raise ValueError(f"vl-convert gave an SVG without a viewBox: {svg[:200]}")
    body = _TAG.sub(lambda tag: _ROLE.sub("", tag[0]), svg[svg.index(">") + 1 :])
    return f'<svg class="chart" role="img" aria-label="{escape(label)}" viewBox="{box[1]}" xmlns="http://www.w3.org/2000/svg">{body}'


def _drawable(part: Any) -> Any:  # noqa: ANN401 - whatever a chart is made of
    """The same without characters that no XML may hold: at one of them, in the name of a product, vl-convert ends the process."""
    if isinstance(part, str):
        return _NO_XML.sub("", part)
    if isinstance(part, dict):
        return {name: _drawable(value) for name, value in part.items()}
    return [_drawable(value) for value in part] if isinstance(part, list) else part


def bars(
    rows: pl.DataFrame,
    *,
    whole: float | None = None,
    mark_at: float | None = None,
    left: int = 210,
    right: int = 130,
) -> Drawing:
    """Horizontal bars, in the order of the rows.

    Args:
        rows: `label, value, text`; the text stands behind the bar.
        whole: what a full bar stands for; a pale track shows it. None: the largest value is the longest bar.
        mark_at: a value that is marked across all bars.
        left: room for the labels.
        right: room for the text behind the longest bar.
    """
    full = whole or max([*rows["value"].drop_nulls(), 0]) or 1
    ends = pl.lit(full) if whole is not None else pl.col("value")
    data, y = _values(rows.with_columns(ends.alias("end"))), _labels(rows)
    end, value = _along("end", full), _along("value", full)
    layers = [_layer(data, {"type": "bar", "color": BLUE, "height": 14}, y=y, x=value)]
    if whole is not None:
        layers.insert(0, _layer(data, {"type": "bar", "color": _TRACK, "height": 14}, y=y, x=end))
    if mark_at is not None:
        rule = {"type": "rule", "color": ORANGE, "strokeDash": [4, 3], "strokeWidth": 2}
        at = _values(pl.DataFrame({"at": [mark_at]}))
        layers.append(_layer(at, rule, x=_along("at", full)))
    layers.append(_layer(data, _TEXT_BEHIND, y=y, x=end, text=_TEXT))
    return _placed(layers, _WIDTH - left - right, _ROW * rows.height, left=left, right=right)


def stacked_bars(rows: pl.DataFrame, *, parts: Sequence[str], left: int = 170) -> Drawing:
    """Horizontal bars of parts that add up, a shade and a number per part, with a legend.

    Args:
        rows: `label, part, value, text`; in order.
        parts: the parts, the darkest first.
        left: room for the labels.
    """
    order = {part: number for number, part in enumerate(parts)}
    sums = rows.group_by("label").agg(pl.col("value").sum())["value"]
    largest = max([*sums, 0]) or 1
    placed = rows.with_columns(
        pl.col("part").replace_strict(order, return_dtype=pl.Int64).alias("order"),
        pl.col("value").cum_sum().over("label").alias("end"),
    ).with_columns(
        (pl.col("end") - pl.col("value")).alias("begin"),
        (pl.col("end") - pl.col("value") / 2).alias("middle"),
        pl.when(pl.col("value") / largest > _ROOM_FOR_TEXT)
        .then("text")
        .otherwise(pl.lit(""))
        .alias("text"),
    )
    data, y = _values(placed), _labels(rows)
    colour = {
        "field": "part",
        "type": "nominal",
        "scale": {"domain": list(parts), "range": list(_SHADES)},
        "legend": {"direction": "horizontal", "labelLimit": 0, "orient": "top", "symbolType": "square", "title": None},
    }  # fmt: skip
    bar = {"type": "bar", "height": 18, "stroke": "white", "strokeWidth": 1.5}
    number = {"type": "text", "color": "white", "fontSize": 12, "fontWeight": "bold"}
    marks = _layer(data, bar, y=y, x=_along("begin", largest), x2={"field": "end"}, color=colour)
    texts = _layer(data, number, y=y, x=_along("middle", largest), text=_TEXT)
    height = (_ROW + 6) * rows["label"].n_unique()
    return _placed([marks, texts], _WIDTH - left - 30, height, left=left, right=30, top=34)


def ranges(rows: pl.DataFrame, *, left: int = 210) -> Drawing:
    """From the first to the third quartile, with a mark at the median.

    Args:
        rows: `label, lower, median, upper, text`; in order, numbers from 0.
        left: room for the labels.
    """
    largest = max([*rows["upper"].drop_nulls(), 0]) or 1
    data, y, upper = _values(rows), _labels(rows), _along("upper", largest)
    lower, median = _along("lower", largest), _along("median", largest)
    width = {"type": "bar", "color": "#9db4cc", "height": 14}
    middle = {"type": "tick", "color": BLUE, "opacity": 1, "size": 20, "thickness": 4}
    layers = [
        _layer(data, {"type": "bar", "color": _TRACK, "height": 3}, y=y, x=upper),
        _layer(data, width, y=y, x=lower, x2={"field": "upper"}),
        _layer(data, middle, y=y, x=median),
        _layer(data, _TEXT_BEHIND, y=y, x=upper, text=_TEXT),
    ]
    right = 300
    return _placed(layers, _WIDTH - left - right, _ROW * rows.height, left=left, right=right)


def lines(rows: pl.DataFrame, day_names: dict[date, str]) -> Drawing:
    """Shares over time, a line per series, each named at its end.

    Args:
        rows: `on, series, value, text`; a share from 0 to 1, the text stands behind the last point of its series.
        day_names: how a day is called beneath the axis, for every day of the rows.
    """
    height = 230
    series = rows["series"].unique(maintain_order=True).to_list()
    days = sorted(day_names)
    numbered = rows.with_columns(pl.col("on").to_physical().alias("day"))
    first, last = ((day - date(1970, 1, 1)).days for day in (days[0], days[-1]))
    shown = days[::-1][:: math.ceil(len(days) / _LABELS_SHOWN)]
    names = {(day - date(1970, 1, 1)).days: day_names[day] for day in reversed(shown)}
    said = ", ".join(f"'{number}': '{name}'" for number, name in names.items())
    x = {
        "field": "day",
        "type": "quantitative",
        "scale": {"domain": [first, last] if first < last else [first - 1, last + 1]},
        "axis": {"values": list(names), "labelExpr": f"{{{said}}}[datum.value]", "title": None, "grid": False, "labelOverlap": False, "labelFlush": False},
    }  # fmt: skip
    whole = {"type": "quantitative", "scale": {"domain": [0, 1]}}
    axis = {"values": [0, 0.25, 0.5, 0.75, 1], "labelExpr": "round(datum.value * 100) + '%'", "title": None}  # fmt: skip
    y = {"field": "value", **whole, "axis": axis}
    colour = _of_series(series, COLOURS)
    data = _values(numbered)
    ends = _apart(numbered.group_by("series", maintain_order=True).last(), 18 / height)
    layers = [
        _layer(data, {"type": "line", "strokeWidth": 2.5}, x=x, y=y, color=colour, strokeDash=_of_series(series, _DASHES)),
        _layer(data, {"type": "point", "filled": True, "opacity": 1, "size": 55}, x=x, y=y, color=colour, shape=_of_series(series, _SHAPES)),
        _layer(_values(ends), {"type": "text", "align": "left", "dx": 12, "fontWeight": "bold"}, x=x, y={"field": "beside", **whole}, color=colour, text=_TEXT),
    ]  # fmt: skip
    return _placed(layers, _WIDTH - 48 - 210, height, left=48, right=210, top=12, bottom=34)


def _apart(ends: pl.DataFrame, gap: float) -> pl.DataFrame:
    """With `beside`: where a text stands, so that no two are nearer to one another than the gap."""
    beside: dict[str, float] = {}
    lowest = 0.0
    for name, value in ends.sort("value", "series").select("series", "value").iter_rows():
        beside[name] = max(value, lowest)
        lowest = beside[name] + gap
    return ends.with_columns(
        pl.col("series").replace_strict(beside, return_dtype=pl.Float64).alias("beside")
    )


_TEXT: Drawing = {"field": "text", "type": "nominal"}
_TEXT_BEHIND: Drawing = {"type": "text", "align": "left", "color": INK, "dx": 8}


def _values(rows: pl.DataFrame) -> Drawing:
    days = rows.select(pl.selectors.date().dt.to_string())
    return {"values": rows.with_columns(days).to_dicts()}


def _layer(data: Drawing, mark: Drawing, **channels: Drawing) -> Drawing:
    return {"data": data, "mark": mark, "encoding": channels}


def _along(column: str, full: float) -> Drawing:
    """From nothing to a full bar."""
    return {"field": column, "type": "quantitative", "axis": None, "scale": {"domain": [0, full]}}


def _of_series(series: Sequence[str], signs: Sequence[object]) -> Drawing:
    """A sign per series."""
    scale = {"domain": list(series), "range": list(signs)}
    return {"field": "series", "type": "nominal", "legend": None, "scale": scale}


def _labels(rows: pl.DataFrame) -> Drawing:
    return {
        "field": "label",
        "type": "nominal",
        "sort": rows["label"].unique(maintain_order=True).to_list(),
        "axis": {"domain": False, "labelLimit": 0, "labelOverlap": False, "labelPadding": 10, "ticks": False, "title": None},
    }  # fmt: skip


def _placed(
    layers: list[Drawing],
    width: int,
    height: int,
    *,
    left: int,
    right: int,
    top: int = 4,
    bottom: int = 4,
) -> Drawing:
    """The layers as a chart with its plot at a fixed place."""
    return {
        "$schema": _SCHEMA,
        "config": _CONFIG,
        "width": width,
        "height": height,
        "autosize": {"type": "none"},
        "padding": {"left": left, "right": right, "top": top, "bottom": bottom},
        "layer": layers,
    }
