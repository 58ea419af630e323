"""Figures of one unit: the histogram of its activations, and its incoming weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.palette import Palette

BINS = 40
HEIGHT = 250
FONT = "Source Sans"

Values = NDArray[np.floating[Any]]


def histogram(values: Values) -> tuple[NDArray[np.int64], Values]:
    """Counts of values in `BINS` bins of equal width, and the edges of the bins."""
    finite = values[np.isfinite(values)].astype(np.float64)
    counts, edges = np.histogram(finite, bins=BINS)
    return counts, edges


def activation_figure(values: Values, palette: Palette) -> go.Figure:
    """The histogram of a unit's activations over the held-out images."""
    counts, edges = histogram(values)
    centres = (edges[:-1] + edges[1:]) / 2
    figure = go.Figure(
        go.Bar(
            x=centres,
            y=counts,
            width=np.diff(edges),
            marker={"color": palette.series[0], "line": {"width": 0}},
            hovertemplate="%{y} images at %{x:.3g}<extra></extra>",
        )
    )
    return styled(figure, palette, x="activation", y="held-out images")


def weights_figure(weights: Values, palette: Palette) -> go.Figure:
    """The incoming weights of a unit, one bar for each unit of the layer before."""
    figure = go.Figure(
        go.Bar(
            x=np.arange(len(weights)),
            y=weights,
            marker={"color": palette.series[0], "line": {"width": 0}},
            hovertemplate="from unit %{x}: %{y:.3g}<extra></extra>",
        )
    )
    return styled(figure, palette, x="unit of the layer before", y="weight")


def styled(figure: go.Figure, palette: Palette, *, x: str, y: str) -> go.Figure:
    """Give a figure the lab's style and the titles of its axes."""
    axis = {
        "gridcolor": palette.border,
        "zerolinecolor": palette.border,
        "linecolor": palette.border,
        "tickfont": {"color": palette.muted},
    }
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 60, "r": 12, "t": 30, "b": 44},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 13, "color": palette.text},
        hoverlabel={"font": {"family": FONT}},
        bargap=0.05,
        showlegend=False,
        xaxis={**axis, "title": {"text": x, "font": {"size": 13}}, "showgrid": False},
        yaxis={**axis, "title": {"text": y, "font": {"size": 13}}},
    )
    return figure
