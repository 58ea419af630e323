"""Progress reports: loss points thinned evenly, no more often than a page can draw."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from core.data.normalization import Floats
from core.progress import EpochScores, Event, Frame, History, LossPoints, Report, Stage
from core.training.schedule import told_steps

SECONDS_BETWEEN_POINTS = 0.1


class ProgressReporter:
    """Tells a training's progress and keeps all that it told.

    Args:
        report: takes every event.

    Attributes:
        history: what was told so far.
    """

    def __init__(self, report: Report) -> None:
        self.history = History()
        self._report = report
        self._points: list[tuple[int, float]] = []
        self._latest: tuple[int, float] | None = None
        self._told_at = -np.inf

    def stage(self, name: str) -> None:
        """The worker begins something other than training."""
        self.tell(Stage(name=name))

    def training(self, steps_per_epoch: int, total_steps: int) -> None:
        """The steps begin."""
        self.tell(
            Stage(
                name="training",
                fraction=0.0,
                steps_per_epoch=steps_per_epoch,
                total_steps=total_steps,
            )
        )

    def losses(self, first: int, losses: Sequence[float]) -> None:
        """The losses of consecutive steps, of which the first is number `first`."""
        last = first + len(losses) - 1
        told = told_steps(first, last, self.history.total_steps)
        self._points.extend((step, losses[step - first]) for step in told)
        if len(losses) > 0:
            self._latest = (last, losses[-1])
        if time.perf_counter() - self._told_at > SECONDS_BETWEEN_POINTS:
            self._tell_points()

    def frame(self, step: int, pixels: Floats) -> None:
        """The pinned digits after a step."""
        self._tell_points()
        self.tell(Frame(step=step, pixels=pixels))

    def epoch(self, scores: EpochScores) -> None:
        """The end of an epoch."""
        self._tell_points()
        self.tell(scores)

    def close(self) -> None:
        """No more steps: tell what waits, and the last step wherever it was."""
        if self._latest and self._latest[0] > max([0, *self.history.steps, *self._steps_waiting()]):
            self._points.append(self._latest)
        self._tell_points()

    def tell(self, event: Event) -> None:
        """Tell and keep one event."""
        self.history.add(event)
        self._report(event)

    def _steps_waiting(self) -> list[int]:
        return [step for step, _ in self._points]

    def _tell_points(self) -> None:
        self._told_at = time.perf_counter()
        if self._points:
            steps, losses = zip(*self._points, strict=True)
            self._points = []
            self.tell(LossPoints(steps=steps, losses=losses))
