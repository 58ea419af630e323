"""Figures of the losses: over a prediction, over a logit, and what they tell a logit.

Losses of different kinds never share an axis: each figure holds one loss.
"""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core import formats, one_pixel, plots, pulls
from core.gradients import DERIVATIVES
from core.objectives import HIGHEST, LOSSES, LOWEST, Array
from core.palette import Palette

POINTS = 401
# Highest values drawn for targets in [0, 1]; they do not move, so curves can be compared by eye.
HIGHEST_LOSS = {
    "binary_crossentropy": 3.0,
    "mean_squared_error": 1.0,
    "mean_absolute_error": 1.0,
    "huber": 0.5,
}
STEEPEST = 6.0
STRONGEST_PULL = 2.0


def loss_of_prediction(
    loss: str, target: float, white: float, palette: Palette, *, height: int
) -> go.Figure:
    """One loss of one pixel over the prediction, its minimum and two equal misses marked.

    Args:
        loss: a name in `core.one_pixel.PIXEL_LOSSES`.
        target: y, from 0 to `white`.
        white: 1, or 255 for raw grey values.
        palette: of the theme.
        height: in pixels.
    """
    colour = palette.series[plots.SERIES_OF_LOSS[loss]]
    predictions = _predictions(loss, white)
    values = LOSSES[loss].pointwise(np.full_like(predictions, target), predictions)
    unbounded = loss == "binary_crossentropy" and target > 1
    figure = plots.axes(
        plots.heading(LOSSES[loss].label, colour, "of one pixel"),
        palette,
        height=height,
        x=(0, float(predictions[-1])),
        y=_loss_range(loss, target, white, float(values.max())),
        x_title="prediction p",
    )
    plots.line(figure, predictions, values, colour, LOSSES[loss].label)
    if not unbounded:
        _mark_minimum(figure, one_pixel.cost(loss, target, one_pixel.MISS * white), white, palette)
    return figure


def slope_of_prediction(target: float, palette: Palette, *, height: int) -> go.Figure:
    """The slope of binary cross-entropy over the prediction; it crosses 0 at p = y."""
    loss = "binary_crossentropy"
    colour = palette.series[plots.SERIES_OF_LOSS[loss]]
    predictions = _toward_ends()
    slopes = DERIVATIVES[loss](np.full_like(predictions, target), predictions)
    figure = plots.axes(
        plots.heading("BCE slope", colour, "−y/p + (1 − y)/(1 − p)"),
        palette,
        height=height,
        x=(0, 1),
        y=(-STEEPEST, STEEPEST),
        x_title="prediction p",
    )
    plots.level(figure, 0, palette)
    plots.line(figure, predictions, np.clip(slopes, -99, 99), colour, "slope")
    if target <= 1:
        inside = 0 < target < 1
        text = f"0 at p = {target:.2f}" if inside else ""
        height_there = 0.0 if inside else one_pixel.slope(loss, target, abs(target - 1e-6))
        side = "bottom right" if target < 0.5 else "top left"
        plots.dot(figure, target, height_there, colour, palette, text=text, side=side)
    return figure


def loss_of_logit(target: float, palette: Palette, *, height: int) -> go.Figure:
    """Binary cross-entropy over the logit, as Keras computes it after sigmoid."""
    loss = LOSSES["binary_crossentropy"]
    colour = palette.series[plots.SERIES_OF_LOSS[loss.name]]
    logits = np.linspace(-10, 30, POINTS)
    assert loss.from_logits is not None
    values = loss.from_logits(np.full((POINTS, 1), target), logits[:, None])
    figure = plots.axes(
        plots.heading(loss.label, colour, "as Keras computes it"),
        palette,
        height=height,
        x=(-10, 30),
        y=(float(values.min()), float(values.max())),
        x_title="logit x",
    )
    plots.level(figure, 0, palette)
    plots.line(figure, logits, values, colour, loss.label)
    return figure


