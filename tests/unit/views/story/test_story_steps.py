"""The story says what the shipped results say, and its link says where one is."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diagnostics import verdict
from core.metrics.dataset_stats import statistics
from core.run import Run
from core.store.shipped import Gallery
from core.variant import Variant
from core.views.story import story_steps
from core.views.story.story_state import STEPS, StoryState
from core.views.story.story_steps import Step

GALLERY = Gallery()


def told(place: int) -> Step:
    step = story_steps.step(place, GALLERY)
    assert step is not None
    return step


def shipped(**settings: str) -> Run:
    run = GALLERY.get(Variant(**settings).key)
    assert run is not None
    return run


def numbers(text: str) -> list[float]:
    """Every number in a sentence, per cent as parts of 1."""
    found = re.findall(r"(?<![\w.-])(-?\d+(?:\.\d+)?(?:e\d+)?)(%?)", text)
    return [float(number) / (100 if percent else 1) for number, percent in found]


@pytest.mark.parametrize("place", STEPS)
def test_every_step_uses_shipped_runs(place: int) -> None:
    step = told(place)
    assert step.rows[0].run.provenance.shipped
    assert len(step.texts) == 2
    assert step.settings.key in GALLERY


def test_the_raw_run_falls_to_about_minus_ten_to_the_19() -> None:
    loss = shipped(activation="softmax", normalization="raw").trained_loss.held_out
    assert loss is not None
    assert -1e20 < loss < -1e18
    assert float(told(1).number) == pytest.approx(loss, rel=0.05)


def test_the_softmax_step_says_the_sum_the_loss_and_the_displayed_loss() -> None:
    run, step = shipped(activation="softmax"), told(2)
    assert step.number == "1.0"
    assert np.clip(run.history.frames[-1].pixels, 0, 1).sum(axis=1) == pytest.approx(1, abs=0.01)
    trained, displayed = run.trained_loss.held_out, run.displayed_loss.held_out
    assert trained == pytest.approx(0.10, abs=0.01)
    assert displayed > 5 * trained
    original = float(np.mean(run.evidence["original_sum"]))
    assert numbers(step.texts[0])[-1] == round(original)
    assert numbers(step.texts[1]) == [round(trained, 4), round(displayed, 4)]
    assert numbers(step.caption) == [round(original)]


def test_the_sigmoid_step_says_how_far_the_two_curves_are_apart() -> None:
    sigmoid, softmax = shipped(), shipped(activation="softmax")
    apart = np.abs(np.subtract(sigmoid.history.losses, softmax.history.losses)).max()
    assert float(told(3).number) == pytest.approx(apart, rel=0.05)
    assert apart < 0.001
    errors = [run.scores.mse / run.baselines["mean image"].mse for run in (softmax, sigmoid)]
    assert numbers(told(3).texts[1]) == pytest.approx(errors, abs=0.005)


def test_the_floor_step_says_floor_excess_and_what_they_are_for_binarized_digits() -> None:
    run, binarized = shipped(), shipped(normalization="binarized")
    floor, trained = run.floor.held_out, run.trained_loss.held_out
    assert floor == pytest.approx(0.059, abs=0.001)
    assert binarized.floor.held_out == 0
    assert float(told(4).number) == round(floor, 4)
    assert numbers(told(4).caption) == [round(trained, 4)]
    excess, zero, binarized_loss = numbers(told(4).texts[1])
    assert excess == pytest.approx(trained - floor, abs=1e-4)
    assert zero == 0
    assert binarized_loss == round(binarized.trained_loss.held_out, 4)


def test_the_fifth_step_measures_all_pairs_by_the_mean_images_error() -> None:
    step = told(5)
    shares = [row.run.scores.mse / row.run.baselines["mean image"].mse for row in step.rows]
    *fitting, median, misfit = shares
    # Only what the checks and the verdict call right is said to fit.
    assert [verdict(row.run).word for row in step.rows[:2]] == ["It works."] * 2
    assert verdict(step.rows[2].run).word == "Too dark."
    assert max(fitting) < 0.3 < median < misfit
    assert numbers(step.texts[0]) == pytest.approx(fitting, abs=0.005)
    # The share of pixel places whose median over the training images is 0.
    black = float((statistics("mnist-sample").median_image == 0).mean())
    assert numbers(step.texts[1])[0] == pytest.approx(black, abs=0.005)
    assert black == pytest.approx(0.82, abs=0.005)
    assert numbers(step.number) == pytest.approx([misfit], abs=0.005)
    unreachable = step.rows[-1].run.evidence["unreachable"]
    assert numbers(step.texts[1])[-1] == pytest.approx(unreachable, abs=0.005)
    # About 87 % of MNIST's pixels are below mid-grey, where sigmoid cannot follow.
    assert unreachable == pytest.approx(0.87, abs=0.02)


def test_the_last_step_shows_one_fitting_pair_per_normalization_softmax_first() -> None:
    step = told(6)
    assert step.rows[0].run.variant.normalization == "sum_to_one"
    assert len({row.run.variant.normalization for row in step.rows}) == 6
    run = step.rows[0].run
    assert numbers(step.number) == pytest.approx(
        [run.scores.mse / run.baselines["mean image"].mse], abs=0.005
    )


def test_the_bars_are_one_row_of_the_originals_and_the_shown_pixels() -> None:
    run = shipped(activation="softmax")
    original, shown = story_steps.bars(run)
    assert original.max() > 0.9
    assert 0 < shown.max() < 0.1
    np.testing.assert_allclose(original, run.pinned.images[3].reshape(28, 28)[7] / 255)


def test_without_shipped_results_there_is_no_step(tmp_path: object) -> None:
    assert story_steps.step(1, Gallery(tmp_path / "none.zip")) is None  # type: ignore[operator]


@given(st.sampled_from(list(STEPS)), st.booleans())
def test_story_state_survives_a_link(step: int, present: bool) -> None:
    place = StoryState(step=step, present=present)
    assert StoryState.from_query(place.to_query()) == (place, [])


@given(st.dictionaries(st.sampled_from(["step", "present", "x"]), st.text(max_size=60)))
def test_nonsense_in_a_link_is_named_and_ignored(query: dict[str, str]) -> None:
    place, problems = StoryState.from_query(query)
    understood = place.to_query()
    for field, text in query.items():
        assert understood.get(field, "0") == text or field in [p.field for p in problems]
