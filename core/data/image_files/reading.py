"""Reading: from files of images to 28 x 28 greys, with notes on what was found."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.datasets import PIXELS
from core.data.image_files import value_range
from core.data.image_files.given_file import GivenFile
from core.data.image_files.parts import Labels, Part, ReadLimits
from core.data.image_files.recognition import Parts, parts_of
from core.data.image_files.resizing import padded, resized
from core.data.image_files.value_range import ValueRange
from core.data.normalization import Images
from core.errors import InvalidImages

MIN_IMAGES = 20
MIN_HELD_OUT = 10
CLASSES = 10
# The number of images that are shown in their original form.
SAMPLES = 20
SAMPLE_SIDE = 56

# Held while any visitor's files are read, so that only one upload takes memory at a time.
_reading = threading.Lock()


@dataclass(frozen=True, kw_only=True, eq=False)
class ReadImages:
    """Images from files, resized to 28 x 28 and otherwise unchanged.

    Attributes:
        training: greys, uint8, shape (n, 784).
        labels: 0-9, one for each training image; None if there are none that can be used.
        test, test_labels: the same for test images; None if none were given.
        value_range: the values of black and white.
        sides: the original size of the images, such as "28 × 28"; for pictures, of the first.
        samples: some original images, as greys in squares, uint8, shape (20, 56, 56).
        sample_indices: their indices in `training`.
        notes: a sentence for each fact that a visitor should know.
    """

    training: Images
    labels: Labels | None
    test: Images | None
    test_labels: Labels | None
    value_range: ValueRange
    sides: str
    samples: NDArray[np.uint8]
    sample_indices: NDArray[np.int64]
    notes: tuple[str, ...]


def read(
    files: Sequence[GivenFile],
    limits: ReadLimits = ReadLimits(),  # noqa: B008  # it is frozen
    *,
    values: str = value_range.AUTOMATIC,
    crop: bool = False,
) -> ReadImages:
    """Read files of images.

    Args:
        files: one file, several pictures, or the IDX files of one data set.
        limits: checked before anything is decompressed or allocated.
        values: a name in `value_range.CHOICES`.
        crop: whether to crop to the ink, as for MNIST.

    One call reads at a time; the others wait.

    Raises:
        InvalidImages: they cannot be read, or there are too many or too few; one sentence says why.
    """
    with _reading:
        try:
            return _read(files, limits, values, crop)
        except MemoryError as error:
            raise InvalidImages(
                "There is not enough memory for these images now. Leave some out."
            ) from error


def _read(files: Sequence[GivenFile], limits: ReadLimits, values: str, crop: bool) -> ReadImages:
    parts = parts_of(files, limits)
    limits.check_count(sum(part.count for part in parts.all))
    _check_enough(parts)
    extent = value_range.extent_of(parts.all)
    is_chosen = not parts.training.is_picture
    scale = value_range.chosen(values if is_chosen else "0-255", extent)
    indices = np.linspace(0, parts.training.count - 1, SAMPLES).round().astype(np.int64)
    training, samples = _greys(parts.training, scale, indices, crop=crop)
    test = None if parts.test is None else _greys(parts.test, scale, indices[:0], crop=crop)[0]
    labels, test_labels, notes = _usable_labels(parts)
    return ReadImages(
        training=training,
        labels=labels,
        test=test,
        test_labels=test_labels,
        value_range=scale,
        sides=parts.training.shape_in_words,
        samples=np.stack(samples),
        sample_indices=indices,
        notes=tuple(notes),
    )


def _check_enough(parts: Parts) -> None:
    count = parts.training.count
    if count < MIN_IMAGES:
        raise InvalidImages(
            f"There {'is 1 image' if count == 1 else f'are {count} images'}; at least"
            f" {MIN_IMAGES} are needed, some to train on and {MIN_HELD_OUT} held out."
        )
    if parts.test is not None and parts.test.count < MIN_HELD_OUT:
        raise InvalidImages(
            f"There are {parts.test.count} test images; at least {MIN_HELD_OUT} are needed. Leave"
            " them out, and some of the others are held out."
        )


def _greys(
    part: Part, scale: ValueRange, indices: NDArray[np.int64], *, crop: bool
) -> tuple[Images, list[NDArray[np.uint8]]]:
    """All images of a part at 28 x 28, and the originals at `indices` in squares."""
    images = np.empty((part.count, PIXELS), np.uint8)
    samples: list[NDArray[np.uint8]] = []
    at = 0
    for chunk in part.chunks():
        greys = scale.greys(chunk)
        images[at : at + len(greys)] = resized(greys, crop=crop)
        inside = indices[(indices >= at) & (indices < at + len(greys))]
        samples += [padded(greys[index - at], SAMPLE_SIDE) for index in inside]
        at += len(greys)
    return images, samples


def _usable_labels(parts: Parts) -> tuple[Labels | None, Labels | None, list[str]]:
    """The labels if all are 0 to 9; otherwise None, and the reason."""
    given = [labels for part in parts.all if (labels := part.labels) is not None]
    if not given:
        return None, None, []
    if len(given) < len(parts.all):
        return None, None, ["Only some of the images have labels, so none are used."]
    lowest = min(int(labels.min()) for labels in given)
    highest = max(int(labels.max()) for labels in given)
    if lowest < 0 or highest >= CLASSES:
        note = (
            f"The labels range from {lowest} to {highest}; the lab supports 0 to 9, so none are"
            " used."
        )
        return None, None, [note]
    return given[0], given[1] if len(given) > 1 else None, []
