"""Variant: a frozen, validated and hashable set of settings.

It is also the cache key, the URL's query and the command line's arguments.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from core import layer_widths
from core.data.datasets import PIXELS, SAMPLE
from core.data.image_sets import info_of
from core.errors import InvalidVariant
from core.layer_widths import LAYER_PRESETS, MAX_LAYERS, MAX_WIDTH, with_decoder
from core.objectives.activations import HIDDEN_ACTIVATIONS, SAME
from core.objectives.losses import takes_outputs_as_logits
from core.optimizers import OPTIMIZERS
from core.setting_values import (
    CHOICES,
    LOSS_FROM,
    RANGES,
    REAL_NUMBERS,
    allowed,
    checked,
    full_name,
    listed,
)

__all__ = [
    "CHOICES",
    "FIELDS",
    "FIRST_FIELDS",
    "HIDDEN_ACTIVATIONS",
    "LAYER_PRESETS",
    "LOSS_FROM",
    "MAX_LAYERS",
    "MAX_WIDTH",
    "OPTIMIZERS",
    "RANGES",
    "Variant",
    "allowed",
    "differing",
    "format_value",
    "parse_value",
    "with_decoder",
]

# The settings of the first version. Later ones are omitted from keys and links while they have
# their default, so that stored runs and shared links remain valid.
FIRST_FIELDS = (
    *("dataset", "normalization", "layers", "hidden_activation", "activation", "loss"),
    *("loss_from", "optimizer", "learning_rate", "batch_size", "epochs", "seed"),
)


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One autoencoder and one way to train it.

    Attributes:
        dataset: a name in `DATASETS`, or that of an image set, whether or not it is stored here.
        normalization: a name in `NORMALIZATIONS`.
        layers: widths of the hidden layers; the first of the narrowest ones is the bottleneck.
        hidden_activation: activation of all hidden layers except the bottleneck; with a single
            hidden layer, that of the bottleneck.
        activation: the output activation, a name in `ACTIVATIONS`.
        loss: a name in `LOSSES`.
        loss_from: "keras": as Keras computes it, from the hidden logits where it finds them;
            "outputs": from the outputs themselves; "logits": a cross-entropy takes the outputs as
            logits, as PyTorch's BCEWithLogitsLoss does, and they are displayed unchanged; for other
            losses it becomes "keras".
        optimizer: Keras' name.
        learning_rate: step size.
        batch_size: images per step.
        epochs: passes over the training images; None for the data set's default.
        seed: seeds the initial weights and the order of the images.
        bottleneck_activation: activation of the bottleneck; SAME means `hidden_activation`, and
            replaces its name.
        momentum: the momentum of sgd; 0 for all other optimizers.
        weight_decay: each step reduces every weight by this fraction times the learning rate; 0
            means Keras' default, which for adamw is 0.004.
        code_l1: factor of the L1 norm of an image's code, which is added to the image's loss.
        noise: added to the input images and sampled again in every step: "gaussian", clipped to
            the range from black to white, or "masking", which sets pixels to 0.
        noise_level: standard deviation in target units, or the share of masked pixels.
        noise_target: "clean" or "noisy" images as targets.

    Raises:
        InvalidVariant: a value is not allowed; the text lists the allowed ones.
    """

    dataset: str = SAMPLE
    normalization: str = "unit"
    layers: tuple[int, ...] = LAYER_PRESETS["the question's"]
    hidden_activation: str = "relu"
    activation: str = "sigmoid"
    loss: str = "binary_crossentropy"
    loss_from: str = "keras"
    optimizer: str = "adam"
    learning_rate: float = 0.001
    batch_size: int = 100
    epochs: int = None  # type: ignore[assignment]  # __post_init__ sets the data set's default
    seed: int = 0
    bottleneck_activation: str = SAME
    momentum: float = 0.0
    weight_decay: float = 0.0
    code_l1: float = 0.0
    noise: str = "none"
    noise_level: float = 0.3
    noise_target: str = "clean"

    def __post_init__(self) -> None:
        if self.epochs is None:
            dataset = checked("dataset", self.dataset)
            object.__setattr__(self, "epochs", info_of(dataset).default_epochs)
        for field in FIELDS:
            object.__setattr__(self, field, checked(field, getattr(self, field)))
        # Settings without effect get their default, so that one training is one variant.
        if len(self.layers) == 1 and self.bottleneck_activation != SAME:
            object.__setattr__(self, "hidden_activation", self.bottleneck_activation)
        if self.bottleneck_activation == self.hidden_activation:
            object.__setattr__(self, "bottleneck_activation", SAME)
        if self.loss_from == "logits" and not takes_outputs_as_logits(self.loss, self.loss_from):
            object.__setattr__(self, "loss_from", "keras")
        if self.optimizer != "sgd":
            object.__setattr__(self, "momentum", 0.0)
        if self.noise == "masking":
            object.__setattr__(self, "noise_level", min(self.noise_level, 1.0))
        if self.noise == "none" or self.noise_level == 0:
            for field in ("noise", "noise_level", "noise_target"):
                object.__setattr__(self, field, getattr(Variant, field))

    @property
    def key(self) -> str:
        """The stable identity: 16 hexadecimal digits of the SHA-256 of the canonical JSON."""
        values = {field: _plain(getattr(self, field)) for field in self._serialized}
        canonical = json.dumps(values, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    @property
    def widths(self) -> tuple[int, ...]:
        """The units of all layers, including input and output."""
        return (PIXELS, *self.layers, PIXELS)

    @property
    def activations(self) -> tuple[str, ...]:
        """The activations of all layers, first to last."""
        hidden = [self.hidden_activation] * len(self.layers)
        if self.bottleneck_activation != SAME:
            hidden[layer_widths.bottleneck(self.layers)] = self.bottleneck_activation
        return (*hidden, self.activation)

    @property
    def changed(self) -> tuple[str, ...]:
        """The fields not at their defaults; the default epochs depend on the data set."""
        defaults = {**Variant(dataset=self.dataset).to_dict(), "dataset": Variant.dataset}
        return tuple(field for field, value in self.to_dict().items() if value != defaults[field])

    @property
    def _serialized(self) -> tuple[str, ...]:
        later = FIELDS[len(FIRST_FIELDS) :]
        return (*FIRST_FIELDS, *(f for f in later if getattr(self, f) != getattr(Variant, f)))

    def to_dict(self) -> dict[str, Any]:
        """All fields in JSON's types; `layers` as a list."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Variant:
        """The inverse of `to_dict`; an unknown field raises InvalidVariant."""
        unknown = sorted(set(values) - set(FIELDS))
        if unknown:
            raise InvalidVariant(
                unknown[0],
                f"There is no setting {unknown[0]!r}; the settings are {listed(FIELDS)}.",
            )
        return cls(**values)

    def to_query(self) -> dict[str, str]:
        """The parameters of a URL's query: the first version's fields, and other changed ones."""
        return {field: format_value(getattr(self, field)) for field in self._serialized}

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Variant, list[InvalidVariant]]:
        """Read a URL's query; invalid fields get their defaults.

        Args:
            query: text by field; other names are ignored.

        Returns:
            The variant, and one error for each field that was ignored.
        """
        accepted: dict[str, Any] = {}
        problems: list[InvalidVariant] = []
        for field in FIELDS:
            if field not in query:
                continue
            try:
                value = parse_value(field, query[field])
                cls(**{field: value})
            except InvalidVariant as problem:
                problems.append(problem)
            else:
                accepted[field] = value
        return cls(**accepted), problems


FIELDS: tuple[str, ...] = tuple(f.name for f in fields(Variant))


def differing(variants: Sequence[Variant]) -> tuple[str, ...]:
    """The fields in which some variants differ, in order."""
    return tuple(
        field for field in FIELDS if len({getattr(variant, field) for variant in variants}) > 1
    )


def changes_between(variant: Variant, other: Variant) -> dict[str, Any]:
    """The changes that lead to another variant, by field, without those that follow from others.

    For example, changing sgd to adam sets the momentum to 0.
    """
    changes = {field: getattr(other, field) for field in differing([variant, other])}
    for field in reversed(tuple(changes)):
        others = {name: value for name, value in changes.items() if name != field}
        if replace(variant, **others) == other:  # they bring this one about
            changes = others
    return changes


def parse_value(field: str, text: str) -> Any:
    """Parse a field's value from a URL or the command line; `Variant` checks its range.

    Raises:
        InvalidVariant: the text cannot be parsed.
    """
    try:
        if field == "layers":
            return layer_widths.parsed(text)
        if field in REAL_NUMBERS:
            return float(text)
        if field in RANGES:
            return int(text)
    except ValueError:
        raise InvalidVariant(field, f"{field} cannot be {text[:40]!r}; {allowed(field)}.") from None
    return full_name(field, text) if field in CHOICES else text


def format_value(value: Any) -> str:
    """A field's value as text; `parse_value` returns the same value."""
    if isinstance(value, tuple):
        return layer_widths.as_text(value)
    return repr(value) if isinstance(value, float) else str(value)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
