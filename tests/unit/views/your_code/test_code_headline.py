"""The headline of a reading, compared with the shipped runs."""

from __future__ import annotations

import inspect
import re

import pytest

from core.code_reader import Reading, data_faults, layer_faults, loss_faults, noted_faults, read
from core.diagnostics import loss_checks, output_checks, preflight, rate_checks, training_checks
from core.metrics import image_metrics
from core.metrics.dataset_stats import statistics
from core.store.shipped import Gallery
from core.text.labels import run_name
from core.variant import Variant
from core.views.your_code.code_headline import (
    ERRORS,
    FAULT_HEADLINES,
    FINDING_HEADLINES,
    code_headline,
    of_settings,
)
from core.views.your_code.examples import EXAMPLES
from core.views.your_code.reading_view import hidden_layers, problems, remarks, setting_rows


def reading_of(variant: Variant) -> Reading:
    found = tuple(preflight(variant, statistics(variant.dataset)))
    return Reading(settings={}, variant=variant, findings=found)


def test_shipped_runs_predicted_to_be_black_are_black() -> None:
    gallery = Gallery()
    predicted = []
    for summary in gallery.summaries.values():
        first, _ = of_settings(summary.variant, reading_of(summary.variant))
        if "images will be black" in first:
            run = gallery.get(summary.variant.key)
            assert run is not None
            shown = image_metrics.displayed(run.history.frames[-1].pixels)
            predicted.append((first, run_name(run.variant), float(shown.mean())))
    assert len(predicted) >= 5
    # The ten originals have a mean of 0.12.
    assert [found for found in predicted if found[-1] > 0.01] == []


@pytest.mark.parametrize("example", EXAMPLES[:-1], ids=lambda example: example.name)
def test_corrected_examples_have_no_fault(example) -> None:
    reading = read(example.code)
    assert problems(reading)[0].severity == "fault"
    assert reading.corrected is not None
    again = read(reading.corrected)
    assert again.faults == ()
    assert all(finding.severity in ("note", "fit") for finding in again.findings)


def test_correct_example_is_left_as_it_is() -> None:
    reading = read(EXAMPLES[-1].code)
    assert [problem.severity for problem in problems(reading)] == ["fit"]
    assert reading.corrected is None
    assert hidden_layers(reading) == (32,)
    assert remarks(reading) == {"Not supported": [], "Ignored": [], "Repaired": []}


def test_assumed_settings_come_after_stated_ones() -> None:
    rows = setting_rows(read(EXAMPLES[0].code))
    assert [row.title for row in rows if row.is_assumed] == ["Learning rate", "Seed"]
    assert [row.is_assumed for row in rows] == sorted(row.is_assumed for row in rows)


def test_every_finding_that_matters_has_words() -> None:
    checks = (loss_checks, output_checks, rate_checks, training_checks)
    codes = {code for m in checks for code in re.findall(r'code="(\w+)"', inspect.getsource(m))}
    assert {"softmax_sum", "median", "few_steps"} <= codes
    notes = {"fits", "greys_lost", "better_activation", "faint_noise"}
    # The headline about softmax depends on the other findings.
    assert codes - FINDING_HEADLINES.keys() == {"softmax_sum", *notes}


def test_every_fault_has_words() -> None:
    checks = (data_faults, layer_faults, loss_faults)
    codes = {code for m in checks for code in re.findall(r'code="(\w+)"', inspect.getsource(m))}
    assert {"scaled_twice", "bypassed_layer", "no_step"} <= codes
    assert codes | noted_faults.REPAIRS.keys() == {*ERRORS, *FAULT_HEADLINES}


def test_headline_names_the_weightiest_fault_not_the_first_line() -> None:
    """The sigmoid that is applied twice stands on line 6, the labels as targets on line 8."""
    code = """from tensorflow import keras
(x_train, y_train), _ = keras.datasets.mnist.load_data()
x_train = x_train.reshape(-1, 784) / 255.0
model = keras.Sequential([
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(784, activation="sigmoid"), keras.layers.Activation("sigmoid"),
])
model.compile(optimizer="adam", loss="mse"); model.fit(x_train, y_train, epochs=5)
"""
    reading = read(code)
    assert [fault.code for fault in reading.faults] == ["activation_twice", "labels_as_target"]
    assert code_headline(reading)[0] == "The network learns labels, not images."
