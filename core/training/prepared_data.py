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
        statistics: the data set's statistics.
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
        stats = statistics(dataset.info.name)
        pinned = loading.pinned(dataset)
        return cls(
            dataset=dataset,
            statistics=stats,
            pinned=pinned,
            training=apply(dataset.training, stats.moments),
            held_out=apply(dataset.held_out, stats.moments),
            shown=apply(pinned.images, stats.moments),
        )


def evenly_spaced(count: int, max_count: int) -> NDArray[np.intp]:
    """Evenly spaced indices of at most `max_count` of `count` images, since a set may be sorted."""
    return np.linspace(0, count - 1, min(max_count, count)).astype(np.intp)
