"""The curves of all layers on one logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from core.charts.palette import Palette
from core.charts.unit_figures import styled

HEIGHT = 420
# With six colours, lines of the same colour differ in dashes, and all in their markers.
DASHES = ("solid", "dash", "dot", "dashdot")
MARKERS = ("circle", "square", "diamond", "triangle-up", "cross", "star")

Curve = tuple[str, Sequence[int], Sequence[float | None]]


def layer_figure(curves: Sequence[Curve], title: str, palette: Palette) -> go.Figure:
    """A line for each layer.

    Args:
        curves: name, epochs and values of each; None leaves a gap.
        title: the title of the vertical axis.
        palette: the colours of the visitor's theme.
    """
    figure = go.Figure()
    colours = palette.series
    for index, (name, epochs, values) in enumerate(curves):
        cycle = index // len(colours)
        figure.add_trace(
            go.Scatter(
                x=list(epochs),
                y=list(values),
                name=name,
                mode="lines+markers",
                line={"color": colours[index % len(colours)], "dash": DASHES[cycle % len(DASHES)]},
                marker={"symbol": MARKERS[index % len(MARKERS)], "size": 7},
                hovertemplate=f"{name}, epoch %{{x}}: %{{y:.3g}}<extra></extra>",
            )
        )
    styled(figure, palette, x="epoch", y=title)
    figure.update_layout(
        height=HEIGHT,
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        margin={"l": 70, "r": 12, "t": 70, "b": 44},
        yaxis={"type": "log", "exponentformat": "power", "dtick": 1},
    )
    return figure
