"""The search for the cause of a bad run: its progress, and the result of the experiment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core import diagnostics
from core.diagnostics.experiment import Experiment, Trial, experiment, trial, works
from core.diagnostics.neighbours import neighbours
from core.jobs import Trainer, sweep
from core.jobs.sweep import SweepStatus
from core.metrics.image_metrics import MEAN_IMAGE
from core.run import Run
from core.store.run_summary import RunSummary
from core.variant import Variant


@dataclass(frozen=True, kw_only=True)
class CauseSearch:
    """Progress and result of a search.

    Attributes:
        found: the experiment with the neighbours that are trained.
        sweep_status: progress of all neighbours, and of combinations if no neighbour works.
    """

    found: Experiment
    sweep_status: SweepStatus


def needs_cause(run: Run | None) -> bool:
    """Whether a run is bad enough to search for the cause."""
    return run is not None and diagnostics.verdict(run).tone in ("bad", "warning")


def search(run: Run, summaries: Mapping[str, RunSummary], trainer: Trainer) -> CauseSearch:
    """The current state of the search; requests no training.

    Args:
        run: the run whose cause is sought.
        summaries: the summaries of all runs that can be opened, by key.
        trainer: its jobs count as in progress, and its limits apply.
    """
    done = sweep.done(summaries.values())
    singles = neighbours(run, trainer.limits)
    found = _compare(run, singles, summaries, done)
    sweep_status = sweep.status(trainer, singles, done)
    if sweep_status.is_running or sweep_status.missing:
        return CauseSearch(found=found, sweep_status=sweep_status)
    everything = (*singles, *found.next_round(trainer.limits))
    return CauseSearch(
        found=_compare(run, everything, summaries, done),
        sweep_status=sweep.status(trainer, everything, done),
    )


def _compare(
    run: Run, others: Iterable[Variant], summaries: Mapping[str, RunSummary], done: frozenset[str]
) -> Experiment:
    # Neighbours have the run's data set, and so its mean image.
    mean_image = run.baselines[MEAN_IMAGE].mse
    trained = (summaries[other.key] for other in others if other.key in done)
    return experiment(trial(run), (_trial(summary, mean_image) for summary in trained))


def _trial(summary: RunSummary, mean_image: float) -> Trial:
    mse = summary.scores.mse
    return Trial(variant=summary.variant, mse=mse, works=works(summary.verdict, mse, mean_image))
