"""The activations of a network's units for the held-out images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.normalization import Floats
from core.metrics import inference
from core.objectives.activations import ENDS
from core.run import Layer

# A unit is saturated if it is within this share of its range of the same end for every image.
AT_END = 0.01
# The headline names a layer if at least this share of its units are dead or saturated.
MANY = 0.25
TOP_IMAGES = 9

Indices = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class LayerActivity:
    """The activations of a layer's units for the held-out images.

    Attributes:
        name: such as "Bottleneck".
        layer: the layer with its weights.
        mean: mean activation over images and units.
        dead: indices of units that are 0 for every image; empty for the output.
        saturated: indices of units at an end of sigmoid or tanh for every image.
    """

    name: str
    layer: Layer
    mean: float
    dead: tuple[int, ...]
    saturated: tuple[int, ...]

    @property
    def units(self) -> int:
        """The number of units."""
        return len(self.layer.bias)

    @property
    def parameters(self) -> int:
        """The number of weights and biases."""
        return self.layer.kernel.size + self.layer.bias.size


@dataclass(frozen=True, kw_only=True)
class UnitActivity:
    """The activations of one unit for the held-out images.

    Attributes:
        activations: shape (images,).
        top_images: indices of the nine images with the largest activations, the largest first.
        zeros: share of images for which it is 0.
    """

    activations: Floats
    top_images: Indices
    zeros: float


def layer_names(layers: Sequence[Layer]) -> tuple[str, ...]:
    """The names of the layers on screen, first to last."""
    middle = inference.bottleneck(layers)
    hidden = [
        "Bottleneck" if at == middle else f"{'Encoder' if at < middle else 'Decoder'} {at + 1}"
        for at in range(len(layers) - 1)
    ]
    return (*hidden, "Output")


def layer_activities(layers: Sequence[Layer], targets: Floats) -> list[LayerActivity]:
    """The activations of all layers, first to last.

    Args:
        layers: the layers of the network.
        targets: all held-out images, in target units, shape (images, 784).
    """
    found = []
    named = zip(layer_names(layers), layers, _activations(layers, targets), strict=True)
    for at, (name, layer, values) in enumerate(named):
        lowest, highest = values.min(axis=0), values.max(axis=0)
        is_output = at == len(layers) - 1
        dead = (lowest == 0) & (highest == 0) & (layer.activation not in ENDS) & (not is_output)
        found.append(
            LayerActivity(
                name=name,
                layer=layer,
                mean=float(values.mean(dtype=np.float64)),
                dead=tuple(np.flatnonzero(dead).tolist()),
                saturated=_saturated(layer.activation, lowest, highest) if not is_output else (),
            )
        )
    return found


def unit_activity(layers: Sequence[Layer], targets: Floats, layer: int, unit: int) -> UnitActivity:
    """The activations of one unit, given by the indices of its layer and itself."""
    values = inference.outputs(layers[: layer + 1], targets)[:, unit]
    return UnitActivity(
        activations=values,
        top_images=np.argsort(-values, kind="stable")[:TOP_IMAGES],
        zeros=float(np.mean(values == 0)),
    )


def worst_layer(activities: Sequence[LayerActivity]) -> tuple[str, str] | None:
    """The layer with the largest share of dead or saturated units; None if all shares are small.

    Returns:
        Two sentences: the number of units, and what it means.
    """
    candidates = [
        (len(units) / activity.units, len(units), activity, word)
        for activity in activities
        for units, word in ((activity.dead, "dead"), (activity.saturated, "saturated"))
    ]
    share, count, activity, word = max(
        candidates, key=lambda one: (one[0], one[2].name == "Bottleneck")
    )
    if share < MANY:
        return None
    consequence = {
        "dead": "They are 0 for every held-out image and carry no information.",
        "saturated": "They are at one end of their range for every held-out image.",
    }[word]
    verb = "is" if count == 1 else "are"
    name = "the bottleneck" if activity.name == "Bottleneck" else activity.name
    return f"{count} of {activity.units} units of {name} {verb} {word}.", consequence


def strongest_first(weights: Floats) -> Indices:
    """Indices of rows of weights, sorted by decreasing Euclidean norm."""
    return np.argsort(-np.linalg.norm(weights.astype(np.float64), axis=1), kind="stable")


def switched_off(layers: Sequence[Layer], unit: int) -> tuple[Layer, ...]:
    """The network with one unit of the code switched off: its outgoing weights are 0."""
    after = inference.bottleneck(layers) + 1
    kernel = layers[after].kernel.copy()
    kernel[unit] = 0
    changed = Layer(kernel=kernel, bias=layers[after].bias, activation=layers[after].activation)
    return (*layers[:after], changed, *layers[after + 1 :])


def _activations(layers: Sequence[Layer], targets: Floats) -> Iterator[Floats]:
    values = targets
    for layer in layers:
        values = inference.outputs([layer], values)
        yield values


def _saturated(activation: str, lowest: Floats, highest: Floats) -> tuple[int, ...]:
    if activation not in ENDS:
        return ()
    low, high = ENDS[activation]
    room = AT_END * (high - low)
    at_end = (highest < low + room) | (lowest > high - room)
    return tuple(np.flatnonzero(at_end).tolist())
