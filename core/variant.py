"""Variant: one frozen, validated, hashable choice of settings.

It is the cache key, the URL's query and the command line's arguments.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from core import layer_widths
from core.data.datasets import PIXELS
from core.data.image_sets import info_of
from core.errors import InvalidVariant
from core.layer_widths import LAYER_PRESETS, MOST_LAYERS, WIDEST_LAYER, with_decoder
from core.objectives.activations import HIDDEN_ACTIVATIONS, SAME
from core.objectives.losses import takes_outputs_as_logits
from core.setting_values import (
    CHOICES,
    LOSS_FROM,
    OPTIMIZERS,
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
    "MOST_LAYERS",
    "OPTIMIZERS",
    "RANGES",
    "WIDEST_LAYER",
    "Variant",
    "allowed",
    "differing",
    "format_value",
    "parse_value",
    "with_decoder",
]

# The first version's settings. Those that came later are left out of keys and links while they are
# at their default, so that stored runs and shared links stay what they were.
FIRST_FIELDS = (
    *("dataset", "normalization", "layers", "hidden_activation", "activation", "loss"),
    *("loss_from", "optimizer", "learning_rate", "batch_size", "epochs", "seed"),
)


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One autoencoder and one way to train it.

    Attributes:
        dataset: a name in `DATASETS`, or that of an image set, here or not.
        normalization: a name in `NORMALIZATIONS`.
        layers: widths of the hidden layers; the narrowest, of several the first, is the bottleneck.
        hidden_activation: activation of every hidden layer but the bottleneck; of a single one,
            the bottleneck's.
        activation: the output activation, a name in `ACTIVATIONS`.
        loss: a name in `LOSSES`.
        loss_from: "keras": as Keras computes it, from the hidden logits where it finds them;
            "outputs": from the outputs themselves; "logits": a cross-entropy takes the outputs as
            logits, as PyTorch's BCEWithLogitsLoss does, and they are shown as they are; of another
            loss it becomes "keras".
        optimizer: Keras' name.
        learning_rate: step size.
        batch_size: images per step.
        epochs: passes over the training images; None stands for the data set's default.
        seed: of the initial weights and the order of the images.
        bottleneck_activation: activation of the bottleneck; SAME stands for `hidden_activation`,
            and is what the name of that becomes.
        momentum: of sgd; 0 with every other optimizer.
        weight_decay: share of every weight that is taken off it in a step, times the step size; 0
            is what Keras has by default, which for adamw is 0.004.
        code_l1: of each image's loss, this times the sum of the code's magnitudes is a part.
        noise: on the input images, anew in every step: "gaussian", clipped to black and white, or
            "masking", which makes pixels 0.
        noise_level: its standard deviation as the network takes pixels, or the share masked.
        noise_target: "clean" images or the "noisy" ones that went in.

    Raises:
        InvalidVariant: a value is not allowed; the text says which are.
    """

    dataset: str = "mnist-sample"
    normalization: str = "unit"
    layers: tuple[int, ...] = LAYER_PRESETS["the question's"]
    hidden_activation: str = "relu"
    activation: str = "sigmoid"
    loss: str = "binary_crossentropy"
    loss_from: str = "keras"
    optimizer: str = "adam"
    learning_rate: float = 0.001
    batch_size: int = 100
    epochs: int = None  # type: ignore[assignment]  # __post_init__ puts the data set's default here
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
            known = checked("dataset", self.dataset)
            object.__setattr__(self, "epochs", info_of(known).default_epochs)
        for field in FIELDS:
            object.__setattr__(self, field, checked(field, getattr(self, field)))
        # One training is one variant, so what changes nothing is put to its default.
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
        """Stable identity: 16 hexadecimal digits of the SHA-256 of the canonical JSON form."""
        written = {field: _plain(getattr(self, field)) for field in self._written}
        canonical = json.dumps(written, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    @property
    def widths(self) -> tuple[int, ...]:
        """Units of every layer: the input's pixels, the hidden layers, the output's pixels."""
        return (PIXELS, *self.layers, PIXELS)

    @property
    def activations(self) -> tuple[str, ...]:
        """The activation of every layer, first to last."""
        hidden = [self.hidden_activation] * len(self.layers)
        if self.bottleneck_activation != SAME:
            hidden[layer_widths.bottleneck(self.layers)] = self.bottleneck_activation
        return (*hidden, self.activation)

    @property
    def parameter_count(self) -> int:
        """Weights and biases of all dense layers."""
        return sum((below + 1) * above for below, above in itertools.pairwise(self.widths))

    @property
    def changed(self) -> tuple[str, ...]:
        """The fields that are not at their default; each data set has its own default epochs."""
        usual = {**Variant(dataset=self.dataset).to_dict(), "dataset": Variant.dataset}
        return tuple(field for field, value in self.to_dict().items() if value != usual[field])

    @property
    def _written(self) -> tuple[str, ...]:
        later = FIELDS[len(FIRST_FIELDS) :]
        return (*FIRST_FIELDS, *(f for f in later if getattr(self, f) != getattr(Variant, f)))

    def to_dict(self) -> dict[str, Any]:
        """All fields in JSON's types; `layers` as a list."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Variant:
        """The inverse of `to_dict`; an unknown field is an InvalidVariant."""
        unknown = sorted(set(values) - set(FIELDS))
        if unknown:
            raise InvalidVariant(
                unknown[0],
                f"There is no setting {unknown[0]!r}; the settings are {listed(FIELDS)}.",
            )
        return cls(**values)

    def to_query(self) -> dict[str, str]:
        """As text for a URL's query: the first version's fields, and the others where changed."""
        return {field: format_value(getattr(self, field)) for field in self._written}

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Variant, list[InvalidVariant]]:
        """Read a URL's query; what cannot be understood is named and takes its default.

        Args:
            query: field names to text; other names are left alone.

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
    """The fields that are not the same in all of some variants, in order."""
    return tuple(
        field for field in FIELDS if len({getattr(variant, field) for variant in variants}) > 1
    )


def parse_value(field: str, text: str) -> Any:
    """Text of a URL or a command line to the field's type; ranges are `Variant`'s to check.

    Raises:
        InvalidVariant: the text does not have the form of such a value.
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
    """A field's value as text that `parse_value` reads back unchanged."""
    if isinstance(value, tuple):
        return layer_widths.as_text(value)
    return repr(value) if isinstance(value, float) else str(value)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
