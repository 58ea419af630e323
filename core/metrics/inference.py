"""A trained network's forward pass in NumPy, from the weights that a run keeps.

Pages look at any images at once, without TensorFlow and without a worker. All inputs and outputs
are in the network's own units (`Affine.targets`, `Affine.to_pixels`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core import layer_widths
from core.data.normalization import Floats
from core.objectives import activations
from core.run import Layer

CHUNK = 2048


def outputs(layers: Sequence[Layer], inputs: Floats) -> Floats:
    """What the network gives for images.

    Args:
        layers: all dense layers, first to last.
        inputs: float32, shape (images, 784), in the network's units.

    Returns:
        float32, same shape. Values too large for float32 are infinite, without a warning.
    """
    return _in_chunks(lambda part: _through(layers, part), inputs, layers[-1])


def logits(layers: Sequence[Layer], inputs: Floats) -> Floats:
    """The last layer's values before its activation; arguments and result as for `outputs`."""
    *hidden, last = layers
    return _in_chunks(lambda part: _affine(last, _through(hidden, part)), inputs, last)


def encode(layers: Sequence[Layer], inputs: Floats) -> Floats:
    """The bottleneck's values for images: (images, 784) -> (images, width of the bottleneck)."""
    encoder = layers[: bottleneck(layers) + 1]
    return _in_chunks(lambda part: _through(encoder, part), inputs, encoder[-1])


def decode(layers: Sequence[Layer], codes: Floats) -> Floats:
    """The network's outputs for values of the bottleneck: (images, width) -> (images, 784)."""
    decoder = layers[bottleneck(layers) + 1 :]
    return _in_chunks(lambda part: _through(decoder, part), codes, decoder[-1])


def bottleneck(layers: Sequence[Layer]) -> int:
    """The index of the bottleneck: the narrowest of the hidden layers, the first of several."""
    return layer_widths.bottleneck([len(layer.bias) for layer in layers[:-1]])


def _affine(layer: Layer, values: Floats) -> Floats:
    return values @ layer.kernel + layer.bias


def _through(layers: Sequence[Layer], values: Floats) -> Floats:
    for layer in layers:
        values = activations.apply(layer.activation, _affine(layer, values))
    return values


def _in_chunks(forward: Callable[[Floats], Floats], inputs: Floats, last: Layer) -> Floats:
    # Chunks keep the hidden values of 60,000 images out of memory.
    results = np.empty((len(inputs), len(last.bias)), np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        for at in range(0, len(inputs), CHUNK):
            results[at : at + CHUNK] = forward(inputs[at : at + CHUNK])
    return results
