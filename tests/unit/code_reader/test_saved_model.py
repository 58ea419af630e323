"""Saved Keras models: their configuration is read, in the formats of Keras 2 and 3."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from core.code_reader import read
from core.errors import UnreadableCode


def layer(title: str, name: str, source: str = "", **config: Any) -> dict[str, Any]:
    history = {"class_name": "__keras_tensor__", "config": {"keras_history": [source, 0, 0]}}
    return {
        "module": "keras.layers",
        "class_name": title,
        "name": name,
        "config": {"name": name, **config},
        "inbound_nodes": [{"args": [history], "kwargs": {}}] if source else [],
    }


FUNCTIONAL = {
    "class_name": "Functional",
    "config": {
        "layers": [
            layer("InputLayer", "in", batch_shape=[None, 784]),
            layer("Dense", "a", "in", units=64, activation="relu"),
            layer("Dense", "b", "a", units=8, activation="relu"),
            layer("Dense", "c", "b", units=64, activation="relu"),
            layer("Dense", "d", "c", units=784, activation="softmax"),
        ],
        "input_layers": [["in", 0, 0]],
        "output_layers": [["d", 0, 0]],
    },
    "compile_config": {
        "optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.0020000000949949026}},
        "loss": "binary_crossentropy",
    },
}
SEQUENTIAL = {
    "class_name": "Sequential",
    "config": {
        "layers": [
            {
                "class_name": "Dense",
                "config": {"units": 32, "activation": "tanh", "batch_input_shape": [None, 784]},
            },
            {
                "class_name": "Dense",
                "config": {
                    "units": 784,
                    "activation": {"class_name": "function", "config": "sigmoid"},
                },
            },
        ]
    },
    "compile_config": {
        "optimizer": "rmsprop",
        "loss": {"module": "keras.losses", "class_name": "MeanSquaredError", "config": {}},
    },
}


def as_file(saved: dict[str, Any]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("config.json", json.dumps(saved))
        archive.writestr("model.weights.h5", b"never read")
    return target.getvalue()


@pytest.mark.parametrize(
    "content", [json.dumps(FUNCTIONAL), as_file(FUNCTIONAL)], ids=["json", "file"]
)
def test_functional_model_is_read(content: str | bytes) -> None:
    reading = read(content)
    assert reading.variant is not None
    assert reading.variant.layers == (64, 8, 64)
    assert reading.variant.activation == "softmax"
    assert reading.variant.loss == "binary_crossentropy"
    assert reading.variant.learning_rate == 0.002
    assert {setting.name for setting in reading.assumed} == {
        *("dataset", "normalization", "batch_size", "epochs", "seed")
    }
    assert all(setting.line is None for setting in reading.settings.values())
    assert [repair.code for repair in reading.repairs] == ["saved_model"]
    assert reading.corrected is None


def test_sequential_model_is_read() -> None:
    variant = read(json.dumps(SEQUENTIAL)).variant
    assert variant is not None
    assert (variant.layers, variant.hidden_activation) == ((32,), "tanh")
    assert (variant.loss, variant.optimizer) == ("mean_squared_error", "rmsprop")


def test_model_without_a_loss_says_so() -> None:
    reading = read(json.dumps({**FUNCTIONAL, "compile_config": None}))
    assert reading.variant is None
    assert [remark.sentence for remark in reading.unsupported] == ["The loss cannot be determined."]


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 damaged",
        json.dumps({"class_name": "Functional", "config": {"layers": [1]}}),
        json.dumps(
            {
                "class_name": "Sequential",
                "config": {"layers": [{"class_name": "os.system('x')", "config": {}}]},
            }
        ),
        json.dumps({"class_name": "Sequential", "config": 1}),
    ],
    ids=["damaged", "numbers", "code", "no_layers"],
)
def test_file_that_is_not_a_configuration_is_refused(content: str | bytes) -> None:
    with pytest.raises(UnreadableCode, match=r"not (a valid \.keras file|the configuration)"):
        read(content)
