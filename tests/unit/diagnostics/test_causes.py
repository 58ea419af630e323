"""The cause of a bad run: which of several suspects explains it, for each kind of failure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core import diagnostics
from core.metrics.dataset_stats import DatasetStats, statistics
from core.run import LayerEvidence, Run
from support.measured_runs import MEAN_MSE
from support.measured_runs import measured_run as make

MSE = {"loss": "mean_squared_error"}
MAE = {"loss": "mean_absolute_error"}
RELU = {"activation": "relu", **MSE}
RAW = {"normalization": "raw", "activation": "linear", **MSE}
# One picture for every image, and it is the mean image.
STUCK_AT_MEAN = {"error": 1.0, "variation": 0.001, "to_mean_image": 0.001}
# It is thrown far up in its first steps and comes back to the mean image's loss.
SPIKE = (0.69, 9e10, 40.0, 0.3, 0.26, 0.26, 0.26, 0.26, 0.26, 0.26)
FALLING = (0.7, 0.6, 0.5, 0.4, 0.3)


@pytest.fixture(scope="module")
def known() -> DatasetStats:
    return statistics("mnist-sample")


def with_dead(run: Run, share: float, layer: int = 0) -> Run:
    """The same with that share of a hidden layer's units dead in its last epoch."""
    row = LayerEvidence(epoch=3, layer=layer, gradient=0.1, update=0.1, dead=share, saturated=0.0)
    return replace(run, layer_evidence=(row,))


@pytest.mark.parametrize(
    ("settings", "losses"),
    [
        ({"learning_rate": 10.0}, SPIKE),
        ({"learning_rate": 1.0}, SPIKE),
        # Ten times the usual rate is not too much by itself; that it was thrown is the proof.
        ({"learning_rate": 0.01}, SPIKE),
        ({**RAW, "learning_rate": 0.1}, tuple(255**2 * loss for loss in SPIKE)),
        ({**RELU, "learning_rate": 0.1}, SPIKE),
    ],
)
def test_spike_that_comes_back_is_a_rate_too_large_and_no_divergence(
    settings: dict[str, Any], losses: tuple[float, ...], known: DatasetStats
) -> None:
    run = make(
        known, settings=settings, losses=losses, epoch_losses=(9e10, 0.3, 0.26), **STUCK_AT_MEAN
    )
    verdict = diagnostics.verdict(run)
    assert (verdict.word, verdict.cause) == ("Mean image.", "rate_too_large")
    assert verdict.remedy == {"learning_rate": 0.001}


def test_loss_that_only_falls_is_not_blamed_on_a_rate_that_is_ten_times_the_usual(
    known: DatasetStats,
) -> None:
    run = make(known, settings={"learning_rate": 0.01}, losses=FALLING, **STUCK_AT_MEAN)
    assert diagnostics.verdict(run).cause == "few_epochs"


@pytest.mark.parametrize(
    ("settings", "cause"),
    [
        ({**RAW, "optimizer": "sgd", "learning_rate": 0.01}, "rate_too_large"),
        ({"normalization": "raw"}, "no_lower_bound"),
        # Whatever its rate, such a loss runs away.
        ({"normalization": "raw", "learning_rate": 1.0}, "no_lower_bound"),
        (MSE, "rate_too_large"),
    ],
)
def test_divergence_of_a_bounded_loss_is_the_rates(
    settings: dict[str, Any], cause: str, known: DatasetStats
) -> None:
    run = replace(make(known, settings=settings, error=6.0), status="diverged")
    assert diagnostics.verdict(run).cause == cause


@pytest.mark.parametrize("rate", [0.001, 0.01])
def test_run_that_learned_nothing_is_not_blamed_on_the_median(
    rate: float, known: DatasetStats
) -> None:
    settings = {**MAE, "optimizer": "sgd", "learning_rate": rate}
    # Greys of 0.48 to 0.52 everywhere.
    run = make(known, settings=settings, error=3.48, variation=0.0001, sum=392.0, largest=0.52)
    verdict = diagnostics.verdict(run)
    assert (verdict.word, verdict.cause) == ("One image.", "rate_too_small")
    assert verdict.remedy is not None
    assert verdict.remedy["optimizer"] == "adam"


