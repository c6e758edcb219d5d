"""Charts as SVG: made by altair, drawn by vl-convert, the same bytes every time.

Nothing depends on the machine: days are numbers (no time zone), the plot's place is fixed (no text is measured to lay
it out), and there are no ids. Every value stands beside its mark in words, so colour is never the only sign.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date
from functools import partial
from html import escape
from typing import Any

import polars as pl

Drawing = Any
"""A chart of altair, whose decorators hide its types."""

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

_TAG = re.compile(r"<[^>]+>")
_ROLE = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
"""What Vega says of every mark, in English; the chart is one image with one label."""


def draw(chart: Drawing, label: str) -> str:
    """A chart as an SVG element for a page, with its label for people who cannot see it."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg(chart.to_dict())
    box = re.search(r'viewBox="([^"]*)"', svg)
    if box is None:
        raise ValueError(f"vl-convert gave an SVG without a viewBox: {svg[:200]}")
    body = _TAG.sub(lambda tag: _ROLE.sub("", tag[0]), svg[svg.index(">") + 1 :])
    return f'<svg class="chart" role="img" aria-label="{escape(label)}" viewBox="{box[1]}" xmlns="http://www.w3.org/2000/svg">{body}'


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
    import altair as alt

    full = whole or max([*rows["value"].drop_nulls(), 0]) or 1
    scale = alt.Scale(domain=[0, full])
    ends = pl.lit(full) if whole is not None else pl.col("value")
    base = _chart(rows.with_columns(ends.alias("end"))).encode(y=_labels(rows))
    layers: list[Drawing] = []
    if whole is not None:
        layers.append(base.mark_bar(color=_TRACK, height=14).encode(x=_along("end", scale)))
    layers.append(base.mark_bar(color=BLUE, height=14).encode(x=_along("value", scale)))
    if mark_at is not None:
        rule = _chart(pl.DataFrame({"at": [mark_at]}))
        layers.append(rule.mark_rule(color=ORANGE, strokeWidth=2, strokeDash=[4, 3]).encode(x=_along("at", scale)))  # fmt: skip
    texts = base.mark_text(align="left", dx=8, color=INK)
    layers.append(texts.encode(x=_along("end", scale), text="text:N"))
    width = _WIDTH - left - right
    return _placed(alt.layer(*layers), width, _ROW * rows.height, left=left, right=right)


def stacked_bars(rows: pl.DataFrame, *, parts: Sequence[str], left: int = 170) -> Drawing:
    """Horizontal bars of parts that add up, a shade and a number per part, with a legend.

    Args:
        rows: `label, part, value, text`; in order.
        parts: the parts, the darkest first.
        left: room for the labels.
    """
    import altair as alt

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
    plot = _WIDTH - left - 30
    base = _chart(placed).encode(y=_labels(rows))
    colour = alt.Color(
        "part:N",
        scale=alt.Scale(domain=list(parts), range=list(_SHADES)),
        legend=alt.Legend(orient="top", title=None, symbolType="square", labelLimit=0, direction="horizontal"),
    )  # fmt: skip
    scale = alt.Scale(domain=[0, largest])
    marks = base.mark_bar(height=18, stroke="white", strokeWidth=1.5).encode(
        x=_along("begin", scale), x2="end:Q", color=colour
    )
    texts = base.mark_text(color="white", fontWeight="bold", fontSize=12).encode(
        x=_along("middle", scale), text="text:N"
    )
    height = (_ROW + 6) * rows["label"].n_unique()
    return _placed(alt.layer(marks, texts), plot, height, left=left, right=30, top=34)


def ranges(rows: pl.DataFrame, *, left: int = 210) -> Drawing:
    """From the first to the third quartile, with a mark at the median.

    Args:
        rows: `label, lower, median, upper, text`; in order, numbers from 0.
        left: room for the labels.
    """
    import altair as alt

    largest = max([*rows["upper"].drop_nulls(), 0]) or 1
    scale = alt.Scale(domain=[0, largest])
    base = _chart(rows).encode(y=_labels(rows))
    track = base.mark_bar(color=_TRACK, height=3).encode(x=_along("upper", scale))
    width = base.mark_bar(color="#9db4cc", height=14).encode(x=_along("lower", scale), x2="upper:Q")
    middle = base.mark_tick(color=BLUE, thickness=4, size=20, opacity=1).encode(
        x=_along("median", scale)
    )
    texts = base.mark_text(align="left", dx=8, color=INK).encode(
        x=_along("upper", scale), text="text:N"
    )
    right = 210
    return _placed(alt.layer(track, width, middle, texts), _WIDTH - left - right, _ROW * rows.height, left=left, right=right)  # fmt: skip


