"""The way from a drawing to its point on the map, as plain data for a browser."""

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
    """What a browser needs to make a code of a drawing.

    Args:
        run: with weights.
        known: of its data set.
        axes: of the map, a key of `MAPS`.

    Returns:
        "layers" from targets to the code, "scaling" and "preparation"; None for an image set, of
        which is not known how its images were made, and for weights that are too large.
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
    """Onto the two strongest principal components; the mean image is taken off by the bias."""
    components = known.principal_components[:2]
    bias = (-components @ known.mean_image).astype(np.float32)
    return (Layer(kernel=components.T.copy(), bias=bias, activation="linear"),)
