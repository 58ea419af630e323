"""Evidence: measurements of the held-out reconstructions, on which the verdict is based."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.data.normalization import NORMALIZATIONS, Affine, Floats, Images
from core.diagnostics.setting_facts import facts
from core.metrics.dataset_stats import DatasetStats
from core.metrics.image_metrics import displayed
from core.objectives.activations import ACTIVATIONS
from core.variant import Variant

MEASURES = (
    "clipped",
    "largest",
    "sum",
    "original_sum",
    "variation",
    "to_mean_image",
    "to_median_image",
    "stuck",
    "saturated",
    "own_scale_mse",
)

# A pixel varies if its standard deviation over the originals is above VARIES, and is stuck if its
# standard deviation over the reconstructions is below STUCK.
VARIES = 0.1
STUCK = 0.01
# An output is at an end of its activation's range if it is within this share of the range; it is
# saturated if its target is more than five times as far away.
END = 0.01


def evidence(
    variant: Variant, outputs: Floats, images: Images, statistics: DatasetStats
) -> dict[str, float | None]:
    """Measure the reconstructions of the held-out images.

    Args:
        variant: the trained variant.
        outputs: outputs of the network, in target units, shape (images, 784).
        images: grey values 0-255, uint8, same shape.
        statistics: statistics of the data set.

    Returns:
        Values by name, of the displayed pixels, clipped to [0, 1], unless stated otherwise:
        `clipped`: share of pixel values outside [0, 1] before clipping.
        `largest`: brightest pixel of an image, mean over images.
        `sum`, `original_sum`: sum of an image's pixels, mean over images.
        `variation`: variance over images, summed over pixels, as a share of the originals'; None
        if those are equal.
        `to_mean_image`, `to_median_image`: MSE between the reconstructions and that image.
        `stuck`: share of constant pixels among those that vary in the originals.
        `saturated`: share of outputs that are saturated at an end of the activation's range.
        `own_scale_mse`: MSE after multiplying each image by its best factor.
        And all of `facts`, so that the verdict needs no other data.
    """
    affine = NORMALIZATIONS[variant.normalization].apply(images, statistics.moments)
    # In place where possible, to save memory: 10,000 images take 31 MB.
    pixels = affine.to_pixels(outputs)
    clipped = np.mean((pixels < 0) | (pixels > 1))
    shown = displayed(pixels)
    del pixels
    originals = (images / np.float32(255)).astype(np.float32, copy=False)
    measured: dict[str, Any] = {
        "clipped": clipped,
        "largest": shown.max(axis=1).mean(),
        "sum": shown.sum(axis=1).mean(),
        "original_sum": originals.sum(axis=1).mean(),
        "variation": _variation(shown, images),
        "to_mean_image": _mean_square(shown - statistics.mean_image),
        "to_median_image": _mean_square(shown - statistics.median_image),
        "stuck": _stuck(shown, originals),
        "saturated": _saturated(variant.activation, outputs, affine),
        "own_scale_mse": _own_scale_mse(shown, originals),
    }
    found = {name: None if value is None else float(value) for name, value in measured.items()}
    return found | facts(variant, statistics)


def _variation(shown: Floats, images: Images) -> float | None:
    if (images == images[0]).all():
        return None
    return float(shown.var(axis=0).sum() / (images / np.float32(255)).var(axis=0).sum())


def _mean_square(values: Floats) -> np.floating:
    return np.square(values, out=values).mean()


def _stuck(shown: Floats, originals: Floats) -> float:
    varying = originals.std(axis=0) > VARIES
    return float(np.mean(shown[:, varying].std(axis=0) < STUCK)) if varying.any() else 0.0


def _saturated(activation: str, outputs: Floats, affine: Affine) -> float:
    """0 for linear, which is unbounded, and for softmax, whose sum is limited instead."""
    low, high = ACTIVATIONS[activation].low, ACTIVATIONS[activation].high
    if activation == "softmax" or not np.isfinite(low):
        return 0.0
    room = END * (min(high, 1.0) - low)
    at_end = (outputs < low + room) | (outputs > high - room)
    distance = affine.targets()
    np.abs(np.subtract(outputs, distance, out=distance), out=distance)
    return float(np.mean(at_end & (distance > 5 * room)))


def _own_scale_mse(shown: Floats, originals: Floats) -> float:
    energy = np.maximum(np.square(shown).sum(axis=1), np.finfo(np.float32).tiny)
    scaled = shown * originals
    factors = scaled.sum(axis=1) / energy
    np.multiply(factors[:, None], shown, out=scaled)
    return float(_mean_square(np.subtract(scaled, originals, out=scaled)))
