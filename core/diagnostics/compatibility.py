"""Compatibility of output activation, loss and targets, and the nearest compatible choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.objectives.losses import LOSSES
from core.text import labels
from core.variant import Variant


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A normalization with its compatible activations and losses, most common first.

    Attributes:
        normalization: a name in `NORMALIZATIONS`.
        activations: names in `ACTIVATIONS` whose range covers the targets.
        losses: names in `LOSSES` whose minimum is at outputs = targets with these activations.
        reason: why they are compatible, as a sentence.
    """

    normalization: str
    activations: tuple[str, ...]
    losses: tuple[str, ...]
    reason: str


# Distances with their minimum at the mean. That of MAE is at the median, black for most pixels.
ERRORS = tuple(loss.name for loss in LOSSES.values() if loss.is_distance and loss.aims_at == "mean")
FITS = (
    Fit(
        normalization="unit",
        activations=("sigmoid",),
        losses=("binary_crossentropy", *ERRORS),
        reason="Sigmoid outputs 0 to 1, the range of the targets, and binary cross-entropy has"
        " its minimum at p = y, for grey targets too.",
    ),
    Fit(
        normalization="unit",
        activations=("linear", "tanh"),
        losses=ERRORS,
        reason="Linear and tanh outputs reach 0 to 1 too, but are not probabilities: a distance"
        " such as MSE fits.",
    ),
    Fit(
        normalization="binarized",
        activations=("sigmoid",),
        losses=("binary_crossentropy", *ERRORS),
        reason="Each target is 0 or 1, each output the probability of a 1.",
    ),
    Fit(
        normalization="binarized",
        activations=("linear", "tanh"),
        losses=ERRORS,
        reason="Linear and tanh outputs reach 0 and 1 too, but are not probabilities.",
    ),
    Fit(
        normalization="symmetric",
        activations=("tanh", "linear"),
        losses=ERRORS,
        reason="Tanh outputs -1 to 1, the range of the targets; negative targets are not"
        " probabilities.",
    ),
    Fit(
        normalization="standardized",
        activations=("linear",),
        losses=ERRORS,
        reason="Unbounded targets need an unbounded output, and a distance such as MSE.",
    ),
    Fit(
        normalization="raw",
        activations=("linear",),
        losses=("mean_squared_error",),
        reason="Only an unbounded output spans 0 to 255, and only a distance such as MSE fits it.",
    ),
    Fit(
        normalization="sum_to_one",
        activations=("softmax",),
        losses=("categorical_crossentropy", "kl_divergence"),
        reason="Each image is a distribution over its pixels: softmax outputs one, and"
        " categorical cross-entropy and KL divergence compare them.",
    ),
)


def fits(variant: Variant) -> Fit | None:
    """The entry of `FITS` that contains the variant; None if its settings are incompatible."""
    for fit in FITS:
        if (
            variant.loss_from != "logits"
            and variant.normalization == fit.normalization
            and variant.activation in fit.activations
            and variant.loss in fit.losses
        ):
            return fit
    return None


def nearest(variant: Variant, setting: str) -> dict[str, str]:
    """The smallest change that makes the settings compatible, preferably of `setting`.

    Args:
        variant: the settings.
        setting: the field that causes the problem.

    Returns:
        New values by field; empty if the variant is compatible already.
    """

    def distance(changes: dict[str, str]) -> tuple[int, bool]:
        return len(changes), setting not in changes

    return min((_changes(variant, choice) for choice in _choices(variant)), key=distance)


def nearer(variant: Variant, setting: str) -> str | None:
    """The value of a setting in the fewest changes that make a variant compatible.

    If the variant is compatible, the change leads to another compatible choice.

    Args:
        variant: the settings.
        setting: "activation", "loss" or "normalization".

    Returns:
        The new value; None if the fewest changes do not include this setting.
    """
    options = [changes for choice in _choices(variant) if (changes := _changes(variant, choice))]
    fewest = 1 if fits(variant) else min(map(len, options))
    values = (
        changes[setting] for changes in options if setting in changes and len(changes) == fewest
    )
    return next(values, None)


def label(changes: Mapping[str, Any]) -> str:
    """The label of a button that makes these changes: "Use sigmoid and unit 0–1"."""
    *others, last = (labels.named_value(field, _shown(value)) for field, value in changes.items())
    return "Use " + (f"{', '.join(others)} and {last}" if others else last)


def _shown(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _choices(variant: Variant) -> Iterator[Variant]:
    # Outputs that the loss takes as logits are never displayed correctly.
    source = "keras" if variant.loss_from == "logits" else variant.loss_from
    for fit in FITS:
        for loss in fit.losses:
            for activation in fit.activations:
                yield replace(
                    variant,
                    normalization=fit.normalization,
                    activation=activation,
                    loss=loss,
                    loss_from=source,
                )


def _changes(variant: Variant, other: Variant) -> dict[str, str]:
    settings = ("activation", "loss", "normalization")
    found = {
        name: getattr(other, name)
        for name in settings
        if getattr(other, name) != getattr(variant, name)
    }
    # Not a separate change if it follows from the change of the loss.
    if replace(variant, **found).loss_from != other.loss_from:
        found["loss_from"] = other.loss_from
    return found
