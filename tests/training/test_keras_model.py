"""Keras loads the exported models, and they give what the lab computes."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from core.export.keras_model import keras_model
from core.metrics import inference
from core.objectives.activations import ACTIVATIONS
from core.variant import HIDDEN_ACTIVATIONS, Variant
from support.runs import make_run

VARIANTS = [
    *(
        Variant(layers=(12, 4, 12), hidden_activation=hidden, activation=output)
        for hidden in HIDDEN_ACTIVATIONS
        for output in ACTIVATIONS
    ),
    Variant(layers=(12, 4, 12), bottleneck_activation="softmax"),
    Variant(layers=(9,), activation="linear", loss="mean_squared_error"),
    Variant(layers=(3,) * 21),
]


@pytest.mark.parametrize("variant", VARIANTS)
def test_keras_predicts_what_the_lab_computes(variant: Variant, tmp_path: Path) -> None:
    layers = make_run(variant).weights or ()
    path = tmp_path / "model.keras"
    path.write_bytes(keras_model(layers))
    model = keras.models.load_model(path)
    assert [layer.activation.__name__ for layer in model.layers] == list(variant.activations)
    assert (model.input_shape, model.output_shape) == ((None, 784), (None, 784))
    images = np.random.default_rng(5).random((7, 784), np.float32)
    expected = inference.outputs(layers, images)
    # Both round to float32 after each layer.
    assert np.abs(model(images).numpy() - expected).max() <= 1e-5 * np.ptp(expected)


# Keras' own saving has it of TensorFlow's variables.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_keras_saves_a_loaded_model_with_the_same_weights(tmp_path: Path) -> None:
    layers = make_run(Variant(layers=(12, 4, 12))).weights or ()
    first, second = tmp_path / "first.keras", tmp_path / "second.keras"
    first.write_bytes(keras_model(layers))
    keras.models.load_model(first).save(second)
    saved = keras.models.load_model(second).get_weights()
    for found, array in zip(saved, [a for y in layers for a in (y.kernel, y.bias)], strict=True):
        np.testing.assert_array_equal(found, array)
