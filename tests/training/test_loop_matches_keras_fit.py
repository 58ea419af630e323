"""The compiled loop gives what `model.compile` and `model.fit` give."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from core.data.normalization import NORMALIZATIONS, Affine, GreyMoments, Images
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import LOSSES
from core.training import network
from core.training.loop import ImageTensors, Loop
from core.training.noise import noisy
from core.variant import OPTIMIZERS, Variant

PAIRS = [(activation, loss) for activation in ACTIVATIONS for loss in LOSSES]
# Keras clips these outputs to [1e-7, 1 - 1e-7] before the logarithm: near an end the gradient is up
# to 1e7, beyond it 0. Outputs start around 0, so rounding alone, in the seventh digit of an output,
# changes the third of the first gradient, and two runs drift apart within a few steps.
JUMPING = sorted(
    (activation, loss)
    for activation in ("linear", "tanh", "relu")
    for loss in ("binary_crossentropy", "categorical_crossentropy", "kl_divergence")
)
MOMENTS = GreyMoments(mean=33.3184, deviation=78.5675)

Weights = list[NDArray[np.float32]]
# Running losses and final weights.
Outcome = tuple[NDArray[np.float64], Weights]


class RunningLoss(keras.callbacks.Callback):
    """Keras' own loss after each step: the mean over the epoch's images so far."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[float] = []

    def on_train_batch_end(self, batch: int, logs: dict[str, float]) -> None:
        self.values.append(logs["loss"])


def affine_of(variant: Variant, digits: Images) -> Affine:
    return NORMALIZATIONS[variant.normalization].apply(digits, MOMENTS)


def orders(seed: int, count: int, epochs: int) -> list[NDArray[np.int64]]:
    shuffle = np.random.default_rng(seed)
    return [shuffle.permutation(count) for _ in range(epochs)]


def raised(variant: Variant, height: float) -> Weights:
    """The variant's initial weights with this bias in the output layer."""
    *others, bias = network.build(variant).get_weights()
    return [*others, bias + np.float32(height)]


def compiled(variant: Variant, start: Weights) -> keras.Model:
    """The variant as Keras' own arguments have it."""
    model = network.build(variant)
    model.set_weights(start)
    if variant.code_l1:
        code = model.layers[1 + variant.layers.index(min(variant.layers))]
        code.activity_regularizer = keras.regularizers.L1(variant.code_l1)
    given = {name: getattr(variant, name) for name in ("momentum", "weight_decay")}
    config = {"learning_rate": variant.learning_rate, **{n: v for n, v in given.items() if v}}
    optimizer = keras.optimizers.get({"class_name": variant.optimizer, "config": config})
    loss = variant.loss
    if variant.loss_from == "logits":
        assert loss == "binary_crossentropy"
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer=optimizer, loss=loss)
    return model


def fit(variant: Variant, affine: Affine, epochs: int, start: Weights) -> Outcome:
    """Plain Keras."""
    model = compiled(variant, start)
    running = RunningLoss()
    for epoch, order in enumerate(orders(variant.seed, len(affine.greys), epochs)):
        shuffled = affine.targets()[order]
        inputs = with_noise(variant, affine, shuffled, epoch)
        model.fit(
            inputs,
            inputs if variant.noise_target == "noisy" else shuffled,
            batch_size=variant.batch_size,
            shuffle=False,
            verbose=0,
            callbacks=[running],
        )
    return np.array(running.values), model.get_weights()


def with_noise(
    variant: Variant, affine: Affine, shuffled: NDArray[np.float32], epoch: int
) -> NDArray[np.float32]:
    """An epoch's inputs: every batch with the noise that the loop draws for its step."""
    if variant.noise == "none":
        return shuffled
    size = variant.batch_size
    draw = tf.function(noisy, jit_compile=True)
    steps = -(-len(shuffled) // size)
    black, white = np.float32(affine.shift), affine.scale[0] * affine.white + affine.shift
    found = []
    for at in range(steps):
        batch = np.zeros((size, shuffled.shape[1]), np.float32)
        part = shuffled[at * size : (at + 1) * size]
        batch[: len(part)] = part
        seed = tf.constant([variant.seed, epoch * steps + at])
        drawn = draw(variant, tf.constant(batch), seed, black, np.float32(white))
        found.append(drawn.numpy()[: len(part)])
    return np.concatenate(found)


def ours(variant: Variant, affine: Affine, epochs: int, start: Weights) -> Outcome:
    """The compiled loop: the same, each epoch in two calls."""
    loop = Loop(variant, len(affine.greys))
    loop.reset(variant)
    loop.model.set_weights(start)
    images = ImageTensors.of(affine)
    counts = loop.images_per_step()
    running: list[NDArray[np.float64]] = []
    for order in orders(variant.seed, len(affine.greys), epochs):
        padded = loop.padded(order)
        parts = [loop.run(images, padded, 0, 1), loop.run(images, padded, 1, len(counts) - 1)]
        losses = np.concatenate(parts).astype(np.float64)
        running.append(np.cumsum(losses * counts) / np.cumsum(counts))
    return np.concatenate(running), loop.model.get_weights()


def assert_same_weights(found: Weights, expected: Weights) -> None:
    for one, other in zip(found, expected, strict=True):
        # Relative to the layer's largest weight: single weights may be as good as zero.
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-4 * np.abs(other).max())


