"""Gradients of the losses with respect to outputs, and through each activation to the logits.

They are gradients of the sum of an image's pixel losses; Keras' mean over 784 pixels only divides
them by 784. Where Keras clips they are 0, as the derivative of clip_by_value outside its range.
"""

from __future__ import annotations

from core.objectives.activations import ACTIVATIONS, Array
from core.objectives.loss_formulas import shares_of_sum
from core.objectives.losses import (
    LOSSES,
    OWN_ACTIVATION,
    takes_outputs_as_logits,
    trains_on_hidden_logits,
)


def output_gradient(loss: str, targets: Array, outputs: Array) -> Array:
    """d loss / d output of each pixel, including the division by the image's sum.

    Args:
        loss: a name in `LOSSES`.
        targets, outputs: shape (..., pixels).

    Returns:
        Same shape.
    """
    derivative = LOSSES[loss].derivative
    if not LOSSES[loss].divides_by_sum:
        return derivative(targets, outputs)
    shares = shares_of_sum(outputs)
    by_share = derivative(targets, shares)
    # The quotient rule for outputs / sum: each output also reduces all other shares.
    shared = (by_share * shares).sum(axis=-1, keepdims=True)
    return (by_share - shared) / outputs.sum(axis=-1, keepdims=True)


def logit_gradient(
    activation: str, loss: str, loss_from: str, targets: Array, logits: Array
) -> Array:
    """d loss / d logit of each pixel: the gradient that the last layer receives.

    From hidden logits, binary cross-entropy gives sigmoid(x) - y, and categorical cross-entropy
    softmax(x) - y, whatever the activation makes of the logits afterwards. Outputs that are taken
    as logits get the same, and pass it on through their activation. The latter is the
    loss's gradient only if an image's targets sum to 1: TensorFlow assumes this
    (https://www.tensorflow.org/api_docs/python/tf/nn/softmax_cross_entropy_with_logits: "If they
    are not, the computation of the gradient will be incorrect"). For other sums it never vanishes.

    Args:
        activation: a name in `ACTIVATIONS`.
        loss: a name in `LOSSES`.
        loss_from: "keras", "outputs" or "logits".
        targets, logits: shape (..., pixels).

    Returns:
        Same shape.
    """
    if trains_on_hidden_logits(activation, loss, loss_from):
        return _from_logits(loss, targets, logits)
    shown = ACTIVATIONS[activation]
    outputs = shown.apply(logits)
    if takes_outputs_as_logits(loss, loss_from):
        return shown.backward(logits, _from_logits(loss, targets, outputs))
    return shown.backward(logits, output_gradient(loss, targets, outputs))


def _from_logits(loss: str, targets: Array, logits: Array) -> Array:
    return ACTIVATIONS[OWN_ACTIVATION[loss]].apply(logits) - targets
