"""The evidence: what is measured on the held-out reconstructions, to read the verdict from."""

from __future__ import annotations

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

# A pixel place varies if its standard deviation over the images is above VARIES; it is stuck if the
# reconstructions' is below STUCK there.
VARIES = 0.1
STUCK = 0.01
# An output is at an end of its activation's range if it is within this share of the range; it is
# stuck there if its target is more than five times as far away.
END = 0.01


def evidence(
    variant: Variant, outputs: Floats, images: Images, statistics: DatasetStats
) -> dict[str, float | None]:
    """Measure reconstructions.

    Args:
        variant: what was trained.
        outputs: of the network for the held-out images, in target units, shape (images, 784).
        images: the held-out images' greys, uint8, same shape.
        statistics: of the data set.

    Returns:
        By name; all are of shown pixels, clipped to [0, 1], unless said otherwise:
        `clipped`: the share of pixel values outside of [0, 1] before clipping.
        `largest`: the brightest pixel of an image, mean over images.
        `sum`, `original_sum`: of an image's pixels, mean over images.
        `variation`: variance over the images, summed over pixels, as a share of the originals'.
        `to_mean_image`, `to_median_image`: MSE between them and the rival.
        `stuck`: of the pixel places that vary in the originals, the share that is constant.
        `saturated`: the share of outputs stuck at an end of the activation's range.
        `own_scale_mse`: MSE if each image were multiplied by its best factor.
        And all of `facts`, so that a run carries what its verdict needs.
    """
    affine = NORMALIZATIONS[variant.normalization].apply(images, statistics.moments)
    # In place where that is possible: 10,000 images take 31 MB, and the host may have little.
    pixels = affine.to_pixels(outputs)
    clipped = np.mean((pixels < 0) | (pixels > 1))
    shown = displayed(pixels)
    del pixels
    originals = (images / np.float32(255)).astype(np.float32, copy=False)
    measured = {
        "clipped": clipped,
        "largest": shown.max(axis=1).mean(),
        "sum": shown.sum(axis=1).mean(),
        "original_sum": originals.sum(axis=1).mean(),
        "variation": shown.var(axis=0).sum() / originals.var(axis=0).sum(),
        "to_mean_image": _mean_square(shown - statistics.mean_image),
        "to_median_image": _mean_square(shown - statistics.median_image),
        "stuck": _stuck(shown, originals),
        "saturated": _saturated(variant.activation, outputs, affine),
        "own_scale_mse": _own_scale_mse(shown, originals),
    }
    return {name: float(value) for name, value in measured.items()} | facts(variant, statistics)


def _mean_square(values: Floats) -> np.floating:
    return np.square(values, out=values).mean()


def _stuck(shown: Floats, originals: Floats) -> float:
    varying = originals.std(axis=0) > VARIES
    return float(np.mean(shown[:, varying].std(axis=0) < STUCK)) if varying.any() else 0.0


def _saturated(activation: str, outputs: Floats, affine: Affine) -> float:
    """Softmax and linear outputs are not counted: the former's sum, not its ends, binds it."""
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
