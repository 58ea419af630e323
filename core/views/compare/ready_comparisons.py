"""Example comparisons: pairs of shipped runs, with what they show."""

from __future__ import annotations

from dataclasses import dataclass

from core.metrics.image_metrics import share_of_mean_image
from core.objectives.losses import LOSSES
from core.run import Run
from core.text import formats
from core.variant import Variant


@dataclass(frozen=True, kw_only=True)
class Example:
    """Two runs that differ in one setting.

    Attributes:
        title: the two values.
        sentence: the effect of the difference, and its reason.
        variants: the variants of the runs, in order.
    """

    title: str
    sentence: str
    variants: tuple[Variant, Variant]


EXAMPLES = (
    Example(
        title="Sigmoid or softmax?",
        sentence="Both train on the same loss. Softmax outputs sum to 1, so no pixel can become"
        " white.",
        variants=(Variant(), Variant(activation="softmax")),
    ),
    Example(
        title="Pixels from 0 to 1, or from 0 to 255?",
        sentence="For targets above 1, binary cross-entropy has no minimum: the loss falls"
        " without bound and the digits stay black.",
        variants=(Variant(), Variant(normalization="raw")),
    ),
    Example(
        title="MSE or MAE?",
        sentence="MSE pulls each pixel to its mean, MAE to its median. Here MAE ends at one dark"
        " image for every digit.",
        variants=(
            Variant(activation="linear", loss="mean_squared_error"),
            Variant(activation="linear", loss="mean_absolute_error"),
        ),
    ),
    Example(
        title="Loss from the logits or from the outputs?",
        sentence="Keras computes the loss from the logits before softmax, and it looks fine."
        " Computed from the outputs, it agrees with the black digits.",
        variants=(
            Variant(activation="softmax"),
            Variant(activation="softmax", loss_from="outputs"),
        ),
    ),
)


def in_numbers(run: Run) -> str:
    """The loss and the error of a run: "BCE 0.1078 · error 22% of the mean image's"."""
    loss = formats.loss(run.trained_loss.held_out)
    error = formats.error_share(share_of_mean_image(run))
    return f"{LOSSES[run.variant.loss].label} {loss} · {error}"
