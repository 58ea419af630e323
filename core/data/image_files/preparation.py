"""Preparation: inverted, stretched and split, read images are a data set."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from core.data.image_files.parts import Labels
from core.data.image_files.reading import LEAST_HELD_OUT, LEAST_IMAGES, ReadImages
from core.data.normalization import Images
from core.errors import InvalidImages

LEAST_SHARE, MOST_SHARE = 0.05, 0.5
DIGEST_DIGITS = 32
CHUNK = 4096


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is done to images before they are a data set.

    Attributes:
        invert: black becomes white.
        stretch: each image from its darkest pixel, drawn black, to its brightest, drawn white.
        share: of the images that is held out, where none were given to be.
        seed: of which ones.
    """

    invert: bool = False
    stretch: bool = False
    share: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        if not LEAST_SHARE <= self.share <= MOST_SHARE:
            raise InvalidImages(
                f"The share held out cannot be {self.share:g}; allowed: {LEAST_SHARE:g} to"
                f" {MOST_SHARE:g}."
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class PreparedImages:
    """A data set that is not kept yet.

    Attributes:
        training, held_out: greys, uint8, shape (n, 784).
        training_labels, held_out_labels: 0-9, shape (n,); None where there are none.
    """

    training: Images
    held_out: Images
    training_labels: Labels | None
    held_out_labels: Labels | None

    @property
    def digest(self) -> str:
        """32 hexadecimal digits of the SHA-256 of all images and labels."""
        total = hashlib.sha256()
        for array in (
            self.training,
            self.held_out,
            self.training_labels,
            self.held_out_labels,
        ):
            shape = () if array is None else array.shape
            total.update(repr(shape).encode())
            if array is not None:
                total.update(np.ascontiguousarray(array.astype(np.uint8)).tobytes())
        return total.hexdigest()[:DIGEST_DIGITS]

    @property
    def are_all_equal(self) -> bool:
        """Whether there is only one image to train on, over and over."""
        return bool((self.training == self.training[0]).all())


def prepare(found: ReadImages, options: Options) -> PreparedImages:
    """Make a data set of images that were read.

    Given test images are held out as they are. Else a share is: at least ten, at most half, drawn
    by NumPy's `default_rng(seed)`, and both parts keep the order of the file.
    """
    training = _changed(found.training, options)
    if found.test is not None:
        return PreparedImages(
            training=training,
            held_out=_changed(found.test, options),
            training_labels=found.labels,
            held_out_labels=found.test_labels,
        )
    held_out = held_out_places(len(training), options)
    rest = np.delete(np.arange(len(training)), held_out)
    labels = found.labels
    return PreparedImages(
        training=training[rest],
        held_out=training[held_out],
        training_labels=None if labels is None else labels[rest],
        held_out_labels=None if labels is None else labels[held_out],
    )


def held_out_places(count: int, options: Options) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Which of so many images are held out, in increasing order."""
    assert count >= LEAST_IMAGES, "Reading refuses so few."
    size = max(round(count * options.share), LEAST_HELD_OUT)
    places: np.ndarray[tuple[int], np.dtype[np.int64]] = np.sort(
        np.random.default_rng(options.seed).permutation(count)[:size]
    )
    return places


def changed_samples(found: ReadImages, options: Options) -> Images:
    """The images at `ReadImages.sample_places` as the network will see them."""
    return _changed(found.training[found.sample_places], options)


def _changed(images: Images, options: Options) -> Images:
    if options.invert:
        images = 255 - images
    return stretched(images) if options.stretch else images


def stretched(images: Images) -> Images:
    """Each image from 0 to 255; one of a single grey stays as it is."""
    result = np.empty_like(images)
    for at in range(0, len(images), CHUNK):
        part = images[at : at + CHUNK].astype(np.float32)
        low, high = part.min(axis=1, keepdims=True), part.max(axis=1, keepdims=True)
        spread = np.where(high > low, high - low, 1)
        scaled = np.where(high > low, (part - low) * (255 / spread), part)
        result[at : at + CHUNK] = np.rint(scaled)
    return result
