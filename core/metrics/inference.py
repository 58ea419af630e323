"""The forward pass of a trained network in NumPy, from the weights stored with a run.

Pages reconstruct images with it at once, without TensorFlow and without a worker. Inputs and
outputs are in target units (`Affine.targets`, `Affine.to_pixels`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core import layer_widths
from core.data.normalization import Floats
from core.objectives import activations
from core.run import Layer

CHUNK = 2048


def outputs(layers: Sequence[Layer], inputs: Floats) -> Floats:
    """The network's outputs.

    Args:
        layers: all dense layers, first to last, or those of a part of the network.
        inputs: float32, shape (images, inputs of the first layer), in target units.

    Returns:
        float32, shape (images, units of the last layer). Overflow gives infinity, without a
        warning.
    """
    # In chunks, so that the hidden activations of 60,000 images are never all in memory.
    results = np.empty((len(inputs), len(layers[-1].bias)), np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        for at in range(0, len(inputs), CHUNK):
            values = inputs[at : at + CHUNK]
            for layer in layers:
                values = activations.apply(layer.activation, values @ layer.kernel + layer.bias)
            results[at : at + CHUNK] = values
    return results


def encode(layers: Sequence[Layer], inputs: Floats) -> Floats:
    """The codes of images: (images, 784) -> (images, width of the bottleneck)."""
    return outputs(layers[: bottleneck(layers) + 1], inputs)


def bottleneck(layers: Sequence[Layer]) -> int:
    """The index of the bottleneck: the first of the narrowest hidden layers."""
    return layer_widths.bottleneck([len(layer.bias) for layer in layers[:-1]])
