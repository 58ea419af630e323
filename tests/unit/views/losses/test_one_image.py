"""One image through the activations: sums, ranges, and the two losses of each."""

from __future__ import annotations

import numpy as np
import pytest

from core.data import loading
from core.views.losses.one_image import activate, count_clipped, logits_of, summary


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return loading.pinned(loading.load_held_out("mnist-sample")).images[3]


def test_white_becomes_the_scale_and_black_its_opposite() -> None:
    greys = np.array([0, 127, 128, 255], np.uint8)
    np.testing.assert_allclose(logits_of(greys, 5.0), [-5, -5 / 255, 5 / 255, 5])


def test_every_activation_stays_in_its_range_and_softmax_sums_to_1(image: np.ndarray) -> None:
    outputs = {one.activation: one.outputs for one in activate(image, 5.0)}
    assert outputs["softmax"].sum() == pytest.approx(1)
    assert outputs["sigmoid"].min() == pytest.approx(1 / (1 + np.exp(5)))
    assert outputs["tanh"].min() == pytest.approx(np.tanh(-5))
    assert outputs["relu"].min() == 0
    np.testing.assert_array_equal(outputs["linear"], logits_of(image, 5.0))


@pytest.mark.parametrize("scale", [0.1, 5.0, 20.0])
def test_no_scale_lets_softmax_draw_the_digit(image: np.ndarray, scale: float) -> None:
    outputs = {one.activation: one.outputs for one in activate(image, scale)}
    assert outputs["softmax"].max() < 0.1


def test_keras_trains_softmax_on_the_loss_of_sigmoid(image: np.ndarray) -> None:
    by_name = {one.activation: one for one in activate(image, 5.0)}
    sigmoid, softmax = by_name["sigmoid"], by_name["softmax"]
    assert softmax.bce_trained == sigmoid.bce_trained == pytest.approx(sigmoid.bce, rel=1e-6)
    assert softmax.bce > 5 * softmax.bce_trained
    assert by_name["linear"].bce_trained == by_name["linear"].bce


def test_losses_are_means_over_the_784_pixels(image: np.ndarray) -> None:
    y = image / 255
    p = 1 / (1 + np.exp(-3 * (2 * y - 1)))
    found = next(one for one in activate(image, 3.0) if one.activation == "sigmoid")
    assert found.bce == pytest.approx(-(y * np.log(p) + (1 - y) * np.log(1 - p)).sum() / 784)
    assert found.mse == pytest.approx(((y - p) ** 2).sum() / 784)


def test_the_summary_holds_the_sums_beside_each_other(image: np.ndarray) -> None:
    first, rest = summary(image, activate(image, 5.0))
    assert first == "Softmax outputs sum to 1."
    assert f"The image sums to {image.sum() / 255:.0f}," in rest


def test_pixels_that_the_screen_cannot_show_are_counted() -> None:
    assert count_clipped(np.array([[-0.1, 0, 0.5, 1], [1.1, 2, -3, 0], [0, 0, 0, 1]])) == [1, 3, 0]
