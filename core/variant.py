"""Variant: one frozen, validated, hashable choice of settings.

It is the cache key, the URL's query and the command line's arguments.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from core.data.datasets import DATASETS, PIXELS
from core.data.normalization import NORMALIZATIONS
from core.errors import InvalidVariant
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import LOSSES

HIDDEN_ACTIVATIONS = ("relu", "tanh", "sigmoid", "linear")
OPTIMIZERS = ("adam", "adamw", "sgd", "rmsprop")
LOSS_FROM = {"keras": "as Keras computes it", "outputs": "from the outputs"}
LAYER_PRESETS: dict[str, tuple[int, ...]] = {
    "the question's": (128, 64, 28, 64, 128),
    "one layer of 32": (32,),
    "bottleneck of 2": (128, 64, 2, 64, 128),
    "wide": (512, 256, 128, 256, 512),
}

CHOICES: dict[str, tuple[str, ...]] = {
    "dataset": tuple(DATASETS),
    "normalization": tuple(NORMALIZATIONS),
    "hidden_activation": HIDDEN_ACTIVATIONS,
    "activation": tuple(ACTIVATIONS),
    "loss": tuple(LOSSES),
    "loss_from": tuple(LOSS_FROM),
    "optimizer": OPTIMIZERS,
}
MOST_LAYERS = 9
WIDEST_LAYER = 1024
RANGES: dict[str, tuple[float, float]] = {
    "learning_rate": (1e-6, 10.0),
    "batch_size": (1, 4500),
    "epochs": (1, 1000),
    "seed": (0, 2**31 - 1),
}


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One autoencoder and one way to train it.

    Attributes:
        dataset: a name in `DATASETS`.
        normalization: a name in `NORMALIZATIONS`.
        layers: widths of the hidden layers, an odd number of them, none narrower than the middle
            one (the bottleneck).
        hidden_activation: activation of every hidden layer, the bottleneck included.
        activation: the output activation, a name in `ACTIVATIONS`.
        loss: a name in `LOSSES`.
        loss_from: "keras": as Keras computes it, from the hidden logits where it finds them;
            "outputs": from the outputs themselves.
        optimizer: Keras' name.
        learning_rate: step size.
        batch_size: images per step.
        epochs: passes over the training images; None stands for the data set's default.
        seed: of the initial weights and the order of the images.

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

    def __post_init__(self) -> None:
        for field in CHOICES:
            _check_choice(field, getattr(self, field))
        if self.epochs is None:
            object.__setattr__(self, "epochs", DATASETS[self.dataset].default_epochs)
        object.__setattr__(self, "layers", _checked_layers(self.layers))
        object.__setattr__(
            self, "learning_rate", _checked_float("learning_rate", self.learning_rate)
        )
        for field in ("batch_size", "epochs", "seed"):
            object.__setattr__(self, field, _checked_int(field, getattr(self, field)))

    @property
    def key(self) -> str:
        """Stable identity: 16 hexadecimal digits of the SHA-256 of the canonical JSON form."""
        canonical = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    @property
    def widths(self) -> tuple[int, ...]:
        """Units of every layer: the input's pixels, the hidden layers, the output's pixels."""
        return (PIXELS, *self.layers, PIXELS)

    @property
    def parameter_count(self) -> int:
        """Weights and biases of all dense layers."""
        return sum((below + 1) * above for below, above in itertools.pairwise(self.widths))

    @property
    def changed(self) -> tuple[str, ...]:
        """The fields that are not at their default; each data set has its own default epochs."""
        usual = {**Variant(dataset=self.dataset).to_dict(), "dataset": Variant.dataset}
        return tuple(field for field, value in self.to_dict().items() if value != usual[field])

    def to_dict(self) -> dict[str, Any]:
        """All fields in JSON's types; `layers` as a list."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Variant:
        """The inverse of `to_dict`; an unknown field is an InvalidVariant."""
        unknown = sorted(set(values) - set(FIELDS))
        if unknown:
            raise InvalidVariant(
                unknown[0], f"There is no setting {unknown[0]!r}; there are {_listed(FIELDS)}."
            )
        return cls(**values)

    def to_query(self) -> dict[str, str]:
        """Every field as text for a URL's query, defaults included."""
        return {f.name: format_value(getattr(self, f.name)) for f in fields(self)}

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
        InvalidVariant: the text has not the form of such a value.
    """
    try:
        if field == "layers":
            return _parsed_widths(text)
        if field == "learning_rate":
            return float(text)
        if field in RANGES:
            return int(text)
    except ValueError:
        raise InvalidVariant(field, f"{field} cannot be {text[:40]!r}; {allowed(field)}.") from None
    return text


def with_decoder(text: str) -> tuple[str, str | None]:
    """The hidden layers that a person wrote, with the decoder where it was left out.

    Args:
        text: widths with commas or dashes between them.

    Returns:
        The text that `parse_value` reads, and a sentence that says what was added. A text that is
        no encoder, or whose decoder would make it too long, comes back as it is, with None.
    """
    try:
        given = _parsed_widths(text)
    except ValueError:
        return text, None
    whole = (*given, *reversed(given[:-1]))
    if _is_allowed(given) or not (_narrows(given) and _is_allowed(whole)):
        return text, None
    completed = format_value(whole)
    return completed, f"{format_value(given)} is an encoder; its decoder mirrors it: {completed}."


def format_value(value: Any) -> str:
    """A field's value as text that `parse_value` reads back unchanged."""
    if isinstance(value, tuple):
        return "-".join(str(width) for width in value)
    return repr(value) if isinstance(value, float) else str(value)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def allowed(field: str) -> str:
    """What a field may be, as the second half of a sentence: "allowed are ..."."""
    if field in CHOICES:
        return f"allowed are {_listed(CHOICES[field])}"
    if field == "layers":
        return (
            f"allowed are an odd number of widths, up to {MOST_LAYERS}, of 1 to {WIDEST_LAYER}"
            " each, the narrowest in the middle, such as 128,64,28,64,128"
        )
    low, high = RANGES[field]
    kind = "numbers" if field == "learning_rate" else "whole numbers"
    return f"allowed are {kind} from {low:g} to {high:.10g}"


