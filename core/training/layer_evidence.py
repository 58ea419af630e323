"""Evidence about each layer during training: gradients, updates, dead and saturated units.

It is measured between steps, in NumPy, from copies of the weights, so it cannot change the
training.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.data.normalization import Affine, Floats
from core.metrics.backpropagation import kernel_gradients
from core.objectives.activations import ENDS
from core.run import Layer, LayerEvidence
from core.training.evaluation import Measured
from core.training.prepared_data import evenly_spaced
from core.variant import Variant

# At most this many epochs are measured, with gradients of this many images, which takes less than
# 3 % of the training time.
MAX_EPOCHS = 20
BATCH = 32
# A unit is saturated within this share of its activation's range from an end.
AT_END = 0.01


class LayerRecorder:
    """Records the evidence of one training.

    Args:
        variant: what is trained.
        training: the normalized training images.

    Attributes:
        rows: the evidence so far.
    """

    def __init__(self, variant: Variant, training: Affine) -> None:
        self.rows: list[LayerEvidence] = []
        self._variant = variant
        chosen = evenly_spaced(len(training.greys), BATCH)
        self._targets = training.rows(chosen).targets()
        self._epochs = measured_epochs(variant.epochs)
        self._before: Sequence[Layer] = ()

    def wants(self, epoch: int) -> bool:
        """Whether an epoch is measured, which needs the weights before and after it."""
        return epoch in self._epochs

    def begin(self, layers: Sequence[Layer]) -> None:
        """Record the weights before a measured epoch, or before the first step."""
        self._before = layers

    def first_step(self, layers: Sequence[Layer]) -> None:
        """Record the weights after the first step; call `begin` before it."""
        self._record(0, self._gradients(self._before), self._updates(layers), None)

    def end(self, epoch: int, layers: Sequence[Layer], measured: Measured) -> None:
        """Record the weights after an epoch, and the evaluation of the held-out images."""
        self._record(epoch, self._gradients(layers), self._updates(layers), measured)

    def _gradients(self, layers: Sequence[Layer]) -> list[float]:
        gradients = kernel_gradients(self._variant, layers, self._targets)
        return [float(np.linalg.norm(gradient)) for gradient in gradients]

    def _updates(self, layers: Sequence[Layer]) -> list[float]:
        return [
            _moved(old.kernel, new.kernel) for old, new in zip(self._before, layers, strict=True)
        ]

    def _record(
        self, epoch: int, gradients: list[float], updates: list[float], measured: Measured | None
    ) -> None:
        for index, (gradient, update) in enumerate(zip(gradients, updates, strict=True)):
            dead = saturated = None
            if measured is not None and index < len(self._variant.layers):
                ends = measured.lowest[index], measured.highest[index]
                activation = self._before[index].activation
                dead, saturated = _dead(activation, *ends), _saturated(activation, *ends)
            self.rows.append(
                LayerEvidence(
                    epoch=epoch,
                    layer=index,
                    gradient=gradient if np.isfinite(gradient) else None,
                    update=update if np.isfinite(update) else None,
                    dead=dead,
                    saturated=saturated,
                )
            )


def measured_epochs(epochs: int) -> frozenset[int]:
    """The epochs to measure: all if they are few, otherwise evenly spaced, including both ends."""
    return frozenset(np.linspace(1, epochs, min(epochs, MAX_EPOCHS)).round().astype(int).tolist())


def _moved(old: Floats, new: Floats) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.linalg.norm(new - old)) / max(float(np.linalg.norm(old)), 1e-30)


def _dead(activation: str, lowest: Floats, highest: Floats) -> float:
    if activation in ENDS:
        return 0.0  # a sigmoid at 0 is saturated, not dead
    return float(np.mean((lowest == 0) & (highest == 0)))


def _saturated(activation: str, lowest: Floats, highest: Floats) -> float:
    if activation not in ENDS:
        return 0.0
    low, high = ENDS[activation]
    room = AT_END * (high - low)
    return float(np.mean((highest < low + room) | (lowest > high - room)))
