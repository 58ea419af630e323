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
    """A normalization with the activations and losses that fit it, most usual first.

    Attributes:
        normalization: a name in `NORMALIZATIONS`.
        activations: names in `ACTIVATIONS` whose range covers the targets.
        losses: names in `LOSSES` whose minimum is at outputs = targets with these activations.
        reason: why, in a sentence.
    """

    normalization: str
    activations: tuple[str, ...]
    losses: tuple[str, ...]
    reason: str


# Those that aim at the mean: MAE aims at the median, which for most pixels is black.
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
    """The table entry that contains the variant; None if there is none."""
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
    """The smallest change that makes the settings compatible, if possible one of `setting`.

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
    """The value of one setting on the shortest way to a compatible choice.

    For settings that are compatible already, it leads to another compatible choice.

    Args:
        variant: the settings.
        setting: "activation", "loss" or "normalization".

    Returns:
        A new value; None if no shortest way changes this setting.
    """
    ways = [changes for choice in _choices(variant) if (changes := _changes(variant, choice))]
    shortest = 1 if fits(variant) else min(map(len, ways))
    of_setting = (way[setting] for way in ways if setting in way and len(way) == shortest)
    return next(of_setting, None)


def label(changes: Mapping[str, Any]) -> str:
    """The label of a button that makes these changes: "Use sigmoid and unit 0–1"."""
    *others, last = (labels.named_value(field, _shown(value)) for field, value in changes.items())
    return "Use " + (f"{', '.join(others)} and {last}" if others else last)


def _shown(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _choices(variant: Variant) -> Iterator[Variant]:
    # Outputs that are logits to the loss are shown wrong, whatever the rest is.
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
    # Where it follows from another loss, it is no change of its own.
    if replace(variant, **found).loss_from != other.loss_from:
        found["loss_from"] = other.loss_from
    return found
