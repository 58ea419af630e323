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
from pages.components.common import preflight_results, services
from pages.components.common.run_status import RunStatus, look


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The current state of one compared run.

    Attributes:
        place: 0 for run A.
        name: short, and unlike the others'.
        variant: its settings.
        moment: what there is to show of it.
    """

    place: int
    name: str
    variant: Variant
    status: RunStatus

    @property
    def letter(self) -> str:
        """A to F."""
        return LETTERS[self.place]

    @property
    def run(self) -> Run | None:
        """The run, when it is done."""
        return self.status.run

    @property
    def history(self) -> History:
        """All that is known of its training."""
        return self.status.history

    @property
    def pinned(self) -> Pinned | None:
        """The digits that it shows."""
        if self.run:
            return self.run.pinned
        known = preflight_results.of(self.variant)
        return known.pinned if known else None

    @property
    def floor(self) -> LossPair | None:
        """The minimum of its loss."""
        if self.run:
            return self.run.floor
        known = preflight_results.of(self.variant)
        return known.floor if known else None

    @property
    def is_missing(self) -> bool:
        """Whether there is no run and none is on its way."""
        return not self.run and not self.status.is_live


def current_entries(view: Comparison) -> list[Entry]:
    """The current state of every compared run."""
    return [
        Entry(place=place, name=name, variant=variant, status=_without_weights(look(variant)))
        for place, (variant, name) in enumerate(
            zip(view.variants, run_names(view.variants), strict=True)
        )
    ]


def refreshed(entries: Sequence[Entry]) -> list[Entry]:
    """The same runs updated; finished ones are not read again."""
    return [
        replace(entry, status=_without_weights(look(entry.variant)))
        if entry.status.is_live
        else entry
        for entry in entries
    ]


def is_on_its_way(variant: Variant) -> bool:
    """Whether the run of a variant waits or trains; looks at no stored run."""
    job = services.trainer().find(variant.key, services.visitor())
    return job is not None and not job.ended


def states(entries: Sequence[Entry]) -> tuple[str, ...]:
    """What a page that was drawn before has to be drawn again for."""
    return tuple(entry.status.state for entry in entries)


def mean_image(entries: Sequence[Entry]) -> Scores | None:
    """The scores of the mean image, where all runs are of one data set and it is known."""
    if len({entry.variant.dataset for entry in entries}) > 1:
        return None
    return next((entry.run.rivals[MEAN_IMAGE] for entry in entries if entry.run), None)


def _without_weights(status: RunStatus) -> RunStatus:
    # A page holds on to what it shows, and weights are most of a run.
    return replace(status, run=replace(status.run, weights=None)) if status.run else status
