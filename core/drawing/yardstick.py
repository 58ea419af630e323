"""The yardstick as a figure: the pixel error of several runs per epoch, on one axis for all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core import formats
from core.drawing import plots
from core.drawing.palette import Palette
from core.drawing.plots import Axis, Options
from core.progress import History
from core.runs import Scores

LETTERS = "ABCDEF"
MARKERS = (
    "circle",
    "rect",
    "diamond",
    "triangle",
    "path://M4 0h4v4h4v4h-4v4h-4v-4h-4v-4h4z",
    "path://M6 0L7.8 4.1L12 4.6L8.9 7.6L9.7 12L6 9.8L2.3 12L3.1 7.6L0 4.6L4.2 4.1Z",
)
# Markers beyond these would touch each other.
MOST_MARKERS = 12
MARKER_SIZE = 8
# Labels at the right end keep this share of the axis between them.
LEAST_GAP = 0.09
HEADROOM = 1.04
# An error beyond so many times the mean image's leaves the axis: it is wrong, however wrong.
FARTHEST = 4
# Between the labels of an axis lie at most so many steps of a round number.
MOST_STEPS = 6
LABEL_ROOM = 62


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What is measured once per epoch.

    Attributes:
        title: such as "Pixel error per epoch".
        detail: what one value is.
        field: of `EpochScores`.
    """

    title: str
    detail: str
    field: str


MSE = Measure(title="Pixel error per epoch", detail="MSE, held-out, one yardstick", field="mse")
SSIM = Measure(title="Likeness per epoch", detail="SSIM, held-out, 1 is perfect", field="ssim")


def figure(
    histories: Sequence[History],
    palette: Palette,
    *,
    epochs: int,
    mean_image: Scores | None,
    measure: Measure = MSE,
    epoch: float | None = None,
) -> Options:
    """Draw the measure of each run over its epochs, with the mean image's as a dashed line.

    Args:
        histories: of at most six runs, named A to F in this order; growing or empty ones too.
        palette: of the theme.
        epochs: the right end of the axis.
        mean_image: its scores; None where the runs have no such rival in common.
        measure: what to draw.
        epoch: where a vertical line stands; None for none.
    """
    rival = None if mean_image is None else float(getattr(mean_image, measure.field))
    curves = [_points(history, measure.field) for history in histories]
    step, top = _scale(curves, rival, measure)
    drawn = plots.axes(
        measure.title,
        measure.detail,
        palette,
        colour=palette.text,
        x=Axis(low=0, high=epochs, step=round_step(epochs, whole=True), title="epoch"),
        y=Axis(low=0, high=top, step=step),
    )
    drawn["grid"]["right"] = LABEL_ROOM
    if rival is not None:
        plots.level(drawn, rival, palette)
        text = f"mean image {rival:.3f}"
        _write(drawn, (epochs, rival), text, palette.muted, position="top", align="right")
    for place, points in enumerate(curves):
        _add(drawn, points, place, palette)
    _label_ends(drawn, curves, top, palette)
    if epoch is not None:
        plots.place(drawn, epoch, palette.text)
    return drawn


def in_words(histories: Sequence[History], measure: Measure = MSE) -> str:
    """The figure in one sentence a run, for its alternative text."""
    parts = [f"{measure.title}: {measure.detail}."]
    for letter, history in zip(LETTERS, histories, strict=False):
        points = _points(history, measure.field)
        if points:
            parts.append(
                f"{letter}: from {formats.loss(points[0][1])} to {formats.loss(points[-1][1])}"
                f" after epoch {points[-1][0]}."
            )
    return " ".join(parts)


def round_step(extent: float, *, whole: bool = False) -> float:
    """The least of 1, 2 or 5 times a power of ten that divides an extent into few parts.

    Args:
        extent: above 0.
        whole: whether it is 1 at least.
    """
    power = 10.0 ** math.floor(math.log10(extent / MOST_STEPS))
    step = next(m * power for m in (1, 2, 5, 10) if extent / (m * power) <= MOST_STEPS)
    return max(step, 1.0) if whole else step


def _scale(
    curves: Sequence[Sequence[tuple[int, float]]], rival: float | None, measure: Measure
) -> tuple[float, float]:
    """Step and upper end of the vertical axis."""
    if measure is SSIM:
        return 0.2, 1.0
    values = [y for points in curves for _, y in points]
    highest = max([rival or 0.0, *values]) * HEADROOM or 1.0
    highest = min(highest, FARTHEST * rival) if rival else highest
    step = round_step(highest)
    return step, step * math.ceil(highest / step)


def _points(history: History, field: str) -> list[tuple[int, float]]:
    found = ((scores.epoch, getattr(scores, field)) for scores in history.epochs)
    return [(epoch, value) for epoch, value in found if value is not None and math.isfinite(value)]


def _add(drawn: Options, points: Sequence[tuple[int, float]], place: int, palette: Palette) -> None:
    stride = max(1, math.ceil(len(points) / MOST_MARKERS))
    x, y = np.array(points, float).reshape(-1, 2).T
    plots.line(drawn, x, y, palette.series[place], LETTERS[place])
    series = drawn["series"][-1]
    series |= {"symbol": MARKERS[place], "showAllSymbol": True}
    series["data"] = [
        {"value": value, "symbolSize": MARKER_SIZE if at % stride == 0 else 0}
        for at, value in enumerate(series["data"])
    ]


def _label_ends(
    drawn: Options,
    curves: Sequence[Sequence[tuple[int, float]]],
    top: float,
    palette: Palette,
) -> None:
    ends = sorted(
        (min(points[-1][1], top), points[-1][1], place)
        for place, points in enumerate(curves)
        if points
    )
    heights = _apart([end for end, _, _ in ends], LEAST_GAP * top, top)
    for height, (_, value, place) in zip(heights, ends, strict=True):
        text = f"{{letter|{LETTERS[place]}}} {value:.3f}"
        at = drawn["xAxis"]["max"], height
        colour = palette.series[place]
        _write(drawn, at, text, colour, position="right", align="left", distance=9)


def _write(
    drawn: Options,
    at: tuple[float, float],
    text: str,
    colour: str,
    **where: Any,
) -> None:
    """Put a text at a point; what stands between "{letter|" and "}" is bold."""
    label = {
        "show": True,
        "formatter": text,
        "color": colour,
        "fontSize": plots.FONT_SIZE,
        "rich": {"letter": {"fontWeight": 700, "color": colour, "fontSize": plots.FONT_SIZE}},
    }
    drawn["series"].append(
        {
            "type": "scatter",
            "data": [list(at)],
            "symbolSize": 1,
            "itemStyle": {"color": "transparent"},
            "clip": False,
            "silent": True,
            "tooltip": {"show": False},
            "label": label | where,
            "z": 6,
        }
    )


def _apart(values: Sequence[float], gap: float, top: float) -> list[float]:
    """Rising values moved to lie at least `gap` apart, none of them above `top`."""
    moved: list[float] = []
    for value in values:
        moved.append(max(value, moved[-1] + gap) if moved else value)
    highest = top
    for place in reversed(range(len(moved))):
        moved[place] = min(moved[place], highest)
        highest = moved[place] - gap
    return moved
