"""The gradient norm and relative update of each layer over the epochs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.run import LayerEvidence
from core.text import formats

MEASURES = {"gradient": "Gradient norm", "update": "Relative update"}
MEANINGS = {
    "gradient": (
        "Euclidean norm of the gradient of the loss with respect to each layer's weights, for a"
        " fixed batch of 32 training images."
    ),
    "update": "Change of each layer's weights in an epoch, divided by the norm of the weights.",
}


@dataclass(frozen=True, kw_only=True)
class LayerCurve:
    """One measure of one layer.

    Attributes:
        name: of the layer.
        epochs: 0 is the first step.
        values: None where the measure is not finite, or is 0, which a logarithmic axis cannot show.
        zeros: number of epochs in which it is 0.
    """

    name: str
    epochs: tuple[int, ...]
    values: tuple[float | None, ...]
    zeros: int


def layer_curves(
    evidence: Iterable[LayerEvidence], names: Sequence[str], measure: str
) -> list[LayerCurve]:
    """A curve for each layer.

    Args:
        evidence: recorded during training.
        names: names of the layers, first to last.
        measure: a key of `MEASURES`.
    """
    rows = list(evidence)
    curves = []
    for at, name in enumerate(names):
        own = [row for row in rows if row.layer == at]
        values = [getattr(row, measure) for row in own]
        curves.append(
            LayerCurve(
                name=name,
                epochs=tuple(row.epoch for row in own),
                values=tuple(value or None for value in values),
                zeros=sum(value == 0 for value in values),
            )
        )
    return curves


def in_words(curves: Sequence[LayerCurve], measure: str) -> str:
    """The largest and smallest value in the last epoch, as a sentence."""
    last = {
        curve.name: curve.values[-1]
        for curve in curves
        if curve.values and curve.values[-1] is not None
    }
    found = {name: value for name, value in last.items() if value is not None}
    if not found:
        return "No layer has a finite value above 0 in the last epoch."
    largest, smallest = max(found, key=found.__getitem__), min(found, key=found.__getitem__)
    sentence = (
        f"{MEASURES[measure]} in the last epoch: {formats.short(found[largest])} in {largest}, the"
        f" largest, and {formats.short(found[smallest])} in {smallest}, the smallest."
    )
    without = [curve.name for curve in curves if curve.zeros]
    if without:
        sentence += f" It is 0 in some epochs in {', '.join(without)}, where no point is drawn."
    return sentence
