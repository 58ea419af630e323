"""What the findings of a reading are computed from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.cli.explain_command import as_text
from core.code_reader import budget, findings, read, reader
from core.code_reader.reading import Setting
from core.data.datasets import SAMPLE
from core.diagnostics import Finding
from core.errors import DamagedData, DataUnavailable, MissingData
from core.metrics.dataset_stats import DatasetStats, statistics
from core.variant import Variant
from core.views.your_code.examples import EXAMPLES
from support.modules import beside

MNIST = beside(__file__, "faulty_scripts").KERAS.replace('"sigmoid"', '"softmax"')
FASHION = MNIST.replace("datasets.mnist", "datasets.fashion_mnist")


def unread(monkeypatch: pytest.MonkeyPatch, problem: DataUnavailable) -> None:
    """Let this machine have the sample alone."""
    sample = statistics(SAMPLE)

    def only_sample(name: str) -> DatasetStats:
        if name == SAMPLE:
            return sample
        raise problem

    monkeypatch.setattr(findings, "statistics", only_sample)


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (MissingData("none"), "Fashion-MNIST is not on this machine"),
        (DamagedData("bad"), "Fashion-MNIST cannot be read"),
    ],
)
def test_statistics_of_another_data_set_are_said_to_be_assumed(
    monkeypatch: pytest.MonkeyPatch, problem: DataUnavailable, reason: str
) -> None:
    unread(monkeypatch, problem)
    reading = read(FASHION)
    said = f"{reason}; the findings were computed from the MNIST sample instead."
    assert reading.settings["dataset"].value == "fashion-mnist"
    assert reading.findings[0].code == "softmax_sum"
    assert reading.assumed[-1].name == "statistics"
    assert reading.to_dict()["assumed"][-1] == {
        "setting": "statistics",
        "value": "mnist-sample",
        "reason": said,
    }
    assert f"Assumed: {said}" in as_text(reading)


def test_statistics_of_the_own_data_set_are_not_assumed() -> None:
    assert read(FASHION).statistics is None


def test_findings_of_mnist_come_from_its_sample_on_every_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unread(monkeypatch, MissingData("none"))
    reading = read(MNIST)
    assert reading.statistics is None
    # The mean of the sample's 4,500 training digits; of MNIST's 60,000 it is 102.5.
    assert "sum to about **103**" in reading.findings[0].sentence


def test_second_sigmoid_of_pytorch_can_be_trained() -> None:
    pytorch = next(example for example in EXAMPLES if example.name == "pytorch")
    reading = read(pytorch.code)
    assert reading.unsupported == ()
    assert reading.variant is not None
    assert (reading.variant.activation, reading.variant.loss_from) == ("sigmoid", "logits")
    assert [fault.code for fault in reading.faults] == ["sigmoid_twice"]
    assert "logits_shown" in {finding.code for finding in reading.findings}
    assert reading.corrected_variant == replace(reading.variant, loss_from="outputs")


def test_counting_a_data_set_takes_no_time_from_the_correction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [0.0]

    def slow(variant: Variant) -> tuple[tuple[Finding, ...], Setting | None]:
        clock[0] += 60
        return findings.findings_of(variant)

    monkeypatch.setattr(budget.time, "thread_time", lambda: clock[0])
    monkeypatch.setattr(reader, "findings_of", slow)
    found = read(MNIST)
    assert found.corrected is not None
