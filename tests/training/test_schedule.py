"""Which steps report losses or reconstructions."""

from __future__ import annotations

from itertools import pairwise

import pytest

from core.training import schedule


def test_short_training_reports_all_steps() -> None:
    assert schedule.reported_steps(1, 5, 298) == [1, 2, 3, 4, 5]


def test_loss_points_are_thinned_evenly_and_the_first_and_last_are_there() -> None:
    # 3,015 steps: ceil(3015 / 298) = 11 apart.
    reported = schedule.reported_steps(1, 3015, 3015)
    assert reported[:4] == [1, 11, 22, 33]
    assert reported[-2:] == [3014, 3015]
    assert len(reported) == 276


@pytest.mark.parametrize("total", [299, 600, 3000, 45_000, 4_500_000])
def test_a_run_has_at_most_300_loss_points(total: int) -> None:
    reported = schedule.reported_steps(1, total, total)
    assert 100 < len(reported) <= 300
    assert (reported[0], reported[-1]) == (1, total)


def test_reported_steps_do_not_depend_on_the_calls() -> None:
    in_parts = [
        step
        for first in range(1, 3016, 7)
        for step in schedule.reported_steps(first, min(first + 6, 3015), 3015)
    ]
    assert in_parts == schedule.reported_steps(1, 3015, 3015)


def test_digits_are_shown_at_the_start_often_in_the_first_epoch_and_after_each() -> None:
    # 67 epochs of 45 steps: 45/64, 45/32, ... 45/2 rounded, then the ends of the epochs.
    steps = schedule.frame_steps(67, 45)
    assert steps[:9] == [0, 1, 3, 6, 11, 22, 45, 90, 135]
    assert set(range(45, 3016, 45)) <= set(steps)


def test_few_epochs_are_shown_four_times_each() -> None:
    steps = schedule.frame_steps(2, 600)
    assert [step for step in steps if step >= 600] == [600, 750, 900, 1050, 1200]


@pytest.mark.parametrize(("epochs", "steps_per_epoch"), [(1, 1), (93, 45), (94, 45), (1000, 4500)])
def test_there_are_at_most_100_frames_and_the_last_step_has_one(
    epochs: int, steps_per_epoch: int
) -> None:
    steps = schedule.frame_steps(epochs, steps_per_epoch)
    assert len(steps) <= 100
    assert (steps[0], steps[-1]) == (0, epochs * steps_per_epoch)
    assert steps == sorted(set(steps))


def test_many_epochs_are_shown_evenly_apart() -> None:
    # 1,000 epochs, room for 93: every 11th, counted from the last.
    late = [step for step in schedule.frame_steps(1000, 10) if step > 10]
    assert {later - step for step, later in pairwise(late)} == {110}


def test_the_first_call_is_of_one_step_and_calls_grow_to_a_tenth_of_a_second() -> None:
    call_size = schedule.CallSize()
    assert call_size.steps == 1
    for _ in range(6):
        call_size.update(call_size.steps, call_size.steps * 0.001)
    assert call_size.steps == 100


def test_a_call_that_was_held_up_once_does_not_make_all_later_ones_small() -> None:
    call_size = schedule.CallSize(steps=100)
    call_size.update(100, 30.0)
    assert call_size.steps == 25
    call_size.update(25, 0.025)
    assert call_size.steps == 100


def test_steps_slower_than_a_call_should_be_are_called_one_by_one() -> None:
    call_size = schedule.CallSize()
    call_size.update(1, 0.7)
    assert call_size.steps == 1
