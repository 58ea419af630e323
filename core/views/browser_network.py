"""Trained networks as plain data for a browser, which computes with them itself."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.datasets import DATASETS, DIGITS, IMAGE_SIDE
from core.data.normalization import BINARIZATION_THRESHOLD, NORMALIZATIONS, GreyMoments
from core.data.uploaded_image import DIGIT_BOX
from core.run import Layer, Run


def half_precision(layers: Sequence[Layer]) -> tuple[Layer, ...] | None:
    """Layers with weights rounded to float16, as a browser gets them; None if one is too large."""
    with np.errstate(over="ignore"):
        rounded = [
            replace(
                layer,
                kernel=layer.kernel.astype(np.float16).astype(np.float32),
                bias=layer.bias.astype(np.float16).astype(np.float32),
            )
            for layer in layers
        ]
    is_finite = all(
        np.isfinite(one.kernel).all() and np.isfinite(one.bias).all() for one in rounded
    )
    return tuple(rounded) if is_finite else None


def layers_data(layers: Sequence[Layer]) -> list[dict[str, Any]]:
    """The layers of a network; weights as base64 of float16."""
    return [_layer(layer) for layer in layers]


def scaling_data(normalization: str, moments: GreyMoments) -> dict[str, Any]:
    """How a browser normalizes an image: `Affine` with what it takes to make one.

    Args:
        normalization: a key of `NORMALIZATIONS`.
        moments: of the training images.

    Returns:
        "scale": target units per grey, None for one divided by the image's sum; "shift": target
        value of grey 0; "threshold": greys above it become 1, others 0; None if greys are kept.
    """
    white = np.full((1, 1), 255, np.uint8)
    affine = NORMALIZATIONS[normalization].apply(white, moments)
    return {
        "scale": None if normalization == "sum_to_one" else float(affine.scale[0]),
        "shift": affine.shift,
        "threshold": BINARIZATION_THRESHOLD if affine.white == 1 else None,
    }


def preparation_data(dataset: str) -> dict[str, Any]:
    """How a drawing becomes an image like those of a data set; see `core.data.uploaded_image`.

    Args:
        dataset: a name in `DATASETS`.
    """
    is_digit = DATASETS[dataset].class_names == DIGITS
    return {"box": DIGIT_BOX if is_digit else IMAGE_SIDE, "isByMass": is_digit}


def autoencoder_data(run: Run, moments: GreyMoments) -> dict[str, Any] | None:
    """A whole network with the normalization of its images.

    Args:
        run: its weights are used.
        moments: of the training images.

    Returns:
        None if the run has no weights, or if they are too large for float16.
    """
    layers = half_precision(run.weights or ())
    if not layers:
        return None
    return {
        "layers": layers_data(layers),
        "scaling": scaling_data(run.variant.normalization, moments),
    }


def to_base64(array: NDArray[Any], kind: str) -> str:
    """An array as base64 of its values, row by row.

    Args:
        array: of any shape.
        kind: a NumPy type with its byte order, such as "<f2".
    """
    return base64.b64encode(np.ascontiguousarray(array, kind).tobytes()).decode()


def _layer(layer: Layer) -> dict[str, Any]:
    inputs, units = layer.kernel.shape
    return {
        "inputs": inputs,
        "units": units,
        "activation": layer.activation,
        "kernel": to_base64(layer.kernel, "<f2"),
        "bias": to_base64(layer.bias, "<f2"),
    }
