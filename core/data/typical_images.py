"""Which held-out images are shown: ten for every run of a data set, and the first of each class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.data.normalization import Images

Places = NDArray[np.int64]
CHUNK = 2048


def most_typical(images: Images, members: Places) -> int:
    """Of the quarter of a class with the most usual amount of ink, the nearest to its mean.

    Without the first condition thin strokes win: they are near to any mean. In integers, so that
    every machine finds the same image.
    """
    greys = images[members].astype(np.int64)
    ink = greys.sum(axis=1)
    usual = np.argsort(np.abs(2 * ink - 2 * int(np.median(ink))), kind="stable")
    usual = usual[: max(len(members) // 4, 1)]
    distances = np.square(len(members) * greys[usual] - greys.sum(axis=0)).sum(axis=1)
    return int(members[usual[distances.argmin()]])


def most_different(images: Images, count: int, begin: list[int]) -> list[int]:
    """Images that differ most: each is the one farthest from all that were chosen before it.

    The first is the nearest to the mean of all. Distances are sums of squared differences of greys,
    in integers; of equals the first is taken. Known as farthest-point sampling (Gonzalez 1985).

    Args:
        images: greys, uint8, shape (n, 784), at least `count`.
        count: how many.
        begin: places that are chosen already.

    Returns:
        `count` different places, those of `begin` first.
    """
    chosen = begin or [_most_usual(images)]
    nearest = np.full(len(images), np.iinfo(np.int64).max)
    for place in chosen:
        nearest = np.minimum(nearest, _distances(images, place))
    while len(chosen) < count:
        # A chosen image has distance 0; of equal images another one is taken.
        nearest[chosen] = -1
        farthest = int(nearest.argmax())
        chosen = [*chosen, farthest]
        nearest = np.minimum(nearest, _distances(images, farthest))
    return chosen


def first_of_each_class(labels: Places, most: int) -> Places:
    """The first images of each class, equally many if there are enough; at most `most` in all."""
    classes = np.unique(labels)
    each = -(-most // len(classes))
    firsts = [np.flatnonzero(labels == one)[:each] for one in classes]
    return np.sort(np.concatenate(firsts))[:most]


def _most_usual(images: Images) -> int:
    total = images.sum(axis=0, dtype=np.int64)
    parts = [
        np.square(len(images) * images[at : at + CHUNK].astype(np.int64) - total).sum(axis=1)
        for at in range(0, len(images), CHUNK)
    ]
    return int(np.concatenate(parts).argmin())


def _distances(images: Images, place: int) -> NDArray[np.int64]:
    one = images[place].astype(np.int32)
    parts = [
        np.square(images[at : at + CHUNK].astype(np.int32) - one).sum(axis=1, dtype=np.int64)
        for at in range(0, len(images), CHUNK)
    ]
    return np.concatenate(parts)
