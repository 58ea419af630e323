"""Losses in NumPy: the table used by training, checks and pages.

Definitions and reductions are Keras' (https://keras.io/api/losses/): per image the mean over its
pixels, for categorical cross-entropy and KL divergence the sum; then the mean over images. Names
are Keras' names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.objectives.activations import ACTIVATIONS, Array

# keras.config.epsilon(): before a logarithm, probabilities are clipped to [EPSILON, 1 - EPSILON].
# The ends are rounded to float32, as in Keras: 1 - HIGHEST is 1.19e-7.
EPSILON = 1e-7
LOWEST = float(np.float32(EPSILON))
HIGHEST = float(np.float32(1 - EPSILON))
# keras.losses.huber: quadratic up to this distance, linear beyond.
HUBER_DELTA = 1.0


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A loss as Keras computes it from outputs.

    Attributes:
        name: Keras' name.
        label: the short name on buttons and axes.
        title: the name within a sentence.
        unit: "per pixel" or "per image".
        pointwise: (targets, predictions) -> loss of each pixel, same shape; for categorical
            cross-entropy the prediction is the output's share of its image's sum.
        per_image: (targets, outputs), both (images, pixels) -> (images,).
        from_logits: (targets, logits) -> (images,), which Keras computes if it finds hidden logits;
            None if Keras never does.
    """

    name: str
    label: str
    title: str
    unit: str
    pointwise: Callable[[Array, Array], Array]
    per_image: Callable[[Array, Array], Array]
    from_logits: Callable[[Array, Array], Array] | None = None


def clipped(probabilities: Array) -> Array:
    """Probabilities clipped as in Keras before a logarithm."""
    return np.clip(probabilities, LOWEST, HIGHEST)


def pixel_binary_crossentropy(targets: Array, outputs: Array) -> Array:
    """-(y log p + (1 - y) log(1 - p)) of each pixel, p clipped as in Keras."""
    p = clipped(outputs)
    return -(targets * np.log(p) + (1 - targets) * np.log1p(-p))


def binary_crossentropy(targets: Array, outputs: Array) -> Array:
    """Mean over pixels of -(y log p + (1 - y) log(1 - p)), p clipped as in Keras."""
    return np.mean(pixel_binary_crossentropy(targets, outputs), axis=-1)


def binary_crossentropy_from_logits(targets: Array, logits: Array) -> Array:
    """Mean over pixels of max(x, 0) - x y + log(1 + exp(-|x|)) (tf.nn's stable form)."""
    values = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    return np.mean(values, axis=-1)


def shares_of_sum(outputs: Array) -> Array:
    """Each output divided by its image's sum; not finite for a sum of 0, as in Keras."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return outputs / outputs.sum(axis=-1, keepdims=True)


def pixel_categorical_crossentropy(targets: Array, shares: Array) -> Array:
    """-y log p of each pixel, p clipped as in Keras."""
    return -targets * np.log(clipped(shares))


def categorical_crossentropy(targets: Array, outputs: Array) -> Array:
    """Sum over pixels of -y log p, p first divided by its sum and then clipped, as in Keras."""
    return np.sum(pixel_categorical_crossentropy(targets, shares_of_sum(outputs)), axis=-1)


def categorical_crossentropy_from_logits(targets: Array, logits: Array) -> Array:
    """Sum over pixels of -y log softmax(x)."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_sums = np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return -np.sum(targets * (shifted - log_sums), axis=-1)


def pixel_squared_error(targets: Array, outputs: Array) -> Array:
    """(y - p)^2 of each pixel."""
    return np.square(targets - outputs)


def mean_squared_error(targets: Array, outputs: Array) -> Array:
    """Mean over pixels of (y - p)^2."""
    return np.mean(pixel_squared_error(targets, outputs), axis=-1)


def pixel_absolute_error(targets: Array, outputs: Array) -> Array:
    """|y - p| of each pixel."""
    return np.abs(targets - outputs)


def mean_absolute_error(targets: Array, outputs: Array) -> Array:
    """Mean over pixels of |y - p|."""
    return np.mean(pixel_absolute_error(targets, outputs), axis=-1)


def pixel_huber(targets: Array, outputs: Array) -> Array:
    """(y - p)^2 / 2 of each pixel for |y - p| <= 1, else |y - p| - 1/2 (Huber 1964)."""
    distance = np.abs(targets - outputs)
    quadratic = np.minimum(distance, HUBER_DELTA)
    return quadratic**2 / 2 + HUBER_DELTA * (distance - quadratic)


def huber(targets: Array, outputs: Array) -> Array:
    """Mean over pixels of the Huber loss with delta 1 (Huber 1964)."""
    return np.mean(pixel_huber(targets, outputs), axis=-1)


