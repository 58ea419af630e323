"""Gradients of the losses with respect to outputs, and through each activation to the logits.

They are gradients of the sum of an image's pixel losses; Keras' mean over 784 pixels only divides
them by 784. Where Keras clips they are 0, as the derivative of clip_by_value outside its range.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.objectives.activations import ACTIVATIONS, Array, sigmoid, softmax
from core.objectives.losses import (
    HIGHEST,
    HUBER_DELTA,
    LOWEST,
    at_least_epsilon,
    clipped,
    shares_of_sum,
    takes_outputs_as_logits,
    trains_on_hidden_logits,
)

# From these logits on an output is exactly 1 in TensorFlow's float32, and its derivative exactly 0:
# sigmoid rounds to 1 for exp(-x) < 2^-24, and tanh is clamped just below 8.
SIGMOID_IS_ONE = 24 * np.log(2)
TANH_IS_ONE = 8.0


def binary_crossentropy(targets: Array, outputs: Array) -> Array:
    """-y / p + (1 - y) / (1 - p) of each pixel; 0 where p is clipped.

    Source: the derivative of -(y log p + (1 - y) log(1 - p)), Goodfellow et al. 2016, 6.2.2.2.
    """
    p = clipped(outputs)
    return np.where(_flows(outputs), (1 - targets) / (1 - p) - targets / p, 0)


def categorical_crossentropy(targets: Array, shares: Array) -> Array:
    """-y / p of each pixel, p its share of the sum; 0 where p is clipped.

    Source: the derivative of -y log p, Goodfellow et al. 2016, 6.2.2.3.
    """
    return np.where(_flows(shares), -targets / clipped(shares), 0)


def squared_error(targets: Array, outputs: Array) -> Array:
    """2 (p - y) of each pixel (Legendre 1805)."""
    return 2 * (outputs - targets)


def absolute_error(targets: Array, outputs: Array) -> Array:
    """sign(p - y) of each pixel, 0 for p = y as in TensorFlow."""
    return np.sign(outputs - targets)


def huber(targets: Array, outputs: Array) -> Array:
    """p - y of each pixel, clipped to [-1, 1] (Huber 1964)."""
    return np.clip(outputs - targets, -HUBER_DELTA, HUBER_DELTA)


def log_cosh(targets: Array, outputs: Array) -> Array:
    """tanh(p - y) of each pixel."""
    return np.tanh(outputs - targets)


def kl_divergence(targets: Array, outputs: Array) -> Array:
    """-y / p of each pixel, y clipped; 0 where p is clipped."""
    flows = (outputs >= LOWEST) & (outputs <= 1)
    return np.where(flows, -at_least_epsilon(targets) / at_least_epsilon(outputs), 0)


# d loss / d prediction of one pixel, by the loss: (targets, predictions) -> same shape. As with
# `Loss.pointwise`, categorical cross-entropy's prediction is a share of its image's sum.
DERIVATIVES: dict[str, Callable[[Array, Array], Array]] = {
    "binary_crossentropy": binary_crossentropy,
    "mean_squared_error": squared_error,
    "mean_absolute_error": absolute_error,
    "categorical_crossentropy": categorical_crossentropy,
    "huber": huber,
    "log_cosh": log_cosh,
    "kl_divergence": kl_divergence,
}


def output_gradient(loss: str, targets: Array, outputs: Array) -> Array:
    """d loss / d output of each pixel, including the division by the image's sum.

    Args:
        loss: a name in `LOSSES`.
        targets, outputs: shape (..., pixels).

    Returns:
        Same shape.
    """
    if loss != "categorical_crossentropy":
        return DERIVATIVES[loss](targets, outputs)
    shares = shares_of_sum(outputs)
    by_share = categorical_crossentropy(targets, shares)
    # The quotient rule for outputs / sum: each output also reduces all other shares.
    shared = (by_share * shares).sum(axis=-1, keepdims=True)
    return (by_share - shared) / outputs.sum(axis=-1, keepdims=True)


def _through_sigmoid(logits: Array, gradient: Array) -> Array:
    p = sigmoid(logits)
    return gradient * np.where(logits < SIGMOID_IS_ONE, p * (1 - p), 0)


def _through_tanh(logits: Array, gradient: Array) -> Array:
    return gradient * np.where(np.abs(logits) < TANH_IS_ONE, 1 - np.tanh(logits) ** 2, 0)


def _through_relu(logits: Array, gradient: Array) -> Array:
    return gradient * (logits > 0)


def _through_linear(logits: Array, gradient: Array) -> Array:
    return gradient


def _through_softmax(logits: Array, gradient: Array) -> Array:
    p = softmax(logits)
    return p * (gradient - (gradient * p).sum(axis=-1, keepdims=True))


# (logits, d loss / d outputs) -> d loss / d logits, all of shape (..., pixels). Softmax mixes the
# pixels of an image, the others are elementwise.
THROUGH_ACTIVATION: dict[str, Callable[[Array, Array], Array]] = {
    "sigmoid": _through_sigmoid,
    "linear": _through_linear,
    "tanh": _through_tanh,
    "relu": _through_relu,
    "softmax": _through_softmax,
}


def logit_gradient(
    activation: str, loss: str, loss_from: str, targets: Array, logits: Array
) -> Array:
    """d loss / d logit of each pixel: the gradient that the last layer receives.

    From hidden logits, binary cross-entropy gives sigmoid(x) - y, and categorical cross-entropy
    softmax(x) - y, whatever the activation makes of the logits afterwards. Outputs that are taken
    as logits get the same, and pass it on through their activation. The latter is the
    loss's gradient only where an image's targets sum to 1: TensorFlow takes that for granted
    (https://www.tensorflow.org/api_docs/python/tf/nn/softmax_cross_entropy_with_logits: "If they
    are not, the computation of the gradient will be incorrect"). With other sums it never vanishes.

    Args:
        activation: a name in `ACTIVATIONS`.
        loss: a name in `LOSSES`.
        loss_from: "keras", "outputs" or "logits".
        targets, logits: shape (..., pixels).

    Returns:
        Same shape.
    """
    probabilities = sigmoid if loss == "binary_crossentropy" else softmax
    if trains_on_hidden_logits(activation, loss, loss_from):
        return probabilities(logits) - targets
    outputs = ACTIVATIONS[activation].apply(logits)
    if takes_outputs_as_logits(loss, loss_from):
        return THROUGH_ACTIVATION[activation](logits, probabilities(outputs) - targets)
    return THROUGH_ACTIVATION[activation](logits, output_gradient(loss, targets, outputs))


def _flows(probabilities: Array) -> NDArray[np.bool_]:
    return (probabilities >= LOWEST) & (probabilities <= HIGHEST)
