"""The forward pass in NumPy gives what Keras' predict gives for the same weights."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from core.metrics import inference
from core.objectives.activations import ACTIVATIONS
from core.run import Layer
from core.variant import HIDDEN_ACTIVATIONS

WIDTHS = (784, 128, 64, 28, 64, 128, 784)


def question_network(hidden: str, output: str) -> keras.Model:
    keras.utils.set_random_seed(3)
    inputs = values = keras.Input((WIDTHS[0],))
    for width in WIDTHS[1:-1]:
        values = keras.layers.Dense(width, activation=hidden, bias_initializer="normal")(values)
    values = keras.layers.Dense(WIDTHS[-1], activation=output, bias_initializer="normal")(values)
    return keras.Model(inputs, values)


def layers_of(model: keras.Model) -> tuple[Layer, ...]:
    return tuple(
        Layer(
            kernel=dense.kernel.numpy(),
            bias=dense.bias.numpy(),
            activation=dense.get_config()["activation"],
        )
        for dense in model.layers[1:]
    )


def assert_close_for_its_range(found: np.ndarray, expected: np.ndarray) -> None:
    assert np.abs(found - expected).max() <= 1e-5 * np.ptp(expected)


@pytest.mark.parametrize("output", ACTIVATIONS)
@pytest.mark.parametrize("hidden", HIDDEN_ACTIVATIONS)
def test_outputs_are_those_of_predict(hidden: str, output: str) -> None:
    model = question_network(hidden, output)
    images = np.random.default_rng(5).random((50, 784), np.float32)
    expected = model.predict(images, verbose=0)
    assert_close_for_its_range(inference.outputs(layers_of(model), images), expected)


def test_codes_are_the_values_of_the_bottleneck() -> None:
    model = question_network("relu", "sigmoid")
    images = np.random.default_rng(6).random((50, 784), np.float32)
    middle = keras.Model(model.inputs, model.layers[3].output)
    assert middle.output_shape == (None, 28)
    expected = middle.predict(images, verbose=0)
    assert_close_for_its_range(inference.encode(layers_of(model), images), expected)
