"""Checks of how it is trained: the rates, steps and widths at which each begins to warn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core import diagnostics
from core.diagnostics import training_checks
from core.metrics.dataset_stats import DatasetStats, statistics
from core.variant import OPTIMIZERS, Variant

MSE = "mean_squared_error"


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
        ("few_steps", {"epochs": 1}, {"epochs": 67}),
        ("few_steps", {"batch_size": 4500}, {"batch_size": 100}),
        ("narrow_bottleneck", {"layers": (1,)}, {"layers": [32]}),
        ("large_batch", {"batch_size": 60_000, "epochs": 400}, {"batch_size": 100}),
        ("hidden_sigmoids", {"hidden_activation": "sigmoid"}, {"hidden_activation": "relu"}),
        ("hidden_softmax", {"hidden_activation": "softmax"}, {"hidden_activation": "relu"}),
        ("hidden_softmax", {"bottleneck_activation": "softmax"}, {"bottleneck_activation": "relu"}),
        (
            "noisy_target",
            {"noise": "gaussian", "noise_target": "noisy"},
            {"noise_target": "clean"},
        ),
        ("strong_penalty", {"code_l1": 0.01}, {"code_l1": 0.0}),
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


def test_every_optimizer_has_a_usual_rate() -> None:
    assert training_checks.ADAPTIVE.keys() | {"sgd"} == set(OPTIMIZERS)


def test_usual_rate_of_sgd_goes_with_the_square_of_the_targets_span() -> None:
    raw = Variant(optimizer="sgd", normalization="raw", activation="linear", loss=MSE)
    assert training_checks.usual_sgd(raw) == pytest.approx(1 / 255**2)
    assert training_checks.usual_sgd(replace(raw, normalization="unit")) == 1.0
