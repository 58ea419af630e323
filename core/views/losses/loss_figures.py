"""Figures of the losses: over the prediction, over the logit, and their gradients.

Losses of different kinds never share an axis: each figure has one loss.
"""

from __future__ import annotations

import numpy as np

from core.charts import plots
from core.charts.echarts import Options
from core.charts.palette import Palette
from core.charts.plots import FixedAxis
from core.objectives.activations import Array
from core.objectives.loss_formulas import HIGHEST, LOWEST
from core.objectives.losses import LOSSES
from core.text import formats
from core.views.losses import logit_gradients, one_pixel

POINTS = 201
# The largest value on the axis for targets in [0, 1], and the step between labels. They are fixed,
# so that curves can be compared by eye.
LOSS_AXES = {
    "binary_crossentropy": 3.0,
    "mean_squared_error": 1.0,
    "mean_absolute_error": 1.0,
    "huber": 0.5,
}
STEEPEST = 6.0
LARGEST_GRADIENT = 2.0


def loss_of_prediction(loss: str, target: float, white: float, palette: Palette) -> Options:
    """One loss of one pixel over the prediction, with its minimum and two equal errors marked.

    Args:
        loss: a name in `core.views.losses.one_pixel.PIXEL_LOSSES`.
        target: y, from 0 to `white`.
        white: 1, or 255 for raw grey values.
        palette: the colours of the theme.
    """
    colour = palette.series[plots.SERIES_OF_LOSS[loss]]
    predictions = _predictions(loss, white)
    values = LOSSES[loss].pointwise(np.full_like(predictions, target), predictions)
    unbounded = loss == "binary_crossentropy" and target > 1
    figure = plots.axes(
        LOSSES[loss].label,
        "of one pixel",
        palette,
        colour=colour,
        x=_prediction_axis(loss, white),
        y=_loss_axis(loss, target, white, float(values.max())),
    )
    plots.line(figure, predictions, values, colour, LOSSES[loss].label)
    if not unbounded:
        _mark_minimum(figure, one_pixel.cost(loss, target, one_pixel.MISS * white), white, palette)
    return figure


def slope_of_prediction(target: float, palette: Palette) -> Options:
    """The derivative of binary cross-entropy over the prediction; it crosses 0 at p = y."""
    loss = "binary_crossentropy"
    colour = palette.series[plots.SERIES_OF_LOSS[loss]]
    predictions = _dense_near_ends()
    slopes = LOSSES[loss].derivative(np.full_like(predictions, target), predictions)
    figure = plots.axes(
        "BCE slope",
        "−y/p + (1 − y)/(1 − p)",
        palette,
        colour=colour,
        x=_prediction_axis(loss, 1),
        y=FixedAxis(low=-STEEPEST, high=STEEPEST),
    )
    plots.level(figure, 0, palette)
    plots.line(figure, predictions, np.clip(slopes, -plots.FAR, plots.FAR), colour, "slope")
    if target <= 1:
        inside = 0 < target < 1
        text = f"0 at p = {target:.2f}" if inside else ""
        height_there = 0.0 if inside else one_pixel.slope(loss, target, abs(target - 1e-6))
        low = target < 0.5
        align = "left" if low else "right"
        plots.dot(
            figure, target, height_there, colour, palette, text=text, above=not low, align=align
        )
    return figure


def loss_of_logit(target: float, palette: Palette) -> Options:
    """Binary cross-entropy over the logit, as Keras computes it after sigmoid."""
    loss = LOSSES["binary_crossentropy"]
    colour = palette.series[plots.SERIES_OF_LOSS[loss.name]]
    logits = np.linspace(-10, 30, POINTS)
    assert loss.from_logits is not None
    values = loss.from_logits(np.full((POINTS, 1), target), logits[:, None])
    figure = plots.axes(
        loss.label,
        "as Keras computes it",
        palette,
        colour=colour,
        x=FixedAxis(low=-10, high=30, title="logit x"),
        y=FixedAxis(low=float(values.min()), high=float(values.max())),
    )
    plots.level(figure, 0, palette)
    plots.line(figure, logits, values, colour, loss.label)
    return figure


