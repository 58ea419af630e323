"""The loss of a run on a page: a readout that is also the legend, and the curve below it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import accumulate, pairwise
from typing import Literal

import streamlit as st

from core.charts import loss_chart as charts
from core.charts.chart import Chart
from core.charts.echarts import chart_options
from core.charts.loss_chart import LEVEL_DASH, LossCurve
from core.charts.palette import Palette
from core.text import formats

HEIGHT = 196
# The distance between ticks of the vertical axis, in CSS pixels.
TICK_DISTANCE = 34
# The width of a line's sample in the readout, in CSS pixels.
SAMPLE = 20


def loss_panel(
    curve: LossCurve,
    palette: Palette,
    *,
    key: str,
    log: bool = True,
    smoothing: int = 1,
    epoch: float | None = None,
    height: int = HEIGHT,
    renderer: Literal["canvas", "svg"] = "canvas",
) -> None:
    """Draw the readout and the curve below it; may be redrawn many times a second.

    Args:
        curve: what to show.
        palette: the colours of the visitor's theme.
        key: the key of the chart.
        log: whether the axis is logarithmic, provided that all values are above 0.
        smoothing: points in the moving mean; 1 for none.
        epoch: position of the replay's marker; None for no marker.
        height: height in CSS pixels.
        renderer: "svg" for a static, enlarged chart, which a canvas would blur.
    """
    steps = height // TICK_DISTANCE
    chart = charts.loss_chart(curve, log=log, smoothing=smoothing, epoch=epoch, max_intervals=steps)
    st.html(readout_html(curve, chart, palette, smoothing=smoothing))
    options = chart_options(chart, palette, hover=False)
    with st.container(key=f"lab-curve-{key}"):
        st.echarts_chart(
            options,
            height=height,
            key=f"{key}-chart",
            renderer=renderer,
            alt=charts.curve_in_words(curve),
        )


def readout_html(curve: LossCurve, chart: Chart, palette: Palette, *, smoothing: int = 1) -> str:
    """The latest value of each line, with a sample of the line, as HTML."""
    parts = [f"<span>{escape(curve.unit)}</span>"]
    points = {charts.TRAINING: curve.training, "held-out": curve.held_out}
    for line in chart.lines:
        latest = points.get(line.name, line.points)[-1:]
        if latest and not line.is_faint:
            value, colour = formats.loss(latest[0][1]), palette.series[line.colour]
            parts.append(_part(line.name, value, colour, line.dash))
    if curve.floor is not None:
        value = formats.loss(curve.floor) if curve.floor else "0"
        value += "" if chart.levels else ", below this axis"
        parts.append(_part("floor", value, palette.muted, LEVEL_DASH))
    elif curve.is_unbounded:
        parts.append("<span>no floor</span>")
    if smoothing > 1:
        parts.append(f"<span>mean of {smoothing} points</span>")
    return f'<div class="lab-readout">{"".join(parts)}</div>'


def _part(name: str, value: str, colour: str, dash: Sequence[int]) -> str:
    ends = pairwise(accumulate(dash or (SAMPLE,), initial=0))
    pieces = [
        f"{'transparent' if index % 2 else colour} {start}px {end}px"
        for index, (start, end) in enumerate(ends)
    ]
    stroke = f"background:repeating-linear-gradient(90deg,{','.join(pieces)})"
    return (
        f'<span style="color:{colour}"><i style="{stroke}"></i>{escape(name)}'
        f" <b>{escape(value)}</b></span>"
    )
