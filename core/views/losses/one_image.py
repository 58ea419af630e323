"""One image: its 784 pixels as logits, and the outputs of each activation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.normalization import Images
from core.objectives.activations import ACTIVATIONS, Array
from core.objectives.loss_formulas import (
    binary_crossentropy,
    binary_crossentropy_from_logits,
    mean_squared_error,
)
from core.objectives.losses import trains_on_hidden_logits
from core.text import formats


@dataclass(frozen=True, kw_only=True)
class Activated:
    """The outputs of one activation for the logits of an image.

    Attributes:
        activation: a name in `ACTIVATIONS`.
        outputs: shape (784,).
        bce, mse: between outputs and image, mean over pixels.
        bce_trained: the binary cross-entropy that Keras trains on: computed from the logits if it
            finds them on the outputs.
    """

    activation: str
    outputs: Array
    bce: float
    mse: float
    bce_trained: float


def logits_of(image: Images, scale: float) -> Array:
    """An image's pixels, rescaled to [-1, 1] and multiplied by `scale`.

    Args:
        image: greys 0-255, shape (784,).
        scale: the logit of white; black gets its negative.
    """
    return scale * (image / 127.5 - 1)


def activate(image: Images, scale: float) -> tuple[Activated, ...]:
    """The image through every output activation, in the table's order.

    Args:
        image: greys 0-255, shape (784,).
        scale: see `logits_of`.
    """
    logits = logits_of(image, scale)[None]
    target = image[None] / 255
    activated = []
    for name, activation in ACTIVATIONS.items():
        outputs = activation.apply(logits)
        bce = float(binary_crossentropy(target, outputs)[0])
        hidden = trains_on_hidden_logits(name, "binary_crossentropy", "keras")
        trained = float(binary_crossentropy_from_logits(target, logits)[0]) if hidden else bce
        activated.append(
            Activated(
                activation=name,
                outputs=outputs[0],
                bce=bce,
                mse=float(mean_squared_error(target, outputs)[0]),
                bce_trained=trained,
            )
        )
    return tuple(activated)


def count_clipped(values: Array) -> list[int]:
    """The number of pixels outside [0, 1] in each image: (images, pixels) -> list of ints."""
    return [int(np.count_nonzero((image < 0) | (image > 1))) for image in values]


def summary(image: Images, activated: tuple[Activated, ...]) -> tuple[str, str]:
    """The headline that compares softmax with sigmoid: its first words, and the rest."""
    outputs = {one.activation: one.outputs for one in activated}
    brightest = float(outputs["softmax"].max())
    whole = float(image.sum()) / 255
    return (
        "Softmax outputs sum to 1.",
        f"Its brightest pixel is {formats.pixel(brightest)}. The image sums to"
        f" {formats.total(whole)}, sigmoid to {formats.total(float(outputs['sigmoid'].sum()))}.",
    )