def gradient_of_logit(
    here: logit_gradients.LogitGradient,
    loss_from: str,
    target: float,
    logit: float,
    extent: float,
    palette: Palette,
) -> Options:
    """The gradient of one loss through one activation, over the logit.

    Intervals where it is exactly 0 although the prediction is wrong are shaded.

    Args:
        here: the gradient at the selected logit.
        loss_from, target, logit: the arguments it was computed with.
        extent: the axis goes from -extent to extent.
        palette: the colours of the theme.
    """
    activation, loss = here.activation, here.loss
    colour = palette.series[plots.SERIES_OF_ACTIVATION[activation]]
    figure = plots.axes(
        LOSSES[loss].label,
        _value(here),
        palette,
        colour=palette.text,
        x=FixedAxis(low=-extent, high=extent),
        y=FixedAxis(low=-LARGEST_GRADIENT, high=LARGEST_GRADIENT),
    )
    for span in logit_gradients.dead_spans(activation, loss, loss_from, target, extent):
        plots.band(figure, "xAxis", span, palette.bad, opacity=0.16)
    plots.level(figure, 0, palette)
    plots.vertical_line(figure, logit, palette.text)
    logits = _logits(extent)
    slopes = logit_gradients.gradient(activation, loss, loss_from, target, logits)
    plots.line(figure, logits, np.clip(slopes, -plots.FAR, plots.FAR), colour, activation)
    if abs(here.gradient) <= LARGEST_GRADIENT:
        plots.dot(figure, logit, here.gradient, colour, palette)
    return figure


def gradient_in_words(found: logit_gradients.LogitGradient, logit: float) -> str:
    """The alternative text of a panel."""
    return (
        f"Gradient of {LOSSES[found.loss].label} through {found.activation} over the logit: at"
        f" x = {logit:g} the output is {formats.pixel(found.output)} and the gradient"
        f" {formats.loss(found.gradient)}, {logit_gradients.WORDS[found.word]}."
    )


def _value(found: logit_gradients.LogitGradient) -> str:
    return f"{formats.loss(found.gradient)} · {logit_gradients.WORDS[found.word]}"


def _predictions(loss: str, white: float) -> Array:
    if loss == "binary_crossentropy":
        return _dense_near_ends()
    return np.linspace(0, white, POINTS)


def _dense_near_ends() -> Array:
    """Probabilities, denser near 0 and 1, where logarithms are steep."""
    even = np.linspace(0, np.pi / 2, POINTS)
    return np.clip(np.sin(even) ** 2, LOWEST, HIGHEST)


def _prediction_axis(loss: str, white: float) -> FixedAxis:
    if loss == "binary_crossentropy":
        return FixedAxis(low=0, high=1, title="prediction p")
    return FixedAxis(low=0, high=white, title="prediction p")


def _loss_axis(loss: str, target: float, white: float, largest: float) -> FixedAxis:
    if loss == "binary_crossentropy" and target > 1:
        return FixedAxis(low=-6 * target, high=6 * target)
    if white > 1 and loss != "binary_crossentropy":
        return FixedAxis(low=0, high=largest)
    return FixedAxis(low=0, high=LOSS_AXES[loss])


def _logits(extent: float) -> Array:
    # Denser around 0, since clipped outputs have spikes between 0 and 1.
    return np.unique(np.concatenate([np.linspace(-extent, extent, 201), np.linspace(-1, 1, 101)]))


def _mark_minimum(figure: Options, cost: one_pixel.Cost, white: float, palette: Palette) -> None:
    colour = palette.series[plots.SERIES_OF_LOSS[cost.loss]]
    if cost.minimum > 0:
        plots.level(figure, cost.minimum, palette)
    assert cost.minimum_at is not None
    miss = one_pixel.MISS * white
    # Labels are inside the curve's bowl.
    beside = (
        (cost.minimum_at - miss, cost.lower, "left"),
        (cost.minimum_at + miss, cost.higher, "right"),
    )
    for at, there, align in beside:
        if there is not None and 0 <= at <= white:
            text = formats.loss(there) if cost.loss == "binary_crossentropy" else ""
            plots.dot(figure, at, there, colour, palette, text=text, align=align, hollow=True)
    plots.dot(
        figure,
        cost.minimum_at,
        cost.minimum,
        colour,
        palette,
        text=formats.loss(cost.minimum) if cost.loss == "binary_crossentropy" else "",
        above=cost.minimum <= 0.2,
    )
