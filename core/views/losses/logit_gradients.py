"""The gradient of each loss with respect to one logit, through each activation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.objectives.activations import ACTIVATIONS, Array
from core.objectives.gradients import logit_gradient
from core.objectives.losses import LOSSES, trains_on_hidden_logits
from core.text import formats

# Elementwise activations; softmax depends on all pixels of an image.
PIXEL_ACTIVATIONS = ("sigmoid", "tanh", "relu", "linear")
# A gradient below this is called weak if the prediction is off by more than WRONG.
WEAK = 0.01
WRONG = 0.1

Word = Literal["right", "learns", "weak", "stuck"]
WORDS: dict[Word, str] = {
    "right": "near the target",
    "learns": "learns",
    "weak": "weak",
    "stuck": "stuck",
}


@dataclass(frozen=True, kw_only=True)
class LogitGradient:
    """The gradient of a loss with respect to one logit.

    Attributes:
        activation, loss: their names.
        output: the prediction at this logit.
        gradient: d loss / d logit; training moves against it.
        word: its interpretation, a key of `WORDS`.
    """

    activation: str
    loss: str
    output: float
    gradient: float
    word: Word


def gradient(activation: str, loss: str, loss_from: str, target: float, logits: Array) -> Array:
    """The gradient of one pixel's loss at each logit: shape (points,) -> same shape.

    Args:
        activation: a name in `PIXEL_ACTIVATIONS`.
        loss: a name in `core.views.losses.one_pixel.PIXEL_LOSSES`.
        loss_from: a key of `LOSS_FROM`.
        target: the target of every point.
        logits: float64; clipping and saturation are as in Keras' float32.
    """
    return logit_gradient(activation, loss, loss_from, np.full_like(logits, target), logits)


def gradient_at(
    activation: str, loss: str, loss_from: str, target: float, logit: float
) -> LogitGradient:
    """The gradient at a single logit; other arguments as for `gradient`."""
    logits = np.array([float(logit)])
    output = float(ACTIVATIONS[activation].apply(logits)[0])
    slope = float(gradient(activation, loss, loss_from, target, logits)[0])
    return LogitGradient(
        activation=activation,
        loss=loss,
        output=output,
        gradient=slope,
        word=_word(output - target, slope),
    )


def dead_spans(
    activation: str, loss: str, loss_from: str, target: float, extent: float
) -> list[tuple[float, float]]:
    """Intervals of logits where the gradient is exactly 0 although the prediction is wrong.

    Args:
        extent: logits from -extent to extent are searched, in a thousand steps.
    """
    logits = np.linspace(-extent, extent, 1001)
    slopes = gradient(activation, loss, loss_from, target, logits)
    outputs = ACTIVATIONS[activation].apply(logits)
    dead = np.concatenate([[False], (slopes == 0) & (np.abs(outputs - target) > 1e-3), [False]])
    edges = np.flatnonzero(np.diff(dead.astype(np.int8)))
    spans = zip(edges[::2], edges[1::2] - 1, strict=True)
    return [(float(logits[first]), float(logits[last])) for first, last in spans if last > first]


def summary(loss_from: str, other: str, target: float, logit: float) -> tuple[str, str]:
    """Sigmoid with binary cross-entropy compared with another loss: headline in two parts."""
    bce, beside = (
        gradient_at("sigmoid", loss, loss_from, target, logit)
        for loss in ("binary_crossentropy", other)
    )
    if bce.word == "right":
        return "Sigmoid is near its target.", "Move x away to see how the losses differ there."
    start = f"Sigmoid outputs {formats.pixel(bce.output)} for a target of {formats.pixel(target)}."
    if bce.word == "stuck":
        return start, "Even BCE has no gradient here: computed from the outputs, it is clipped."
    name = LOSSES[other].label
    sizes = f"{_size(bce)}, that of {name} {_size(beside)}{_times(bce, beside)}"
    return start, f"The gradient of BCE is {sizes}."


def hidden_logits_note(loss_from: str) -> str:
    """A sentence about softmax, which has no panel, or about outputs that are logits."""
    name = LOSSES["binary_crossentropy"].label
    if loss_from == "logits":
        return (
            f"As logits: {name} applies a sigmoid to the outputs that are shown. Linear then has"
            " the gradient that sigmoid has as Keras computes it; sigmoid is applied twice."
        )
    if trains_on_hidden_logits("softmax", "binary_crossentropy", loss_from):
        return (
            f"Softmax + {name} has exactly sigmoid's gradient: Keras finds the hidden logits and"
            " computes p − y from sigmoid, whatever softmax outputs."
        )
    return (
        f"Softmax has no panel: each of its outputs depends on all 784 logits. From the outputs,"
        f" its {name} gradient differs from sigmoid's."
    )


def _word(miss: float, slope: float) -> Word:
    if abs(miss) <= WRONG:
        return "right"
    if slope == 0:
        return "stuck"
    return "weak" if abs(slope) < WEAK else "learns"


def _size(found: LogitGradient) -> str:
    return formats.loss(abs(found.gradient))


def _times(bce: LogitGradient, beside: LogitGradient) -> str:
    large, small = abs(bce.gradient), abs(beside.gradient)
    if min(large, small) == 0 or large < 2 * small:
        return ""
    return f", {formats.factor(large / small)} times smaller"
