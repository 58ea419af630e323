"""Variant -> Keras model, and its weights as plain arrays."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from core.data.datasets import PIXELS
from core.run import Layer
from core.variant import Variant

# The largest seed that Keras draws for a layer.
LARGEST_SEED = 10**9


def build(variant: Variant) -> keras.Model:
    """The autoencoder as a Keras functional model, with Keras' default initial weights.

    The weights follow from the seed as in any Keras script that calls
    `keras.utils.set_random_seed(seed)` and then builds the same layers: Keras draws a seed for each
    layer from Python's global generator. Here it is a separate generator, since Dask's thread may
    draw from the global one at any time.

    Args:
        variant: its layers, activations and seed are used.

    Returns:
        A model from (batch, 784) to (batch, 784), not compiled.
    """
    generator = random.Random(variant.seed)

    def dense(width: int, activation: str) -> keras.layers.Dense:
        start = keras.initializers.GlorotUniform(seed=generator.randint(1, LARGEST_SEED))
        return keras.layers.Dense(width, activation=activation, kernel_initializer=start)

    inputs = keras.Input((PIXELS,))
    values = inputs
    for width, activation in zip(variant.widths[1:], variant.activations, strict=True):
        values = dense(width, activation)(values)
    return keras.Model(inputs, values)


def optimizer(variant: Variant) -> keras.optimizers.Optimizer:
    """The variant's optimizer; all other arguments have Keras' defaults."""
    config: dict[str, Any] = {"learning_rate": variant.learning_rate}
    if variant.optimizer == "sgd":
        config["momentum"] = variant.momentum
    if variant.weight_decay:
        config["weight_decay"] = variant.weight_decay
    return keras.optimizers.get({"class_name": variant.optimizer, "config": config})


def layers(model: keras.Model) -> tuple[Layer, ...]:
    """Copies of the weights of all dense layers, first to last."""
    return tuple(
        Layer(
            kernel=np.array(layer.kernel.numpy()),
            bias=np.array(layer.bias.numpy()),
            activation=layer.activation.__name__,
        )
        for layer in model.layers
        if isinstance(layer, keras.layers.Dense)
    )


def set_layers(model: keras.Model, layers: Sequence[Layer]) -> None:
    """Set the weights of all dense layers, first to last."""
    model.set_weights([array for layer in layers for array in (layer.kernel, layer.bias)])


def loss_function(name: str, loss_from: str) -> Any:
    """Keras' loss per image: (targets, outputs) -> (images,).

    Args:
        name: Keras' name.
        loss_from: "keras": the outputs go in as they are, with the hidden logits that Keras finds
            on them; "outputs": a copy goes in, from which Keras cannot find them; "logits": the
            same, taken as logits by the two losses that can.
    """
    loss = getattr(keras.losses, name)
    if loss_from == "keras":
        return loss
    given = {"from_logits": True} if loss_from == "logits" else {}
    return lambda targets, outputs: loss(targets, tf.identity(outputs), **given)
