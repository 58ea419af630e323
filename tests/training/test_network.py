"""The network starts as Keras' own would, whatever else the worker does meanwhile."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np

from core.optimizers import OPTIMIZERS
from core.training import network
from core.variant import Variant

VARIANT = Variant(layers=(128, 64, 28, 64, 128), seed=7)


@contextmanager
def someone_who_draws() -> Iterator[None]:
    """Another thread that draws from Python's generator, as Dask's does to size its messages."""
    ended = threading.Event()

    def draw() -> None:
        while not ended.is_set():
            random.random()

    thread = threading.Thread(target=draw)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_the_weights_are_those_of_a_keras_script_with_the_seed() -> None:
    keras.utils.set_random_seed(7)
    values = inputs = keras.Input((784,))
    for width in VARIANT.layers:
        values = keras.layers.Dense(width, activation="relu")(values)
    script = keras.Model(inputs, keras.layers.Dense(784, activation="sigmoid")(values))
    for expected, weights in zip(
        script.get_weights(), network.build(VARIANT).get_weights(), strict=True
    ):
        np.testing.assert_array_equal(weights, expected)


def test_the_bottleneck_alone_has_an_activation_of_its_own() -> None:
    variant = Variant(layers=(16, 8, 16), hidden_activation="elu", bottleneck_activation="linear")
    dense = network.build(variant).layers[1:]
    assert [layer.get_config()["activation"] for layer in dense] == [
        *("elu", "linear", "elu", "sigmoid")
    ]


def test_another_thread_that_draws_random_numbers_changes_no_weight() -> None:
    expected = network.build(VARIANT).get_weights()
    with someone_who_draws():
        for _ in range(10):
            for alone, beside in zip(expected, network.build(VARIANT).get_weights(), strict=True):
                np.testing.assert_array_equal(beside, alone)


def test_every_optimizer_is_the_class_of_keras_that_exported_scripts_name() -> None:
    for name, entry in OPTIMIZERS.items():
        assert type(network.optimizer(Variant(optimizer=name))) is getattr(
            keras.optimizers, entry.keras_class
        )
