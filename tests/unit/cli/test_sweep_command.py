"""The options of sweeps and of the gallery, and the progress in words."""

from __future__ import annotations

import pytest

from core.cli import main
from core.cli.sweep_command import progress_of, values
from core.errors import InvalidVariant
from core.jobs.sweep import SweepStatus
from core.variant import Variant


def test_vary_reads_the_fields_types() -> None:
    assert values(["learning-rate=0.1,1e-3", "layers=32,128-2-128", "seed=1"]) == {
        "learning_rate": [0.1, 0.001],
        "layers": [(32,), (128, 2, 128)],
        "seed": [1],
    }


@pytest.mark.parametrize("text", ["", "=", "loss", "loss=", "colour=red", "=relu"])
def test_vary_of_another_form_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidVariant, match=r"such as activation=sigmoid,linear\.$"):
        values([text])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["sweep", "--workers", "0"], "workers cannot be '0'; allowed: whole numbers from 1"),
        (["sweep", "--workers", "²"], "workers cannot be '²'"),
        (["sweep", "--vary", "epochs=0"], "epochs cannot be 0; allowed: whole numbers from 1"),
        (["sweep", "--vary", "layers=a"], "layers cannot be 'a'"),
        (["gallery", "check", "--cells", "-1"], "cells cannot be '-1'"),
        (["gallery", "check", "--seed", "x"], "seed cannot be 'x'"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(sentence)
    assert told.err.count("\n") == 1


def sweep_status(**counts: int) -> SweepStatus:
    seeds = iter(range(100))
    parts = {
        name: tuple(Variant(seed=next(seeds)) for _ in range(counts.get(name, 0)))
        for name in ("done", "training", "waiting", "missing")
    }
    failed = {Variant(seed=next(seeds)): "why" for _ in range(counts.get("failed", 0))}
    return SweepStatus(**parts, failed=failed, seconds_left=130.0)


def test_progress_counts_stored_and_failed_runs_and_the_time_left() -> None:
    told = progress_of(sweep_status(done=5, training=1, waiting=3, failed=1), 2, "")
    assert told.text == "5 of 10 trained, 2 already stored, 1 failed, 3 min left"
    assert told.share == 0.5


def test_progress_shows_the_trainer_message() -> None:
    told = progress_of(sweep_status(done=0, waiting=1), 0, "The trainer does not start.")
    assert told.text == "0 of 1 trained, 3 min left, The trainer does not start."
