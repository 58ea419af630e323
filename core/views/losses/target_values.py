"""Targets: their histogram under each normalization, and the sums of an image's targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.normalization import NORMALIZATIONS, GreyMoments, Images
from core.objectives.activations import ACTIVATIONS
from core.objectives.floors import count_greys, targets_of_greys
from core.text import formats

BINS = 64
CHUNK = 4096

Values = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """A histogram.

    Attributes:
        edges: increasing edges of the bins, shape (bins + 1,); a value on an edge counts in the
            bin on its right, the largest value in the last bin.
        counts: shape (bins,).
    """

    edges: Values
    counts: Counts

    @property
    def shares(self) -> Values:
        """The share of each bin, shape (bins,); they sum to 1."""
        return self.counts / self.counts.sum()

    @property
    def width(self) -> float:
        """The width of a bin."""
        return float(self.edges[1] - self.edges[0])

    @property
    def centres(self) -> Values:
        """The middle of each bin, shape (bins,)."""
        return (self.edges[:-1] + self.edges[1:]) / 2


@dataclass(frozen=True, kw_only=True)
class TargetValues:
    """The targets of a data set under one normalization.

    Attributes:
        pixels: histogram of all target values.
        sums: histogram of the images' sums of targets.
        lowest, highest: the range of the targets.
    """

    pixels: Histogram
    sums: Histogram
    lowest: float
    highest: float


def target_values(images: Images, moments: GreyMoments, normalization: str) -> TargetValues:
    """The targets of images under a normalization.

    Args:
        images: greys, uint8, shape (images, 784), at least one.
        moments: the moments of the training images.
        normalization: a name in `NORMALIZATIONS`.
    """
    affine = NORMALIZATIONS[normalization].apply(images, moments)
    lowest = float((affine.greys.min(axis=1) * affine.scale).min()) + affine.shift
    highest = float((affine.greys.max(axis=1) * affine.scale).max()) + affine.shift
    width = (highest - lowest) / (BINS - 1) or 1.0
    # The end bins are centred on black and white, so that these have bars of their own.
    start = lowest - width / 2
    counts = np.zeros(BINS, np.int64)
    for at in range(0, len(images), CHUNK):
        counts += _binned(images[at : at + CHUNK], moments, normalization, start, width)
    sums = affine.greys.sum(axis=1, dtype=np.int64) * affine.scale + images.shape[1] * affine.shift
    return TargetValues(
        pixels=Histogram(edges=start + width * np.arange(BINS + 1.0), counts=counts),
        sums=_histogram_of_sums(sums.astype(np.float64)),
        lowest=lowest,
        highest=highest,
    )


def entropies(images: Images, moments: GreyMoments, normalization: str) -> Values | None:
    """The entropy of each target, which is the minimum binary cross-entropy of its pixel.

    Args:
        images: greys, uint8, shape (images, 784).
        moments: the moments of the training images.
        normalization: a name in `NORMALIZATIONS`.

    Returns:
        Shape (images, 784); None if a target is outside [0, 1].
    """
    targets = NORMALIZATIONS[normalization].apply(images, moments).targets().astype(np.float64)
    if targets.min() < 0 or targets.max() > 1:
        return None
    parts = np.stack([targets, 1 - targets])
    return -(parts * np.log(np.where(parts > 0, parts, 1))).sum(axis=0)


def summary(
    activation: str, unreachable: float, sum_missed: float, target_sum: float
) -> tuple[str, str]:
    """The headline on whether an activation reaches its targets: first words, and the rest.

    Args:
        activation: a name in `ACTIVATIONS`.
        unreachable: share of targets outside its range.
        sum_missed: share of images whose targets do not sum to 1.
        target_sum: mean sum of an image's targets.
    """
    name = ACTIVATIONS[activation].label.capitalize()
    if activation == "softmax" and sum_missed > 0:
        total = formats.total(target_sum)
        return (
            "Softmax cannot reach these images.",
            f"Its 784 outputs sum to 1; their targets sum to {total} on average.",
        )
    if unreachable > 0:
        return (
            f"{name} cannot reach {formats.share(unreachable)} of these targets.",
            "These are hatched below.",
        )
    return f"Every target lies in the range of {ACTIVATIONS[activation].label}.", (
        "It matches the normalization."
    )


def _binned(
    images: Images, moments: GreyMoments, normalization: str, start: float, width: float
) -> Counts:
    """The number of targets in each bin, shape (BINS,)."""
    affine = NORMALIZATIONS[normalization].apply(images, moments)
    targets = targets_of_greys(affine, moments, normalization)
    counts = count_greys(images)
    if len(targets) == 1:
        counts = counts.sum(axis=0, keepdims=True)
    # Greys that do not occur may be outside the bins.
    places = np.clip((targets - start) / width, 0, BINS - 1).astype(np.intp)
    return np.bincount(places.ravel(), counts.ravel(), BINS).astype(np.int64)


def _histogram_of_sums(sums: Values) -> Histogram:
    low, high = float(sums.min()), float(sums.max())
    if high - low < 1e-3:
        low, high = low - 0.5, high + 0.5
    counts, edges = np.histogram(sums, bins=BINS, range=(low, high))
    return Histogram(edges=edges, counts=counts)
