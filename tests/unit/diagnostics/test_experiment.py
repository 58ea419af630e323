"""The experiment: what each change removes of the error, and which is best, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.diagnostics.experiment import Trial, change_in_words, effect, experiment, in_words, works
from core.diagnostics.experiment import trial as of_run
from core.diagnostics.findings import Verdict
from core.run import Scores
from core.variant import Variant
from support.runs import make_run

VARIANT = Variant(optimizer="sgd", learning_rate=0.001)


def trial(mse: float, works: bool = False, **settings: Any) -> Trial:
    return Trial(variant=replace(VARIANT, **settings), mse=mse, works=works)


BAD = trial(0.06)
RATE = trial(0.0114, works=True, learning_rate=1.0)  # removes 1 - 0.0114 / 0.06 = 0.81
LOSS = trial(0.0588, loss="mean_squared_error")  # 0.02
ADAM = trial(0.048, optimizer="adam")  # 0.2
WORSE = trial(0.09, hidden_activation="tanh")  # -0.5
BOTH = trial(0.015, works=True, optimizer="adam", loss="mean_squared_error")  # 0.75


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
    found = experiment(BAD, [LOSS, RATE, trial(0.02, learning_rate=0.01)])
    assert found.best_setting == "learning_rate"
    assert in_words(found) == (
        "Changing only the learning rate (0.001 → 1) removes 81% of the error; changing the loss,"
        " 2%."
    )


def test_change_that_repairs_is_preferred_to_one_that_removes_more() -> None:
    dark = replace(RATE, works=False)
    found = experiment(BAD, [dark, trial(0.02, works=True, epochs=268)])
    assert found.best is not None
    assert found.best.changes == {"epochs": 268}


@pytest.mark.parametrize(("mse", "repairs"), [(0.046, False), (0.044, True)])
def test_gain_of_less_than_a_quarter_is_no_repair(mse: float, repairs: bool) -> None:
    found = experiment(BAD, [trial(mse, works=True, epochs=268)])  # 0.045 is three quarters
    assert found.singles[0].repairs is repairs


@pytest.mark.parametrize(
    ("mse", "expected"),
    [
        (0.0114, "removes 81%"),
        (0.06, "changes nothing"),
        (0.0602, "changes nothing"),
        (0.072, "adds 20%"),
        (0.318, "5.3 times the error"),
    ],
)
def test_effect_says_what_becomes_of_the_error(mse: float, expected: str) -> None:
    [outcome] = experiment(BAD, [trial(mse, epochs=268)]).singles
    assert effect(outcome) == expected


@pytest.mark.parametrize(("mse", "is_good"), [(0.0302, True), (0.0304, False)])
def test_run_without_a_verdict_works_by_its_error(mse: float, is_good: bool) -> None:
    # 45 % of the mean image's 0.0673 is 0.0303.
    scores = Scores(mse=mse, mae=0.05, psnr=18.0, ssim=0.8)
    assert of_run(make_run(evidence={}, scores=scores)).works is is_good
    assert works(None, mse, 0.0673) is is_good


def test_verdict_outranks_the_error() -> None:
    bad = Verdict(code="stuck_pixels", tone="warning", word="Stuck pixels.", sentence="Holes.")
    assert not works(bad, 0.2, 1.0)


def test_pairs_are_tried_only_where_no_single_change_repairs() -> None:
    assert experiment(BAD, [RATE, LOSS]).next_round() == ()
    assert experiment(BAD, [ADAM, LOSS]).next_round() == (BOTH.variant,)


def test_pair_is_best_only_where_it_removes_more() -> None:
    found = experiment(BAD, [ADAM, LOSS, BOTH])
    assert found.best is not None
    assert found.best.trial is BOTH
    assert found.best_setting == "optimizer"
    assert in_words(found) == (
        "No single change repairs it; the best, the optimizer, removes 20%. Changing the loss"
        " (BCE → MSE) and the optimizer (sgd → adam) removes 75% of the error."
    )


def test_several_changes_are_listed() -> None:
    three = trial(0.015, optimizer="adam", loss="mean_squared_error", epochs=268)
    assert in_words(experiment(BAD, [ADAM, three])).endswith(
        "Changing the loss (BCE → MSE), the optimizer (sgd → adam) and the number of epochs"
        " (67 → 268) removes 75% of the error."
    )


def test_change_that_helps_without_repairing_says_so() -> None:
    assert in_words(experiment(BAD, [ADAM, WORSE])) == (
        "Changing only the optimizer (sgd → adam) removes 20% of the error; changing the hidden"
        " activation, nothing. That alone does not repair it."
    )


def test_no_change_helps() -> None:
    found = experiment(BAD, [WORSE])
    assert (found.best, found.best_setting) == (None, None)
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
