"""What is recorded of each layer while it trains, against TensorFlow's tape and plain NumPy."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import keras
import numpy as np
import pytest
import tensorflow as tf

from core.data import loading
from core.data.normalization import NORMALIZATIONS, GreyMoments, Images
from core.metrics import backpropagation, inference
from core.metrics.dataset_stats import statistics
from core.run import LayerEvidence
from core.training import network
from core.training.layer_evidence import measured_epochs
from core.training.training import train
from core.variant import Variant

MOMENTS = GreyMoments(mean=33.3184, deviation=78.5675)
SMALL = Variant(layers=(32, 8, 32), epochs=2)


@pytest.mark.parametrize(
    "variant",
    [
        Variant(layers=(20, 5, 20)),
        Variant(layers=(9,), hidden_activation="tanh", loss="mean_squared_error"),
        Variant(layers=(9,), hidden_activation="sigmoid", loss="categorical_crossentropy"),
        Variant(layers=(9,), activation="softmax", loss_from="outputs"),
        Variant(layers=(9,), activation="relu", loss="huber", normalization="raw"),
        Variant(layers=(20, 5), hidden_activation="elu", bottleneck_activation="linear"),
        Variant(layers=(9,), hidden_activation="softmax", loss="kl_divergence"),
        Variant(layers=(20, 5, 20), bottleneck_activation="tanh", code_l1=0.1),
        Variant(layers=(9,), activation="linear", loss_from="logits"),
    ],
    ids=lambda variant: f"{variant.hidden_activation}-{variant.activation}-{variant.loss}",
)
def test_gradients_are_those_of_tensorflows_tape(variant: Variant, digits: Images) -> None:
    model = network.build(variant)
    targets = NORMALIZATIONS[variant.normalization].apply(digits[:32], MOMENTS).targets()
    loss = network.loss_function(variant.loss, variant.loss_from)
    kernels = [layer.kernel for layer in model.layers[1:]]
    with tf.GradientTape() as tape:
        mean = tf.reduce_mean(loss(targets, model(targets)))
        if variant.code_l1:
            code = keras.Model(model.input, model.layers[2].output)(targets)
            mean += variant.code_l1 * tf.reduce_mean(tf.reduce_sum(tf.abs(code), axis=1))
    expected = tape.gradient(mean, [kernel.value for kernel in kernels])
    found = backpropagation.kernel_gradients(variant, network.layers(model), targets)
    for ours, of_tape in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, of_tape.numpy(), rtol=1e-3, atol=1e-4 * np.abs(ours).max())


@pytest.fixture(scope="module")
def rows() -> tuple[LayerEvidence, ...]:
    run = train(SMALL, lambda _: None, lambda: False)
    assert run is not None
    return run.layer_evidence


def test_the_first_step_and_every_epoch_have_a_row_for_each_layer(
    rows: tuple[LayerEvidence, ...],
) -> None:
    places = [(row.epoch, row.layer) for row in rows]
    assert places == [(epoch, layer) for epoch in range(3) for layer in range(4)]
    # Adam's first step changes every weight by the learning rate, but those without a gradient:
    # a third of the pixels are black in all of the first 100 images.
    start = network.build(SMALL).get_weights()[::2]
    for row, kernel in zip(rows[:4], start, strict=True):
        whole = SMALL.learning_rate * np.sqrt(kernel.size) / np.linalg.norm(kernel)
        assert 0.5 * whole < row.update <= whole * 1.001
    assert rows[3].dead is None
    assert all(0 <= row.dead <= 1 for row in rows if row.epoch and row.layer < 3)


def test_units_are_dead_or_saturated_where_numpy_finds_them_so() -> None:
    """A rate of 0.3 kills relus, and of 1 drives sigmoids to their ends."""
    held_out = loading.load_held_out("mnist-sample").held_out
    affine = NORMALIZATIONS["unit"].apply(held_out, statistics("mnist-sample").moments)
    for hidden, rate in (("relu", 0.3), ("sigmoid", 1.0)):
        variant = replace(SMALL, hidden_activation=hidden, learning_rate=rate, epochs=1)
        run = train(variant, lambda _: None, lambda: False)
        assert run is not None
        assert run.weights is not None
        last = run.layer_evidence[-4:]
        for place, row in enumerate(last[:3]):
            values = inference.outputs(run.weights[: place + 1], affine.targets())
            low, high = values.min(axis=0), values.max(axis=0)
            dead = 0 if hidden == "sigmoid" else np.mean(high == 0)
            ends = np.mean((high < 0.01) | (low > 0.99)) if hidden == "sigmoid" else 0
            assert row.dead == pytest.approx(dead, abs=1e-6)
            assert row.saturated == pytest.approx(ends, abs=0.05)
        assert max(row.dead + row.saturated for row in last[:3]) > 0.2


def test_an_epochs_update_is_the_distance_that_the_kernels_moved() -> None:
    """Two runs of one and of two epochs begin alike, so their weights are the second's ends."""
    ends = []
    for epochs in (1, 2):
        run = train(replace(SMALL, epochs=epochs), lambda _: None, lambda: False)
        assert run is not None
        assert run.weights is not None
        ends.append([layer.kernel for layer in run.weights])
    for row, (old, new) in zip(run.layer_evidence[-4:], zip(*ends, strict=True), strict=True):
        moved = np.linalg.norm(new - old) / np.linalg.norm(old)
        assert row.update == pytest.approx(moved, rel=1e-4)


def test_long_trainings_are_measured_in_twenty_epochs() -> None:
    assert measured_epochs(7) == frozenset(range(1, 8))
    many = sorted(measured_epochs(1000))
    assert (many[0], many[-1], len(many)) == (1, 1000, 20)
    assert max(later - earlier for earlier, later in pairwise(many)) == 53
