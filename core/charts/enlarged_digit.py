"""One digit enlarged, with its values."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.data.datasets import IMAGE_SIDE
from core.text import formats

GREYS = [[0.0, "#000000"], [1.0, "#FFFFFF"]]


def enlarged(pixels: NDArray[np.floating], *, height: int) -> go.Figure:
    """One digit on the fixed scale, 0 black and 1 white; hovering shows each pixel's value.

    Args:
        pixels: pixel values, not clipped, shape (784,).
        height: height and width in CSS pixels.
    """
    image = np.round(np.asarray(pixels, float).reshape(IMAGE_SIDE, IMAGE_SIDE), 4)
    figure = go.Figure(
        go.Heatmap(
            z=image,
            text=[[formats.pixel(float(value)) for value in row] for row in image],
            zmin=0,
            zmax=1,
            colorscale=GREYS,
            showscale=False,
            hovertemplate="row %{y}, column %{x}: %{text}<extra></extra>",
        )
    )
    hidden = {"visible": False, "fixedrange": True}
    figure.update_layout(
        width=height,
        height=height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"font": {"family": "Source Sans"}},
        xaxis=hidden,
        yaxis={**hidden, "autorange": "reversed"},
    )
    return figure


def enlarged_in_words(name: str, pixels: NDArray[np.floating], error: float | None) -> str:
    """The alternative text of an enlarged digit."""
    tail = "" if error is None else f", pixel MSE {formats.loss(error)}"
    return (
        f"{name}: smallest value {formats.pixel(float(pixels.min()))}, largest"
        f" {formats.pixel(float(pixels.max()))}, sum {formats.total(float(pixels.sum()))}{tail}."
    )
