"""Bounds on given images: the minimum of each loss, and the best possible pictures.

All of it follows from how often each grey occurs in each image, since a target depends on nothing
but its grey and its image. So images are counted once, and everything else is sums over 256 greys.
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
from core.objectives.losses import (
    HIGHEST,
    LOSSES,
    LOWEST,
    trains_on_logits,
)
from core.variant import Variant

Values = NDArray[np.float64]
# Whole numbers, as floats for the sake of sums with floats.
Counts = NDArray[np.float64]

GREYS = np.arange(256, dtype=np.uint8)[None]
# Small enough that what is computed of a chunk stays in the processor's cache.
CHUNK = 512
# Entries of the limits that are not means over the images.
ENDS = {"lowest": np.minimum, "highest": np.maximum}
# A softmax output reaches a sum of targets that differs from 1 by no more than this.
SUM_TOLERANCE = 1e-3


def count_greys(images: Images) -> Counts:
    """How often each grey occurs in each image: (images, pixels) uint8 -> (images, 256)."""
    offsets = 256 * np.arange(len(images))[:, None]
    counts = np.bincount((images + offsets).ravel(), minlength=256 * len(images))
    return counts.reshape(-1, 256).astype(np.float64)


def targets_of_greys(affine: Affine, moments: GreyMoments, normalization: str) -> Values:
    """The target that each grey becomes in each image.

    Args:
        affine: the images under the normalization.
        moments: of the training images.
        normalization: its name.

    Returns:
        Shape (images, 256), or (1, 256) where it is the same in all images; rows rise, or stay
        level, from left to right.
    """
    codes = NORMALIZATIONS[normalization].apply(GREYS, moments).codes
    if (affine.scale == affine.scale[0]).all():
        return (codes * affine.scale[0] + np.float32(affine.shift)).astype(np.float64)
    # First in float32, as the network gets them: there 255 / 255 is exactly 1.
    return (codes * affine.scale[:, None] + np.float32(affine.shift)).astype(np.float64)


def nearest_outputs(activation: str, targets: Values, counts: Counts) -> Values:
    """The outputs nearest to the targets, in squared distance, that an activation can give.

    Each output's range is `low` to `high`; softmax outputs besides have the sum 1, so there it is
    the projection onto the simplex (Held, Wolfe and Crowder 1974; Duchi et al. 2008).

    Args:
        activation: a name in `ACTIVATIONS`.
        targets: of each grey, shape (images or 1, 256), not falling along a row.
        counts: how often each grey occurs, shape (images, 256), each row with at least one.

    Returns:
        Of each grey, shape (images or 1, 256).
    """
    if activation != "softmax":
        return np.clip(targets, ACTIVATIONS[activation].low, ACTIVATIONS[activation].high)
    number = counts[:, ::-1].cumsum(axis=1)[:, ::-1]
    total = (counts * targets)[:, ::-1].cumsum(axis=1)[:, ::-1]
    thresholds = (total - 1) / np.maximum(number, 1)
    kept = (counts > 0) & (targets > thresholds)
    threshold = np.take_along_axis(thresholds, kept.argmax(axis=1)[:, None], axis=1)
    return np.maximum(targets - threshold, 0)


def best_possible(variant: Variant, images: Images, moments: GreyMoments) -> Floats:
    """The best that a choice of settings could ever show: every target met as far as it can be.

    For binarized images that is the black and white picture, not the grey original.

    Args:
        variant: its activation and normalization are used.
        images: greys, uint8, shape (images, 784).
        moments: of the training images.

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
    """softplus(x) - x y is least at sigmoid(x) = y; without bound for y outside of [0, 1]."""
    outside = ((targets < 0) | (targets > 1)) & (counts > 0)
    p = np.clip(targets, 0, 1)
    entropies = -(_x_log_x(p) + _x_log_x(1 - p))
    return np.where(outside.any(axis=1), -np.inf, _total(counts, entropies) / PIXELS)


def _bce_clipped(targets: Values, counts: Counts) -> Values:
    """Least at p = y as far as the clipping lets p go; at an end of it for y outside of [0, 1]."""
    values = LOSSES["binary_crossentropy"].pointwise(targets, targets)
    return _total(counts, values) / PIXELS


def _cce_logits(targets: Values, counts: Counts) -> Values:
    """Least at p = y / sum(y) (Gibbs' inequality); without bound where a target is negative."""
    negative = ((targets < 0) & (counts > 0)).any(axis=1)
    return np.where(negative, -np.inf, _cce_of_positive(targets, counts))


