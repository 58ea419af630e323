"""Sweeps: many variants, trained after the visitors' own runs.

A sweep has no state of its own. What is stored whole is done, what has a job waits or trains, and
the rest is missing; so a sweep that was stopped is resumed by starting it again, and any page can
tell how far it is. Whoever starts it owns its jobs until they stop it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from core.jobs import Job, Trainer
from core.store.run_summary import RunSummary
from core.variant import Variant


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Progress of a sweep; every variant is counted once.

    Attributes:
        done: trained, and the run can be opened.
        training: in a worker now.
        waiting: in the queue.
        failed: ended without a run, by their error.
        missing: neither done nor asked for.
        seconds_left: until the last one ends, as far as is known; None where nothing is.
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
        """Whether anything of it waits or trains."""
        return bool(self.training or self.waiting)


def done(summaries: Iterable[RunSummary]) -> frozenset[str]:
    """The keys of the runs that need no more training: all but the stopped ones."""
    return frozenset(found.key for found in summaries if found.status != "stopped")


def start(
    trainer: Trainer,
    variants: Iterable[Variant],
    done: Collection[str],
    visitor: str,
    *,
    address: str = "",
) -> None:
    """Ask for all that is not done, in a visitor's name; what has a job already is joined.

    Args:
        trainer: is asked.
        variants: all of the sweep.
        done: keys of those that need no training.
        visitor: who asks.
        address: from which they ask; empty where there is none.

    Raises:
        LimitExceeded: this host does not allow so many, or one of them; where the queue is full,
            those that it had room for are in it.
    """
    wanted = {variant.key: variant for variant in variants if variant.key not in done}
    going_on = {job.key for job in _swept_by(visitor, trainer)} - set(wanted)
    trainer.limits.check_sweep(len(wanted), len(going_on))
    for variant in wanted.values():
        trainer.train(variant, visitor, in_background=True, address=address)


def stop(trainer: Trainer, variants: Iterable[Variant], visitor: str) -> None:
    """A visitor wants no more of them; a job that another watches as well goes on."""
    # From the last on, or the trainer would begin the next one each time.
    for variant in reversed(list(variants)):
        trainer.stop(variant.key, visitor)


def standing(trainer: Trainer, variants: Iterable[Variant], done: Collection[str]) -> Standing:
    """How far a sweep of these variants is."""
    sorted_in: dict[str, list[Variant]] = {
        place: [] for place in ("done", "training", "waiting", "missing")
    }
    failed: dict[Variant, str] = {}
    waits: list[float | None] = []
    for variant in variants:
        job = trainer.find(variant.key)
        if job is not None and not job.ended:
            sorted_in["waiting" if job.state == "queued" else "training"].append(variant)
            waits.append(trainer.seconds_left(job))
        elif variant.key in done:
            sorted_in["done"].append(variant)
        elif job is not None and job.error is not None:
            failed[variant] = job.error
        else:
            sorted_in["missing"].append(variant)
    known = [wait for wait in waits if wait is not None]
    return Standing(
        **{place: tuple(found) for place, found in sorted_in.items()},
        failed=failed,
        seconds_left=max(known, default=None) if len(known) == len(waits) else None,
    )


def _swept_by(visitor: str, trainer: Trainer) -> list[Job]:
    return [job for job in trainer.jobs() if visitor in job.sweepers]
