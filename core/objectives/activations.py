"""Output activations in NumPy: the one table that training, checks and pages read.

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
        low, high: the ends of its range; infinite where it has none.
        apply: logits (images, pixels) -> outputs, same shape.
        leaves_logits: Keras' TensorFlow backend leaves the pre-activation values on the output
            tensor (`_keras_logits`), where both cross-entropies find and use them.
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
    # What where(logits >= 0, 1, decay) gives, five times faster: decay is at most 1.
    return np.maximum(decay, logits >= 0) / (1 + decay)


def softmax(logits: Array) -> Array:
    """exp(x) over its sum along the last axis, shifted by the maximum against overflow."""
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
