"""Progress as it is events."""

from __future__ import annotations

import numpy as np
import pytest

from core.progress import EpochScores, Event, Frame, History, LossPoints, Stage
from core.training import progress_reporter
from core.training.progress_reporter import ProgressReporter


def reporter_of(total_steps: int) -> tuple[ProgressReporter, list[Event]]:
    events: list[Event] = []
    reporter = ProgressReporter(events.append)
    reporter.training(steps_per_epoch=total_steps, total_steps=total_steps)
    return reporter, events


def points(events: list[Event]) -> list[tuple[int, float]]:
    return [
        point
        for event in events
        if isinstance(event, LossPoints)
        for point in zip(event.steps, event.losses, strict=True)
    ]


def test_first_loss_is_reported_at_once() -> None:
    reporter, events = reporter_of(600)
    reporter.losses(1, [0.7])
    assert points(events) == [(1, 0.7)]


def test_losses_of_fast_calls_are_reported_together() -> None:
    reporter, events = reporter_of(100)
    for step in range(1, 101):
        reporter.losses(step, [float(step)])
    reporter.close()
    assert points(events) == [(step, float(step)) for step in range(1, 101)]
    assert sum(isinstance(event, LossPoints) for event in events) < 20


def test_stopped_training_reports_its_last_step() -> None:
    # 3,000 steps: every 11th is events, and step 1.
    reporter, events = reporter_of(3000)
    reporter.losses(1, [0.5] * 17)
    reporter.close()
    assert [step for step, _ in points(events)] == [1, 11, 17]


def test_last_step_is_reported_once() -> None:
    reporter, events = reporter_of(3)
    reporter.losses(1, [3.0, 2.0, 1.0])
    reporter.close()
    assert points(events) == [(1, 3.0), (2, 2.0), (3, 1.0)]


def test_losses_are_reported_before_later_frames_and_scores() -> None:
    reporter, events = reporter_of(10)
    scores = EpochScores(
        epoch=1,
        step=4,
        loss=0.5,
        validation_loss=0.5,
        displayed_loss=0.5,
        mse=0.1,
        ssim=0.2,
    )
    reporter.losses(1, [0.9])
    reporter.losses(2, [0.8, 0.7])
    reporter.frame(3, np.zeros((10, 784), np.float32))
    reporter.losses(4, [0.6])
    reporter.epoch(scores)
    kinds = [type(event) for event in events]
    assert kinds == [Stage, LossPoints, LossPoints, Frame, LossPoints, EpochScores]


def test_history_has_all_reported_events() -> None:
    reporter, _ = reporter_of(10)
    reporter.losses(1, [0.9, 0.8])
    reporter.stage("scoring")
    reporter.close()
    assert reporter.history.steps == [1, 2]
    assert reporter.history.stage.name == "scoring"
    assert reporter.history.total_steps == 10


def test_images_between_two_frames_are_seen_but_not_kept() -> None:
    reporter, events = reporter_of(10)
    watched = History()
    seen = []
    black = np.zeros((10, 784), np.float32)
    for report, step in [
        (reporter.frame, 0),
        (reporter.live_frame, 1),
        (reporter.live_frame, 2),
        (reporter.frame, 3),
    ]:
        report(step, black)
        watched.add(events[-1])
        seen.append([frame.step for frame in watched.frames])
    assert seen == [[0], [0, 1], [0, 2], [0, 3]]
    assert [frame.step for frame in reporter.history.frames] == [0, 3]


def test_images_are_due_again_after_any_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    reporter, _ = reporter_of(10)
    now = 100.0
    monkeypatch.setattr(progress_reporter.time, "perf_counter", lambda: now)
    black = np.zeros((10, 784), np.float32)
    due = []
    for report, step in [(reporter.frame, 0), (reporter.live_frame, 1)]:
        report(step, black)
        for seconds in (0.09, 0.02):
            now += seconds
            due.append(reporter.is_frame_due)
    assert due == [False, True, False, True]
