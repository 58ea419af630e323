"""Progress as it is told."""

from __future__ import annotations

import numpy as np

from core.progress import EpochScores, Event, Frame, LossPoints, Stage
from core.training.progress_reporter import ProgressReporter


def teller_of(total_steps: int) -> tuple[ProgressReporter, list[Event]]:
    told: list[Event] = []
    teller = ProgressReporter(told.append)
    teller.training(steps_per_epoch=total_steps, total_steps=total_steps)
    return teller, told


def points(told: list[Event]) -> list[tuple[int, float]]:
    return [
        point
        for event in told
        if isinstance(event, LossPoints)
        for point in zip(event.steps, event.losses, strict=True)
    ]


def test_the_first_loss_is_told_at_once() -> None:
    teller, told = teller_of(600)
    teller.losses(1, [0.7])
    assert points(told) == [(1, 0.7)]


def test_losses_of_many_quick_calls_are_told_together() -> None:
    teller, told = teller_of(100)
    for step in range(1, 101):
        teller.losses(step, [float(step)])
    teller.close()
    assert points(told) == [(step, float(step)) for step in range(1, 101)]
    assert sum(isinstance(event, LossPoints) for event in told) < 20


def test_a_training_that_ends_early_tells_its_last_step() -> None:
    # 3,000 steps: every 11th is told, and step 1.
    teller, told = teller_of(3000)
    teller.losses(1, [0.5] * 17)
    teller.close()
    assert [step for step, _ in points(told)] == [1, 11, 17]


def test_a_last_step_is_told_once() -> None:
    teller, told = teller_of(3)
    teller.losses(1, [3.0, 2.0, 1.0])
    teller.close()
    assert points(told) == [(1, 3.0), (2, 2.0), (3, 1.0)]


def test_losses_are_told_before_the_digits_and_scores_that_follow_them() -> None:
    teller, told = teller_of(10)
    scores = EpochScores(
        epoch=1,
        step=4,
        loss=0.5,
        validation_loss=0.5,
        displayed_loss=0.5,
        mse=0.1,
        ssim=0.2,
    )
    teller.losses(1, [0.9])
    teller.losses(2, [0.8, 0.7])
    teller.frame(3, np.zeros((10, 784), np.float32))
    teller.losses(4, [0.6])
    teller.epoch(scores)
    kinds = [type(event) for event in told]
    assert kinds == [Stage, LossPoints, LossPoints, Frame, LossPoints, EpochScores]


def test_the_history_holds_what_was_told() -> None:
    teller, _ = teller_of(10)
    teller.losses(1, [0.9, 0.8])
    teller.stage("scoring")
    teller.close()
    assert teller.history.steps == [1, 2]
    assert teller.history.stage.name == "scoring"
    assert teller.history.total_steps == 10
