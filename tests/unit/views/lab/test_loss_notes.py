"""Sentences on losses that are easily misread."""

from __future__ import annotations

from dataclasses import replace

from core.run import LossPair, Run
from core.variant import Variant
from core.views.lab.loss_notes import loss_notes
from support.runs import make_run


def with_epochs(*losses: tuple[float, float]) -> Run:
    """A run whose epochs have these training and held-out losses."""
    run = make_run()
    epochs = [
        replace(epoch, loss=loss, validation_loss=held_out)
        for epoch, (loss, held_out) in zip(run.history.epochs, losses, strict=True)
    ]
    return replace(run, history=replace(run.history, epochs=epochs))


def test_a_held_out_loss_that_rises_while_training_falls_is_overfitting() -> None:
    assert loss_notes(with_epochs((0.3, 0.31), (0.2, 0.25), (0.1, 0.27))) == [
        "Overfitting: the held-out loss was lowest in epoch 2, 0.2500, and has risen to 0.2700"
        " since, while the training loss fell."
    ]


def test_a_rise_of_less_than_two_percent_or_of_both_losses_is_not_overfitting() -> None:
    assert loss_notes(with_epochs((0.3, 0.31), (0.2, 0.25), (0.1, 0.2549))) == []
    assert loss_notes(with_epochs((0.3, 0.31), (0.2, 0.25), (0.25, 0.3))) == []


def test_a_held_out_loss_below_the_training_loss_is_explained() -> None:
    [note] = loss_notes(with_epochs((0.3, 0.28), (0.2, 0.19), (0.15, 0.14)))
    assert note.startswith("The held-out loss is below the training loss of the same epoch")


def test_mse_of_raw_pixels_is_also_stated_for_pixels_from_0_to_1() -> None:
    run = with_epochs((0.3, 0.31), (0.2, 0.25), (0.1, 0.2))
    raw = Variant(normalization="raw", activation="linear", loss="mean_squared_error")
    pair = LossPair(training=1153.0, held_out=1153.0)
    # 1153 / 255^2 = 0.017732
    assert loss_notes(replace(run, variant=raw, trained_loss=pair)) == [
        "On pixels from 0 to 255 the MSE is 255² = 65,025 times that on pixels from 0 to 1: 1,153"
        " is 0.0177 there."
    ]
    huber = Variant(normalization="raw", activation="linear", loss="huber")
    assert loss_notes(replace(run, variant=huber, trained_loss=pair)) == []
