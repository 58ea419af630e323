"""Activations in NumPy: the tables used by training, checks and pages.

Names are Keras' names (https://keras.io/api/layers/activations/).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

# From these logits on an output is exactly 1 in TensorFlow's float32, and its derivative exactly 0:
# sigmoid rounds to 1 for exp(-x) < 2^-24, and tanh is clamped just below 8.
SIGMOID_IS_ONE = 24 * np.log(2)
TANH_IS_ONE = 8.0


@dataclass(frozen=True, kw_only=True)
class OutputActivation:
    """An activation of the last layer.

    Attributes:
        name: Keras' name.
        label: the name on a button.
        low, high: the ends of its range; may be infinite.
        apply: logits (images, pixels) -> outputs, same shape.
        backward: (logits, d loss / d outputs) -> d loss / d logits, all of shape (..., pixels).
            Softmax mixes the pixels of an image, the others are elementwise.
        leaves_logits: whether Keras' TensorFlow backend leaves the logits on the output tensor
            (`_keras_logits`), where both cross-entropies use them.
    """

    name: str
    label: str
    low: float
    high: float
    apply: Callable[[Array], Array]
    backward: Callable[[Array, Array], Array]
    leaves_logits: bool = False

    @property
    def range_text(self) -> str:
        """Its range, within a sentence: "0 to 1", "0 and more"."""
        if np.isfinite(self.high):
            return f"{self.low:g} to {self.high:g}"
        return f"{self.low:g} and more" if np.isfinite(self.low) else "any number"


def sigmoid(logits: Array) -> Array:
    """1 / (1 + exp(-x)), without overflow for large negative x."""
    decay = np.exp(-np.abs(logits))
    # Equal to where(logits >= 0, 1, decay), since decay <= 1, and five times faster.
    return np.maximum(decay, logits >= 0) / (1 + decay)


def softmax(logits: Array) -> Array:
    """exp(x) / sum(exp(x)) along the last axis, shifted by the maximum against overflow."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def relu(logits: Array) -> Array:
    """max(x, 0)."""
    return np.maximum(logits, 0)


def linear(logits: Array) -> Array:
    """x itself."""
    return logits


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


ACTIVATIONS: dict[str, OutputActivation] = {
    activation.name: activation
    for activation in (
        OutputActivation(
            name="sigmoid",
            label="sigmoid",
            low=0,
            high=1,
            apply=sigmoid,
            backward=_through_sigmoid,
            leaves_logits=True,
        ),
        OutputActivation(
            name="linear",
            label="linear",
            low=-np.inf,
            high=np.inf,
            apply=linear,
            backward=_through_linear,
        ),
        OutputActivation(
            name="tanh", label="tanh", low=-1, high=1, apply=np.tanh, backward=_through_tanh
        ),
        OutputActivation(
            name="relu", label="relu", low=0, high=np.inf, apply=relu, backward=_through_relu
        ),
        OutputActivation(
            name="softmax",
            label="softmax",
            low=0,
            high=1,
            apply=softmax,
            backward=_through_softmax,
            leaves_logits=True,
        ),
    )
}

# The ends of those whose units saturate; softmax is limited by its sum instead.
ENDS = {
    name: (activation.low, activation.high)
    for name, activation in ACTIVATIONS.items()
    if np.isfinite(activation.high) and name != "softmax"
}

# Slopes and scales of Keras 3 for the names in `Dense(activation=...)`; its LeakyReLU layer has a
# slope of 0.3 instead, PyTorch's 0.01.
LEAKY_SLOPE = 0.2
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


def elu(logits: Array) -> Array:
    """x for x > 0, else exp(x) - 1 (Clevert et al. 2016)."""
    return np.where(logits > 0, logits, np.expm1(np.minimum(logits, 0)))


def selu(logits: Array) -> Array:
    """A scaled elu that keeps mean 0 and variance 1 (Klambauer et al. 2017)."""
    negative = SELU_ALPHA * np.expm1(np.minimum(logits, 0))
    return SELU_SCALE * np.where(logits > 0, logits, negative)


def leaky_relu(logits: Array) -> Array:
    """x for x > 0, else LEAKY_SLOPE * x (Maas et al. 2013)."""
    return np.where(logits > 0, logits, LEAKY_SLOPE * logits)


# The bottleneck has the activation of the hidden layers.
SAME = "same"
HIDDEN_ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "relu": relu,
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "linear": linear,
    "elu": elu,
    "selu": selu,
    "leaky_relu": leaky_relu,
    "softmax": softmax,
}


def apply(name: str, logits: Array) -> Array:
    """Apply an activation of a hidden or the last layer, by Keras' name; same shape."""
    return HIDDEN_ACTIVATIONS[name](logits)
