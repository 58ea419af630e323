"""A data set, normalized for a variant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data import loading
from core.data.loading import Dataset
from core.data.normalization import NORMALIZATIONS, Affine
from core.metrics.dataset_stats import DatasetStats, statistics
from core.run import Pinned
from core.variant import Variant


@dataclass(frozen=True, kw_only=True)
class PreparedData:
    """A data set, normalized for a variant.

    Attributes:
        dataset: the original greys.
        statistics: of the data set.
        pinned: the ten held-out images that every run shows.
        training, held_out, shown: normalized images; `shown` are the pinned ones.
    """

    dataset: Dataset
    statistics: DatasetStats
    pinned: Pinned
    training: Affine
    held_out: Affine
    shown: Affine

    @classmethod
    def of(cls, variant: Variant, dataset: Dataset) -> PreparedData:
        """Normalize a data set for a variant."""
        apply = NORMALIZATIONS[variant.normalization].apply
        known = statistics(dataset.info.name)
        pinned = loading.pinned(dataset)
        return cls(
            dataset=dataset,
            statistics=known,
            pinned=pinned,
            training=apply(dataset.training, known.moments),
            held_out=apply(dataset.held_out, known.moments),
            shown=apply(pinned.images, known.moments),
        )


def evenly_spaced(count: int, most: int) -> NDArray[np.intp]:
    """Indices of at most `most` of `count` images, evenly spaced, since a set may be sorted."""
    return np.linspace(0, count - 1, min(most, count)).astype(np.intp)