@pytest.mark.parametrize(
    ("variation", "to_mean", "is_one"),
    [(0.10, 0.05, False), (0.12, 0.2, False), (0.06, 0.2, False), (0.08, 0.05, True)],
)
def test_a_tenth_of_the_variance_is_not_called_the_same_image(
    variation: float, to_mean: float, is_one: bool, known: DatasetStats
) -> None:
    measured = {"variation": variation, "to_mean_image": to_mean * MEAN_MSE}
    verdict = diagnostics.verdict(make(known, settings={"epochs": 2}, error=0.93, **measured))
    assert ("same output for every image" in verdict.sentence) == is_one
    assert verdict.cause == "few_steps"


HOLES = {"error": 0.6, "stuck": 0.4}


@pytest.mark.parametrize(
    ("settings", "cause"),
    [
        ({"layers": (64, 3, 64)}, "narrow_bottleneck"),
        ({"layers": (1,)}, "narrow_bottleneck"),
        ({"epochs": 1}, "few_steps"),
        ({"batch_size": 4500}, "few_steps"),
        ({"hidden_activation": "sigmoid"}, "hidden_sigmoids"),
        ({"learning_rate": 1e-6}, "rate_too_small"),
        ({"code_l1": 0.1}, "strong_penalty"),
        ({}, "dead_pixels"),
    ],
)
def test_dead_pixels_are_blamed_only_where_the_training_is_not(
    settings: dict[str, Any], cause: str, known: DatasetStats
) -> None:
    run = make(known, settings={**RELU, **settings}, losses=FALLING, **HOLES)
    assert diagnostics.verdict(run).cause == cause


@pytest.mark.parametrize(
    "settings",
    [
        {**RAW, "optimizer": "sgd", "learning_rate": 0.01},
        {"optimizer": "sgd"},
        {"learning_rate": 0.1},
        {"batch_size": 4500},
        {"epochs": 1},
        {"layers": (1,)},
        {"hidden_activation": "sigmoid"},
    ],
)
@pytest.mark.parametrize("measured", [STUCK_AT_MEAN, {"error": 0.7}, {"error": 1.5}])
def test_bad_run_of_a_choice_that_fits_has_a_cause_before_the_fit(
    settings: dict[str, Any], measured: dict[str, float], known: DatasetStats
) -> None:
    run = make(known, settings=settings, losses=FALLING, **measured)
    cause = diagnostics.cause(run)
    assert cause is not None
    assert cause.remedy
    found = diagnostics.with_cause(diagnostics.preflight(run.variant, known), cause)
    assert (found[0].code, found[-1].code) == (cause.code, "fits")


def test_cause_has_a_remedy_though_another_finding_offers_the_same(known: DatasetStats) -> None:
    run = make(known, settings={**MAE, "activation": "relu"}, losses=FALLING, error=0.7, sum=65.0)
    before = {finding.code: finding for finding in diagnostics.preflight(run.variant, known)}
    assert before["median"].remedy is None
    verdict = diagnostics.verdict(run)
    assert verdict.cause == "median"
    assert verdict.remedy == {"activation": "sigmoid", "loss": "binary_crossentropy"}


def test_holes_of_relus_that_a_fast_rate_killed_are_not_the_medians(known: DatasetStats) -> None:
    # As with seed 3: 52 % of the positions are stuck and 78 % of a hidden layer is dead; at the
    # usual rate a third is, and it has two thirds of the error.
    settings = {**MAE, "activation": "relu", "learning_rate": 0.01}
    measured = {"error": 0.706, "stuck": 0.52, "sum": 70.0}
    run = make(known, settings=settings, losses=FALLING, **measured)
    assert diagnostics.verdict(with_dead(run, 0.57)).cause == "median"
    verdict = diagnostics.verdict(with_dead(run, 0.78))
    assert verdict.cause == "rate_too_large"
    # With MAE it would be too dark still.
    better = {"learning_rate": 0.001, "activation": "sigmoid", "loss": "binary_crossentropy"}
    assert verdict.remedy == better


