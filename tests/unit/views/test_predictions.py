"""Questions before an outcome: their candidates, and that nothing but an index tells them apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.progress import Frame
from core.run import Run
from core.store.shipped import Gallery
from core.variant import Variant
from core.views.predictions import question
from core.views.story import story_steps
from core.views.story.story_questions import DIGITS, step_question
from core.views.story.story_state import STEPS
from support.runs import make_run


def grey(level: float, seed: int = 0) -> Run:
    run = make_run(Variant(seed=seed))
    frame = Frame(step=1, pixels=np.full((10, 784), level, np.float32))
    return replace(run, history=replace(run.history, frames=[frame]))


def same_digits(*runs: Run) -> list[Run]:
    return [replace(run, pinned=runs[0].pinned) for run in runs]


def levels(candidates: tuple[np.ndarray, ...]) -> list[float]:
    return [round(float(images.mean()), 2) for images in candidates]


def test_one_candidate_is_right_and_the_others_differ_from_it_and_each_other() -> None:
    run, *others = same_digits(
        # 0.53 and 0.22 are less than 0.05 from one before.
        *(grey(level, seed) for seed, level in enumerate((0.5, 0.53, 0.2, 0.22, 0.8, 1.5, 0.0)))
    )
    found = question(run, others, (1, 2), setup="A run.", why="It is so.")
    assert found is not None
    assert sorted(levels(found.candidates)) == [0.2, 0.5, 0.8, 1.0]  # clipped, as displayed
    assert levels(found.candidates)[found.right] == 0.5
    assert {images.shape for images in found.candidates} == {(2, 784)}
    again = question(run, others, (1, 2), setup="A run.", why="It is so.")
    assert again is not None
    assert again.right == found.right


def test_runs_of_other_digits_are_no_candidates() -> None:
    run, first = same_digits(grey(0.5), grey(0.2, 1))
    others = [first, grey(0.8, 2), grey(0.0, 3)]
    assert question(run, others, (0,), setup="", why="") is None


@pytest.mark.parametrize("number", STEPS)
def test_every_step_of_the_story_has_a_question(number: int) -> None:
    gallery = Gallery()
    step, asked = story_steps.step(number, gallery), step_question(number, gallery)
    assert step is not None
    assert asked is not None
    shown = [story_steps.shown(row.run, DIGITS) for row in step.rows]
    right = asked.candidates[asked.right]
    assert any(np.array_equal(right, images) for images in shown)
    assert len(asked.candidates) == 4


def test_the_right_candidate_is_not_always_in_the_same_place() -> None:
    questions = [step_question(number, Gallery()) for number in STEPS]
    assert len({asked.right for asked in questions if asked}) >= 3
