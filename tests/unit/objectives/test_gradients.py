"""Gradients of the losses, against central differences of the losses themselves."""

from __future__ import annotations

import numpy as np
import pytest

from core.objectives.activations import ACTIVATIONS, sigmoid, softmax
from core.objectives.gradients import logit_gradient, output_gradient
from core.objectives.losses import LOSSES

STEP = 1e-6
RANDOM = np.random.default_rng(0)
# Away from kinks, from the ends of the clipping, and from a sum of 0.
TARGETS = RANDOM.uniform(0.1, 0.4, (3, 6))
OUTPUTS = RANDOM.uniform(0.5, 0.9, (3, 6))
LOGITS = RANDOM.uniform(0.3, 1.2, (3, 6))


def differences(loss: str, targets: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """Central differences of the sum over pixels of the loss, pixel by pixel."""
    per_image = LOSSES[loss].per_image
    pixels = targets.shape[1] if LOSSES[loss].unit == "per pixel" else 1
    result = np.empty_like(outputs)
    for pixel in range(outputs.shape[1]):
        step = np.zeros(outputs.shape[1])
        step[pixel] = STEP
        rise = per_image(targets, outputs + step) - per_image(targets, outputs - step)
        result[:, pixel] = rise * pixels / (2 * STEP)
    return result


@pytest.mark.parametrize("loss", LOSSES)
def test_gradient_by_the_outputs_is_the_slope_of_the_loss(loss: str) -> None:
    found = output_gradient(loss, TARGETS, OUTPUTS)
    np.testing.assert_allclose(found, differences(loss, TARGETS, OUTPUTS), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("loss", LOSSES)
def test_derivative_of_one_pixel_is_the_slope_of_its_loss(loss: str) -> None:
    pointwise, derivative = LOSSES[loss].pointwise, LOSSES[loss].derivative
    slope = (pointwise(TARGETS, OUTPUTS + STEP) - pointwise(TARGETS, OUTPUTS - STEP)) / (2 * STEP)
    np.testing.assert_allclose(derivative(TARGETS, OUTPUTS), slope, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_through_the_activation_follows_the_chain_rule(activation: str) -> None:
    apply = ACTIVATIONS[activation].apply
    slopes = np.empty_like(LOGITS)
    for pixel in range(LOGITS.shape[1]):
        step = np.zeros(LOGITS.shape[1])
        step[pixel] = STEP
        errors = [
            np.square(apply(logits) - TARGETS).sum(axis=1)
            for logits in (LOGITS + step, LOGITS - step)
        ]
        slopes[:, pixel] = (errors[0] - errors[1]) / (2 * STEP)
    found = logit_gradient(activation, "mean_squared_error", "keras", TARGETS, LOGITS)
    np.testing.assert_allclose(found, slopes, rtol=1e-6, atol=1e-8)


def test_sigmoid_with_bce_gives_p_minus_y_from_logits_and_from_outputs() -> None:
    for loss_from in ("keras", "outputs"):
        found = logit_gradient("sigmoid", "binary_crossentropy", loss_from, TARGETS, LOGITS)
        np.testing.assert_allclose(found, sigmoid(LOGITS) - TARGETS, rtol=1e-12)


def test_softmax_with_bce_has_the_gradient_of_sigmoid() -> None:
    found = logit_gradient("softmax", "binary_crossentropy", "keras", TARGETS, LOGITS)
    np.testing.assert_allclose(found, sigmoid(LOGITS) - TARGETS)
    honest = logit_gradient("softmax", "binary_crossentropy", "outputs", TARGETS, LOGITS)
    assert np.abs(honest - found).max() > 0.1


def test_linear_outputs_as_logits_have_sigmoids_gradient() -> None:
    found = logit_gradient("linear", "binary_crossentropy", "logits", TARGETS, LOGITS)
    np.testing.assert_allclose(found, sigmoid(LOGITS) - TARGETS)


def test_sigmoid_outputs_as_logits_go_through_a_second_sigmoid() -> None:
    """d/dx of softplus(p) - p y with p = sigmoid(x), by central differences."""

    def loss(logits: np.ndarray) -> np.ndarray:
        p = sigmoid(logits)
        return np.log1p(np.exp(p)) - p * TARGETS

    slopes = (loss(LOGITS + STEP) - loss(LOGITS - STEP)) / (2 * STEP)
    found = logit_gradient("sigmoid", "binary_crossentropy", "logits", TARGETS, LOGITS)
    np.testing.assert_allclose(found, slopes, rtol=1e-6, atol=1e-8)


def test_categorical_gradient_from_logits_takes_a_sum_of_1_for_granted() -> None:
    shares = TARGETS / TARGETS.sum(axis=1, keepdims=True)
    found = logit_gradient("softmax", "categorical_crossentropy", "keras", shares, LOGITS)
    np.testing.assert_allclose(found, softmax(LOGITS) - shares)
    np.testing.assert_allclose(
        logit_gradient("softmax", "categorical_crossentropy", "outputs", shares, LOGITS), found
    )
    # Targets that sum to 3: all logits together are pushed up by 2, without end.
    threefold = logit_gradient("softmax", "categorical_crossentropy", "keras", 3 * shares, LOGITS)
    np.testing.assert_allclose(threefold.sum(axis=1), -2)


@pytest.mark.parametrize("loss", ["binary_crossentropy", "categorical_crossentropy"])
def test_nothing_flows_where_keras_clips(loss: str) -> None:
    y = np.full(5, 0.5)
    p = np.array([-0.2, 0.0, 1.0, 1.3, 0.25])
    gradient = LOSSES[loss].derivative(y, p)
    assert gradient[:4].tolist() == [0, 0, 0, 0]
    # -y / p + (1 - y) / (1 - p) and -y / p at y = 1/2, p = 1/4
    assert gradient[4] == pytest.approx(-2 + 2 / 3 if loss.startswith("binary") else -2)


def test_mse_gradient_vanishes_at_a_saturated_sigmoid_and_bce_does_not() -> None:
    y, x = np.array([[1.0]]), np.array([[-20.0]])
    mse = logit_gradient("sigmoid", "mean_squared_error", "keras", y, x)[0, 0]
    bce = logit_gradient("sigmoid", "binary_crossentropy", "keras", y, x)[0, 0]
    # 2 (p - y) p (1 - p) with p = 2.06e-9, and p - y
    assert mse == pytest.approx(-4.12e-9, rel=1e-2)
    assert bce == pytest.approx(-1)


def test_dead_relu_pixel_has_no_gradient() -> None:
    y, x = np.array([[1.0, 1.0]]), np.array([[-0.5, 0.5]])
    found = logit_gradient("relu", "mean_squared_error", "keras", y, x)
    assert found.tolist() == [[0.0, -1.0]]


def test_softmax_minus_target_never_vanishes_where_targets_sum_to_more_than_1() -> None:
    # TensorFlow's gradient of categorical cross-entropy from logits, for an image that sums to 103.
    random = np.random.default_rng(0)
    targets = np.maximum(random.random(784) - 0.8, 0)  # mostly black, as digits are
    targets *= 103 / targets.sum()
    for logits in (np.zeros(784), random.normal(size=784), 30 * targets):
        found = logit_gradient("softmax", "categorical_crossentropy", "keras", targets, logits)
        assert found.sum() == pytest.approx(1 - 103)
        # Single logits go both ways while the sum has one sign.
    assert (found > 0).any()
    assert (found < 0).any()
