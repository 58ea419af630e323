"""Pace: how long a training will take, from how long others took."""

from __future__ import annotations

import itertools

from core.datasets import DATASETS, PIXELS
from core.variant import Variant

# Weight of the newest measurement in the running mean.
NEWEST = 0.5


class Pace:
    """Seconds per multiplication, learned from trainings on this machine."""

    def __init__(self) -> None:
        self._seconds_per_work: float | None = None

    def learn(self, variant: Variant, seconds: float) -> None:
        """A whole training of this variant took so many seconds."""
        new = seconds / _work(variant)
        old = new if self._seconds_per_work is None else self._seconds_per_work
        self._seconds_per_work = NEWEST * new + (1 - NEWEST) * old

    def seconds(self, variant: Variant) -> float | None:
        """A whole training of this variant; None before anything was learned."""
        if self._seconds_per_work is None:
            return None
        return self._seconds_per_work * _work(variant)


def _work(variant: Variant) -> int:
    """Multiplications in all forward passes; the backward passes are in proportion."""
    widths = (PIXELS, *variant.layers, PIXELS)
    weights = sum(above * below for above, below in itertools.pairwise(widths))
    return DATASETS[variant.dataset].training_count * variant.epochs * weights
