"""The gradient of a network's loss with respect to its kernels, in NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.normalization import Floats
from core.layer_widths import bottleneck
from core.objectives import activations
from core.objectives.gradients import logit_gradient
from core.objectives.losses import LOSSES
from core.run import Layer
from core.variant import Variant

# Every hidden activation is differentiated by central differences: elementwise activations and
# softmax have symmetric Jacobians, so the forward product J v equals the backward product v J.
STEP = 1e-4

Array = NDArray[np.floating[Any]]


def kernel_gradients(variant: Variant, layers: Sequence[Layer], inputs: Floats) -> list[Array]:
    """The gradient d loss / d kernel of each layer, for the mean loss that Keras trains on.

    Args:
        variant: defines the loss, what it is computed from, and the penalty on the code.
        layers: all dense layers, first to last.
        inputs: float32, shape (images, 784), in target units, without noise; also the targets.

    Returns:
        One array per layer, with the shape of its kernel; not finite if the outputs are not.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        values: list[Array] = [inputs.astype(np.float64)]
        logits: list[Array] = []
        for layer in layers:
            logits.append(values[-1] @ layer.kernel + layer.bias)
            values.append(_apply_activation(layer, logits[-1]))
        upstream: Array = logit_gradient(
            variant.activation, variant.loss, variant.loss_from, values[0], logits[-1]
        ) / _divisor(variant, inputs)
        gradients: list[Array] = [values[-2].T @ upstream]
        for index in range(len(layers) - 1, 0, -1):
            upstream = upstream @ layers[index].kernel.T
            if variant.code_l1 and index - 1 == bottleneck(variant.layers):
                upstream = upstream + variant.code_l1 * np.sign(values[index]) / len(inputs)
            upstream = _through_activation(layers[index - 1], logits[index - 1], upstream)
            gradients.append(values[index - 1].T @ upstream)
    return gradients[::-1]


def _divisor(variant: Variant, inputs: Floats) -> int:
    """The divisor of the sum over all pixels; some losses are sums over an image."""
    return len(inputs) if LOSSES[variant.loss].unit == "per image" else inputs.size


def _apply_activation(layer: Layer, logits: Array) -> Array:
    return activations.apply(layer.activation, logits)


def _through_activation(layer: Layer, logits: Array, gradient: Array) -> Array:
    """d loss / d logits of a hidden layer, from d loss / d activations."""
    norms = np.maximum(np.linalg.norm(gradient, axis=1, keepdims=True), np.finfo(float).tiny)
    step = STEP * gradient / norms
    change = _apply_activation(layer, logits + step) - _apply_activation(layer, logits - step)
    return change / (2 * STEP) * norms
