"""Normalizations: from grey values 0-255 to the network's targets, and back to pixels in [0, 1].

Every normalization is one affine map per image, `target = grey * scale + shift`, over greys that
stay uint8 until they are inside the compiled graph. The training loop, the scores and the pages all
use this one form, so none of them needs to know which normalization it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.files import npz

Images = NDArray[np.uint8]
Floats = NDArray[np.float32]

BINARIZATION_THRESHOLD = 127


@dataclass(frozen=True, kw_only=True)
class GreyMoments:
    """Mean and standard deviation of all training pixels, in grey values 0-255."""

    mean: float
    deviation: float


@dataclass(frozen=True, kw_only=True)
class Affine:
    """Greys of images, with the affine map from greys to targets.

    Attributes:
        greys: 0-255, or 0 and 1 for binarized images; uint8, shape (images, pixels).
        scale: float32, shape (images,), target units per grey.
        shift: target value of grey 0.
        white: the grey of a white pixel: 255, or 1 for binarized images.
    """

    greys: Images
    scale: Floats
    shift: float
    white: int

    def targets(self) -> Floats:
        """The network's input and target: float32, shape (images, pixels)."""
        return self.greys * self.scale[:, None] + np.float32(self.shift)

    def part(self, start: int, stop: int) -> Affine:
        """The images from `start` to before `stop`, without a copy."""
        return replace(self, greys=self.greys[start:stop], scale=self.scale[start:stop])

    def rows(self, indices: NDArray[np.int64]) -> Affine:
        """The images with the given indices."""
        return replace(self, greys=self.greys[indices], scale=self.scale[indices])

    def to_pixels(self, outputs: Floats) -> Floats:
        """Convert network outputs back to pixel values: 0 black, 1 white, not clipped.

        Args:
            outputs: shape (images, pixels), in target units, in the order of `greys`.

        Returns:
            float32, same shape.
        """
        return (outputs - np.float32(self.shift)) / (self.scale[:, None] * np.float32(self.white))


@dataclass(frozen=True, kw_only=True)
class Normalization:
    """A way to map grey values to the network's range.

    Attributes:
        name: the name in settings, URL and command line.
        label: the short name on a button.
        title: one phrase that says what it does.
        span: the range from black to white in target units, for standardized images about that of
            digits; for those that sum to 1, up to the brightest pixel.
        apply: (images uint8 (n, pixels), moments) -> Affine.
    """

    name: str
    label: str
    title: str
    span: float
    apply: Callable[[Images, GreyMoments], Affine]


def _same_for_all(images: Images, scale: float, shift: float) -> Affine:
    scales = np.full(len(images), scale, np.float32)
    return Affine(greys=images, scale=scales, shift=shift, white=255)


def _raw(images: Images, moments: GreyMoments) -> Affine:
    return _same_for_all(images, 1.0, 0.0)


def _unit(images: Images, moments: GreyMoments) -> Affine:
    return _same_for_all(images, 1 / 255, 0.0)


def _symmetric(images: Images, moments: GreyMoments) -> Affine:
    return _same_for_all(images, 2 / 255, -1.0)


def _standardized(images: Images, moments: GreyMoments) -> Affine:
    # If every pixel has the same grey, only the mean is subtracted, as in scikit-learn.
    deviation = moments.deviation or 1.0
    return _same_for_all(images, 1 / deviation, -moments.mean / deviation)


def _binarized(images: Images, moments: GreyMoments) -> Affine:
    greys = np.greater(images, BINARIZATION_THRESHOLD, out=npz.aligned(images.shape))
    return Affine(greys=greys, scale=np.ones(len(images), np.float32), shift=0.0, white=1)


def _sum_to_one(images: Images, moments: GreyMoments) -> Affine:
    sums = np.maximum(images.sum(axis=1, dtype=np.int64), 1)
    return Affine(greys=images, scale=(1 / sums).astype(np.float32), shift=0.0, white=255)


NORMALIZATIONS: dict[str, Normalization] = {
    normalization.name: normalization
    for normalization in (
        Normalization(
            name="unit", label="unit 0–1", title="divided by 255: 0 to 1", span=1.0, apply=_unit
        ),
        Normalization(
            name="symmetric",
            label="symmetric ±1",
            title="stretched to −1 to 1",
            span=2.0,
            apply=_symmetric,
        ),
        Normalization(
            name="raw", label="raw 0–255", title="as stored: 0 to 255", span=255.0, apply=_raw
        ),
        Normalization(
            name="standardized",
            label="standardized",
            title="minus the training mean, divided by the training standard deviation",
            span=3.2,
            apply=_standardized,
        ),
        Normalization(
            name="binarized",
            label="binarized",
            title="1 above 127, else 0",
            span=1.0,
            apply=_binarized,
        ),
        Normalization(
            name="sum_to_one",
            label="sum to one",
            title="each image divided by its sum",
            span=0.04,
            apply=_sum_to_one,
        ),
    )
}
