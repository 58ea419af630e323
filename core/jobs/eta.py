"""Time estimates: how long trainings will take, learned from earlier ones."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Sequence

from core.data.image_sets import info_of
from core.jobs.job import Job
from core.variant import Variant

# Weight of the newest measurement in the running mean.
NEWEST_WEIGHT = 0.5


class TimeEstimates:
    """Seconds per multiplication, learned from trainings on this machine."""

    def __init__(self) -> None:
        self._seconds_per_multiplication: float | None = None

    def learn(self, variant: Variant, seconds: float) -> None:
        """Record the duration of a complete training of this variant, in seconds."""
        new = seconds / _multiplications(variant)
        old = new if self._seconds_per_multiplication is None else self._seconds_per_multiplication
        self._seconds_per_multiplication = NEWEST_WEIGHT * new + (1 - NEWEST_WEIGHT) * old

    def seconds(self, variant: Variant) -> float | None:
        """The duration of a complete training of this variant; None before anything was learned."""
        if self._seconds_per_multiplication is None:
            return None
        return self._seconds_per_multiplication * _multiplications(variant)

    def remaining(self, job: Job) -> float | None:
        """Seconds until a training job has ended; None if unknown."""
        if job.ended:
            return 0.0
        history, rate = job.history, job.steps_per_second
        if rate:
            return (history.total_steps - history.last_step) / rate
        total = self.seconds(job.variant)
        return None if total is None else max(total - (time.monotonic() - job.begun_at), 0.0)

    def wait(self, training: Sequence[Job], ahead: Sequence[Job], workers: int) -> float | None:
        """Seconds until a worker is free for a queued job; None if unknown.

        Args:
            training: the jobs in training.
            ahead: the jobs ahead of it in the queue, in order.
            workers: the number of parallel workers.
        """
        busy = [seconds for job in training if (seconds := self.remaining(job)) is not None]
        queued = [seconds for job in ahead if (seconds := self.seconds(job.variant)) is not None]
        if len(busy) < len(training) or len(queued) < len(ahead):
            return None
        free_at = busy + [0.0] * (workers - len(busy))
        heapq.heapify(free_at)
        for seconds in queued:
            heapq.heapreplace(free_at, free_at[0] + seconds)
        return free_at[0]


def _multiplications(variant: Variant) -> int:
    """Multiplications in all forward passes; the backward passes are proportional to them."""
    weights = sum(above * below for above, below in itertools.pairwise(variant.widths))
    return info_of(variant.dataset).training_count * variant.epochs * weights
