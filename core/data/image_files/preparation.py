"""Preparation: inverts, stretches and splits images into a data set."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from core.data.image_files.parts import Labels
from core.data.image_files.reading import MIN_HELD_OUT, MIN_IMAGES, ReadImages
from core.data.normalization import Images
from core.errors import InvalidImages

MIN_SHARE, MAX_SHARE = 0.05, 0.5
DIGEST_DIGITS = 32
CHUNK = 4096


@dataclass(frozen=True, kw_only=True)
class Options:
    """Options for preparing images.

    Attributes:
        invert: whether to swap black and white.
        stretch: whether to make each image's darkest pixel black and its brightest white.
        share: the share of images to hold out if no test images were given.
        seed: the seed for choosing them.
    """

    invert: bool = False
    stretch: bool = False
    share: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        if not MIN_SHARE <= self.share <= MAX_SHARE:
            raise InvalidImages(
                f"The share held out cannot be {self.share:g}; allowed: {MIN_SHARE:g} to"
                f" {MAX_SHARE:g}."
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class PreparedImages:
    """A data set that is not stored yet.

    Attributes:
        training, held_out: greys, uint8, shape (n, 784).
        training_labels, held_out_labels: 0-9, shape (n,); None if there are none.
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
        """Whether all training images are the same."""
        return bool((self.training == self.training[0]).all())


def prepare(images_read: ReadImages, options: Options) -> PreparedImages:
    """Make a data set from images that were read.

    Given test images are held out. Otherwise a share is held out, at least ten and at most half,
    chosen by NumPy's `default_rng(seed)`; both parts keep the order of the file.
    """
    training = _processed(images_read.training, options)
    if images_read.test is not None:
        return PreparedImages(
            training=training,
            held_out=_processed(images_read.test, options),
            training_labels=images_read.labels,
            held_out_labels=images_read.test_labels,
        )
    held_out = held_out_indices(len(training), options)
    rest = np.delete(np.arange(len(training)), held_out)
    labels = images_read.labels
    return PreparedImages(
        training=training[rest],
        held_out=training[held_out],
        training_labels=None if labels is None else labels[rest],
        held_out_labels=None if labels is None else labels[held_out],
    )


def held_out_indices(count: int, options: Options) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The increasing indices of the held-out images among `count` images."""
    assert count >= MIN_IMAGES, "Reading refuses fewer images."
    size = max(round(count * options.share), MIN_HELD_OUT)
    indices: np.ndarray[tuple[int], np.dtype[np.int64]] = np.sort(
        np.random.default_rng(options.seed).permutation(count)[:size]
    )
    return indices


def prepared_samples(images_read: ReadImages, options: Options) -> Images:
    """The images at `ReadImages.sample_indices` as the network will see them."""
    return _processed(images_read.training[images_read.sample_indices], options)


def _processed(images: Images, options: Options) -> Images:
    if options.invert:
        images = 255 - images
    return stretched(images) if options.stretch else images


def stretched(images: Images) -> Images:
    """Stretch each image to 0 to 255; an image of a single grey is unchanged."""
    result = np.empty_like(images)
    for at in range(0, len(images), CHUNK):
        part = images[at : at + CHUNK].astype(np.float32)
        low, high = part.min(axis=1, keepdims=True), part.max(axis=1, keepdims=True)
        spread = np.where(high > low, high - low, 1)
        scaled = np.where(high > low, (part - low) * (255 / spread), part)
        result[at : at + CHUNK] = np.rint(scaled)
    return result
