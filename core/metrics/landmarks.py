"""Landmarks of a loss: the loss trained on, for predictions that need no training.

A curve that stays at a landmark shows what the network has learned: nothing (all grey), what the
images have in common (the mean image), or as much as a linear code of its width (PCA).
"""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakKeyDictionary

import numpy as np

from core.data import loading
from core.data.datasets import PIXELS
from core.data.loading import HeldOut
from core.data.normalization import NORMALIZATIONS, Affine, Floats, Images
from core.errors import DataUnavailable
from core.metrics import pca
from core.metrics.baselines import has_pca
from core.metrics.dataset_stats import DatasetStats, statistics
from core.metrics.image_metrics import MEAN_IMAGE, displayed
from core.objectives.losses import LOSSES, OWN_ACTIVATION
from core.run import Run
from core.variant import Variant

ALL_GREY = "all grey"
PCA = "PCA"
CHUNK = 500

Predict = Callable[[Affine, Images], Floats]

# Forgotten with the statistics of a data set, of which there may be any number.
_known: WeakKeyDictionary[DatasetStats, dict[tuple[str, ...], dict[str, float]]]
_known = WeakKeyDictionary()


def landmarks(variant: Variant, stats: DatasetStats, held_out: Images) -> dict[str, float]:
    """The landmarks of a variant's loss, as means over the held-out images.

    Args:
        variant: its normalization, loss and bottleneck are used.
        stats: statistics of its data set.
        held_out: greys 0-255, uint8, shape (images, 784).

    Returns:
        Loss by name; landmarks that are meaningless for the loss are omitted.
        "mean image": every output is the mean target of the training images; with a cross-entropy
        only if that is a probability. "all grey": outputs of 0.5 in pixel values; log 2 for binary
        cross-entropy whatever the targets, equal shares for categorical cross-entropy. "PCA": with
        the width of the bottleneck, clipped to [0, 1]; only for losses that are distances, and
        targets that are rescaled greys.
    """
    width = str(min(variant.layers)) if _has_pca(variant) else ""
    key = (variant.normalization, variant.loss, width)
    known = _known.setdefault(stats, {})
    if key not in known:
        predictions = _predictions(variant, stats)
        losses = {
            name: _mean_loss(variant, stats, held_out, predict)
            for name, predict in predictions.items()
        } | _grey_crossentropy(variant, stats)
        # Outputs that are all 0, as of a black mean image, are not a distribution.
        known[key] = {name: loss for name, loss in losses.items() if np.isfinite(loss)}
    return dict(known[key])


def of_run(run: Run) -> dict[str, float]:
    """The landmarks of a run's loss; none if its data set is missing or has changed."""
    try:
        part: HeldOut = loading.load_held_out(run.variant.dataset)
        if part.fingerprint != run.provenance.data_fingerprint:
            return {}
        stats = statistics(run.variant.dataset)
    except DataUnavailable:
        return {}
    return landmarks(run.variant, stats, part.held_out)


def _predictions(variant: Variant, stats: DatasetStats) -> dict[str, Predict]:
    predictions: dict[str, Predict] = {}
    if _has_mean_image(variant, stats):
        row = list(NORMALIZATIONS).index(variant.normalization)
        mean = stats.mean_targets[row]
        predictions[MEAN_IMAGE] = lambda affine, _: np.broadcast_to(mean, affine.greys.shape)
    if _is_distance(variant) and variant.normalization != "sum_to_one":
        predictions[ALL_GREY] = lambda affine, _: _from_pixels(
            np.full(PIXELS, 0.5, np.float32), affine
        )
    if _has_pca(variant):
        components = stats.principal_components[: min(variant.layers)]
        predictions[PCA] = lambda affine, images: _from_pixels(
            displayed(pca.reconstructions(images, stats.mean_image, components)), affine
        )
    return predictions


def _mean_loss(variant: Variant, stats: DatasetStats, held_out: Images, predict: Predict) -> float:
    total = 0.0
    for at in range(0, len(held_out), CHUNK):
        images = held_out[at : at + CHUNK]
        affine = NORMALIZATIONS[variant.normalization].apply(images, stats.moments)
        values = LOSSES[variant.loss].per_image(affine.targets(), predict(affine, images))
        total += float(values.sum(dtype=np.float64))
    return total / len(held_out)


def _from_pixels(pixels: Floats, affine: Affine) -> Floats:
    """The inverse of `Affine.to_pixels`."""
    return pixels * (affine.scale[:, None] * np.float32(affine.white)) + np.float32(affine.shift)


def _is_distance(variant: Variant) -> bool:
    return LOSSES[variant.loss].is_distance


def _is_cross_entropy(variant: Variant) -> bool:
    """Not Keras' KL divergence: its outputs need not sum to 1, and it can be negative."""
    return variant.loss in OWN_ACTIVATION


def _has_mean_image(variant: Variant, stats: DatasetStats) -> bool:
    if not _is_cross_entropy(variant):
        return _is_distance(variant)
    lowest, highest = _ends(variant, stats)
    lowest_target, highest_target = LOSSES[variant.loss].targets
    return lowest_target <= lowest and highest <= highest_target


def _has_pca(variant: Variant) -> bool:
    is_of_greys = variant.normalization not in ("binarized", "sum_to_one")
    return has_pca(variant) and _is_distance(variant) and is_of_greys


def _grey_crossentropy(variant: Variant, stats: DatasetStats) -> dict[str, float]:
    if not _is_cross_entropy(variant) or not _has_mean_image(variant, stats):
        return {}
    if variant.loss == "binary_crossentropy":
        return {ALL_GREY: float(np.log(2))}
    mean_sum = stats.held_out_targets[f"{variant.normalization}/sum"] or 0.0
    return {ALL_GREY: mean_sum * float(np.log(PIXELS))}


def _ends(variant: Variant, stats: DatasetStats) -> tuple[float, float]:
    """The range of the held-out targets."""
    targets, name = stats.held_out_targets, variant.normalization
    return targets[f"{name}/lowest"] or 0.0, targets[f"{name}/highest"] or 0.0
