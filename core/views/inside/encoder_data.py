"""The encoder of a latent map as plain data, with which a browser encodes drawings."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.data.datasets import DATASETS
from core.metrics import inference
from core.metrics.dataset_stats import DatasetStats
from core.run import Layer, Run
from core.views.browser_network import (
    half_precision,
    layers_data,
    preparation_data,
    scaling_data,
)


def encoder_data(run: Run, known: DatasetStats, axes: str) -> dict[str, Any] | None:
    """The data with which a browser encodes a drawing.

    Args:
        run: with weights.
        known: the statistics of its data set.
        axes: the axes of the map, a key of `MAPS`.

    Returns:
        "layers" from targets to the code, "scaling" and "preparation"; None for a visitor's image
        set, whose preparation is unknown, and for weights that are too large.
    """
    if run.variant.dataset not in DATASETS:
        return None
    normalization = run.variant.normalization if axes == "code" else "unit"
    layers = half_precision(_encoder(run) if axes == "code" else _projection(known))
    if layers is None:
        return None
    return {
        "layers": layers_data(layers),
        "scaling": scaling_data(normalization, known.moments),
        "preparation": preparation_data(run.variant.dataset),
    }


def _encoder(run: Run) -> tuple[Layer, ...]:
    layers = run.weights or ()
    return tuple(layers[: inference.bottleneck(layers) + 1])


def _projection(known: DatasetStats) -> tuple[Layer, ...]:
    """The projection onto the first two principal components; the bias subtracts the mean image."""
    components = known.principal_components[:2]
    bias = (-components @ known.mean_image).astype(np.float32)
    return (Layer(kernel=components.T.copy(), bias=bias, activation="linear"),)
