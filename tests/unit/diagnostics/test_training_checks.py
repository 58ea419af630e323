"""Checks of how it is trained: the rates, steps and widths at which each begins to warn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core import diagnostics
from core.data import loading
from core.data.datasets import DATASETS
from core.data.normalization import NORMALIZATIONS
from core.diagnostics import rate_checks, training_checks
from core.diagnostics.verdicts import WORKS
from core.metrics.baselines import baselines, pca_name
from core.metrics.dataset_stats import DatasetStats, statistics
from core.objectives.losses import LOSSES
from core.variant import OPTIMIZERS, Variant

MSE = "mean_squared_error"
RAW: dict[str, Any] = {"normalization": "raw", "activation": "linear", "loss": MSE}

DISTRIBUTIONS: dict[str, Any] = {
    "normalization": "sum_to_one",
    "activation": "softmax",
    "loss": "categorical_crossentropy",
}


@pytest.fixture(scope="module")
def known() -> DatasetStats:
    return statistics("mnist-sample")


@pytest.mark.parametrize(
    ("code", "settings", "remedy"),
    [
        ("rate_too_small", {"optimizer": "sgd"}, {"optimizer": "adam"}),
        ("rate_too_large", {"learning_rate": 0.1}, {"learning_rate": 0.001}),
        (
            "rate_too_large",
            {"optimizer": "sgd", "learning_rate": 0.01, "normalization": "raw"}
            | {"activation": "linear", "loss": MSE},
            {"optimizer": "adam", "learning_rate": 0.001},
        ),
        (
            "rate_too_large",
            {"optimizer": "sgd", "learning_rate": 1.5, **DISTRIBUTIONS},
            {"optimizer": "adam", "learning_rate": 0.001},
        ),
        ("few_steps", {"epochs": 1}, {"epochs": 67}),
        ("few_steps", {"batch_size": 4500}, {"batch_size": 100}),
        ("narrow_bottleneck", {"layers": (1,)}, {"layers": [32]}),
        ("large_batch", {"batch_size": 60_000, "epochs": 400}, {"batch_size": 100}),
        ("hidden_sigmoids", {"hidden_activation": "sigmoid"}, {"hidden_activation": "relu"}),
        ("saturated_layers", {**RAW, "hidden_activation": "tanh"}, {"normalization": "unit"}),
        (
            "saturated_layers",
            {**RAW, "bottleneck_activation": "sigmoid"},
            {"normalization": "unit"},
        ),
        ("hidden_softmax", {"hidden_activation": "softmax"}, {"hidden_activation": "relu"}),
        ("hidden_softmax", {"bottleneck_activation": "softmax"}, {"bottleneck_activation": "relu"}),
        (
            "noisy_target",
            {"noise": "gaussian", "noise_target": "noisy"},
            {"noise_target": "clean"},
        ),
        ("strong_noise", {"noise": "gaussian", "noise_level": 2.0}, {"noise_level": 0.3}),
        (
            "strong_noise",
            {"noise": "gaussian", "noise_level": 510.0 / 2, "normalization": "sum_to_one"}
            | {"activation": "softmax", "loss": "categorical_crossentropy"},
            {"noise_level": 0.012},
        ),
        ("strong_noise", {"noise": "masking", "noise_level": 0.7}, {"noise_level": 0.3}),
        ("strong_penalty", {"code_l1": 0.01}, {"code_l1": 0.0}),
        ("strong_penalty", {"code_l1": 0.001, "loss": MSE}, {"code_l1": 0.0}),
        (
            "strong_penalty",
            {"optimizer": "sgd", "learning_rate": 10.0, "weight_decay": 0.001},
            {"weight_decay": 0.0},
        ),
        ("strong_penalty", {"weight_decay": 0.5}, {"weight_decay": 0.0}),
    ],
)
def test_a_fault_of_the_training_comes_before_the_fit_and_has_a_remedy(
    code: str, settings: dict[str, Any], remedy: dict[str, Any], known: DatasetStats
) -> None:
    variant = Variant(**settings)
    first, *_, last = diagnostics.preflight(variant, known)
    assert (first.code, last.code) == (code, "fits")
    assert first.remedy is not None
    assert first.remedy.items() >= remedy.items()
    repaired = replace(variant, **first.remedy)
    assert code not in {finding.code for finding in diagnostics.preflight(repaired, known)}


def test_sums_of_the_first_layer_are_estimated(known: DatasetStats) -> None:
    # 255 x sqrt(2 / (784 + 128)) x sqrt(88) = 255 x 0.04683 x 9.381 = 112.0.
    first, *_ = diagnostics.preflight(Variant(**RAW, hidden_activation="tanh"), known)
    assert "White is **255** and the initial weights are about 0.05" in first.sentence
    assert "about 112. There tanh is flat" in first.sentence


def test_estimate_of_the_sums_is_close_to_those_of_the_sample() -> None:
    # The sample's pixels divided by 255, squared: their sum per image is 88.4 on average.
    squares = (loading.load("mnist-sample").training / 255.0) ** 2
    assert squares.sum(axis=1).mean() == pytest.approx(training_checks.WHITE_PIXELS, rel=0.01)


@pytest.mark.parametrize(
    "settings",
    [
        {"hidden_activation": "tanh"},
        {"hidden_activation": "tanh", "normalization": "standardized", "activation": "linear"},
        {**RAW, "hidden_activation": "elu"},
        {**RAW, "hidden_activation": "leaky_relu"},
        RAW,
    ],
)
def test_small_inputs_and_unbounded_activations_do_not_saturate(
    settings: dict[str, Any], known: DatasetStats
) -> None:
    found = diagnostics.preflight(Variant(**{"loss": MSE, **settings}), known)
    assert "saturated_layers" not in {finding.code for finding in found}


@pytest.mark.parametrize(
    ("rate", "words"),
    # Glorot's deviation is sqrt(2 / (784 + 128)) = 0.0468.
    [(0.03, "**64% of** its initial size"), (10.0, "**214 times** its initial size")],
)
def test_step_of_adam_is_held_against_the_initial_weights(
    rate: float, words: str, known: DatasetStats
) -> None:
    first, *_ = diagnostics.preflight(Variant(learning_rate=rate), known)
    assert first.code == "rate_too_large"
    assert words in first.sentence


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"epochs": 1}, "1 epoch of 45 steps: **45** in total;"),
        ({"epochs": 2, "batch_size": 4500}, "2 epochs of 1 step: **2** in total;"),
    ],
)
def test_few_steps_are_counted(settings: dict[str, Any], words: str, known: DatasetStats) -> None:
    first, *_ = diagnostics.preflight(Variant(**settings), known)
    assert first.sentence.startswith(words)


def test_every_optimizer_has_a_usual_rate() -> None:
    assert rate_checks.ADAPTIVE.keys() | {"sgd"} == set(OPTIMIZERS)
    adadelta = Variant(optimizer="adadelta")
    assert rate_checks.usual_rate(adadelta) == 1.0


def test_usual_rate_of_sgd_goes_with_the_square_of_the_targets_span() -> None:
    raw = Variant(optimizer="sgd", normalization="raw", activation="linear", loss=MSE)
    assert rate_checks.usual_rate(raw) == pytest.approx(1 / 255**2)
    assert rate_checks.usual_rate(replace(raw, normalization="unit")) == 1.0
    # Momentum of 0.9 makes ten steps of one.
    assert rate_checks.usual_rate(replace(raw, momentum=0.9)) == pytest.approx(0.1 / 255**2)


@pytest.mark.parametrize("loss", ["mean_absolute_error", "huber", "log_cosh"])
def test_usual_rate_of_sgd_goes_with_the_span_where_the_gradient_of_the_loss_is_limited(
    loss: str,
) -> None:
    # The gradients are sign, clip and tanh of the error: 1 for most errors of raw pixels.
    raw = Variant(optimizer="sgd", normalization="raw", activation="linear", loss=loss)
    assert rate_checks.usual_rate(raw) == pytest.approx(1 / 255)
    assert rate_checks.usual_rate(replace(raw, normalization="symmetric")) == 0.5


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "kl_divergence"])
def test_usual_rate_of_sgd_is_784_times_lower_for_a_sum_over_pixels(loss: str) -> None:
    variant = Variant(optimizer="sgd", normalization="sum_to_one", activation="softmax", loss=loss)
    # With softmax both have the gradient p - y, and the brightest target is about 0.04.
    assert rate_checks.usual_rate(variant) == pytest.approx(1 / (0.04**2 * 784))


def test_width_that_a_bottleneck_needs_follows_from_pca(known: DatasetStats) -> None:
    held_out = loading.load_held_out("mnist-sample").held_out
    needed = DATASETS["mnist-sample"].pca_width

    def share(width: int) -> float:
        found = baselines(Variant(layers=(width,)), known, held_out)
        return found[pca_name(width)].mse / found["mean image"].mse

    # 0.453 and 0.437: a run works below 0.45.
    assert share(needed - 1) > WORKS > share(needed)


@pytest.mark.parametrize(
    ("settings", "is_strong"),
    [
        # Of each loss's distance from the mean image to the floor on the sample, 0.9 % is strong:
        # 0.2012, 0.0664, 0.0315 and 0.1495 for pixels from 0 to 1, 1.007 for shares of a sum.
        ({"code_l1": 0.001}, False),
        ({"code_l1": 0.002}, True),
        ({"code_l1": 0.0003, "loss": MSE}, False),
        ({"code_l1": 0.001, "loss": MSE}, True),
        ({"code_l1": 0.0002, "loss": "log_cosh"}, False),
        ({"code_l1": 0.0003, "loss": "log_cosh"}, True),
        ({"code_l1": 0.001, "loss": "mean_absolute_error"}, False),
        ({"code_l1": 0.005, "loss": "kl_divergence"}, False),
        ({"code_l1": 0.01, "loss": "kl_divergence"}, True),
    ],
)
def test_l1_penalty_is_held_against_what_the_loss_can_lose(
    settings: dict[str, Any], is_strong: bool, known: DatasetStats
) -> None:
    codes = {finding.code for finding in diagnostics.preflight(Variant(**settings), known)}
    assert ("strong_penalty" in codes) == is_strong


def test_every_loss_has_a_distance_from_the_mean_image_to_its_floor(known: DatasetStats) -> None:
    held_out = loading.load_held_out("mnist-sample").held_out
    for name, loss in LOSSES.items():
        normalization = "sum_to_one" if loss.unit == "per image" else "unit"
        affine = NORMALIZATIONS[normalization]
        targets = affine.apply(held_out, known.moments).targets().astype(np.float64)
        of_mean = loss.per_image(targets, np.broadcast_to(targets.mean(axis=0), targets.shape))
        learnable = of_mean.mean() - loss.per_image(targets, targets).mean()
        assert training_checks.LEARNABLE[name] == pytest.approx(learnable, rel=0.05), name


@pytest.mark.parametrize(("width", "is_narrow"), [(7, True), (8, False)])
def test_bottleneck_of_less_than_three_fifths_of_pca_is_narrow(
    width: int, is_narrow: bool, known: DatasetStats
) -> None:
    found = {
        finding.code: finding for finding in diagnostics.preflight(Variant(layers=(width,)), known)
    }
    assert ("narrow_bottleneck" in found) == is_narrow  # 0.6 x 13 = 7.8
    if is_narrow:
        assert "at least 8 are needed" in found["narrow_bottleneck"].sentence
        assert "PCA needs 13." in found["narrow_bottleneck"].sentence


@pytest.mark.parametrize(
    ("settings", "code", "words"),
    [
        # 1.9 times the range, and 0.3 of it, are neither; the range of symmetric pixels is 2.
        ({"noise": "gaussian", "noise_level": 1.9}, None, ""),
        ({"noise": "gaussian", "noise_level": 3.9, "normalization": "symmetric"}, None, ""),
        (
            {"noise": "gaussian", "noise_level": 4.0, "normalization": "symmetric"},
            "strong_noise",
            "Its standard deviation of 4 is **2.0 times** the range of the pixels (2)",
        ),
        ({"noise": "masking", "noise_level": 0.69}, None, ""),
        (
            {"noise": "masking", "noise_level": 0.7},
            "strong_noise",
            "**70%** of the pixels are mask",
        ),
        # 0.3 of 255 greys is 0.12 %.
        (
            {"noise": "gaussian", "normalization": "raw"},
            "faint_noise",
            "a standard deviation of 0.3 is **0.1%** of the range of the pixels (255)",
        ),
        ({"noise": "gaussian", "noise_level": 0.01}, None, ""),
        (
            {"noise": "masking", "noise_level": 0.005},
            "faint_noise",
            "0.5% of the pixels are masked",
        ),
        ({"normalization": "raw"}, None, ""),
    ],
)
def test_noise_is_held_against_the_range_of_the_pixels(
    settings: dict[str, Any], code: str | None, words: str, known: DatasetStats
) -> None:
    found = [
        finding
        for finding in diagnostics.preflight(Variant(**settings), known)
        if finding.code in ("strong_noise", "faint_noise")
    ]
    assert [finding.code for finding in found] == ([code] if code else [])
    assert all(words in finding.sentence for finding in found)


def test_sgd_on_distributions_may_use_a_rate_that_learns(known: DatasetStats) -> None:
    variant = Variant(**DISTRIBUTIONS, optimizer="sgd", learning_rate=0.3)
    codes = {finding.code for finding in diagnostics.preflight(variant, known)}
    assert codes.isdisjoint({"rate_too_large", "rate_too_small"})
