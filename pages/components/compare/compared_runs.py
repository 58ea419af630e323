"""The current state of each compared run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.charts.palette import LETTERS
from core.metrics.image_metrics import MEAN_IMAGE
from core.progress import History
from core.run import LossPair, Pinned, Run, Scores
from core.text.labels import run_names
from core.variant import Variant
from core.views.compare.comparison import Comparison
from pages.components.common import preflight_results
from pages.components.common.run_status import RunStatus, look


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The current state of one compared run.

    Attributes:
        index: the index of the run, 0 for A.
        name: a short, distinct name.
        variant: its settings.
        status: its current status.
    """

    index: int
    name: str
    variant: Variant
    status: RunStatus

    @property
    def letter(self) -> str:
        """A to F."""
        return LETTERS[self.index]

    @property
    def run(self) -> Run | None:
        """The run, if it is done."""
        return self.status.run

    @property
    def history(self) -> History:
        """The history of its training so far."""
        return self.status.history

    @property
    def pinned(self) -> Pinned | None:
        """The pinned digits of its data set."""
        if self.run:
            return self.run.pinned
        checks = preflight_results.of(self.variant)
        return checks.pinned if checks else None

    @property
    def floor(self) -> LossPair | None:
        """The floor of its loss."""
        if self.run:
            return self.run.floor
        checks = preflight_results.of(self.variant)
        return checks.floor if checks else None

    @property
    def is_missing(self) -> bool:
        """Whether there is neither a run nor a job."""
        return not self.run and not self.status.is_live


def current_entries(view: Comparison) -> list[Entry]:
    """The current state of every compared run."""
    return [
        Entry(index=index, name=name, variant=variant, status=_without_weights(look(variant)))
        for index, (variant, name) in enumerate(
            zip(view.variants, run_names(view.variants), strict=True)
        )
    ]


def refreshed(entries: Sequence[Entry]) -> list[Entry]:
    """The entries with their current status; finished runs are not reread."""
    return [
        replace(entry, status=_without_weights(look(entry.variant)))
        if entry.status.is_live
        else entry
        for entry in entries
    ]


def states(entries: Sequence[Entry]) -> tuple[str, ...]:
    """The states of the runs; when they change, the whole page has to be redrawn."""
    return tuple(entry.status.state for entry in entries)


def mean_image(entries: Sequence[Entry]) -> Scores | None:
    """The scores of the mean image, if all runs share a data set and a run is done."""
    if len({entry.variant.dataset for entry in entries}) > 1:
        return None
    return next((entry.run.baselines[MEAN_IMAGE] for entry in entries if entry.run), None)


def _without_weights(status: RunStatus) -> RunStatus:
    # The page keeps its entries in memory, and weights are the largest part of a run.
    return replace(status, run=replace(status.run, weights=None)) if status.run else status
