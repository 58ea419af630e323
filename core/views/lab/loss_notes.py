"""Notes about losses that are easily misread, one sentence each."""

from __future__ import annotations

from core.objectives.losses import LOSSES
from core.run import Run
from core.text import formats

# A held-out loss above its minimum by this share has risen.
RISEN = 0.02
# The factor between a loss of pixels from 0 to 255 and that of pixels from 0 to 1.
RAW_FACTORS = {"mean_squared_error": (255**2, "255² = 65,025"), "mean_absolute_error": (255, "255")}


def loss_notes(run: Run) -> list[str]:
    """The sentences that apply to a run.

    They are about overfitting, a held-out loss below the training loss, and the scale of raw
    pixels.
    """
    return [note for note in (_overfitting(run), _held_out_below(run), _raw(run)) if note]


def _overfitting(run: Run) -> str:
    epochs = run.history.epochs
    if not epochs:
        return ""
    best, last = min(epochs, key=lambda epoch: epoch.validation_loss), epochs[-1]
    rise = last.validation_loss - best.validation_loss
    if rise <= RISEN * abs(best.validation_loss) or last.loss >= best.loss:
        return ""
    return (
        f"Overfitting: the held-out loss was lowest in epoch {best.epoch},"
        f" {formats.loss(best.validation_loss)}, and has risen to"
        f" {formats.loss(last.validation_loss)} since, while the training loss fell."
    )


def _held_out_below(run: Run) -> str:
    epochs = run.history.epochs
    if not epochs or epochs[-1].validation_loss >= epochs[-1].loss:
        return ""
    return (
        "The held-out loss is below the training loss of the same epoch: the training loss is a"
        " mean over the epoch, while the weights still change, and the held-out loss is computed"
        " at its end."
    )


def _raw(run: Run) -> str:
    loss = run.trained_loss.held_out
    if run.variant.normalization != "raw" or run.variant.loss not in RAW_FACTORS or loss is None:
        return ""
    factor, name = RAW_FACTORS[run.variant.loss]
    return (
        f"On pixels from 0 to 255 the {LOSSES[run.variant.loss].label} is {name} times that on"
        f" pixels from 0 to 1: {formats.loss(loss)} is {formats.loss(loss / factor)} there."
    )
