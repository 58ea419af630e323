"""The allowed values of each setting of a `Variant`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from core import layer_widths
from core.data.datasets import DATASETS
from core.data.image_sets import is_image_set
from core.data.normalization import NORMALIZATIONS
from core.errors import InvalidVariant
from core.objectives.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, SAME
from core.objectives.losses import LOSSES
from core.optimizers import OPTIMIZERS

LOSS_FROM = {
    "keras": "as Keras computes it",
    "outputs": "from the outputs",
    "logits": "from the outputs as logits",
}

CHOICES: dict[str, tuple[str, ...]] = {
    "dataset": tuple(DATASETS),
    "normalization": tuple(NORMALIZATIONS),
    "hidden_activation": tuple(HIDDEN_ACTIVATIONS),
    "activation": tuple(ACTIVATIONS),
    "loss": tuple(LOSSES),
    "loss_from": tuple(LOSS_FROM),
    "optimizer": tuple(OPTIMIZERS),
    "bottleneck_activation": (SAME, *HIDDEN_ACTIVATIONS),
    "noise": ("none", "gaussian", "masking"),
    "noise_target": ("clean", "noisy"),
}
# Aliases that scripts use in addition to Keras' names.
ALIASES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "bce": "binary_crossentropy",
    "cce": "categorical_crossentropy",
    "identity": "linear",
}
RANGES: dict[str, tuple[float, float]] = {
    "learning_rate": (1e-6, 10.0),
    "batch_size": (1, 60_000),
    "epochs": (1, 1000),
    "seed": (0, 2**31 - 1),
    "momentum": (0.0, 0.999),
    "weight_decay": (0.0, 1.0),
    "code_l1": (0.0, 10.0),
    "noise_level": (0.0, 255.0),
}
# The other settings in `RANGES` are integers.
REAL_NUMBERS = ("learning_rate", "momentum", "weight_decay", "code_l1", "noise_level")


def allowed(field: str) -> str:
    """The allowed values of a field, as the second half of a sentence: "allowed: ..."."""
    if field in CHOICES:
        own = ", images-… of your own" if field == "dataset" else ""
        return f"allowed: {listed(CHOICES[field])}{own}"
    if field == "layers":
        return layer_widths.ALLOWED
    low, high = RANGES[field]
    kind = "numbers" if field in REAL_NUMBERS else "whole numbers"
    return f"allowed: {kind} from {low:g} to {high:.10g}"


def checked(field: str, value: Any) -> Any:
    """A field's value, converted to the type that `Variant` has.

    Raises:
        InvalidVariant: it is not allowed; the text says what is allowed.
    """
    if field == "layers":
        return _checked_layers(value)
    if field in CHOICES:
        is_allowed = isinstance(value, str) and (
            value in CHOICES[field] or (field == "dataset" and is_image_set(value))
        )
        shown = repr(value)[:40]
    else:
        is_allowed = _is_number(field, value) and RANGES[field][0] <= value <= RANGES[field][1]
        shown = str(value)[:40]
    if not is_allowed:
        raise InvalidVariant(field, f"{field} cannot be {shown}; {allowed(field)}.")
    return float(value) if field in REAL_NUMBERS else value


def full_name(field: str, text: str) -> str:
    """The choice that an alias or another spelling stands for, such as "MSE" or "LeakyReLU".

    Args:
        field: a key of `CHOICES`.
        text: as typed by a person; an unknown name is returned unchanged.
    """
    names = {_normalized(name): name for name in CHOICES[field]}
    names |= {alias: name for alias, name in ALIASES.items() if name in CHOICES[field]}
    return names.get(_normalized(text), text)


def _normalized(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


def listed(names: Iterable[str]) -> str:
    """Names as a list within a sentence."""
    return ", ".join(names)


def _is_number(field: str, value: Any) -> bool:
    if field in REAL_NUMBERS:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return type(value) is int


def _checked_layers(value: Any) -> tuple[int, ...]:
    if not isinstance(value, (tuple, list)) or not layer_widths.are_allowed(value):
        text = ",".join(map(str, value)) if isinstance(value, (tuple, list)) else repr(value)
        shown = text[:60] or "empty"
        raise InvalidVariant("layers", f"layers cannot be {shown}; {layer_widths.ALLOWED}.")
    return tuple(value)
