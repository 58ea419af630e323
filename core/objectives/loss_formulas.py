"""The formulas of the losses in NumPy: values per pixel and per image, and derivatives.

Definitions and reductions are Keras' (https://keras.io/api/losses/): per image the mean over its
pixels, for categorical cross-entropy and KL divergence the sum; then the mean over images. Where
Keras clips, a derivative is 0, as that of clip_by_value outside its range.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.objectives.activations import Array

# keras.config.epsilon(): before a logarithm, probabilities are clipped to [EPSILON, 1 - EPSILON].
# The ends are rounded to float32, as in Keras: 1 - HIGHEST is 1.19e-7.
EPSILON = 1e-7
LOWEST = float(np.float32(EPSILON))
HIGHEST = float(np.float32(1 - EPSILON))
# keras.losses.huber: quadratic up to this distance, linear beyond.
HUBER_DELTA = 1.0


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


def binary_crossentropy_slope(targets: Array, outputs: Array) -> Array:
    """-y / p + (1 - y) / (1 - p) of each pixel; 0 where p is clipped.

    Source: the derivative of -(y log p + (1 - y) log(1 - p)), Goodfellow et al. 2016, 6.2.2.2.
    """
    p = clipped(outputs)
    return np.where(_flows(outputs), (1 - targets) / (1 - p) - targets / p, 0)


def categorical_crossentropy_slope(targets: Array, shares: Array) -> Array:
    """-y / p of each pixel, p its share of the sum; 0 where p is clipped.

    Source: the derivative of -y log p, Goodfellow et al. 2016, 6.2.2.3.
    """
    return np.where(_flows(shares), -targets / clipped(shares), 0)


def squared_error_slope(targets: Array, outputs: Array) -> Array:
    """2 (p - y) of each pixel (Legendre 1805)."""
    return 2 * (outputs - targets)


def absolute_error_slope(targets: Array, outputs: Array) -> Array:
    """sign(p - y) of each pixel, 0 for p = y as in TensorFlow."""
    return np.sign(outputs - targets)


def huber_slope(targets: Array, outputs: Array) -> Array:
    """p - y of each pixel, clipped to [-1, 1] (Huber 1964)."""
    return np.clip(outputs - targets, -HUBER_DELTA, HUBER_DELTA)


def log_cosh_slope(targets: Array, outputs: Array) -> Array:
    """tanh(p - y) of each pixel."""
    return np.tanh(outputs - targets)


def kl_divergence_slope(targets: Array, outputs: Array) -> Array:
    """-y / p of each pixel, y clipped; 0 where p is clipped."""
    flows = (outputs >= LOWEST) & (outputs <= 1)
    return np.where(flows, -at_least_epsilon(targets) / at_least_epsilon(outputs), 0)


def _flows(probabilities: Array) -> NDArray[np.bool_]:
    return (probabilities >= LOWEST) & (probabilities <= HIGHEST)
