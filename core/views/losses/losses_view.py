"""LossesView: what the page of formulas shows; all that a link to it holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from core.data.datasets import DATASETS
from core.data.normalization import NORMALIZATIONS
from core.errors import InvalidVariant
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import LOSSES
from core.variant import LOSS_FROM

SECTIONS = {
    "pixel": "One pixel",
    "gradient": "Through the activation",
    "image": "One image",
    "data": "The data",
    "reading": "Reading the numbers",
    "terms": "Terms",
}
# Losses that stand beside binary cross-entropy where two are compared.
OTHER_LOSSES = ("mean_squared_error", "mean_absolute_error", "huber")
# Clipping shows at 16; beyond 18 tanh is exactly 1 in floating point.
EXTENTS = {8: "±8", 18: "±18"}
LARGEST_LOGIT = 18.0
SMALLEST_SCALE, LARGEST_SCALE = 0.1, 20.0
LONGEST_SEARCH = 40


@dataclass(frozen=True, kw_only=True)
class LossesView:
    """What the page of formulas shows.

    Attributes:
        section: a key of `SECTIONS`.
        y: the target of one pixel, 0 to 1.
        raw: whether the target is a raw grey value instead.
        grey: that grey value, 0 to 255.
        x: a logit, -18 to 18.
        extent: how far the logits are drawn to both sides, a key of `EXTENTS`.
        loss_from: "keras" or "outputs".
        other: the loss beside binary cross-entropy, one of `OTHER_LOSSES`.
        digit: which of the ten pinned images.
        scale: what the pixels, stretched to -1 to 1, are multiplied by to be logits.
        dataset, normalization, activation: names in their tables.
        find: what is looked for among the terms.
    """

    section: str = "pixel"
    y: float = 0.3
    raw: bool = False
    grey: int = 200
    x: float = -6.0
    extent: int = 8
    loss_from: str = "keras"
    other: str = "mean_squared_error"
    digit: int = 3
    scale: float = 5.0
    dataset: str = "mnist-sample"
    normalization: str = "unit"
    activation: str = "sigmoid"
    find: str = ""

    def to_query(self) -> dict[str, str]:
        """As text for a URL's query, without what is as it is by default."""
        default = LossesView()
        return {
            f.name: _text(getattr(self, f.name))
            for f in fields(self)
            if getattr(self, f.name) != getattr(default, f.name)
        }

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[LossesView, list[InvalidVariant]]:
        """Read a URL's query; what cannot be understood is named and takes its default.

        Args:
            query: field names to text; a name that is no field is a problem as well.

        Returns:
            The view, and one error for each part that was ignored.
        """
        accepted: dict[str, Any] = {}
        problems: list[InvalidVariant] = []
        for name, text in query.items():
            if name not in _PARSERS:
                problems.append(InvalidVariant(name, f"There is no setting {name[:40]!r}."))
                continue
            parse, allowed = _PARSERS[name]
            try:
                accepted[name] = parse(text)
            except (ValueError, KeyError):
                sentence = f"{name} cannot be {text[:40]!r}; allowed are {allowed}."
                problems.append(InvalidVariant(name, sentence))
        return cls(**accepted), problems


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def _choice(names: Mapping[str, Any]) -> tuple[Callable[[str], str], str]:
    def parse(text: str) -> str:
        names[text]
        return text

    return parse, ", ".join(names)


def _number(low: float, high: float) -> tuple[Callable[[str], float], str]:
    def parse(text: str) -> float:
        value = float(text)
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError(text)
        return value

    return parse, f"numbers from {low:g} to {high:g}"


def _whole(low: int, high: int) -> tuple[Callable[[str], int], str]:
    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return parse, f"whole numbers from {low} to {high}"


def _extent(text: str) -> int:
    EXTENTS[int(text)]
    return int(text)


def _search(text: str) -> str:
    if len(text) > LONGEST_SEARCH:
        raise ValueError(text)
    return text


_PARSERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "section": _choice(SECTIONS),
    "y": _number(0, 1),
    "raw": (lambda text: {"1": True, "0": False}[text], "0 and 1"),
    "grey": _whole(0, 255),
    "x": _number(-LARGEST_LOGIT, LARGEST_LOGIT),
    "extent": (_extent, ", ".join(map(str, EXTENTS))),
    "loss_from": _choice(LOSS_FROM),
    "other": _choice({name: LOSSES[name] for name in OTHER_LOSSES}),
    "digit": _whole(0, 9),
    "scale": _number(SMALLEST_SCALE, LARGEST_SCALE),
    "dataset": _choice(DATASETS),
    "normalization": _choice(NORMALIZATIONS),
    "activation": _choice(ACTIVATIONS),
    "find": (_search, f"up to {LONGEST_SEARCH} letters"),
}
