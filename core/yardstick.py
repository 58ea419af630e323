"""The yardstick as a figure: the pixel error of several runs per epoch, on one axis for all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core import formats, plots
from core.palette import Palette
from core.runs import Run
from core.scores import MEAN_IMAGE

LETTERS = "ABCDEF"
MARKERS = ("circle", "square", "diamond", "triangle-up", "cross", "star")
# Markers beyond these would touch each other.
MOST_MARKERS = 12
MARKER_SIZE = 8
# Labels at the right end keep this share of the axis between them.
LEAST_GAP = 0.09
HEADROOM = 1.08


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
    runs: Sequence[Run],
    palette: Palette,
    *,
    measure: Measure = MSE,
    epoch: float | None = None,
    height: int = 260,
) -> go.Figure:
    """Draw the measure of each run over its epochs, with the mean image's as a dashed line.

    Args:
        runs: at most six of one data set; they are named A to F in this order.
        palette: of the theme.
        measure: what to draw.
        epoch: where a vertical line stands; None for none.
        height: in pixels.
    """
    rival = getattr(runs[0].rivals[MEAN_IMAGE], measure.field)
    curves = [_points(run, measure.field) for run in runs]
    top = max([rival, *(y for points in curves for _, y in points)]) * HEADROOM
    top = min(top, 3 * rival) if measure is MSE else 1.0
    last = max(run.variant.epochs for run in runs)
    heading = plots.heading(measure.title, palette.text, measure.detail)
    drawn = plots.axes(heading, palette, height=height, x=(0, last), y=(0, top), x_title="epoch")
    plots.level(drawn, rival, palette)
    drawn.add_annotation(
        x=last,
        y=rival,
        text=f"mean image {rival:.3f}",
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        font={"color": palette.muted, "size": 12},
    )
    for place, points in enumerate(curves):
        _add(drawn, points, place, palette)
    _label_ends(drawn, curves, top, palette)
    if epoch is not None:
        plots.place(drawn, epoch, palette)
    return drawn


def in_words(runs: Sequence[Run], measure: Measure = MSE) -> str:
    """The figure in one sentence a run, for its alternative text."""
    parts = [f"{measure.title}: {measure.detail}."]
    for letter, run in zip(LETTERS, runs, strict=False):
        points = _points(run, measure.field)
        if points:
            parts.append(
                f"{letter}: from {formats.loss(points[0][1])} to {formats.loss(points[-1][1])}"
                f" after epoch {points[-1][0]}."
            )
    return " ".join(parts)


def _points(run: Run, field: str) -> list[tuple[int, float]]:
    found = ((scores.epoch, getattr(scores, field)) for scores in run.history.epochs)
    return [(epoch, value) for epoch, value in found if value is not None and math.isfinite(value)]


def _add(
    drawn: go.Figure, points: Sequence[tuple[int, float]], place: int, palette: Palette
) -> None:
    stride = max(1, math.ceil(len(points) / MOST_MARKERS))
    sizes = [MARKER_SIZE if at % stride == 0 else 0 for at in range(len(points))]
    letter, colour = LETTERS[place], palette.series[place]
    drawn.add_scatter(
        x=[x for x, _ in points],
        y=[y for _, y in points],
        mode="lines+markers",
        name=letter,
        line={"color": colour, "width": 2},
        marker={"symbol": MARKERS[place], "size": sizes, "color": colour},
        hovertemplate="epoch %{x}: %{y:.4f}<extra>" + letter + "</extra>",
    )


def _label_ends(
    drawn: go.Figure,
    curves: Sequence[Sequence[tuple[int, float]]],
    top: float,
    palette: Palette,
) -> None:
    ends = sorted(
        (min(points[-1][1], top), points[-1][1], place)
        for place, points in enumerate(curves)
        if points
    )
    heights = _apart([end for end, _, _ in ends], LEAST_GAP * top)
    for height, (_, value, place) in zip(heights, ends, strict=True):
        drawn.add_annotation(
            x=1,
            xref="paper",
            y=height,
            xanchor="left",
            xshift=6,
            showarrow=False,
            text=f"<b>{LETTERS[place]}</b> {value:.3f}",
            font={"color": palette.series[place]},
        )
    drawn.update_layout(margin={"r": 62})


def _apart(values: Sequence[float], gap: float) -> list[float]:
    """Rising values moved up as little as needed to lie at least `gap` apart."""
    moved: list[float] = []
    for value in values:
        moved.append(max(value, moved[-1] + gap) if moved else value)
    return moved
