"""When the tool says that a verdict's remedy and the experiment agree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.diagnostics import Verdict
from core.diagnostics.experiment import Trial, experiment
from core.variant import Variant
from tools.check_experiment import Comparison

SLOW = Variant(optimizer="sgd", learning_rate=0.001)
FOUND = experiment(
    Trial(variant=SLOW, mse=0.06, works=False),
    [
        Trial(variant=replace(SLOW, optimizer="adam"), mse=0.006, works=True),  # removes 90%
        Trial(variant=replace(SLOW, epochs=268), mse=0.054, works=False),
    ],
)


@pytest.mark.parametrize(
    ("remedy", "removed", "agrees"),
    [
        ({"optimizer": "adam"}, 0.9, True),
        ({"optimizer": "adam", "epochs": 100}, 0.2, True),  # the same setting
        ({"learning_rate": 1.0}, 0.86, True),  # as good
        ({"learning_rate": 0.01}, 0.84, False),
        (None, None, False),
    ],
)
def test_remedy_agrees_by_its_setting_or_by_what_it_removes(
    remedy: dict[str, Any] | None, removed: float | None, agrees: bool
) -> None:
    rule = Verdict(code="blurred", tone="bad", word="Blurred.", sentence="", remedy=remedy)
    assert Comparison(rule=rule, setting=None, found=FOUND, removed=removed).agrees is agrees
