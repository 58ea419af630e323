"""Floors for given images: the minimum of each loss, and the best possible reconstructions.

A target depends only on its grey and its image. So the greys of each image are counted once, and
everything else is a sum over 256 greys.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.datasets import PIXELS
from core.data.normalization import NORMALIZATIONS, Affine, Floats, GreyMoments, Images
from core.objectives.activations import ACTIVATIONS
from core.objectives.loss_formulas import HIGHEST, LOWEST
from core.objectives.losses import LOSSES, trains_on_logits
from core.variant import Variant

Values = NDArray[np.float64]
# Integers, stored as floats since they are multiplied with floats.
Counts = NDArray[np.float64]

GREYS = np.arange(256, dtype=np.uint8)[None]
# Images per chunk, small enough for the CPU's cache.
CHUNK = 512
# Entries of the target statistics that are not means over images.
ENDS = {"lowest": np.minimum, "highest": np.maximum}
# Targets count as summing to 1 within this tolerance.
SUM_TOLERANCE = 1e-3


def count_greys(images: Images) -> Counts:
    """Counts of each grey in each image: (images, pixels) uint8 -> (images, 256)."""
    offsets = 256 * np.arange(len(images))[:, None]
    counts = np.bincount((images + offsets).ravel(), minlength=256 * len(images))
    return counts.reshape(-1, 256).astype(np.float64)


def targets_of_greys(affine: Affine, moments: GreyMoments, normalization: str) -> Values:
    """The target of each grey in each image.

    Args:
        affine: the normalized images.
        moments: the moments of the training images.
        normalization: its name.

    Returns:
        Shape (images, 256), or (1, 256) if it is the same for all images; rows do not decrease.
    """
    greys = NORMALIZATIONS[normalization].apply(GREYS, moments).greys
    if (affine.scale == affine.scale[0]).all():
        return (greys * affine.scale[0] + np.float32(affine.shift)).astype(np.float64)
    # Computed in float32, as for the network: there 255 / 255 is exactly 1.
    return (greys * affine.scale[:, None] + np.float32(affine.shift)).astype(np.float64)


def nearest_outputs(activation: str, targets: Values, counts: Counts) -> Values:
    """The outputs of an activation that are nearest to the targets in squared distance.

    Outputs are clipped to the activation's range; for softmax, whose outputs also sum to 1, it is
    the projection onto the simplex (Held, Wolfe and Crowder 1974; Duchi et al. 2008).

    Args:
        activation: a name in `ACTIVATIONS`.
        targets: by grey, shape (images or 1, 256); rows do not decrease.
        counts: the counts of each grey, shape (images, 256); no row is all 0.

    Returns:
        Outputs by grey, shape (images or 1, 256).
    """
    if activation == "softmax":
        return _onto_simplex(targets, counts)
    return np.clip(targets, ACTIVATIONS[activation].low, ACTIVATIONS[activation].high)


def _onto_simplex(targets: Values, counts: Counts) -> Values:
    """Subtract one threshold from the targets of an image and cut off at 0, so that they sum to 1.

    If only the n brightest pixels stay above 0, the threshold is (their sum - 1) / n. The pixels of
    a grey stay together, which gives one candidate per grey: that grey and all brighter ones stay.
    The right candidate is that of the darkest grey whose target is above its own candidate.
    """
    brighter_pixels = _sums_to_the_end(counts)
    brighter_total = _sums_to_the_end(counts * targets)
    candidates = (brighter_total - 1) / np.maximum(brighter_pixels, 1)
    stays = (counts > 0) & (targets > candidates)
    darkest = stays.argmax(axis=1)[:, None]
    threshold = np.take_along_axis(candidates, darkest, axis=1)
    return np.maximum(targets - threshold, 0)


def _sums_to_the_end(values: Values) -> Values:
    """For each grey, the sum over this and all brighter greys."""
    return values[:, ::-1].cumsum(axis=1)[:, ::-1]


def best_possible(variant: Variant, images: Images, moments: GreyMoments) -> Floats:
    """The best possible reconstructions: the outputs nearest to the targets, as pixel values.

    For binarized images that is the black and white image, not the grey original.

    Args:
        variant: its activation and normalization are used.
        images: greys 0-255, uint8, shape (images, 784).
        moments: the moments of the training images.

    Returns:
        Pixel values, float32, same shape.
    """
    counts = count_greys(images)
    affine = NORMALIZATIONS[variant.normalization].apply(images, moments)
    targets = targets_of_greys(affine, moments, variant.normalization)
    outputs = nearest_outputs(variant.activation, targets, counts)
    of_greys = np.broadcast_to(outputs, counts.shape)
    chosen = np.take_along_axis(of_greys, images.astype(np.intp), axis=1)
    return affine.to_pixels(chosen.astype(np.float32))


def _bce_logits(targets: Values, counts: Counts) -> Values:
    """softplus(x) - x y has its minimum at sigmoid(x) = y; unbounded for y outside [0, 1]."""
    outside = ((targets < 0) | (targets > 1)) & (counts > 0)
    p = np.clip(targets, 0, 1)
    entropies = -(_x_log_x(p) + _x_log_x(1 - p))
    return np.where(outside.any(axis=1), -np.inf, _total(counts, entropies) / PIXELS)


def _bce_clipped(targets: Values, counts: Counts) -> Values:
    """The minimum is at p = y within the clipping, and at an end of it for y outside [0, 1]."""
    values = LOSSES["binary_crossentropy"].pointwise(targets, targets)
    return _total(counts, values) / PIXELS


def _cce_logits(targets: Values, counts: Counts) -> Values:
    """The minimum is at p = y / sum(y) (Gibbs' inequality); unbounded with negative targets."""
    negative = ((targets < 0) & (counts > 0)).any(axis=1)
    return np.where(negative, -np.inf, _cce_of_positive(targets, counts))


def _cce_shares(targets: Values, counts: Counts) -> Values:
    """As from logits, but the shares of negative targets are clipped."""
    negative = _total(counts, np.minimum(targets, 0))
    return _cce_of_positive(targets, counts) - np.log(LOWEST) * negative


def _cce_signed(targets: Values, counts: Counts) -> Values:
    """With outputs of both signs, negative shares allow a share of 1 for every target."""
    ends = np.where(targets > 0, HIGHEST, LOWEST)
    return -_total(counts, targets * np.log(ends))


def _cce_of_positive(targets: Values, counts: Counts) -> Values:
    positive = np.maximum(targets, 0)
    return _x_log_x(_total(counts, positive)) - _total(counts, _x_log_x(positive))


def _kl_free(targets: Values, counts: Counts) -> Values:
    """y log(y / p) decreases with p: the minimum is where every output is 1."""
    return _total(counts, _x_log_x(np.clip(targets, LOWEST, 1)))


def _kl_softmax(targets: Values, counts: Counts) -> Values:
    """For outputs that sum to 1 the minimum is at p = y / sum(y) (Gibbs' inequality)."""
    return _x_log_x(_total(counts, np.clip(targets, LOWEST, 1)))


def _total(counts: Counts, values: NDArray[Any]) -> Values:
    """The sum over the pixels of each image of a value that depends on the grey only."""
    return np.einsum("ij,ij->i", counts, np.broadcast_to(values, counts.shape))


def _x_log_x(x: Values) -> Values:
    return x * np.log(np.where(x > 0, x, 1))


# The lower bound of a loss depends on how it is computed; `Loss.floor` says which it has.
FLOORS: dict[str, Callable[[Values, Counts], Values]] = {
    "bce_logits": _bce_logits,
    "bce_clipped": _bce_clipped,
    "cce_logits": _cce_logits,
    "cce_shares": _cce_shares,
    "cce_signed": _cce_signed,
    "kl_free": _kl_free,
    "kl_softmax": _kl_softmax,
}


def floor_formula(variant: Variant) -> str | None:
    """The entry of `FLOORS` that bounds the variant's loss; None for the bound 0.

    Computed from outputs, Keras clips probabilities. Categorical cross-entropy first divides the
    outputs by their sum, which for outputs of both signs (linear, tanh) gives no distribution.
    """
    floor = LOSSES[variant.loss].floor
    if floor is None:
        return None
    on_logits = trains_on_logits(variant.activation, variant.loss, variant.loss_from)
    return floor(ACTIVATIONS[variant.activation], on_logits)


def bce_floor(histogram: NDArray[np.int64]) -> float:
    """The minimum of binary cross-entropy on pixels scaled to [0, 1]: their mean entropy, in nats.

    Args:
        histogram: counts of each grey 0-255 over all images, shape (256,).
    """
    counts = histogram[None].astype(np.float64)
    total = _bce_logits(GREYS / 255, counts)[0] * PIXELS
    return float(total / histogram.sum())


def target_statistics(images: Images, moments: GreyMoments) -> dict[str, float | None]:
    """Statistics of the targets of images under every normalization N, by name.

    `N/F` with F in `FLOORS`: mean lower bound of the loss; None if it is unbounded.
    `N/A/mse`: pixel MSE of the best possible reconstructions with activation A.
    `N/A/unreachable`: share of targets outside A's range.
    `N/sum`: mean sum of an image's targets.
    `N/sum_missed`: share of images whose targets do not sum to 1.
    `N/lowest`, `N/highest`: range of the targets.

    Args:
        images: greys 0-255, uint8, shape (images, 784), at least one.
        moments: the moments of the training images.
    """
    table: dict[str, float] = {}
    for at in range(0, len(images), CHUNK):
        chunk = images[at : at + CHUNK]
        counts = count_greys(chunk)
        for name in NORMALIZATIONS:
            affine = NORMALIZATIONS[name].apply(chunk, moments)
            for entry, values in _statistics_per_image(name, affine, counts, moments).items():
                key, combine = f"{name}/{entry}", ENDS.get(entry, np.add)
                part = combine.reduce(values, dtype=np.float64)
                table[key] = combine(table[key], part) if key in table else part
    means = {key: table[key] / _divisor(key, len(images)) for key in table}
    return {key: float(value) if np.isfinite(value) else None for key, value in means.items()}


def _statistics_per_image(
    name: str, affine: Affine, counts: Counts, moments: GreyMoments
) -> dict[str, Values]:
    targets = targets_of_greys(affine, moments, name)
    sums = _total(counts, targets)
    greys = np.broadcast_to(targets, counts.shape)
    present = counts > 0
    found = {entry: floor(targets, counts) for entry, floor in FLOORS.items()}
    found["sum"] = sums
    found["sum_missed"] = (np.abs(sums - 1) > SUM_TOLERANCE).astype(np.float64)
    found["lowest"] = greys[np.arange(len(counts)), present.argmax(axis=1)]
    found["highest"] = greys[np.arange(len(counts)), 255 - present[:, ::-1].argmax(axis=1)]
    for activation in ACTIVATIONS.values():
        outputs = nearest_outputs(activation.name, targets, counts).astype(np.float32)
        pixels = replace(affine, scale=affine.scale[: len(outputs)]).to_pixels(outputs)
        errors = np.clip(pixels, 0, 1) - GREYS / 255
        found[f"{activation.name}/mse"] = _total(counts, errors**2) / PIXELS
        outside = (targets < activation.low) | (targets > activation.high)
        found[f"{activation.name}/unreachable"] = _total(counts, outside) / PIXELS
    return found


def _divisor(key: str, images: int) -> int:
    return 1 if key.split("/")[-1] in ENDS else images
