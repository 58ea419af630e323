"""Which held-out images are shown: ten for every run of a data set, and the first of each class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.data.normalization import Images

Indices = NDArray[np.int64]
CHUNK = 2048


def most_typical(images: Images, members: Indices) -> int:
    """The image nearest to its class mean, in the quarter with the most typical amount of ink.

    Without the condition on ink thin strokes would win, since they are near any mean. Computed in
    integers, so that every machine finds the same image.
    """
    greys = images[members].astype(np.int64)
    ink = greys.sum(axis=1)
    candidates = np.argsort(np.abs(2 * ink - 2 * int(np.median(ink))), kind="stable")
    candidates = candidates[: max(len(members) // 4, 1)]
    distances = np.square(len(members) * greys[candidates] - greys.sum(axis=0)).sum(axis=1)
    return int(members[candidates[distances.argmin()]])


def most_different(images: Images, count: int, begin: list[int]) -> list[int]:
    """Diverse images: each is the farthest from all that were chosen before it.

    The first is the nearest to the mean image. Distances are sums of squared differences of greys,
    in integers; ties go to the first image. This is farthest-point sampling (Gonzalez 1985).

    Args:
        images: greys, uint8, shape (n, 784), at least `count`.
        count: the number of images to choose.
        begin: indices that are already chosen.

    Returns:
        `count` different indices, starting with those of `begin`.
    """
    chosen = begin or [_nearest_to_mean(images)]
    nearest = np.full(len(images), np.iinfo(np.int64).max)
    for index in chosen:
        nearest = np.minimum(nearest, _distances(images, index))
    while len(chosen) < count:
        # A chosen image has distance 0, and so do its duplicates, which may still be chosen.
        nearest[chosen] = -1
        farthest = int(nearest.argmax())
        chosen = [*chosen, farthest]
        nearest = np.minimum(nearest, _distances(images, farthest))
    return chosen


def first_of_each_class(labels: Indices, max_count: int) -> Indices:
    """The first images of each class, the same number per class if available.

    At most `max_count` in total.
    """
    classes = np.unique(labels)
    each = -(-max_count // len(classes))
    firsts = [np.flatnonzero(labels == label)[:each] for label in classes]
    return np.sort(np.concatenate(firsts))[:max_count]


def _nearest_to_mean(images: Images) -> int:
    total = images.sum(axis=0, dtype=np.int64)
    parts = [
        np.square(len(images) * images[at : at + CHUNK].astype(np.int64) - total).sum(axis=1)
        for at in range(0, len(images), CHUNK)
    ]
    return int(np.concatenate(parts).argmin())


def _distances(images: Images, index: int) -> NDArray[np.int64]:
    one = images[index].astype(np.int32)
    parts = [
        np.square(images[at : at + CHUNK].astype(np.int32) - one).sum(axis=1, dtype=np.int64)
        for at in range(0, len(images), CHUNK)
    ]
    return np.concatenate(parts)
