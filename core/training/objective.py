"""The objective of the training: the loss of each image, with the penalty on its code."""

from __future__ import annotations

import keras
import tensorflow as tf

from core import layer_widths
from core.training.network import loss_function
from core.variant import Variant


class Objective:
    """The loss that a network is trained on, as Keras computes it.

    Args:
        model: (images, 784) -> (images, 784).
        variant: defines the loss and the penalty on the code.
    """

    def __init__(self, model: keras.Model, variant: Variant) -> None:
        self._loss = loss_function(variant.loss, variant.loss_from)
        self._code_l1 = variant.code_l1
        self._bottleneck = layer_widths.bottleneck(variant.layers)
        values = [layer.output for layer in model.layers if isinstance(layer, keras.layers.Dense)]
        # Its last output is the model's own tensor, on which Keras stores the logits.
        self._network = keras.Model(model.inputs, values)

    def __call__(
        self, inputs: tf.Tensor, targets: tf.Tensor, *, training: bool
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """The loss of each image, shape (images,), and the activations of every layer."""
        values = self._network(inputs, training=training)
        losses = self._loss(targets, values[-1])
        if self._code_l1:
            losses += self._code_l1 * tf.reduce_sum(tf.abs(values[self._bottleneck]), axis=1)
        return losses, values