def _cce_shares(targets: Values, counts: Counts) -> Values:
    """As from logits, but the shares of negative targets end at the clipping."""
    negative = _total(counts, np.minimum(targets, 0))
    return _cce_of_positive(targets, counts) - np.log(LOWEST) * negative


def _cce_signed(targets: Values, counts: Counts) -> Values:
    """Outputs of both signs: negative shares pay for as many shares of 1 as there are targets."""
    ends = np.where(targets > 0, HIGHEST, LOWEST)
    return -_total(counts, targets * np.log(ends))


def _cce_of_positive(targets: Values, counts: Counts) -> Values:
    positive = np.maximum(targets, 0)
    return _x_log_x(_total(counts, positive)) - _total(counts, _x_log_x(positive))


def _kl_free(targets: Values, counts: Counts) -> Values:
    """y log(y / p) falls with p: least where every output is 1."""
    return _total(counts, _x_log_x(np.clip(targets, LOWEST, 1)))


def _kl_softmax(targets: Values, counts: Counts) -> Values:
    """Of outputs that sum to 1 least at p = y / sum(y) (Gibbs' inequality)."""
    return _x_log_x(_total(counts, np.clip(targets, LOWEST, 1)))


def _total(counts: Counts, values: NDArray[Any]) -> Values:
    """Sum over the pixels of each image of a value that depends on the grey."""
    return np.einsum("ij,ij->i", counts, np.broadcast_to(values, counts.shape))


def _x_log_x(x: Values) -> Values:
    return x * np.log(np.where(x > 0, x, 1))


# How a loss is computed decides what it can fall to.
FLOORS: dict[str, Callable[[Values, Counts], Values]] = {
    "bce_logits": _bce_logits,
    "bce_clipped": _bce_clipped,
    "cce_logits": _cce_logits,
    "cce_shares": _cce_shares,
    "cce_signed": _cce_signed,
    "kl_free": _kl_free,
    "kl_softmax": _kl_softmax,
}


def formula(variant: Variant) -> str | None:
    """The entry of `FLOORS` by which the variant's loss is bounded; None: by 0.

    Not from logits, Keras clips probabilities. Categorical cross-entropy first divides the
    outputs by their sum: those of linear and tanh, of both signs, are then no distribution.
    """
    if variant.loss == "kl_divergence":
        return "kl_softmax" if variant.activation == "softmax" else "kl_free"
    if LOSSES[variant.loss].from_logits is None:
        return None
    on_logits = trains_on_logits(variant.activation, variant.loss, variant.loss_from)
    if variant.loss == "binary_crossentropy":
        return "bce_logits" if on_logits else "bce_clipped"
    if on_logits:
        return "cce_logits"
    return "cce_signed" if ACTIVATIONS[variant.activation].low < 0 else "cce_shares"


def limits(images: Images, moments: GreyMoments) -> dict[str, float | None]:
    """All limits of some images under every normalization, by name.

    `N/F` with a formula F of `FLOORS`: the mean floor under normalization N, None where there is
    none. `N/A/mse`: the pixel MSE of the best possible pictures of activation A.
    `N/A/unreachable`: the share of targets outside of A's range. `N/sum`: the mean sum of an
    image's targets. `N/sum_missed`: the share of images whose targets do not sum to 1.
    `N/lowest` and `N/highest`: the ends of the targets.

    Args:
        images: greys, uint8, shape (images, 784), at least one.
        moments: of the training images.
    """
    table: dict[str, float] = {}
    for at in range(0, len(images), CHUNK):
        chunk = images[at : at + CHUNK]
        counts = count_greys(chunk)
        for name in NORMALIZATIONS:
            affine = NORMALIZATIONS[name].apply(chunk, moments)
            for entry, values in _limits_per_image(name, affine, counts, moments).items():
                key, combine = f"{name}/{entry}", ENDS.get(entry, np.add)
                part = combine.reduce(values, dtype=np.float64)
                table[key] = combine(table[key], part) if key in table else part
    means = {key: table[key] / _divisor(key, len(images)) for key in table}
    return {key: float(value) if np.isfinite(value) else None for key, value in means.items()}


def _limits_per_image(
    name: str, affine: Affine, counts: Counts, moments: GreyMoments
) -> dict[str, Values]:
    targets = targets_of_greys(affine, moments, name)
    sums = _total(counts, targets)
    found = {formula: floor(targets, counts) for formula, floor in FLOORS.items()}
    found["sum"] = sums
    found["sum_missed"] = (np.abs(sums - 1) > SUM_TOLERANCE).astype(np.float64)
    greys = np.broadcast_to(targets, counts.shape)
    present = counts > 0
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
