"""Sweeps: many variants, trained when no visitor's own run is queued.

A sweep has no state of its own: variants with a complete run in the store are done, those with a
job are queued or training, and the others are missing. So starting a stopped sweep again resumes
it, and any page can compute its progress. Whoever starts it owns its jobs until they stop it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from core.jobs import Job, Trainer
from core.store.run_summary import RunSummary
from core.variant import Variant


@dataclass(frozen=True, kw_only=True)
class SweepStatus:
    """Progress of a sweep; every variant is counted once.

    Attributes:
        done: variants with a run.
        training: variants that are training now.
        waiting: variants in the queue.
        failed: error messages by variant.
        missing: variants that are neither done nor requested.
        seconds_left: time until the last one ends; None if unknown.
    """

    done: tuple[Variant, ...]
    training: tuple[Variant, ...]
    waiting: tuple[Variant, ...]
    failed: Mapping[Variant, str]
    missing: tuple[Variant, ...]
    seconds_left: float | None

    @property
    def total(self) -> int:
        """Number of variants."""
        counted = self.done, self.training, self.waiting, self.failed, self.missing
        return sum(map(len, counted))

    @property
    def is_running(self) -> bool:
        """Whether any variant is queued or training."""
        return bool(self.training or self.waiting)


def done(summaries: Iterable[RunSummary]) -> frozenset[str]:
    """The keys of the runs that need no further training: all but the stopped ones."""
    return frozenset(found.key for found in summaries if found.status != "stopped")


def start(
    trainer: Trainer,
    variants: Iterable[Variant],
    done: Collection[str],
    visitor: str,
    *,
    address: str = "",
) -> None:
    """Request all variants that are not done, for a visitor; existing jobs are joined.

    Args:
        trainer: runs the jobs.
        variants: all variants of the sweep.
        done: keys of those that need no training.
        visitor: who requests the sweep.
        address: network address of the visitor; empty for none.

    Raises:
        LimitExceeded: this host does not allow so many, or one of them. If the queue is full, those
            that fit stay in it.
    """
    wanted = {variant.key: variant for variant in variants if variant.key not in done}
    unfinished = {job.key for job in _swept_by(visitor, trainer)} - set(wanted)
    trainer.limits.check_sweep(len(wanted), len(unfinished))
    for variant in wanted.values():
        trainer.train(variant, visitor, in_background=True, address=address)


def stop(trainer: Trainer, variants: Iterable[Variant], visitor: str) -> None:
    """Stop a sweep for one visitor; jobs that others watch or own continue."""
    # The last one first, or the trainer would start the next one each time.
    for variant in reversed(list(variants)):
        trainer.stop(variant.key, visitor)


def status(trainer: Trainer, variants: Iterable[Variant], done: Collection[str]) -> SweepStatus:
    """The progress of a sweep of these variants."""
    by_state: dict[str, list[Variant]] = {
        group: [] for group in ("done", "training", "waiting", "missing")
    }
    failed: dict[Variant, str] = {}
    remaining: list[float | None] = []
    for variant in variants:
        job = trainer.find(variant.key)
        if job is not None and not job.ended:
            by_state["waiting" if job.state == "queued" else "training"].append(variant)
            remaining.append(trainer.seconds_left(job))
        elif variant.key in done:
            by_state["done"].append(variant)
        elif job is not None and job.error is not None:
            failed[variant] = job.error
        else:
            by_state["missing"].append(variant)
    estimates = [seconds for seconds in remaining if seconds is not None]
    return SweepStatus(
        **{group: tuple(found) for group, found in by_state.items()},
        failed=failed,
        seconds_left=max(estimates, default=None) if len(estimates) == len(remaining) else None,
    )


def _swept_by(visitor: str, trainer: Trainer) -> list[Job]:
    return [job for job in trainer.jobs() if visitor in job.sweepers]
