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


@dataclass(frozen=True, kw_only=True)
class OutputActivation:
    """An activation of the last layer.

    Attributes:
        name: Keras' name.
        label: the name on a button.
        low, high: the ends of its range; may be infinite.
        apply: logits (images, pixels) -> outputs, same shape.
        leaves_logits: whether Keras' TensorFlow backend leaves the logits on the output tensor
            (`_keras_logits`), where both cross-entropies use them.
    """

    name: str
    label: str
    low: float
    high: float
    apply: Callable[[Array], Array]
    leaves_logits: bool = False


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


ACTIVATIONS: dict[str, OutputActivation] = {
    activation.name: activation
    for activation in (
        OutputActivation(
            name="sigmoid", label="sigmoid", low=0, high=1, apply=sigmoid, leaves_logits=True
        ),
        OutputActivation(name="linear", label="linear", low=-np.inf, high=np.inf, apply=linear),
        OutputActivation(name="tanh", label="tanh", low=-1, high=1, apply=np.tanh),
        OutputActivation(name="relu", label="relu", low=0, high=np.inf, apply=relu),
        OutputActivation(
            name="softmax", label="softmax", low=0, high=1, apply=softmax, leaves_logits=True
        ),
    )
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
