"""Reading: files of images to 28 x 28 greys, with what was found in them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.datasets import PIXELS
from core.data.image_files import value_range
from core.data.image_files.parts import Labels, Part, ReadLimits
from core.data.image_files.recognition import GivenFile, Parts, parts_of
from core.data.image_files.resizing import padded, resized
from core.data.image_files.value_range import ValueRange
from core.data.normalization import Images
from core.errors import InvalidImages

LEAST_IMAGES = 20
LEAST_HELD_OUT = 10
CLASSES = 10
# Some are shown as they came.
SAMPLES = 20
SAMPLE_SIDE = 56

# Held while a file is read, whoever sent it: one file's memory at a time.
_reading = threading.Lock()


@dataclass(frozen=True, kw_only=True, eq=False)
class ReadImages:
    """Images as they were found, brought to 28 x 28 and not changed otherwise.

    Attributes:
        training: greys, uint8, shape (n, 784).
        labels: 0-9, one for each of them; None where there are none that can be used.
        test, test_labels: the same of images that were given to be held out; None where none were.
        value_range: what stands for black and white.
        sides: of the images as they came, such as "28 × 28"; of pictures, of the first.
        samples: some as they came, as greys in squares, uint8, shape (20, 56, 56).
        sample_places: which of `training` they are.
        notes: a sentence for each thing that a visitor should know.
    """

    training: Images
    labels: Labels | None
    test: Images | None
    test_labels: Labels | None
    value_range: ValueRange
    sides: str
    samples: NDArray[np.uint8]
    sample_places: NDArray[np.int64]
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
        files: given together: one, or several pictures, or IDX files of one data set.
        limits: judged before anything is unpacked or allocated.
        values: a name in `value_range.CHOICES`.
        crop: to the ink, as MNIST was made.

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
    found = value_range.chosen(values if is_chosen else "0-255", extent)
    places = np.linspace(0, parts.training.count - 1, SAMPLES).round().astype(np.int64)
    training, samples = _greys(parts.training, found, places, crop=crop)
    test = None if parts.test is None else _greys(parts.test, found, places[:0], crop=crop)[0]
    labels, test_labels, notes = _usable_labels(parts)
    return ReadImages(
        training=training,
        labels=labels,
        test=test,
        test_labels=test_labels,
        value_range=found,
        sides=parts.training.shape_in_words,
        samples=np.stack(samples),
        sample_places=places,
        notes=tuple(notes),
    )


def _check_enough(parts: Parts) -> None:
    count = parts.training.count
    if count < LEAST_IMAGES:
        raise InvalidImages(
            f"There {'is 1 image' if count == 1 else f'are {count} images'}; at least"
            f" {LEAST_IMAGES} are needed, some to train on and {LEAST_HELD_OUT} held out."
        )
    if parts.test is not None and parts.test.count < LEAST_HELD_OUT:
        raise InvalidImages(
            f"There are {parts.test.count} test images; at least {LEAST_HELD_OUT} are needed. Leave"
            " them out, and some of the others are held out."
        )


def _greys(
    part: Part, found: ValueRange, places: NDArray[np.int64], *, crop: bool
) -> tuple[Images, list[NDArray[np.uint8]]]:
    """All images of a part at 28 x 28, and those at some places as they came, in squares."""
    images = np.empty((part.count, PIXELS), np.uint8)
    samples: list[NDArray[np.uint8]] = []
    at = 0
    for piece in part.pieces():
        greys = found.greys(piece)
        images[at : at + len(greys)] = resized(greys, crop=crop)
        inside = places[(places >= at) & (places < at + len(greys))]
        samples += [padded(greys[place - at], SAMPLE_SIDE) for place in inside]
        at += len(greys)
    return images, samples


def _usable_labels(parts: Parts) -> tuple[Labels | None, Labels | None, list[str]]:
    """The labels where all are 0 to 9; else none, and why."""
    found = [part.labels for part in parts.all]
    if all(labels is None for labels in found):
        return None, None, []
    if any(labels is None for labels in found):
        return None, None, ["Only some of the images have labels, so that none are used."]
    known = [labels for labels in found if labels is not None]
    lowest = min(int(labels.min()) for labels in known)
    highest = max(int(labels.max()) for labels in known)
    if lowest < 0 or highest >= CLASSES:
        note = (
            f"Its labels go from {lowest} to {highest}; the lab knows 0 to 9, so that none are"
            " used."
        )
        return None, None, [note]
    return known[0], known[1] if len(known) > 1 else None, []