def assert_trains_as_fit_does(
    variant: Variant, digits: Images, epochs: int = 3, height: float = 0.0
) -> None:
    affine, start = affine_of(variant, digits), raised(variant, height)
    expected_losses, expected_weights = fit(variant, affine, epochs, start)
    losses, weights = ours(variant, affine, epochs, start)
    np.testing.assert_allclose(losses, expected_losses, rtol=1e-4)
    assert_same_weights(weights, expected_weights)


@pytest.mark.parametrize(("activation", "loss"), [pair for pair in PAIRS if pair not in JUMPING])
def test_losses_and_weights_are_those_of_fit(activation: str, loss: str, digits: Images) -> None:
    variant = Variant(activation=activation, loss=loss, layers=(64, 16, 64))
    assert_trains_as_fit_does(variant, digits)


@pytest.mark.parametrize(("activation", "loss"), JUMPING)
def test_losses_and_weights_are_those_of_fit_until_clipping_makes_the_gradient_jump(
    activation: str, loss: str, digits: Images
) -> None:
    variant = Variant(
        activation=activation,
        loss=loss,
        layers=(64, 16, 64),
        optimizer="sgd",
        # KL divergence is a sum over 784 pixels.
        learning_rate=1e-6 if loss == "kl_divergence" else 1e-4,
    )
    # With outputs that start around 0.5, far from the ends, a whole epoch agrees.
    assert_trains_as_fit_does(variant, digits, epochs=1, height=0.5)
    # From Keras' own initial weights, the first two losses do.
    affine, start = affine_of(variant, digits), raised(variant, 0.0)
    expected, _ = fit(variant, affine, 1, start)
    losses, _ = ours(variant, affine, 1, start)
    np.testing.assert_allclose(losses[:2], expected[:2], rtol=1e-4)


def test_softmax_with_bce_trains_on_the_hidden_logits_as_fit_does(digits: Images) -> None:
    softmax = Variant(activation="softmax", layers=(64, 16, 64))
    sigmoid = Variant(activation="sigmoid", layers=(64, 16, 64))
    affine, start = affine_of(softmax, digits), raised(softmax, 0.0)
    losses, weights = ours(softmax, affine, 3, start)
    expected_losses, expected_weights = fit(softmax, affine, 3, start)
    np.testing.assert_allclose(losses, expected_losses, rtol=1e-4)
    assert_same_weights(weights, expected_weights)
    # And so it is the training of sigmoid: only the pictures differ.
    losses_of_sigmoid, weights_of_sigmoid = ours(sigmoid, affine, 3, start)
    np.testing.assert_allclose(losses, losses_of_sigmoid, rtol=1e-6)
    assert_same_weights(weights, weights_of_sigmoid)


@pytest.mark.parametrize("activation", ["linear", "tanh", "relu"])
def test_outputs_are_taken_as_logits_as_in_fit(activation: str, digits: Images) -> None:
    variant = Variant(activation=activation, loss_from="logits", layers=(64, 16, 64))
    assert_trains_as_fit_does(variant, digits)


def test_linear_logits_train_as_sigmoid_with_its_hidden_logits(digits: Images) -> None:
    linear = Variant(activation="linear", loss_from="logits", layers=(64, 16, 64))
    sigmoid = Variant(activation="sigmoid", layers=(64, 16, 64))
    affine, start = affine_of(linear, digits), raised(linear, 0.0)
    losses, weights = ours(linear, affine, 3, start)
    expected_losses, expected_weights = ours(sigmoid, affine, 3, start)
    np.testing.assert_allclose(losses, expected_losses, rtol=1e-6)
    assert_same_weights(weights, expected_weights)


