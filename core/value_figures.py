"""Figures of values: what activations make of one image, and the targets of a whole data set."""

from __future__ import annotations

import math

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core import plots
from core.datasets import PIXELS
from core.normalization import Images
from core.objectives import ACTIVATIONS
from core.one_image import Activated
from core.palette import Palette
from core.target_values import Histogram, TargetValues

Mask = NDArray[np.bool_]

# The least share of pixels that the histogram's logarithmic axis shows.
LEAST_SHARE = 1e-5
# Room on both sides of the targets, as a share of their span.
ROOM = 0.3


def sorted_values(
    image: Images, found: tuple[Activated, ...], palette: Palette, *, height: int
) -> go.Figure:
    """The 784 values of each activation, largest first, over what the screen can show.

    Args:
        image: greys 0-255, shape (784,): drawn as the original.
        found: from `core.one_image.activate`.
        palette: of the theme.
        height: in pixels.
    """
    figure = plots.axes(
        "<b>784 values</b>, largest first; shaded: on the screen",
        palette,
        height=height,
        x=(1, 470),
        y=(-1.1, 1.6),
        x_title="pixel, brightest first",
    )
    plots.band(figure, (0, 1), palette.muted, opacity=0.12, across=True)
    places = np.arange(1.0, PIXELS + 1)
    for one in found:
        colour = palette.series[plots.SERIES_OF_ACTIVATION[one.activation]]
        dash = plots.DASH_OF_ACTIVATION[one.activation]
        values = -np.sort(-one.outputs)
        plots.line(figure, places, values, colour, one.activation, dash=dash)
    original = -np.sort(-(image / 255))
    plots.line(figure, places, original, palette.text, "original")
    plots.legend(figure)
    return figure


def histogram_of_targets(
    values: TargetValues, activation: str, palette: Palette, *, height: int
) -> go.Figure:
    """How often each target value occurs, over the range of an output activation.

    Bars outside of the range are hatched and red.

    Args:
        values: of one normalization.
        activation: a name in `ACTIVATIONS`.
        palette: of the theme.
        height: in pixels.
    """
    chosen = ACTIVATIONS[activation]
    colour = palette.series[plots.SERIES_OF_ACTIVATION[activation]]
    room = ROOM * (values.highest - values.lowest)
    low, high = values.lowest - room, values.highest + room
    figure = plots.axes(
        f"<b>Target pixels</b> by value; shaded: {plots.heading(chosen.label, colour, '')}",
        palette,
        height=height,
        x=(low, high),
        y=(math.log10(LEAST_SHARE), 0.15),
        x_title="target value",
    )
    _share_axis(figure)
    reach = (max(chosen.low, low), min(chosen.high, high))
    plots.band(figure, reach, colour, opacity=0.14, across=False)
    for end in (chosen.low, chosen.high):
        if low < end < high:
            figure.add_vline(x=end, line={"color": colour, "width": 2})
    histogram = values.pixels
    width = float(histogram.edges[1] - histogram.edges[0])
    near = width * 0.51
    outside = (histogram.centres < chosen.low - near) | (histogram.centres > chosen.high + near)
    _bars(figure, histogram, ~outside, colour, "")
    _bars(figure, histogram, outside, palette.bad, "/")
    return figure


def histogram_of_sums(values: TargetValues, palette: Palette, *, height: int) -> go.Figure:
    """How many images have which sum of targets, with the sum 1 that softmax gives."""
    histogram = values.sums
    colour = palette.series[plots.SERIES_OF_ACTIVATION["softmax"]]
    low, high = float(min(histogram.edges[0], 0)), float(max(histogram.edges[-1], 1.5))
    room = 0.04 * (high - low)
    figure = plots.axes(
        f"<b>Images</b> by sum of targets; line: {plots.heading('softmax', colour, 'has 1')}",
        palette,
        height=height,
        x=(low - room, high + room),
        y=(0, float(histogram.shares.max()) * 1.1),
        x_title="sum of an image's 784 targets",
    )
    figure.update_yaxes(tickformat=".0%")
    fits = np.abs(histogram.centres - 1) <= (histogram.edges[1] - histogram.edges[0])
    _bars(figure, histogram, fits, colour, "")
    _bars(figure, histogram, ~fits, palette.bad, "/")
    figure.add_vline(x=1, line={"color": colour, "width": 2})
    return figure


def _share_axis(figure: go.Figure) -> None:
    powers = range(round(math.log10(LEAST_SHARE)), 1)
    figure.update_yaxes(
        type="log",
        tickvals=[10.0**power for power in powers],
        ticktext=[f"{100 * 10.0**power:g}%" for power in powers],
    )
    figure.update_layout(margin={"l": 56})


def _bars(figure: go.Figure, histogram: Histogram, chosen: Mask, colour: str, pattern: str) -> None:
    figure.add_bar(
        x=histogram.centres[chosen],
        y=histogram.shares[chosen],
        width=float(histogram.edges[1] - histogram.edges[0]) * 0.9,
        marker={"color": colour, "line": {"width": 0}, "pattern": {"shape": pattern}},
        hovertemplate="%{x:.3g}: %{y:.3%}<extra></extra>",
    )
