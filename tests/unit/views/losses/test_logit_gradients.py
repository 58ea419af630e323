"""Gradients on a logit against closed forms and differences, and where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import LOSSES
from core.views.losses.logit_gradients import (
    PIXEL_ACTIVATIONS,
    dead_spans,
    gradient,
    gradient_at,
    hidden_logits_note,
    summary,
)
from core.views.losses.one_pixel import PIXEL_LOSSES

BCE, MSE = "binary_crossentropy", "mean_squared_error"
X = np.linspace(-6, 6, 25)
P = 1 / (1 + np.exp(-X))


def test_sigmoid_and_cross_entropy_give_prediction_minus_target() -> None:
    np.testing.assert_allclose(gradient("sigmoid", BCE, "keras", 0.8, X), P - 0.8, rtol=1e-12)
    np.testing.assert_allclose(gradient("sigmoid", BCE, "outputs", 0.8, X), P - 0.8, rtol=1e-6)


def test_sigmoid_and_squared_error_carry_the_slope_of_sigmoid() -> None:
    expected = 2 * (P - 0.8) * P * (1 - P)
    np.testing.assert_allclose(gradient("sigmoid", MSE, "keras", 0.8, X), expected, rtol=1e-12)


@pytest.mark.parametrize("activation", PIXEL_ACTIVATIONS)
@pytest.mark.parametrize("loss", PIXEL_LOSSES)
def test_gradients_are_the_differences_of_the_losses(activation: str, loss: str) -> None:
    logits, step = np.array([0.13, 0.4, 0.77]), 1e-6
    ends = [
        LOSSES[loss].pointwise(np.full(3, 0.6), ACTIVATIONS[activation].apply(logits + move))
        for move in (step, -step)
    ]
    expected = (ends[0] - ends[1]) / (2 * step)
    found = gradient(activation, loss, "outputs", 0.6, logits)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_saturated_wrong_sigmoid_has_a_large_bce_gradient_and_a_small_mse_gradient() -> None:
    bce = gradient_at("sigmoid", BCE, "keras", 0.8, -6)
    mse = gradient_at("sigmoid", MSE, "keras", 0.8, -6)
    # p = 1 / (1 + e^6) = 0.0024726
    assert bce.output == pytest.approx(0.0024726, abs=1e-7)
    assert (bce.gradient, bce.word) == (pytest.approx(-0.7975274), "learns")
    assert (mse.gradient, mse.word) == (pytest.approx(-0.0039342, abs=1e-7), "weak")
    assert summary("keras", MSE, 0.8, -6) == (
        "Sigmoid outputs 0.002 for a target of 0.80.",
        "The gradient of BCE is 0.7975, that of MSE 0.0039, 203 times smaller.",
    )


def test_clipping_silences_cross_entropy_of_linear_relu_and_tanh_below_0() -> None:
    for activation in ("linear", "relu", "tanh"):
        found = gradient_at(activation, BCE, "keras", 0.8, -3)
        assert (found.gradient, found.word) == (0, "stuck")


def test_dead_stretches_end_where_the_clipping_ends() -> None:
    assert dead_spans("sigmoid", BCE, "keras", 0.8, 18) == []
    # From the outputs, sigmoid is clipped beyond ln(1e7) = 16.1 below and 15.9 above.
    (low, high) = dead_spans("sigmoid", BCE, "outputs", 0.8, 18)
    assert low == pytest.approx((-18, -16.1), abs=0.05)
    assert high == pytest.approx((15.95, 18), abs=0.05)
    assert dead_spans("linear", BCE, "keras", 0.8, 8) == [
        pytest.approx((-8, 0), abs=0.02),
        pytest.approx((1, 8), abs=0.02),
    ]
    assert dead_spans("relu", MSE, "keras", 0.8, 8) == [pytest.approx((-8, 0), abs=0.02)]
    assert dead_spans("linear", MSE, "keras", 0.8, 8) == []


def test_a_relu_at_0_for_a_black_target_is_right_and_not_stuck() -> None:
    assert dead_spans("relu", MSE, "keras", 0.0, 8) == []
    assert gradient_at("relu", MSE, "keras", 0.0, -3).word == "right"


def test_summary_distinguishes_clipped_and_near_predictions() -> None:
    assert summary("outputs", MSE, 0.8, -18)[1].startswith("Even BCE has no gradient here")
    assert summary("keras", MSE, 0.8, 1.4)[0] == "Sigmoid is near its target."


def test_the_note_on_softmax_depends_on_where_the_loss_is_computed() -> None:
    assert "exactly sigmoid's gradient" in hidden_logits_note("keras")
    assert "differs from sigmoid" in hidden_logits_note("outputs")
    assert "sigmoid is applied twice" in hidden_logits_note("logits")


def test_linear_logits_pull_as_sigmoid_does_as_keras_computes_it() -> None:
    """sigmoid(-3) = 0.0474: the gradient of a target of 0.8 is -0.7526."""
    linear = gradient_at("linear", BCE, "logits", 0.8, -3)
    assert linear.gradient == pytest.approx(-0.7526, abs=5e-5)
    assert gradient_at("sigmoid", BCE, "keras", 0.8, -3).gradient == linear.gradient
    assert (linear.output, linear.word) == (-3, "learns")
    # A second sigmoid: sigmoid(0.0474) - 0.8 = -0.2882, times p (1 - p) = 0.0452.
    twice = gradient_at("sigmoid", BCE, "logits", 0.8, -3)
    assert twice.gradient == pytest.approx(-0.0130, abs=5e-5)


def test_saturated_outputs_have_no_gradient_as_in_float32() -> None:
    # Seen with TensorFlow 2.21: tanh(8) is exactly 1, tanh(7.5) is not; sigmoid(16.7) is exactly 1.
    assert gradient_at("tanh", MSE, "keras", 0.5, 8).word == "stuck"
    assert gradient_at("tanh", MSE, "keras", 0.5, -8).word == "stuck"
    assert gradient_at("tanh", MSE, "keras", 0.5, 7.5).word == "weak"
    assert gradient_at("sigmoid", MSE, "keras", 0.5, 17).gradient == 0
    assert gradient_at("sigmoid", MSE, "keras", 0.5, 16).gradient > 0
    # Below 0 float32 is finer: 1 / (1 + exp(17)) = 4.1e-8 is not rounded away.
    assert gradient_at("sigmoid", MSE, "keras", 0.5, -17).gradient < 0