def pull_on_logit(
    here: pulls.Pull,
    loss_from: str,
    target: float,
    logit: float,
    extent: float,
    palette: Palette,
    *,
    height: int,
) -> go.Figure:
    """The gradient of one loss through one activation over the logit.

    Stretches where it is exactly 0 although the prediction is wrong are shaded.

    Args:
        here: the pull at the chosen logit.
        loss_from, target, logit: what it was asked with.
        extent: the axis goes from -extent to extent.
        palette: of the theme.
        height: in pixels.
    """
    activation, loss = here.activation, here.loss
    colour = palette.series[plots.SERIES_OF_ACTIVATION[activation]]
    figure = plots.axes(
        plots.heading(LOSSES[loss].label, palette.text, _told(here)),
        palette,
        height=height,
        x=(-extent, extent),
        y=(-STRONGEST_PULL, STRONGEST_PULL),
        x_title="",
    )
    for span in pulls.dead_spans(activation, loss, loss_from, target, extent):
        plots.band(figure, span, palette.bad, opacity=0.16, across=False)
    plots.level(figure, 0, palette)
    plots.place(figure, logit, palette)
    logits = _logits(extent)
    slopes = pulls.gradient(activation, loss, loss_from, target, logits)
    plots.line(figure, logits, np.clip(slopes, -99, 99), colour, activation)
    if abs(here.gradient) <= STRONGEST_PULL:
        plots.dot(figure, logit, here.gradient, colour, palette)
    return figure


def pull_in_words(pull: pulls.Pull, logit: float) -> str:
    """One panel in words, for its alternative text."""
    return (
        f"Gradient of {LOSSES[pull.loss].label} through {pull.activation} over the logit: at"
        f" x = {logit:g} the output is {formats.pixel(pull.output)} and the gradient"
        f" {formats.loss(pull.gradient)}, {pulls.WORDS[pull.word]}."
    )


def _told(pull: pulls.Pull) -> str:
    return f"{formats.loss(pull.gradient)} · {pulls.WORDS[pull.word]}"


def _predictions(loss: str, white: float) -> Array:
    if loss == "binary_crossentropy":
        return _toward_ends()
    return np.linspace(0, white, POINTS)


def _toward_ends() -> Array:
    """Probabilities, denser near 0 and 1, where logarithms are steep."""
    even = np.linspace(0, np.pi / 2, POINTS)
    return np.clip(np.sin(even) ** 2, LOWEST, HIGHEST)


def _loss_range(loss: str, target: float, white: float, largest: float) -> plots.Range:
    if loss == "binary_crossentropy":
        return (0, HIGHEST_LOSS[loss]) if target <= 1 else (-6 * target, 6 * target)
    return 0, 1.02 * (HIGHEST_LOSS[loss] if white == 1 else largest)


def _logits(extent: float) -> Array:
    # Denser around 0, where clipped outputs have spikes between 0 and 1.
    return np.unique(np.concatenate([np.linspace(-extent, extent, 301), np.linspace(-1, 1, 101)]))


def _mark_minimum(figure: go.Figure, cost: one_pixel.Cost, white: float, palette: Palette) -> None:
    colour = palette.series[plots.SERIES_OF_LOSS[cost.loss]]
    if cost.least > 0:
        plots.level(figure, cost.least, palette)
    assert cost.place is not None
    miss = one_pixel.MISS * white
    # Inside the bowl, where no curve is.
    beside = ((cost.place - miss, cost.lower, "right"), (cost.place + miss, cost.higher, "left"))
    for at, there, side in beside:
        if there is not None and 0 <= at <= white:
            text = one_pixel.in_short(there) if cost.loss == "binary_crossentropy" else ""
            side = f"top {side}"
            plots.dot(figure, at, there, colour, palette, text=text, side=side, hollow=True)
    plots.dot(
        figure,
        cost.place,
        cost.least,
        colour,
        palette,
        text=one_pixel.in_short(cost.least) if cost.loss == "binary_crossentropy" else "",
        side="bottom center" if cost.least > 0.2 else "top center",
    )