def test_from_logits_after_a_sigmoid_is_nothing_new_to_keras(digits: Images) -> None:
    """Keras takes the hidden logits whatever `from_logits` says, and warns of it."""
    sigmoid = Variant(layers=(16,))
    affine, start = affine_of(sigmoid, digits), raised(sigmoid, 0.0)
    expected, _ = fit(sigmoid, affine, 1, start)
    with pytest.warns(UserWarning, match="Was this intended"):
        found, _ = fit(replace(sigmoid, loss_from="logits"), affine, 1, start)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    # PyTorch's loss from logits does not look for them: it applies a second sigmoid.
    twice, _ = ours(replace(sigmoid, loss_from="logits"), affine, 1, start)
    assert abs(twice[0] - expected[0]) > 0.01


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizers_and_learning_rates_are_those_of_keras(optimizer: str, digits: Images) -> None:
    rate = 1.0 if optimizer == "adadelta" else 0.003
    variant = Variant(optimizer=optimizer, learning_rate=rate, layers=(32,), batch_size=50)
    assert_trains_as_fit_does(variant, digits)


def test_momentum_is_that_of_keras(digits: Images) -> None:
    variant = Variant(optimizer="sgd", learning_rate=0.1, momentum=0.9, layers=(16,))
    assert_trains_as_fit_does(variant, digits)


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "adamw"])
def test_weight_decay_is_that_of_keras(optimizer: str, digits: Images) -> None:
    variant = Variant(optimizer=optimizer, learning_rate=0.01, weight_decay=0.1, layers=(16,))
    assert_trains_as_fit_does(variant, digits)


@pytest.mark.parametrize("layers", [(16,), (32, 8, 32), (16, 8)])
def test_penalty_on_the_code_is_keras_activity_regularizer(
    layers: tuple[int, ...], digits: Images
) -> None:
    variant = Variant(layers=layers, code_l1=0.01, bottleneck_activation="tanh")
    assert_trains_as_fit_does(variant, digits)


@pytest.mark.parametrize(
    "noise",
    [
        {"noise": "gaussian", "noise_level": 0.4},
        {"noise": "gaussian", "noise_level": 0.4, "normalization": "symmetric", "seed": 5},
        {"noise": "masking", "noise_level": 0.25},
        {"noise": "masking", "noise_level": 0.25, "noise_target": "noisy"},
    ],
    ids=["gaussian", "gaussian of another range", "masking", "noisy target"],
)
def test_noisy_images_are_trained_on_as_in_fit(noise: dict[str, Any], digits: Images) -> None:
    variant = Variant(layers=(16,), activation="linear", loss="mean_squared_error", **noise)
    assert_trains_as_fit_does(variant, digits)


@pytest.mark.parametrize("optimizer", ["adagrad", "nadam"])  # their slots do not start with zeros
def test_a_loop_that_is_used_again_starts_as_a_new_one(optimizer: str, digits: Images) -> None:
    variant = Variant(optimizer=optimizer, layers=(16,))
    affine = affine_of(variant, digits)
    loop, images = Loop(variant, len(digits)), ImageTensors.of(affine)
    order = loop.padded(np.arange(len(digits)))
    losses = []
    for _ in range(2):
        loop.reset(variant)
        losses.append(loop.run(images, order, 0, loop.steps_per_epoch))
    np.testing.assert_array_equal(losses[0], losses[1])


@pytest.mark.parametrize("hidden", ["elu", "selu", "leaky_relu", "softmax"])
def test_hidden_layers_beside_a_linear_bottleneck_train_as_in_fit(
    hidden: str, digits: Images
) -> None:
    variant = Variant(hidden_activation=hidden, bottleneck_activation="linear", layers=(32, 8, 32))
    assert_trains_as_fit_does(variant, digits, epochs=2)


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_images_are_normalized_inside_as_outside(normalization: str, digits: Images) -> None:
    variant = Variant(
        normalization=normalization,
        activation="linear",
        loss="mean_squared_error",
        layers=(32,),
    )
    assert_trains_as_fit_does(variant, digits)


def test_one_batch_of_everything_and_batches_of_one_are_those_of_fit(digits: Images) -> None:
    for batch_size in (1, 1000):
        variant = Variant(layers=(16,), batch_size=batch_size)
        assert_trains_as_fit_does(variant, digits[:20])