def pixel_log_cosh(targets: Array, outputs: Array) -> Array:
    """log(cosh(p - y)) of each pixel, without overflow for large errors."""
    distance = np.abs(targets - outputs)
    return distance + np.log1p(np.exp(-2 * distance)) - np.log(2).astype(distance.dtype)


def log_cosh(targets: Array, outputs: Array) -> Array:
    """Mean over pixels of log(cosh(p - y))."""
    return np.mean(pixel_log_cosh(targets, outputs), axis=-1)


def at_least_epsilon(values: Array) -> Array:
    """Values clipped to [EPSILON, 1], as in Keras' KL divergence."""
    return np.clip(values, LOWEST, 1)


def pixel_kl_divergence(targets: Array, outputs: Array) -> Array:
    """y log(y / p) of each pixel, both clipped as in Keras."""
    y, p = at_least_epsilon(targets), at_least_epsilon(outputs)
    return y * np.log(y / p)


def kl_divergence(targets: Array, outputs: Array) -> Array:
    """Sum over pixels of y log(y / p) (Kullback and Leibler 1951)."""
    return np.sum(pixel_kl_divergence(targets, outputs), axis=-1)


LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss(
            name="binary_crossentropy",
            label="BCE",
            title="binary cross-entropy",
            unit="per pixel",
            pointwise=pixel_binary_crossentropy,
            per_image=binary_crossentropy,
            from_logits=binary_crossentropy_from_logits,
        ),
        Loss(
            name="mean_squared_error",
            label="MSE",
            title="mean squared error",
            unit="per pixel",
            pointwise=pixel_squared_error,
            per_image=mean_squared_error,
        ),
        Loss(
            name="mean_absolute_error",
            label="MAE",
            title="mean absolute error",
            unit="per pixel",
            pointwise=pixel_absolute_error,
            per_image=mean_absolute_error,
        ),
        Loss(
            name="categorical_crossentropy",
            label="CCE",
            title="categorical cross-entropy",
            unit="per image",
            pointwise=pixel_categorical_crossentropy,
            per_image=categorical_crossentropy,
            from_logits=categorical_crossentropy_from_logits,
        ),
        Loss(
            name="huber",
            label="Huber",
            title="Huber loss",
            unit="per pixel",
            pointwise=pixel_huber,
            per_image=huber,
        ),
        Loss(
            name="log_cosh",
            label="Log-cosh",
            title="log-cosh loss",
            unit="per pixel",
            pointwise=pixel_log_cosh,
            per_image=log_cosh,
        ),
        Loss(
            name="kl_divergence",
            label="KL",
            title="KL divergence",
            unit="per image",
            pointwise=pixel_kl_divergence,
            per_image=kl_divergence,
        ),
    )
}
# The losses compared by the Matrix, the Losses page and the shipped runs.
COMMON_LOSSES = tuple(name for name in LOSSES if name not in ("log_cosh", "kl_divergence"))

# The activation that losses from logits assume.
OWN_ACTIVATION = {"binary_crossentropy": "sigmoid", "categorical_crossentropy": "softmax"}


def trains_on_hidden_logits(activation: str, loss: str, loss_from: str) -> bool:
    """Whether the loss that is trained on is not computed from the outputs that are shown.

    Args:
        activation: name of the output activation.
        loss: name of the loss.
        loss_from: "keras", "outputs" or "logits".
    """
    finds_logits = ACTIVATIONS[activation].leaves_logits and LOSSES[loss].from_logits is not None
    return loss_from == "keras" and finds_logits


def takes_outputs_as_logits(loss: str, loss_from: str) -> bool:
    """Whether the loss applies a sigmoid or softmax of its own to the outputs that are shown.

    Arguments as for `trains_on_hidden_logits`.
    """
    return loss_from == "logits" and LOSSES[loss].from_logits is not None


def trains_on_logits(activation: str, loss: str, loss_from: str) -> bool:
    """Whether it is one or the other: the loss is not that of the outputs as they are shown."""
    hidden = trains_on_hidden_logits(activation, loss, loss_from)
    return hidden or takes_outputs_as_logits(loss, loss_from)


def clipping_decides(activation: str, loss: str, loss_from: str) -> bool:
    """Whether rounding decides how a training goes on, and even whether it diverges.

    Keras clips the outputs to [1e-7, 1 - 1e-7] before a cross-entropy's logarithm: near an end the
    gradient is up to 1e7, beyond it 0. Outputs that start around 0, as without sigmoid or softmax,
    are on either side of it.
    """
    is_cross_entropy = LOSSES[loss].from_logits is not None
    is_clipped = not trains_on_logits(activation, loss, loss_from)
    return is_cross_entropy and is_clipped and not ACTIVATIONS[activation].leaves_logits
