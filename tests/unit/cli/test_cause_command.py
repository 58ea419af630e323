"""What `core cause` prints: the sentence, and each change with the error that it leaves."""

from __future__ import annotations

from dataclasses import replace

from core.cli.cause_command import as_json, as_text
from core.diagnostics.experiment import Trial, experiment
from core.variant import Variant

SLOW = Variant(optimizer="sgd", learning_rate=0.001)
FOUND = experiment(
    Trial(variant=SLOW, mse=0.06, works=False),
    [
        Trial(variant=replace(SLOW, loss="mean_squared_error"), mse=0.0588, works=False),
        Trial(variant=replace(SLOW, learning_rate=1.0), mse=0.0114, works=True),
    ],
)
SENTENCE = (
    "Changing only the learning rate (0.001 → 1) removes 81% of the error; changing the loss, 2%."
)


def test_text_lists_the_changes_by_remaining_error() -> None:
    assert as_text(FOUND).splitlines() == [
        SENTENCE,
        "  0.0600  this run",
        "  0.0114  Learning rate: 0.001 → 1 (removes 81%)",
        "  0.0588  Loss: BCE → MSE (removes 2%)",
    ]


def test_json_names_the_cause_and_the_best_change() -> None:
    found = as_json(FOUND)
    assert found["cause"] == "learning_rate"
    assert found["best"] == {"learning_rate": 1.0}
    assert found["sentence"] == SENTENCE
    assert [round(one["removed"], 6) for one in found["outcomes"]] == [0.81, 0.02]
    assert found["outcomes"][1]["changes"] == {"loss": "mean_squared_error"}
