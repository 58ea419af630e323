"""The experiment: what each change removes of the error, and which is best, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.diagnostics.evidence import MEASURES
from core.diagnostics.experiment import change_in_words, experiment, in_words
from core.diagnostics.setting_facts import FACTS
from core.diagnostics.verdicts import verdict
from core.run import Run, Scores
from core.variant import Variant
from support.runs import make_run

VARIANT = Variant(optimizer="sgd", learning_rate=0.001)


def run_of(mse: float, **settings: Any) -> Run:
    """A run that works below 45% of the mean image's 0.0673, and is blurred above."""
    measured = dict.fromkeys((*MEASURES, *FACTS), 0.0)
    usual = {"sum": 100.0, "original_sum": 101.0, "variation": 0.8, "largest": 0.98}
    return make_run(
        replace(VARIANT, **settings),
        scores=Scores(mse=mse, mae=0.1, psnr=12.0, ssim=0.5),
        evidence=measured | usual | {"to_mean_image": 0.055, "to_median_image": 0.07},
    )


BAD = run_of(0.06)
RATE = run_of(0.0114, learning_rate=1.0)  # removes 1 - 0.0114 / 0.06 = 0.81
LOSS = run_of(0.0588, loss="mean_squared_error")  # 0.02
ADAM = run_of(0.048, optimizer="adam")  # 0.2
WORSE = run_of(0.09, hidden_activation="tanh")  # -0.5
BOTH = run_of(0.015, optimizer="adam", loss="mean_squared_error")  # 0.75


def test_runs_of_this_test_are_judged_by_their_error() -> None:
    assert [verdict(run).tone for run in (BAD, RATE, ADAM)] == ["warning", "good", "warning"]


def test_single_changes_are_sorted_by_what_they_remove() -> None:
    found = experiment(BAD, [WORSE, LOSS, RATE, ADAM])
    removed = {next(iter(one.changes)): round(one.removed, 6) for one in found.singles}
    assert removed == {
        "learning_rate": 0.81,
        "optimizer": 0.2,
        "loss": 0.02,
        "hidden_activation": -0.5,
    }
    assert [one.repairs for one in found.singles] == [True, False, False, False]


def test_best_change_is_named_with_its_values_and_the_second_best_setting() -> None:
    found = experiment(BAD, [LOSS, RATE, run_of(0.02, learning_rate=0.01)])
    assert found.cause == "learning_rate"
    assert in_words(found) == (
        "Changing only the learning rate (0.001 → 1) removes 81% of the error; changing the loss,"
        " 2%."
    )


def test_change_that_repairs_is_preferred_to_one_that_removes_more() -> None:
    dark = {**RATE.evidence, "sum": 1.0}
    found = experiment(BAD, [replace(RATE, evidence=dark), run_of(0.02, epochs=268)])
    assert found.best is not None
    assert found.best.changes == {"epochs": 268}


def test_small_gain_is_no_repair() -> None:
    just_works = run_of(0.03, loss="mean_squared_error")  # 45% of 0.0673 is 0.0303
    found = experiment(run_of(0.031), [just_works])
    assert verdict(just_works).tone == "good"
    assert not found.singles[0].repairs


def test_pairs_are_tried_only_where_no_single_change_repairs() -> None:
    assert experiment(BAD, [RATE, LOSS]).next_round() == ()
    assert experiment(BAD, [ADAM, LOSS]).next_round() == (BOTH.variant,)


def test_pair_is_best_only_where_it_removes_more() -> None:
    found = experiment(BAD, [ADAM, LOSS, BOTH])
    assert found.best is not None
    assert found.best.run is BOTH
    assert found.cause == "optimizer"
    assert in_words(found) == (
        "No single change repairs it; the best, the optimizer, removes 20%. Changing the loss"
        " (BCE → MSE) and the optimizer (sgd → adam) removes 75% of the error."
    )


def test_change_that_helps_without_repairing_says_so() -> None:
    assert in_words(experiment(BAD, [ADAM, WORSE])) == (
        "Changing only the optimizer (sgd → adam) removes 20% of the error; changing the hidden"
        " activation, nothing. That alone does not repair it."
    )


def test_nothing_helps() -> None:
    found = experiment(BAD, [WORSE])
    assert (found.best, found.cause) == (None, None)
    assert in_words(found) == "No single change removes any of the error."


def test_nothing_is_said_before_there_is_an_outcome() -> None:
    assert in_words(experiment(BAD, [])) == ""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"learning_rate": 1.0}, "Learning rate: 0.001 → 1"),
        ({"layers": (32,)}, "Hidden layers: 128-64-28-64-128 → 32"),
        (
            {"loss": "mean_squared_error", "epochs": 268},
            "Loss: BCE → MSE; Epochs: 67 → 268",
        ),
    ],
)
def test_change_is_written_from_old_to_new(change: dict[str, Any], expected: str) -> None:
    assert change_in_words(VARIANT, change) == expected
