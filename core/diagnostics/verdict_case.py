"""VerdictCase: a run with the quantities on which verdicts are based."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from core.diagnostics.evidence import MEASURES
from core.diagnostics.setting_facts import FACTS
from core.metrics import baselines
from core.metrics.image_metrics import MEAN_IMAGE, NO_ERROR
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import OWN_ACTIVATION, trains_on_hidden_logits, trains_on_logits
from core.run import LayerEvidence, Run

# A loss diverges if its magnitude exceeds that of its first value by this factor.
RUNAWAY = 1000.0
# The steps overshoot if the loss rises to this multiple of its first value.
SPIKE = 3.0
# The loss looks fine if it fell by this share of the difference of its first value and its floor.
LOOKS_FINE = 0.75
# A lower bound of divisors, smaller than any error and any sum of an original's pixels.
TINY = 1e-12
# An earlier epoch, or PCA, is better than the run if its error is below this share of the run's.
CLEARLY = 0.8


class VerdictCase:
    """The quantities of a run. All errors are pixel MSEs divided by that of the mean image.

    Args:
        run: any run; most properties need its evidence (`is_measured`).
    """

    def __init__(self, run: Run) -> None:
        self.run = run

    @property
    def is_measured(self) -> bool:
        """Whether the run has the evidence that the rules need."""
        return self.run.evidence.keys() >= {*MEASURES, *FACTS}

    def get(self, name: str) -> float:
        """An entry of the evidence; 0 if it is missing or None."""
        return self.run.evidence[name] or 0.0

    @property
    def has_mean_image_error(self) -> bool:
        """Whether the mean image has an error, which it does not if all images are equal."""
        return self.run.baselines[MEAN_IMAGE].mse >= NO_ERROR

    @property
    def error(self) -> float:
        """The error of the held-out reconstructions."""
        return self._relative(self.run.scores.mse)

    @property
    def own_scale_error(self) -> float:
        """The error after multiplying each image by its best factor."""
        return self._relative(self.get("own_scale_mse"))

    @property
    def best(self) -> float:
        """The error of the best possible reconstructions."""
        return self._relative(self.get("best_mse"))

    @property
    def brightness(self) -> float:
        """Sum of the displayed pixels divided by that of the originals."""
        return self.get("sum") / max(self.get("original_sum"), TINY)

    @property
    def better_pca(self) -> float | None:
        """The error of PCA with the bottleneck's width, if it is clearly below the run's."""
        pca = baselines.of_run(self.run)
        return self._relative(pca.mse) if pca and pca.mse < CLEARLY * self.run.scores.mse else None

    def distance(self, baseline: str) -> float:
        """The error between reconstructions and a baseline: "mean_image" or "median_image"."""
        return self._relative(self.get(f"to_{baseline}"))

    @property
    def loss(self) -> float | None:
        """The loss trained on, over the held-out images; None if it is not finite."""
        return self.run.trained_loss.held_out

    @property
    def floor(self) -> float | None:
        """The floor of that loss; None if it has none."""
        return self.run.floor.held_out

    @cached_property
    def runaway_epoch(self) -> int | None:
        """The first epoch of a divergence that lasts to the end; None if there is none."""
        limit = RUNAWAY * abs(self._first_loss)
        epochs = self.run.history.epochs
        if not limit or not epochs or abs(epochs[-1].loss) <= limit:
            return None
        return next(scores.epoch for scores in epochs if abs(scores.loss) > limit)

    @property
    def has_spiked(self) -> bool:
        """Whether the loss of some step is far above the first one."""
        losses = self.run.history.losses
        return bool(losses) and max(losses) > SPIKE * max(abs(losses[0]), TINY)

    @property
    def slope(self) -> float:
        """The share of the loss's decrease that came in the last fifth of the steps."""
        losses = self.run.history.losses
        fifth = len(losses) // 5
        if not fifth:
            return 1.0
        before = float(np.mean(losses[-2 * fifth : -fifth]))
        after = float(np.mean(losses[-fifth:]))
        return (before - after) / max(abs(losses[0] - after), TINY)

    @property
    def dead_share(self) -> float:
        """The largest share of dead or saturated units of a hidden layer, at the end."""
        return _dead(self.deadest) if self.deadest else 0.0

    @cached_property
    def deadest(self) -> LayerEvidence | None:
        """The hidden layer with that share; None if there is no evidence about layers."""
        rows = self.run.layer_evidence
        last = max((row.epoch for row in rows), default=0)
        return max((row for row in rows if row.epoch == last), key=_dead, default=None)

    @property
    def better_epoch(self) -> int | None:
        """The epoch with the smallest pixel error, if it was clearly below the final one."""
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
        """Whether the loss fell well, but is computed from logits, not the displayed pixels."""
        variant = self.run.variant
        settings = (variant.activation, variant.loss, variant.loss_from)
        own = OWN_ACTIVATION.get(variant.loss) == variant.activation
        if not trains_on_logits(*settings) or (own and trains_on_hidden_logits(*settings)):
            return False
        if self.loss is None or self.floor is None:
            return False
        return self._first_loss - self.loss > LOOKS_FINE * (self._first_loss - self.floor) > 0

    @property
    def black_is_shown_as(self) -> float:
        """The pixel value of an output of 0 if that is the activation's minimum; else 0."""
        return self.get("zero_pixel") if ACTIVATIONS[self.run.variant.activation].low >= 0 else 0.0

    @property
    def _first_loss(self) -> float:
        return next(iter(self.run.history.losses), 0.0)

    def _relative(self, mse: float) -> float:
        return max(mse, TINY) / max(self.run.baselines[MEAN_IMAGE].mse, TINY)


def _dead(row: LayerEvidence) -> float:
    return max(row.dead or 0.0, row.saturated or 0.0)