def _check_choice(field: str, value: Any) -> None:
    if value not in CHOICES[field]:
        shown = repr(value)[:40]
        raise InvalidVariant(field, f"{field} cannot be {shown}; {allowed(field)}.")


def _parsed_widths(text: str) -> tuple[int, ...]:
    return tuple(int(width) for width in text.replace("-", ",").split(","))


def _narrows(widths: Sequence[int]) -> bool:
    return all(before >= after for before, after in itertools.pairwise(widths))


def _is_allowed(layers: Sequence[Any]) -> bool:
    return (
        len(layers) % 2 == 1
        and len(layers) <= MOST_LAYERS
        and all(type(width) is int and 1 <= width <= WIDEST_LAYER for width in layers)
        and min(layers) == layers[len(layers) // 2]
    )


def _checked_layers(value: Any) -> tuple[int, ...]:
    if not isinstance(value, (tuple, list)) or not _is_allowed(value):
        raise InvalidVariant(
            "layers", f"layers cannot be {_shown_layers(value)}; {allowed('layers')}."
        )
    return tuple(value)


def _shown_layers(value: Any) -> str:
    text = ",".join(map(str, value)) if isinstance(value, (tuple, list)) else repr(value)
    return text[:60] or "empty"


def _checked_float(field: str, value: Any) -> float:
    low, high = RANGES[field]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not low <= value <= high:
        raise InvalidVariant(field, f"{field} cannot be {str(value)[:40]}; {allowed(field)}.")
    return float(value)


def _checked_int(field: str, value: Any) -> int:
    low, high = RANGES[field]
    if type(value) is not int or not low <= value <= high:
        raise InvalidVariant(field, f"{field} cannot be {str(value)[:40]}; {allowed(field)}.")
    return value
