"""Figures of values: the outputs of activations for one image, and the targets of a data set."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.charts import plots
from core.charts.echarts import Options
from core.charts.palette import Palette
from core.charts.plots import FixedAxis
from core.data.normalization import Images
from core.objectives.activations import ACTIVATIONS
from core.views.losses.one_image import Activated
from core.views.losses.target_values import Histogram, TargetValues

Mask = NDArray[np.bool_]

# The lower end of the histogram's logarithmic axis, in per cent of pixels.
MIN_SHARE = 0.001
# The number of an image's 784 pixels that are shown: more than the non-black pixels of any digit.
BRIGHTEST = 480
# Labels of the logarithmic axis of shares, in %.
LABELLED_SHARES = [0.01, 1, 100]
# Margin on both sides of the targets, as a share of their range.
ROOM = 0.3
# Hatching of bars of unreachable targets, in addition to their colour.
HATCH = {
    "symbol": "rect",
    "dashArrayX": [1, 0],
    "dashArrayY": [3, 4],
    "rotation": -0.785,
}


def sorted_values(image: Images, activated: tuple[Activated, ...], palette: Palette) -> Options:
    """The outputs of each activation, sorted from the largest, against the displayed range.

    Args:
        image: greys 0-255, shape (784,), shown as the original.
        activated: from `core.views.losses.one_image.activate`.
        palette: the colours of the theme.
    """
    figure = plots.axes(
        "784 values",
        "largest first; shaded: what a screen can show",
        palette,
        colour=palette.text,
        x=FixedAxis(low=0, high=BRIGHTEST, title="pixel, brightest first"),
        y=FixedAxis(low=-1, high=1.5),
    )
    plots.band(figure, "yAxis", (0, 1), palette.muted, opacity=0.12)
    places = np.arange(1.0, BRIGHTEST + 1)
    for one in activated:
        colour = palette.series[plots.SERIES_OF_ACTIVATION[one.activation]]
        dash = plots.DASH_OF_ACTIVATION[one.activation]
        values = -np.sort(-one.outputs)[:BRIGHTEST]
        plots.line(figure, places, values, colour, one.activation, dash=dash)
    plots.line(figure, places, -np.sort(-(image / 255))[:BRIGHTEST], palette.text, "original")
    plots.legend(figure, [*(one.activation for one in activated), "original"], palette)
    return figure


def histogram_of_targets(values: TargetValues, activation: str, palette: Palette) -> Options:
    """The histogram of targets, against the range of an output activation.

    Bars outside the range are hatched and red.

    Args:
        values: the values of one normalization.
        activation: a name in `ACTIVATIONS`.
        palette: the colours of the theme.
    """
    chosen = ACTIVATIONS[activation]
    colour = palette.series[plots.SERIES_OF_ACTIVATION[activation]]
    room = ROOM * (values.highest - values.lowest)
    low, high = values.lowest - room, values.highest + room
    figure = plots.axes(
        chosen.label,
        "shaded: its range; bars: share of target pixels",
        palette,
        colour=colour,
        x=FixedAxis(low=low, high=high, title="target value"),
        y=FixedAxis(low=MIN_SHARE, high=100),
    )
    figure["yAxis"] |= {"type": "log", "logBase": 10, "startValue": MIN_SHARE}
    for part in ("axisLabel", "axisTick"):
        figure["yAxis"][part]["customValues"] = LABELLED_SHARES
    _percent_axis(figure)
    reach = (max(chosen.low, low), min(chosen.high, high))
    plots.band(figure, "xAxis", reach, colour, opacity=0.14)
    for end in (chosen.low, chosen.high):
        if low < end < high:
            plots.vertical_line(figure, end, colour, width=2)
    histogram = values.pixels
    near = 0.51 * histogram.width
    outside = (histogram.centres < chosen.low - near) | (histogram.centres > chosen.high + near)
    _bars(figure, histogram, outside, colour, palette)
    return figure


def histogram_of_sums(values: TargetValues, palette: Palette) -> Options:
    """The histogram of the images' sums of targets, with the sum of softmax, 1."""
    histogram = values.sums
    colour = palette.series[plots.SERIES_OF_ACTIVATION["softmax"]]
    low, high = float(min(histogram.edges[0], 0)), float(max(histogram.edges[-1], 1.5))
    room = 0.04 * (high - low)
    figure = plots.axes(
        "softmax",
        "line: the sum of its outputs; bars: share of images",
        palette,
        colour=colour,
        x=FixedAxis(low=low - room, high=high + room, title="sum of an image's 784 targets"),
        y=FixedAxis(low=0, high=110 * float(histogram.shares.max())),
    )
    _percent_axis(figure)
    outside = np.abs(histogram.centres - 1) > histogram.width
    _bars(figure, histogram, outside, colour, palette)
    plots.vertical_line(figure, 1, colour, width=2)
    return figure


def _percent_axis(figure: Options) -> None:
    figure["yAxis"]["axisLabel"]["formatter"] = "{value}%"
    figure["grid"]["left"] = 52
    figure["tooltip"]["valueFormatter"] = "%.3g%%"


def _bars(
    figure: Options, histogram: Histogram, outside: Mask, colour: str, palette: Palette
) -> None:
    """Two stacked series: reachable bars, and hatched unreachable ones."""
    figure["aria"] = {"enabled": True, "decal": {"show": True}}
    plain, hatched = HATCH | {"color": "transparent"}, HATCH | {"color": palette.background}
    kinds = (
        ("in range", ~outside, {"color": colour, "decal": plain}),
        ("out of range", outside, {"color": palette.bad, "decal": hatched}),
    )
    for name, chosen, style in kinds:
        places = zip(histogram.centres[chosen], 100 * histogram.shares[chosen], strict=True)
        figure["series"].append(
            {
                "type": "bar",
                "name": name,
                "data": [[float(f"{x:.5g}"), float(f"{y:.4g}")] for x, y in places if y > 0],
                "barGap": "-100%",
                "barCategoryGap": "10%",
                "itemStyle": style,
                "emphasis": {"disabled": True},
            }
        )
