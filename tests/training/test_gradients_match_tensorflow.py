"""What Keras really trains on, asked of Keras: its losses, their gradients, the hidden logits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from core.objectives.activations import ACTIVATIONS
from core.objectives.gradients import logit_gradient
from core.objectives.losses import LOSSES, trains_on_hidden_logits
from core.training.network import loss_function

RANDOM = np.random.default_rng(3)
LOGITS = RANDOM.normal(0, 1, (4, 8)).astype(np.float32)
TARGETS = RANDOM.uniform(0, 1, (4, 8)).astype(np.float32)
PAIRS = [(activation, loss) for activation in ACTIVATIONS for loss in LOSSES]


def keras_loss_and_gradient(
    activation: str, loss: str, loss_from: str
) -> tuple[np.ndarray, np.ndarray]:
    """Per image: the loss of Keras' layer with that activation, and its gradient by the logits."""
    layer = tf.keras.layers.Activation(activation)
    logits = tf.constant(LOGITS)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        losses = loss_function(loss, loss_from)(tf.constant(TARGETS), layer(logits))
    return losses.numpy(), tape.gradient(losses, logits).numpy()


@pytest.mark.parametrize(("activation", "loss"), PAIRS)
@pytest.mark.parametrize("loss_from", ["keras", "outputs"])
def test_losses_and_gradients_are_those_of_keras(
    activation: str, loss: str, loss_from: str
) -> None:
    losses, gradient = keras_loss_and_gradient(activation, loss, loss_from)
    outputs = ACTIVATIONS[activation].apply(LOGITS)
    expected = LOSSES[loss].per_image(TARGETS, outputs)
    if trains_on_hidden_logits(activation, loss, loss_from):
        from_logits = LOSSES[loss].from_logits
        assert from_logits is not None
        expected = from_logits(TARGETS, LOGITS)
    np.testing.assert_allclose(losses, expected, rtol=2e-5, atol=1e-6)
    ours = logit_gradient(activation, loss, loss_from, TARGETS, LOGITS)
    pixels = LOGITS.shape[1] if LOSSES[loss].unit == "per pixel" else 1
    np.testing.assert_allclose(gradient * pixels, ours, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(
    ("loss", "of_tensorflow"),
    [
        ("binary_crossentropy", tf.nn.sigmoid_cross_entropy_with_logits),
        ("categorical_crossentropy", tf.nn.softmax_cross_entropy_with_logits),
    ],
)
def test_outputs_as_logits_have_tensorflows_loss_and_gradient(
    activation: str, loss: str, of_tensorflow: Callable[..., tf.Tensor]
) -> None:
    logits = tf.constant(LOGITS)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        outputs = tf.keras.activations.get(activation)(logits)
        expected = of_tensorflow(labels=tf.constant(TARGETS), logits=tf.identity(outputs))
        expected = tf.reduce_mean(expected, axis=1) if len(expected.shape) == 2 else expected
    slopes = tape.gradient(expected, logits).numpy()

    losses, gradient = keras_loss_and_gradient(activation, loss, "logits")
    np.testing.assert_allclose(losses, expected.numpy(), rtol=1e-6)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-5, atol=1e-7)
    ours = logit_gradient(activation, loss, "logits", TARGETS, LOGITS)
    pixels = LOGITS.shape[1] if LOSSES[loss].unit == "per pixel" else 1
    np.testing.assert_allclose(slopes * pixels, ours, rtol=1e-3, atol=1e-5)


def test_keras_finds_hidden_logits_after_sigmoid_and_softmax_and_nowhere_else() -> None:
    found = set()
    for activation, loss in PAIRS:
        with_logits, _ = keras_loss_and_gradient(activation, loss, "keras")
        shown = LOSSES[loss].per_image(TARGETS, ACTIVATIONS[activation].apply(LOGITS))
        if not np.allclose(with_logits, shown, rtol=1e-3):
            found.add((activation, loss))
    # Softmax with categorical and sigmoid with binary cross-entropy find them too, and there they
    # give what the outputs give.
    assert found == {
        ("softmax", "binary_crossentropy"),
        ("sigmoid", "categorical_crossentropy"),
    }
    assert {pair for pair in PAIRS if trains_on_hidden_logits(*pair, "keras")} == {
        *found,
        ("sigmoid", "binary_crossentropy"),
        ("softmax", "categorical_crossentropy"),
    }


def test_softmax_with_bce_trains_as_sigmoid_with_bce_does() -> None:
    with_softmax = keras_loss_and_gradient("softmax", "binary_crossentropy", "keras")
    with_sigmoid = keras_loss_and_gradient("sigmoid", "binary_crossentropy", "keras")
    np.testing.assert_array_equal(with_softmax[0], with_sigmoid[0])
    np.testing.assert_array_equal(with_softmax[1], with_sigmoid[1])
