"""Each property that the table gives a loss, found again from the formula of the loss itself."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.charts import plots
from core.diagnostics.compatibility import ERRORS
from core.objectives import floors
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import COMMON_LOSSES, LOSSES, OWN_ACTIVATION
from core.store.shipped import shipped_runs
from core.views.losses.one_pixel import PIXEL_LOSSES
from core.views.matrix import matrix_view

# From far below to far above every target used here, in steps of 0.01.
OUTPUTS = np.arange(-500, 501) / 100


def best_output(loss: str, *targets: float) -> float:
    """The output with the lowest mean loss over targets, by trying all."""
    losses = [LOSSES[loss].pointwise(np.full_like(OUTPUTS, y), OUTPUTS) for y in targets]
    return float(OUTPUTS[np.mean(losses, axis=0).argmin()])


def test_only_the_losses_chosen_for_it_are_in_the_matrix_and_the_shipped_runs() -> None:
    five = (
        "binary_crossentropy",
        "mean_squared_error",
        "mean_absolute_error",
        "categorical_crossentropy",
        "huber",
    )
    assert five == COMMON_LOSSES
    assert matrix_view.SUGGESTED["loss"] == five
    assert {variant.loss for variant in shipped_runs.variants()} == set(five)
    assert plots.SERIES_OF_LOSS.keys() == set(five)


def test_losses_drawn_for_one_pixel_are_those_of_the_matrix_with_a_mean_over_pixels() -> None:
    assert tuple(name for name in COMMON_LOSSES if LOSSES[name].unit == "per pixel") == PIXEL_LOSSES


@pytest.mark.parametrize("loss", LOSSES)
def test_a_distance_has_its_minimum_of_0_at_every_target(loss: str) -> None:
    targets = (-3.0, 0.25, 4.0)
    at_target = [best_output(loss, y) == y for y in targets]
    lowest = [LOSSES[loss].pointwise(np.array([y]), np.array([y]))[0] for y in targets]
    assert LOSSES[loss].is_distance == (all(at_target) and np.allclose(lowest, 0))


def test_a_pixel_with_several_targets_is_drawn_to_their_mean_or_their_median() -> None:
    # Two of three targets are 0: the median is 0, and the mean 0.2.
    assert {
        name: best_output(name, 0.0, 0.0, 0.6) for name, loss in LOSSES.items() if loss.is_distance
    } == pytest.approx(
        {
            "mean_squared_error": 0.2,
            "mean_absolute_error": 0.0,
            "huber": 0.2,
            # Its gradient, tanh of the error, is 2 tanh(p) = tanh(0.6 - p) at 0.1934.
            "log_cosh": 0.19,
        }
    )
    assert best_output("binary_crossentropy", 0.0, 0.0, 0.6) == pytest.approx(0.2)
    assert {name for name, loss in LOSSES.items() if loss.aims_at == "median"} == {
        "mean_absolute_error"
    }
    assert ERRORS == ("mean_squared_error", "huber", "log_cosh")


@pytest.mark.parametrize("loss", [name for name, each in LOSSES.items() if each.is_distance])
def test_gradient_of_a_distance_grows_up_to_the_error_from_which_it_is_linear(
    loss: str,
) -> None:
    linear_from = LOSSES[loss].linear_from

    def gradient(error: float) -> float:
        return float(LOSSES[loss].derivative(np.zeros(1), np.array([error]))[0])

    if math.isinf(linear_from):
        assert gradient(1000.0) == 1000 * gradient(1.0)
        return
    # tanh(1) = 0.76: log-cosh gets there gradually.
    assert gradient(linear_from + 1e-9) >= 0.76
    assert gradient(10.0) == pytest.approx(gradient(1000.0))
    if linear_from:
        assert gradient(linear_from / 10) < gradient(linear_from) / 7


@pytest.mark.parametrize("loss", LOSSES)
def test_only_a_loss_that_clips_its_outputs_has_no_gradient_beyond_0_and_1(loss: str) -> None:
    derivative = LOSSES[loss].derivative
    beyond = derivative(np.full(2, 0.5), np.array([-0.2, 1.3]))
    # Categorical cross-entropy clips shares of a sum: it does not say so of outputs.
    clips = not beyond.any() and not LOSSES[loss].divides_by_sum
    assert LOSSES[loss].clips_outputs == clips


@pytest.mark.parametrize("loss", LOSSES)
def test_only_a_loss_that_divides_by_the_sum_ignores_the_brightness(loss: str) -> None:
    targets, outputs = np.array([[0.2, 0.3, 0.1]]), np.array([[0.3, 0.2, 0.1]])
    per_image = LOSSES[loss].per_image
    same = per_image(targets, outputs) == pytest.approx(per_image(targets, 2 * outputs))
    assert LOSSES[loss].divides_by_sum == same


@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_without_a_floor_is_never_negative_for_any_output(loss: str) -> None:
    lowest = min(LOSSES[loss].pointwise(np.full_like(OUTPUTS, y), OUTPUTS).min() for y in (-1, 2))
    assert (LOSSES[loss].floor is None) == (lowest >= 0)


def test_the_floors_of_the_losses_are_exactly_those_that_are_computed() -> None:
    named = {
        loss.floor(activation, on_logits)
        for loss in LOSSES.values()
        if loss.floor
        for activation in ACTIVATIONS.values()
        for on_logits in ((False, True) if loss.from_logits else (False,))
    }
    assert named == floors.FLOORS.keys()


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_says_the_targets_it_is_made_for(loss: str) -> None:
    assert LOSSES[loss].targets == {
        "binary_crossentropy": (0, 1),
        "categorical_crossentropy": (0, math.inf),
        "kl_divergence": (0, 1),
    }.get(loss, (-math.inf, math.inf))


def test_a_loss_from_logits_names_the_activation_that_it_applies() -> None:
    assert OWN_ACTIVATION == {
        "binary_crossentropy": "sigmoid",
        "categorical_crossentropy": "softmax",
    }
    assert OWN_ACTIVATION.keys() == {name for name, loss in LOSSES.items() if loss.from_logits}