def lines(rows: pl.DataFrame, day_names: dict[date, str]) -> Drawing:
    """Shares over time, a line per series, each named at its end.

    Args:
        rows: `on, series, value, text`; a share from 0 to 1, the text stands behind the last point of its series.
        day_names: how a day is called beneath the axis, for every day of the rows.
    """
    import altair as alt

    height = 230
    series = rows["series"].unique(maintain_order=True).to_list()
    days = sorted(day_names)
    numbered = rows.with_columns(pl.col("on").to_physical().alias("day"))
    first, last = ((day - date(1970, 1, 1)).days for day in (days[0], days[-1]))
    shown = days[::-1][:: math.ceil(len(days) / _LABELS_SHOWN)]
    names = {(day - date(1970, 1, 1)).days: day_names[day] for day in reversed(shown)}
    said = ", ".join(f"'{number}': '{name}'" for number, name in names.items())
    x = alt.X(
        "day:Q",
        scale=alt.Scale(domain=[first, last] if first < last else [first - 1, last + 1]),
        axis=alt.Axis(values=list(names), labelExpr=f"{{{said}}}[datum.value]", title=None, grid=False, labelOverlap=False, labelFlush=False),
    )  # fmt: skip
    y = alt.Y(
        "value:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], labelExpr="round(datum.value * 100) + '%'", title=None),
    )  # fmt: skip
    one_of = partial(alt.Scale, domain=series)
    encoded = _chart(numbered).encode(
        x=x, y=y, color=alt.Color("series:N", scale=one_of(range=list(COLOURS)), legend=None)
    )
    drawn = encoded.mark_line(strokeWidth=2.5).encode(
        strokeDash=alt.StrokeDash("series:N", scale=one_of(range=list(_DASHES)), legend=None)
    )
    points = encoded.mark_point(filled=True, size=55, opacity=1).encode(
        shape=alt.Shape("series:N", scale=one_of(range=list(_SHAPES)), legend=None)
    )
    ends = _apart(numbered.group_by("series", maintain_order=True).last(), 18 / height)
    texts = (
        _chart(ends)
        .mark_text(align="left", dx=12, fontWeight="bold")
        .encode(
            x=x,
            y=alt.Y("beside:Q", scale=alt.Scale(domain=[0, 1])),
            text="text:N",
            color=alt.Color("series:N", scale=one_of(range=list(COLOURS)), legend=None),
        )
    )
    return _placed(alt.layer(drawn, points, texts), _WIDTH - 48 - 210, height, left=48, right=210, top=12, bottom=34)  # fmt: skip


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


def _chart(rows: pl.DataFrame) -> Drawing:
    import altair as alt

    return alt.Chart(rows)


def _along(column: str, scale: Drawing) -> Drawing:
    import altair as alt

    return alt.X(f"{column}:Q", scale=scale, axis=None)


def _labels(rows: pl.DataFrame) -> Drawing:
    import altair as alt

    order = rows["label"].unique(maintain_order=True).to_list()
    return alt.Y(
        "label:N",
        sort=order,
        axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=0, labelPadding=10, labelOverlap=False),
    )  # fmt: skip


def _placed(
    chart: Drawing,
    width: int,
    height: int,
    *,
    left: int,
    right: int,
    top: int = 4,
    bottom: int = 4,
) -> Drawing:
    """The chart with its plot at a fixed place."""
    sized = chart.properties(
        width=width,
        height=height,
        autosize="none",
        padding={"left": left, "right": right, "top": top, "bottom": bottom},
    )
    return sized.configure(background="transparent", font=_FONT, aria=False, customFormatTypes=False).configure_axis(
        labelFontSize=13, labelColor=INK, gridColor="#dfe5eb", domainColor="#8795a3", tickColor="#8795a3"
    ).configure_text(fontSize=13).configure_legend(
        labelFontSize=13, labelColor=INK, offset=8
    ).configure_view(stroke=None)  # fmt: skip
