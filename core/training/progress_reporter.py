"""Progress reports: evenly thinned loss points, no more often than a page can show them."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from core.data.normalization import Floats
from core.progress import EpochScores, Event, Frame, History, LossPoints, Report, Stage
from core.training.schedule import reported_steps

SECONDS_BETWEEN_REPORTS = 0.1


class ProgressReporter:
    """Reports the progress of a training and keeps its history.

    Args:
        report: receives every event.

    Attributes:
        history: all events reported so far.
    """

    def __init__(self, report: Report) -> None:
        self.history = History()
        self._report = report
        self._points: list[tuple[int, float]] = []
        self._latest: tuple[int, float] | None = None
        self._reported_at = -np.inf
        self._frame_at = -np.inf

    def stage(self, name: str) -> None:
        """Report the start of a stage other than training."""
        self.report(Stage(name=name))

    def training(self, steps_per_epoch: int, total_steps: int) -> None:
        """Report the start of the training steps."""
        self.report(
            Stage(
                name="training",
                fraction=0.0,
                steps_per_epoch=steps_per_epoch,
                total_steps=total_steps,
            )
        )

    def losses(self, first: int, losses: Sequence[float]) -> None:
        """Add the losses of consecutive steps; `first` is the number of the first one."""
        last = first + len(losses) - 1
        reported = reported_steps(first, last, self.history.total_steps)
        self._points.extend((step, losses[step - first]) for step in reported)
        if len(losses) > 0:
            self._latest = (last, losses[-1])
        if time.perf_counter() - self._reported_at > SECONDS_BETWEEN_REPORTS:
            self._report_points()

    def frame(self, step: int, pixels: Floats) -> None:
        """Report the pinned digits after a step; pixel values, float32, shape (10, 784)."""
        self._report_points()
        self.report(Frame(step=step, pixels=pixels))
        self._frame_at = time.perf_counter()

    @property
    def is_frame_due(self) -> bool:
        """Whether the images that a page shows are older than SECONDS_BETWEEN_REPORTS."""
        return time.perf_counter() - self._frame_at > SECONDS_BETWEEN_REPORTS

    def live_frame(self, step: int, pixels: Floats) -> None:
        """Report the pinned digits between two frames; they do not become part of the history."""
        self._report(Frame(step=step, pixels=pixels, is_kept=False))
        self._frame_at = time.perf_counter()

    def epoch(self, scores: EpochScores) -> None:
        """Report the scores at the end of an epoch."""
        self._report_points()
        self.report(scores)

    def close(self) -> None:
        """Report the pending points and the last step."""
        if self._latest and self._latest[0] > max([0, *self.history.steps, *self._steps_waiting()]):
            self._points.append(self._latest)
        self._report_points()

    def report(self, event: Event) -> None:
        """Report one event and add it to the history."""
        self.history.add(event)
        self._report(event)

    def _steps_waiting(self) -> list[int]:
        return [step for step, _ in self._points]

    def _report_points(self) -> None:
        self._reported_at = time.perf_counter()
        if self._points:
            steps, losses = zip(*self._points, strict=True)
            self._points = []
            self.report(LossPoints(steps=steps, losses=losses))
