"""A data set as one variant's network takes it."""

from __future__ import annotations

from dataclasses import dataclass

from core import data
from core.data import Dataset
from core.normalization import NORMALIZATIONS, Affine, Images
from core.statistics import Statistics, statistics
from core.variant import Variant


@dataclass(frozen=True, kw_only=True)
class Material:
    """A data set as one variant's network takes it.

    Attributes:
        training, held_out, pinned: normalized images.
        originals: the held-out images' greys, uint8, shape (images, 784).
        statistics: of the data set.
    """

    training: Affine
    held_out: Affine
    pinned: Affine
    originals: Images
    statistics: Statistics

    @classmethod
    def of(cls, variant: Variant, dataset: Dataset) -> Material:
        """Normalize a data set as a variant has it."""
        apply = NORMALIZATIONS[variant.normalization].apply
        known = statistics(dataset.info.name)
        moments = known.moments
        return cls(
            training=apply(dataset.training, moments),
            held_out=apply(dataset.held_out, moments),
            pinned=apply(data.pinned(dataset).images, moments),
            originals=dataset.held_out,
            statistics=known,
        )
