"""Names of runs, the same in lists, charts, exports and file names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.text.labels import file_stem, run_name, run_names, value_label, value_text
from core.variant import Variant, differing

SIGMOID = Variant()
SOFTMAX = Variant(activation="softmax")
LINEAR = Variant(activation="linear", loss="mean_squared_error")


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({}, "sigmoid + BCE"),
        ({"normalization": "raw"}, "sigmoid + BCE, raw 0–255"),
        ({"learning_rate": 0.0003}, "sigmoid + BCE, rate 0.0003"),
        ({"layers": (32,), "seed": 3}, "sigmoid + BCE, layers 32, seed 3"),
        ({"hidden_activation": "tanh"}, "sigmoid + BCE, hidden tanh"),
        ({"bottleneck_activation": "linear"}, "sigmoid + BCE, bottleneck linear"),
        ({"optimizer": "sgd", "momentum": 0.9}, "sigmoid + BCE, sgd, momentum 0.9"),
        ({"loss_from": "outputs"}, "sigmoid + BCE, loss from the outputs"),
        # A data set has its own default epochs: 5 for MNIST, 67 for the sample.
        ({"dataset": "mnist"}, "sigmoid + BCE, MNIST"),
        ({"dataset": "mnist", "epochs": 67}, "sigmoid + BCE, MNIST, 67 epochs"),
    ],
)
def test_run_name_says_what_differs_from_the_defaults(
    settings: dict[str, object], name: str
) -> None:
    assert run_name(Variant.from_dict(settings)) == name


def test_runs_of_a_sweep_have_different_names() -> None:
    rates = (0.0001, 0.0003, 0.001, 0.003, 0.01)
    sweep = [replace(SIGMOID, learning_rate=rate) for rate in rates]
    assert len({run_name(variant) for variant in sweep}) == 5
    assert len(set(run_names(sweep))) == 5


def test_runs_shown_together_also_say_where_they_differ_from_each_other() -> None:
    assert run_names([SIGMOID, SOFTMAX]) == ["sigmoid + BCE", "softmax + BCE"]
    scaled = replace(LINEAR, normalization="symmetric", seed=3)
    assert run_names([SIGMOID, scaled]) == [
        "sigmoid + BCE, unit 0–1, seed 0",
        "linear + MSE, symmetric ±1, seed 3",
    ]


@pytest.mark.parametrize(
    ("settings", "stem"),
    [
        ({}, "sigmoid-bce-unit-mnist-sample-67ep"),
        ({"dataset": "mnist", "epochs": 20}, "sigmoid-bce-unit-mnist-20ep"),
        (
            {"normalization": "raw", "learning_rate": 0.01, "layers": (32, 8, 32)},
            "sigmoid-bce-raw-mnist-sample-67ep-layers-32-8-32-learning-rate-0.01",
        ),
        ({"loss": "log_cosh", "seed": 3}, "sigmoid-log-cosh-unit-mnist-sample-67ep-seed-3"),
    ],
)
def test_file_stem_says_what_is_in_the_file(settings: dict[str, object], stem: str) -> None:
    assert file_stem(Variant.from_dict(settings)) == stem


def test_file_stems_of_different_runs_differ() -> None:
    close = [replace(SIGMOID, learning_rate=rate) for rate in (0.0012345678, 0.0012345679)]
    deep = [replace(SIGMOID, layers=(1000,) * 21, seed=seed) for seed in (1, 2)]
    assert len({file_stem(variant) for variant in (*close, *deep)}) == 4
    cut = file_stem(deep[0])
    assert cut.endswith(f"-{deep[0].key}")
    assert cut.isascii()
    assert len(cut) <= 80 + 1 + len(deep[0].key)


def test_changed_lists_settings_that_are_not_at_their_default() -> None:
    assert SIGMOID.changed == ()
    assert Variant(dataset="mnist", epochs=5, seed=1).changed == ("dataset", "seed")
    assert differing([SIGMOID, LINEAR]) == ("activation", "loss")


def test_value_names_its_setting_only_where_no_title_stands_beside_it() -> None:
    assert value_label("batch_size", 32) == "batch 32"
    assert value_text("batch_size", 32) == "32"
    assert value_label("loss", "huber") == value_text("loss", "huber") == "Huber"
