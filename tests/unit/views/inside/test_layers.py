"""Layers and units, against a count of their own over all held-out images."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from core.charts.unit_figures import histogram
from core.data.loading import load_held_out
from core.data.normalization import NORMALIZATIONS
from core.metrics import inference
from core.metrics.dataset_stats import statistics
from core.run import Layer, Run
from core.store.shipped import EXPLORABLE, Gallery
from core.variant import Variant
from core.views.inside.breaking import broken
from core.views.inside.inside_view import NONE, InsideState
from core.views.inside.layers import (
    layer_activities,
    layer_names,
    strongest_first,
    switched_off,
    unit_activity,
    worst_layer,
)
from support.runs import make_run

HELD_OUT = load_held_out("mnist-sample").held_out
TARGETS = HELD_OUT / np.float32(255)
SATURATED = Variant(loss="mean_squared_error", normalization="symmetric")


def run_of(variant: Variant) -> Run:
    run = Gallery().get(variant.key)
    assert run is not None
    return run


def by_hand(layers: tuple[Layer, ...], targets: np.ndarray, upto: int) -> np.ndarray:
    """Activations of a relu layer in float64, image by image."""
    rows = []
    for image in targets.astype(np.float64):
        values = image
        for layer in layers[: upto + 1]:
            values = np.maximum(values @ layer.kernel + layer.bias, 0)
        rows.append(values)
    return np.array(rows)


@pytest.mark.parametrize("at", range(5))
def test_dead_units_are_0_for_every_held_out_image(at: int) -> None:
    layers = run_of(Variant()).weights or ()
    values = by_hand(layers, TARGETS, at)
    counted = [unit for unit, column in enumerate(values.T) if not column.any()]
    activity = layer_activities(layers, TARGETS)[at]
    assert list(activity.dead) == counted
    assert activity.mean == pytest.approx(values.mean(), rel=1e-4)
    assert activity.saturated == ()


@pytest.mark.parametrize("variant", EXPLORABLE, ids=lambda variant: variant.key)
def test_shares_are_those_recorded_during_the_training(variant: Variant) -> None:
    """`core.training.layer_evidence` counts in the trainer, with the float32 weights."""
    run, known = run_of(variant), statistics("mnist-sample")
    targets = NORMALIZATIONS[variant.normalization].apply(HELD_OUT, known.moments).targets()
    recorded = {row.layer: row for row in run.layer_evidence if row.epoch == variant.epochs}
    for at, activity in enumerate(layer_activities(run.weights or (), targets)[:-1]):
        # A unit that a single image just activates may be dead once the weights are rounded.
        assert len(activity.dead) / activity.units == pytest.approx(
            recorded[at].dead, abs=1.01 / activity.units
        )
        assert len(activity.saturated) == 0


def test_names_count_layers_and_say_which_is_the_bottleneck() -> None:
    layers = run_of(Variant()).weights or ()
    assert layer_names(layers) == (
        *("Encoder 1", "Encoder 2", "Bottleneck", "Decoder 4", "Decoder 5", "Output"),
    )
    activity = layer_activities(layers, TARGETS)[0]
    assert (activity.units, activity.parameters) == (128, 784 * 128 + 128)


def test_top_images_are_sorted_by_activation() -> None:
    layers = run_of(Variant()).weights or ()
    values = by_hand(layers, TARGETS, 2)[:, 9]
    found = unit_activity(layers, TARGETS, 2, 9)
    assert found.top_images.tolist() == sorted(range(500), key=lambda at: -values[at])[:9]
    assert found.zeros == np.mean([value == 0 for value in values])
    np.testing.assert_allclose(found.activations, values, rtol=1e-4, atol=1e-4)


def test_the_histogram_counts_every_held_out_image() -> None:
    layers = run_of(Variant()).weights or ()
    values = unit_activity(layers, TARGETS, 2, 9).activations
    counts, edges = histogram(values)
    assert counts.sum() == 500
    for at, (low, high) in enumerate(pairwise(edges)):
        inside = [low <= value < high or (at == 39 and value == high) for value in values]
        assert counts[at] == sum(inside)


def test_the_worst_layer_is_named() -> None:
    layers = run_of(SATURATED).weights or ()
    found = worst_layer(layer_activities(layers, TARGETS * 2 - 1))
    # 21 of 28 is the largest share of this run; 67 of 128, 31 and 30 of 64, and 51 of 128 follow.
    assert found == (
        "21 of 28 units of the bottleneck are dead.",
        "They are 0 for every held-out image and carry no information.",
    )


def test_units_at_one_end_of_tanh_are_saturated_and_not_dead() -> None:
    kernel = np.zeros((784, 3), np.float32)
    kernel[0, 2] = 1
    # tanh(5) = 0.9999, within 1 % of 1; tanh(0) = 0 for every image is not called dead.
    code = Layer(kernel=kernel, bias=np.array([5, 0, 0], np.float32), activation="tanh")
    out = Layer(
        kernel=np.zeros((3, 784), np.float32), bias=np.zeros(784, np.float32), activation="sigmoid"
    )
    activity = layer_activities([code, out], TARGETS)[0]
    assert (activity.dead, activity.saturated) == ((), (0,))
    assert worst_layer(layer_activities([code, out], TARGETS)) == (
        "1 of 3 units of the bottleneck is saturated.",
        "They are at one end of their range for every held-out image.",
    )


def test_few_dead_units_have_no_headline() -> None:
    run = make_run(Variant(layers=(8,)))
    assert worst_layer(layer_activities(run.weights or (), TARGETS)) is None


def test_weights_are_sorted_by_their_norm() -> None:
    assert strongest_first(np.array([[0, 1], [3, 4], [0, -2]], np.float32)).tolist() == [1, 2, 0]


def test_a_unit_that_is_switched_off_is_a_code_with_a_zero() -> None:
    layers = run_of(Variant()).weights or ()
    codes = inference.encode(layers, TARGETS[:20])
    codes[:, 9] = 0
    outputs = inference.outputs(switched_off(layers, 9), TARGETS[:20])
    decoder = layers[inference.bottleneck(layers) + 1 :]
    np.testing.assert_allclose(outputs, inference.outputs(decoder, codes), atol=1e-5)


def test_a_dead_unit_can_be_switched_off_without_a_difference() -> None:
    run, moments = run_of(Variant()), statistics("mnist-sample").moments
    whole = broken(run, HELD_OUT[:5], moments, off=NONE, noise=0)
    without = broken(run, HELD_OUT[:5], moments, off=1, noise=0)
    np.testing.assert_array_equal(whole[0], HELD_OUT[:5])
    np.testing.assert_array_equal(whole[1], without[1])


def test_noise_is_on_the_input_and_the_same_each_time() -> None:
    run, moments = run_of(Variant()), statistics("mnist-sample").moments
    noisy, pixels = broken(run, HELD_OUT[:5], moments, off=NONE, noise=0.3)
    again, _ = broken(run, HELD_OUT[:5], moments, off=NONE, noise=0.3)
    np.testing.assert_array_equal(noisy, again)
    inside = (HELD_OUT[:5] > 120) & (HELD_OUT[:5] < 136)
    # Far from black and white nothing is clipped.
    assert (noisy[inside] / 255 - HELD_OUT[:5][inside] / 255).std() == pytest.approx(0.3, abs=0.1)
    assert pixels.shape == (5, 784)


def test_units_that_a_network_does_not_have_are_refused() -> None:
    state, problems = InsideState.from_query({"layer": "2", "unit": "28", "off": "28"})
    assert (state.layer, state.unit, state.off) == (2, 0, NONE)
    assert [str(problem) for problem in problems] == [
        "unit cannot be '28'; allowed: whole numbers from 0 to 27.",
        "off cannot be '28'; allowed: whole numbers from 0 to 27.",
    ]
    state, problems = InsideState.from_query({"layer": "5", "unit": "783"})
    assert (state.layer, state.unit, problems) == (5, 783, [])
