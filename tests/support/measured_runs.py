"""Runs for verdicts: a history, scores and evidence, without training."""

from __future__ import annotations

from typing import Any

from core import diagnostics
from core.diagnostics.setting_facts import facts
from core.metrics.dataset_stats import DatasetStats
from core.progress import EpochScores, History, LossPoints, Stage
from core.run import LossPair, Run, Scores
from core.variant import Variant
from support.runs import make_run

# The mean image's MSE in `make_run`.
MEAN_MSE = 0.0673
GOOD = {
    "clipped": 0.0,
    "largest": 0.98,
    "sum": 100.0,
    "original_sum": 101.0,
    "variation": 0.8,
    "to_mean_image": 0.055,
    "to_median_image": 0.07,
    "stuck": 0.0,
    "saturated": 0.0,
    "own_scale_mse": 0.0141,
}


def measured_run(
    known: DatasetStats,
    *,
    settings: dict[str, Any] | None = None,
    error: float = 0.2,
    first_loss: float = 0.69,
    loss: float = 0.1,
    epoch_losses: tuple[float, ...] = (0.3, 0.2, 0.1),
    losses: tuple[float, ...] = (),
    first_error: float = 1.5,
    **measured: float,
) -> Run:
    """A run with given measurements.

    Args:
        known: statistics of the sample.
        settings: settings that differ from the defaults.
        error: held-out pixel MSE as a share of the mean image's.
        first_loss, loss: the loss of the first step, and the final held-out loss.
        epoch_losses: the mean loss of each epoch.
        losses: the losses of evenly spaced steps, instead of only `first_loss` and `loss`.
        first_error: error of the first epoch as a multiple of `error`; other epochs have `error`.
        measured: evidence that differs from `GOOD`.
    """
    variant = Variant(**(settings or {}))
    history = History()
    history.add(Stage(name="training", steps_per_epoch=45, total_steps=135))
    points = losses or (first_loss, loss)
    steps = (1 + 134 * place // (len(points) - 1) for place in range(len(points)))
    history.add(LossPoints(steps=tuple(steps), losses=points))
    for epoch, epoch_loss in enumerate(epoch_losses, start=1):
        history.add(
            EpochScores(
                epoch=epoch,
                step=45 * epoch,
                loss=epoch_loss,
                validation_loss=epoch_loss,
                displayed_loss=epoch_loss,
                mse=error * MEAN_MSE * (first_error if epoch == 1 else 1),
                ssim=None,
            )
        )
    known_facts = facts(variant, known)
    mse = error * MEAN_MSE
    return make_run(
        variant,
        history=history,
        scores=Scores(mse=mse, mae=0.05, psnr=18.0, ssim=0.8),
        trained_loss=LossPair(training=loss, held_out=loss),
        floor=diagnostics.floor(variant, known),
        evidence={**GOOD, "own_scale_mse": mse, **measured, **known_facts},
    )
