"""Short real runs on the sample that fail by how they are trained: the cause that is named."""

from __future__ import annotations

from typing import Any

import pytest

from core import diagnostics
from core.metrics.dataset_stats import statistics
from core.training import training
from core.variant import Variant

MSE, MAE = "mean_squared_error", "mean_absolute_error"
RAW = {"normalization": "raw", "activation": "linear", "loss": MSE}
RELU = {"activation": "relu", "loss": MSE}
# A linear code of 100, output linear too: a mean image that it has not reached yet.
LINEAR = {"layers": (100,), "hidden_activation": "linear", "activation": "linear", "loss": MSE}
# Each with the settings of the kind, the cause, and words that would be wrong for it. Runs of the
# same network, activation and loss stand together: they share a compiled function.
CASES: list[tuple[dict[str, Any], str, tuple[str, ...]]] = [
    ({"learning_rate": 10.0}, "rate_too_large", ("Diverged.",)),
    ({"learning_rate": 1.0}, "rate_too_large", ("Diverged.",)),
    ({"learning_rate": 0.1}, "rate_too_large", ("Diverged.",)),
    ({"epochs": 1}, "few_steps", ()),
    ({"epochs": 2}, "few_steps", ("Mean image.", "One image.")),
    ({"batch_size": 4500}, "few_steps", ()),
    ({"optimizer": "sgd"}, "rate_too_small", ("Dim.",)),
    ({"layers": (1,)}, "narrow_bottleneck", ()),
    ({"layers": (2,), "hidden_activation": "linear", "epochs": 67},
     "narrow_bottleneck", ("Mean image.", "One image.")),
    ({"hidden_activation": "sigmoid"}, "hidden_sigmoids", ()),
    ({**RAW, "hidden_activation": "tanh"}, "saturated_layers", ("Diverged.",)),
    ({**RAW, "hidden_activation": "tanh", "learning_rate": 0.01}, "saturated_layers", ()),
    ({**RAW, "bottleneck_activation": "sigmoid"}, "saturated_layers", ()),
    ({**RAW, "loss": "huber", "hidden_activation": "tanh"}, "saturated_layers", ()),
    ({**RAW, "learning_rate": 0.1}, "rate_too_large", ("Diverged.",)),
    ({**RAW, "optimizer": "sgd", "epochs": 1}, "rate_too_large", ()),
    ({**RELU, "learning_rate": 0.1}, "rate_too_large", ("Diverged.", "Dim.")),
    ({**RELU, "epochs": 1}, "few_steps", ("Dim.",)),
    ({**RELU, "layers": (64, 3, 64)}, "narrow_bottleneck", ("Dim.",)),
    ({**RELU, "layers": (1,)}, "narrow_bottleneck", ("Dim.",)),
    ({**LINEAR, "optimizer": "sgd", "learning_rate": 0.001, "batch_size": 128}, "rate_too_small",
     ("Dim.",)),
    ({"loss": MAE, "optimizer": "sgd"}, "rate_too_small", ("Median image.", "Dim.")),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("settings", "cause", "wrong"), CASES, ids=[str(case[0]) for case in CASES]
)
def test_cause_is_how_it_was_trained(
    settings: dict[str, Any], cause: str, wrong: tuple[str, ...]
) -> None:
    rate = 0.01 if settings.get("optimizer") == "sgd" else 0.001
    variant = Variant(**{"epochs": 10, "learning_rate": rate, **settings})
    run = training.train(variant, lambda event: None, lambda: False)
    assert run is not None
    verdict = diagnostics.verdict(run)
    assert verdict.cause == cause, verdict
    assert verdict.word not in wrong, verdict
    assert verdict.remedy
    is_worse_than_one_picture = run.scores.mse > run.baselines["mean image"].mse
    assert verdict.tone == "bad" or not is_worse_than_one_picture, verdict
    first, *_ = diagnostics.with_cause(
        diagnostics.preflight(variant, statistics(variant.dataset)), diagnostics.cause(run)
    )
    assert first.code != "fits"


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("rate", [0.001, 0.01])
@pytest.mark.parametrize("setting", ["hidden_activation", "bottleneck_activation"])
def test_dividing_raw_pixels_repairs_saturated_layers(setting: str, rate: float) -> None:
    variant = Variant(**{**RAW, setting: "tanh", "learning_rate": rate, "epochs": 10})
    run = training.train(variant, lambda event: None, lambda: False)
    assert run is not None
    found = diagnostics.verdict(run)
    assert found.remedy is not None
    assert found.remedy["normalization"] == "unit"
    repaired = training.train(
        Variant.from_dict({**variant.to_dict(), **found.remedy}), lambda event: None, lambda: False
    )
    assert repaired is not None
    assert repaired.scores.mse < 0.8 * run.scores.mse
