"""A run as the rules of the verdict look at it."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from core.diagnostics.evidence import MEASURES
from core.diagnostics.setting_facts import FACTS
from core.metrics import baselines
from core.metrics.image_metrics import MEAN_IMAGE
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import OWN_ACTIVATION, trains_on_hidden_logits
from core.run import Run

# A loss that has grown this many times beyond its first value, either way, has no end.
RUNAWAY = 1000.0
# A loss that rose this far above its first value was thrown there by the steps.
SPIKE = 3.0
# A loss that has come down this far from its first value towards its floor looks like success.
LOOKS_FINE = 0.75
# No error, and no light in the originals, is this much: nothing is divided by 0.
TINY = 1e-12
# An epoch, or PCA, was better than the run if its error is below this share of the run's.
CLEARLY = 0.8


class VerdictCase:
    """What the rules ask of a run. All errors are pixel MSEs as shares of the mean image's.

    Args:
        run: any; only with all its evidence may the measurements be asked for.
    """

    def __init__(self, run: Run) -> None:
        self.run = run

    @property
    def is_measured(self) -> bool:
        """Whether the run has the evidence that the rules need."""
        return self.run.evidence.keys() >= {*MEASURES, *FACTS}

    def get(self, name: str) -> float:
        """A piece of evidence; 0 where there is no such number."""
        return self.run.evidence[name] or 0.0

    @property
    def error(self) -> float:
        """Of the held-out reconstructions."""
        return self._relative(self.run.scores.mse)

    @property
    def own_scale_error(self) -> float:
        """Of the same, each multiplied by its best factor."""
        return self._relative(self.get("own_scale_mse"))

    @property
    def best(self) -> float:
        """Of the best possible pictures."""
        return self._relative(self.get("best_mse"))

    @property
    def light(self) -> float:
        """Sum of the shown pixels as a share of the originals'."""
        return self.get("sum") / max(self.get("original_sum"), TINY)

    @property
    def lost_to_pca(self) -> float | None:
        """The error of PCA with the bottleneck's width, where that is clearly below the run's."""
        pca = baselines.of_run(self.run)
        return self._relative(pca.mse) if pca and pca.mse < CLEARLY * self.run.scores.mse else None

    def distance(self, rival: str) -> float:
        """From the reconstructions to a rival: "mean_image" or "median_image"."""
        return self._relative(self.get(f"to_{rival}"))

    @property
    def loss(self) -> float | None:
        """As trained on, held-out images; None where it is not finite."""
        return self.run.trained_loss.held_out

    @property
    def floor(self) -> float | None:
        """Of that loss; None where it has none."""
        return self.run.floor.held_out

    @cached_property
    def runaway_epoch(self) -> int | None:
        """The first epoch in which the loss had grown without end; None where it came back."""
        limit = RUNAWAY * abs(self._first_loss)
        epochs = self.run.history.epochs
        if not limit or not epochs or abs(epochs[-1].loss) <= limit:
            return None
        return next(scores.epoch for scores in epochs if abs(scores.loss) > limit)

    @property
    def has_spiked(self) -> bool:
        """Whether the loss of a step was thrown far above the first."""
        losses = self.run.history.losses
        return bool(losses) and max(losses) > SPIKE * max(abs(losses[0]), TINY)

    @property
    def slope(self) -> float:
        """How much of the loss's way came in the last fifth of the steps; 0 at a standstill."""
        losses = self.run.history.losses
        fifth = len(losses) // 5
        if not fifth:
            return 1.0
        before = float(np.mean(losses[-2 * fifth : -fifth]))
        after = float(np.mean(losses[-fifth:]))
        return (before - after) / max(abs(losses[0] - after), TINY)

    @property
    def dead_share(self) -> float:
        """Of the units of the hidden layer that has most of them dead or saturated at the end."""
        rows = self.run.layer_evidence
        last = max((row.epoch for row in rows), default=0)
        return max(
            (max(row.dead or 0.0, row.saturated or 0.0) for row in rows if row.epoch == last),
            default=0.0,
        )

    @property
    def better_epoch(self) -> int | None:
        """The epoch with the smallest pixel error, where that was clearly below the error now."""
        epochs = self.run.history.epochs
        best = min(epochs, key=lambda scores: scores.mse)
        return best.epoch if best.mse < CLEARLY * self.run.scores.mse else None

    @property
    def last_epoch(self) -> int:
        """The epoch in which the training ended, 1 for the first."""
        history = self.run.history
        return 1 + max(history.last_step - 1, 0) // max(history.steps_per_epoch, 1)

    @property
    def looks_fine(self) -> bool:
        """Whether the loss is of hidden logits that are not shown, and has come down well."""
        variant = self.run.variant
        hidden = trains_on_hidden_logits(variant.activation, variant.loss, variant.loss_from)
        if not hidden or OWN_ACTIVATION[variant.loss] == variant.activation:
            return False
        if self.loss is None or self.floor is None:
            return False
        return self._first_loss - self.loss > LOOKS_FINE * (self._first_loss - self.floor) > 0

    @property
    def black_is_shown_as(self) -> float:
        """The pixel value of an output of 0, where the activation gives no less; else 0."""
        return self.get("zero_pixel") if ACTIVATIONS[self.run.variant.activation].low >= 0 else 0.0

    @property
    def _first_loss(self) -> float:
        return next(iter(self.run.history.losses), 0.0)

    def _relative(self, mse: float) -> float:
        return max(mse, TINY) / max(self.run.rivals[MEAN_IMAGE].mse, TINY)