def test_remedy_of_the_training_leaves_no_loss_that_aims_at_black(known: DatasetStats) -> None:
    run = make(known, settings={**MAE, "epochs": 1}, losses=FALLING, error=0.9)
    verdict = diagnostics.verdict(run)
    assert verdict.cause == "few_steps"
    assert verdict.remedy == {"epochs": 67, "loss": "binary_crossentropy"}


def test_later_epochs_that_are_worse_are_overfitting(known: DatasetStats) -> None:
    run = make(known, settings=MSE, losses=FALLING, error=0.5, first_error=0.79)
    verdict = diagnostics.verdict(run)
    assert (verdict.cause, verdict.remedy) == ("overfitting", {"epochs": 1})
    # 80 % of the error at the end would be as good.
    nearly = make(known, settings=MSE, losses=FALLING, error=0.5, first_error=0.81)
    assert diagnostics.verdict(nearly).cause == "few_epochs"


@pytest.mark.parametrize(("share", "cause"), [(0.91, "dead_units"), (0.9, "few_epochs")])
def test_dead_units_are_blamed_where_nearly_all_of_a_layer_are(
    share: float, cause: str, known: DatasetStats
) -> None:
    run = with_dead(make(known, losses=FALLING, **STUCK_AT_MEAN), share)
    assert diagnostics.verdict(run).cause == cause


@pytest.mark.parametrize(
    ("settings", "layer", "remedy"),
    [
        ({}, 0, {"hidden_activation": "tanh"}),
        ({}, 2, {"hidden_activation": "tanh"}),
        ({"hidden_activation": "tanh"}, 0, {"hidden_activation": "relu"}),
        # The code has an activation of its own: on raw pixels a tanh there is at an end for all.
        ({"bottleneck_activation": "tanh"}, 2, {"bottleneck_activation": "linear"}),
        ({"bottleneck_activation": "tanh"}, 3, {"hidden_activation": "tanh"}),
    ],
)
def test_remedy_of_dead_units_is_of_their_own_layer(
    settings: dict[str, Any], layer: int, remedy: dict[str, str], known: DatasetStats
) -> None:
    run = make(known, settings=settings, losses=FALLING, **STUCK_AT_MEAN)
    verdict = diagnostics.verdict(with_dead(run, 0.95, layer))
    assert (verdict.cause, verdict.remedy) == ("dead_units", remedy)


def test_dead_units_of_a_fast_training_were_killed_by_its_rate(known: DatasetStats) -> None:
    settings = {"learning_rate": 0.004}
    run = with_dead(make(known, settings=settings, losses=FALLING, **STUCK_AT_MEAN), 0.95)
    cause = diagnostics.cause(run)
    assert cause is not None
    assert (cause.code, cause.value) == ("rate_too_large", pytest.approx(4.0))
    assert "**95%** of a hidden layer's units" in cause.sentence


def test_tiny_targets_are_said_to_be_slow_and_not_to_be_hopeless(known: DatasetStats) -> None:
    settings = {"layers": (512,), "normalization": "sum_to_one", **RELU}
    # A quarter of the mean image's error: it learns.
    run = make(known, settings=settings, error=0.25, stuck=0.31)
    found = {finding.code: finding for finding in diagnostics.preflight(run.variant, known)}
    assert found["tiny_targets"].sentence.endswith("its small gradients make learning slow.")
    assert diagnostics.verdict(run).tone == "warning"


def test_run_without_evidence_has_no_cause(known: DatasetStats) -> None:
    run = replace(make(known, settings={"epochs": 1}, error=0.9), evidence={})
    assert diagnostics.cause(run) is None
