"""The table of losses, and which of them Keras computes from logits.

Checks, landmarks, bounds and pages read everything about a loss from its entry here. Training and
the exported scripts use Keras' own loss of that name instead (`keras.losses.<name>`), and
`tests/training/test_gradients_match_tensorflow.py` compares the two.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from core.objectives import loss_formulas as formulas
from core.objectives.activations import ACTIVATIONS, Array, OutputActivation


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A loss as Keras computes it from outputs.

    Attributes:
        name: Keras' name.
        label: the short name on buttons and axes.
        title: the name within a sentence.
        unit: "per pixel" for a mean over the pixels, "per image" for a sum.
        pointwise: (targets, predictions) -> loss of each pixel, same shape; for a loss that
            divides by the sum, a prediction is the output's share of its image's sum.
        derivative: d pointwise / d prediction, same arguments and shape.
        per_image: (targets, outputs), both (images, pixels) -> (images,).
        targets: the lowest and the highest target that it is made for.
        is_distance: whether its minimum is at outputs = targets, whatever their range, and 0.
        linear_from: the error from which on it is proportional to the error, so that its gradient
            no longer grows; 0 for MAE, infinite for losses that never are.
        floor: (activation, whether it trains on logits) -> the entry of `core.objectives.floors`'
            FLOORS that bounds it; None for the bound 0.
        clips_outputs: whether Keras clips each output to [0, 1], with no gradient beyond.
        divides_by_sum: whether Keras first divides the outputs by their image's sum.
        from_logits: (targets, logits) -> (images,), which Keras computes if it finds hidden logits;
            None if Keras never does.
        own_activation: the activation that `from_logits` assumes.
        in_matrix: whether the Matrix, the Losses page and the shipped runs have it. One more is 30
            more shipped runs, and a colour in `core.charts.plots`.
    """

    name: str
    label: str
    title: str
    unit: Literal["per pixel", "per image"]
    pointwise: Callable[[Array, Array], Array]
    derivative: Callable[[Array, Array], Array]
    per_image: Callable[[Array, Array], Array]
    targets: tuple[float, float]
    is_distance: bool
    linear_from: float
    floor: Callable[[OutputActivation, bool], str] | None
    clips_outputs: bool = False
    divides_by_sum: bool = False
    from_logits: Callable[[Array, Array], Array] | None = None
    own_activation: str | None = None
    in_matrix: bool = False

    @property
    def aims_at(self) -> Literal["mean", "median"]:
        """The output with the lowest loss where an uncertain pixel has several targets.

        For losses that are linear only from some error on, that of smaller errors.
        """
        return "mean" if self.linear_from > 0 else "median"


def _bce_floor(activation: OutputActivation, on_logits: bool) -> str:
    return "bce_logits" if on_logits else "bce_clipped"


def _cce_floor(activation: OutputActivation, on_logits: bool) -> str:
    if on_logits:
        return "cce_logits"
    return "cce_signed" if activation.low < 0 else "cce_shares"


def _kl_floor(activation: OutputActivation, on_logits: bool) -> str:
    return "kl_softmax" if activation.name == "softmax" else "kl_free"


PROBABILITIES = (0.0, 1.0)
ANY_NUMBERS = (-math.inf, math.inf)

LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss(
            name="binary_crossentropy",
            label="BCE",
            title="binary cross-entropy",
            unit="per pixel",
            pointwise=formulas.pixel_binary_crossentropy,
            derivative=formulas.binary_crossentropy_slope,
            per_image=formulas.binary_crossentropy,
            targets=PROBABILITIES,
            is_distance=False,
            linear_from=math.inf,
            floor=_bce_floor,
            clips_outputs=True,
            from_logits=formulas.binary_crossentropy_from_logits,
            own_activation="sigmoid",
            in_matrix=True,
        ),
        Loss(
            name="mean_squared_error",
            label="MSE",
            title="mean squared error",
            unit="per pixel",
            pointwise=formulas.pixel_squared_error,
            derivative=formulas.squared_error_slope,
            per_image=formulas.mean_squared_error,
            targets=ANY_NUMBERS,
            is_distance=True,
            linear_from=math.inf,
            floor=None,
            in_matrix=True,
        ),
        Loss(
            name="mean_absolute_error",
            label="MAE",
            title="mean absolute error",
            unit="per pixel",
            pointwise=formulas.pixel_absolute_error,
            derivative=formulas.absolute_error_slope,
            per_image=formulas.mean_absolute_error,
            targets=ANY_NUMBERS,
            is_distance=True,
            linear_from=0.0,
            floor=None,
            in_matrix=True,
        ),
        Loss(
            name="categorical_crossentropy",
            label="CCE",
            title="categorical cross-entropy",
            unit="per image",
            pointwise=formulas.pixel_categorical_crossentropy,
            derivative=formulas.categorical_crossentropy_slope,
            per_image=formulas.categorical_crossentropy,
            targets=(0.0, math.inf),
            is_distance=False,
            linear_from=math.inf,
            floor=_cce_floor,
            divides_by_sum=True,
            from_logits=formulas.categorical_crossentropy_from_logits,
            own_activation="softmax",
            in_matrix=True,
        ),
        Loss(
            name="huber",
            label="Huber",
            title="Huber loss",
            unit="per pixel",
            pointwise=formulas.pixel_huber,
            derivative=formulas.huber_slope,
            per_image=formulas.huber,
            targets=ANY_NUMBERS,
            is_distance=True,
            linear_from=formulas.HUBER_DELTA,
            floor=None,
            in_matrix=True,
        ),
        Loss(
            name="log_cosh",
            label="Log-cosh",
            title="log-cosh loss",
            unit="per pixel",
            pointwise=formulas.pixel_log_cosh,
            derivative=formulas.log_cosh_slope,
            per_image=formulas.log_cosh,
            targets=ANY_NUMBERS,
            is_distance=True,
            # About: there its gradient, tanh(error), is at three quarters of its limit.
            linear_from=1.0,
            floor=None,
        ),
        Loss(
            name="kl_divergence",
            label="KL",
            title="KL divergence",
            unit="per image",
            pointwise=formulas.pixel_kl_divergence,
            derivative=formulas.kl_divergence_slope,
            per_image=formulas.kl_divergence,
            targets=PROBABILITIES,
            is_distance=False,
            linear_from=math.inf,
            floor=_kl_floor,
            clips_outputs=True,
        ),
    )
}
# The losses compared by the Matrix, the Losses page and the shipped runs.
COMMON_LOSSES = tuple(name for name, loss in LOSSES.items() if loss.in_matrix)
# The activation that losses from logits assume.
OWN_ACTIVATION = {name: loss.own_activation for name, loss in LOSSES.items() if loss.own_activation}


def trains_on_hidden_logits(activation: str, loss: str, loss_from: str) -> bool:
    """Whether the loss trained on is computed from hidden logits instead of the displayed outputs.

    Args:
        activation: name of the output activation.
        loss: name of the loss.
        loss_from: "keras", "outputs" or "logits".
    """
    finds_logits = ACTIVATIONS[activation].leaves_logits and LOSSES[loss].from_logits is not None
    return loss_from == "keras" and finds_logits


def takes_outputs_as_logits(loss: str, loss_from: str) -> bool:
    """Whether the loss applies its own sigmoid or softmax to the displayed outputs.

    Arguments as for `trains_on_hidden_logits`.
    """
    return loss_from == "logits" and LOSSES[loss].from_logits is not None


def trains_on_logits(activation: str, loss: str, loss_from: str) -> bool:
    """Whether either holds, so that the loss is not computed from the outputs as displayed."""
    hidden = trains_on_hidden_logits(activation, loss, loss_from)
    return hidden or takes_outputs_as_logits(loss, loss_from)


def clipping_decides(activation: str, loss: str, loss_from: str) -> bool:
    """Whether rounding decides how a training proceeds, and even whether it diverges.

    Keras clips the outputs to [1e-7, 1 - 1e-7] before a cross-entropy's logarithm: near an end the
    gradient is up to 1e7, beyond it 0. Outputs that start around 0, as without sigmoid or softmax,
    are on either side of it.
    """
    is_cross_entropy = LOSSES[loss].from_logits is not None
    is_clipped = not trains_on_logits(activation, loss, loss_from)
    return is_cross_entropy and is_clipped and not ACTIVATIONS[activation].leaves_logits
