"""The forward pass of a trained network in NumPy, from the weights stored with a run.

Pages reconstruct images with it at once, without TensorFlow and without a worker. Inputs and
outputs are in target units (`Affine.targets`, `Affine.to_pixels`).
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
    """The network's outputs.

    Args:
        layers: all dense layers, first to last.
        inputs: float32, shape (images, 784), in target units.

    Returns:
        float32, same shape. Overflow gives infinity, without a warning.
    """
    return _in_chunks(lambda part: _through(layers, part), inputs, layers[-1])


def logits(layers: Sequence[Layer], inputs: Floats) -> Floats:
    """The last layer's values before its activation; arguments and result as for `outputs`."""
    *hidden, last = layers
    return _in_chunks(lambda part: _affine(last, _through(hidden, part)), inputs, last)


def encode(layers: Sequence[Layer], inputs: Floats) -> Floats:
    """The codes of images: (images, 784) -> (images, width of the bottleneck)."""
    encoder = layers[: bottleneck(layers) + 1]
    return _in_chunks(lambda part: _through(encoder, part), inputs, encoder[-1])


def decode(layers: Sequence[Layer], codes: Floats) -> Floats:
    """The outputs for given codes: (images, width of the bottleneck) -> (images, 784)."""
    decoder = layers[bottleneck(layers) + 1 :]
    return _in_chunks(lambda part: _through(decoder, part), codes, decoder[-1])


def bottleneck(layers: Sequence[Layer]) -> int:
    """The index of the bottleneck: the first of the narrowest hidden layers."""
    return layer_widths.bottleneck([len(layer.bias) for layer in layers[:-1]])


def _affine(layer: Layer, values: Floats) -> Floats:
    return values @ layer.kernel + layer.bias


def _through(layers: Sequence[Layer], values: Floats) -> Floats:
    for layer in layers:
        values = activations.apply(layer.activation, _affine(layer, values))
    return values


def _in_chunks(forward: Callable[[Floats], Floats], inputs: Floats, last: Layer) -> Floats:
    # In chunks, so that the hidden activations of 60,000 images are never all in memory.
    results = np.empty((len(inputs), len(last.bias)), np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        for at in range(0, len(inputs), CHUNK):
            results[at : at + CHUNK] = forward(inputs[at : at + CHUNK])
    return results
