"""Findings: their order, their ways out, their words."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from core import diagnostics
from core.data.normalization import NORMALIZATIONS
from core.diagnostics.output_checks import ERRORS_ON_SAMPLE
from core.diagnostics.preflight import findings
from core.diagnostics.setting_facts import facts
from core.metrics.dataset_stats import DatasetStats, statistics
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import LOSSES
from core.store.shipped import Gallery
from core.variant import LOSS_FROM, Variant

BCE, CCE = "binary_crossentropy", "categorical_crossentropy"
COMBINATIONS = [
    Variant(activation=activation, loss=loss, normalization=normalization, loss_from=loss_from)
    for activation, loss, normalization, loss_from in product(
        ACTIVATIONS, LOSSES, NORMALIZATIONS, LOSS_FROM
    )
]


@pytest.fixture(scope="module")
def known() -> DatasetStats:
    return statistics("mnist-sample")


@pytest.mark.parametrize(
    "variant",
    COMBINATIONS,
    ids=lambda v: f"{v.normalization}-{v.activation}-{v.loss}-{v.loss_from}",
)
def test_exactly_the_table_of_fits_is_found_to_be_without_fault(
    variant: Variant, known: DatasetStats
) -> None:
    severities = {finding.severity for finding in diagnostics.preflight(variant, known)}
    assert (diagnostics.fits(variant) is not None) == severities.isdisjoint({"fault", "warning"})


@pytest.mark.parametrize(
    "variant",
    COMBINATIONS,
    ids=lambda v: f"{v.normalization}-{v.activation}-{v.loss}-{v.loss_from}",
)
def test_findings_come_by_importance_and_each_offers_a_way_out_that_no_other_does(
    variant: Variant, known: DatasetStats
) -> None:
    found = diagnostics.preflight(variant, known)
    order = ["fault", "warning", "fit", "note"]
    places = [order.index(finding.severity) for finding in found]
    assert places == sorted(places)
    remedies = [finding.remedy for finding in found if finding.remedy]
    assert len({tuple(sorted(remedy.items())) for remedy in remedies}) == len(remedies)
    if found[0].severity in ("fault", "warning"):
        assert found[0].remedy, "the first finding has a button"
    for finding in found:
        assert (finding.remedy is None) == (finding.remedy_label is None)
        assert finding.sentence.count("**") % 2 == 0
        assert finding.sentence.endswith(".")
        assert "!" not in finding.sentence
        if finding.remedy and finding.code != "hidden_logits":
            cured = diagnostics.preflight(replace(variant, **finding.remedy), known)
            assert cured[0].code == "fits"


def test_the_question_is_led_to_a_good_choice_by_the_first_button(known: DatasetStats) -> None:
    question = Variant(normalization="raw", activation="softmax", loss=BCE)
    first, second, third = diagnostics.preflight(question, known)
    assert [first.code, second.code, third.code] == [
        "softmax_sum",
        "no_lower_bound",
        "hidden_logits",
    ]
    assert first.remedy == {"activation": "sigmoid", "normalization": "unit"}
    assert first.remedy_label == "Use sigmoid and unit 0–1"
    assert third.remedy == {"loss_from": "outputs"}


def test_one_wrong_setting_is_mended_by_that_setting(known: DatasetStats) -> None:
    def remedy(**settings: str) -> object:
        return diagnostics.preflight(Variant(**settings), known)[0].remedy

    assert remedy(activation="softmax") == {"activation": "sigmoid"}
    assert remedy(normalization="raw") == {"normalization": "unit"}
    assert remedy(normalization="symmetric", loss="mean_squared_error") == {"activation": "tanh"}
    assert remedy(activation="linear") == {"activation": "sigmoid"}
    assert remedy(loss=CCE) == {"loss": BCE}
    assert remedy(loss_from="logits") == {"loss_from": "keras"}
    as_keras = {"activation": "sigmoid", "loss_from": "keras"}
    assert remedy(activation="linear", loss_from="logits") == as_keras
    assert remedy(activation="softmax", loss=CCE) == {"normalization": "sum_to_one"}


def test_sentences_name_cause_number_and_consequence(known: DatasetStats) -> None:
    softmax = diagnostics.preflight(Variant(activation="softmax"), known)[0]
    # 103: the mean sum of the sample's 4,500 training images, each pixel divided by 255.
    assert softmax.sentence == (
        "Softmax outputs sum to **1**; the targets of an image sum to about **103**."
        " At most one pixel could become white."
    )
    on_raw = diagnostics.preflight(Variant(activation="softmax", normalization="raw"), known)[0]
    # The digits show sums of pixel values, where white is 1: 1 / 255.
    assert on_raw.sentence == (
        "Softmax outputs sum to **1** (0.004 in pixel values); the targets of an image sum"
        " to about **26,300**. No pixel can become white."
    )
    assert softmax.value == pytest.approx(103.16, abs=0.01)
    assert softmax.setting == "activation"
    symmetric = Variant(normalization="symmetric", loss="mean_squared_error")
    assert diagnostics.preflight(symmetric, known)[0].sentence == (
        "Sigmoid outputs 0 to 1; **87%** of the targets lie outside. Even a perfect network would"
        " have an error of 0.2085 (pixel MSE)."
    )
    raw = diagnostics.preflight(Variant(normalization="raw"), known)[0]
    assert raw.sentence == (
        "Targets reach **255**, but binary cross-entropy needs 0 to 1. The loss has no lower"
        " bound and goes to minus infinity."
    )


def test_gradient_of_targets_that_do_not_sum_to_one_is_said_never_to_vanish(
    known: DatasetStats,
) -> None:
    first = diagnostics.preflight(Variant(loss=CCE), known)[0]
    # Single logits go up and down; what is true of all is that softmax, which sums to 1, never
    # reaches targets that sum to 103.
    assert first.sentence == (
        "From logits, TensorFlow assumes that an image's targets sum to 1; these sum to about"
        " **103**. Its gradient, softmax minus target, then never vanishes, and the logits grow"
        " without bound."
    )
    bounded = Variant(activation="tanh", loss=CCE, loss_from="logits")
    wrong = next(f for f in diagnostics.preflight(bounded, known) if f.code == "wrong_gradient")
    assert wrong.sentence.endswith("and the outputs move to an end of their range.")


def test_a_choice_that_fits_says_so_with_its_floor(known: DatasetStats) -> None:
    (fits,) = diagnostics.preflight(Variant(), known)
    assert (fits.code, fits.severity, fits.title) == (
        "fits",
        "fit",
        "Output, loss and pixels fit together",
    )
    assert fits.sentence == (
        "All targets (0 to 1) lie in the range of sigmoid, and binary cross-entropy has its minimum"
        " at p = y: **0.0591** here, not 0."
    )
    fits, note = diagnostics.preflight(Variant(normalization="binarized"), known)
    assert fits.sentence.endswith("binary cross-entropy is 0 where output and target agree.")
    assert (note.code, note.severity) == ("greys_lost", "note")


def test_a_finding_goes_into_json_without_markdown(known: DatasetStats) -> None:
    first = diagnostics.preflight(Variant(activation="softmax"), known)[0].to_dict()
    assert first["code"] == "softmax_sum"
    assert first["severity"] == "fault"
    assert first["setting"] == "activation"
    assert first["remedy"] == {"activation": "sigmoid"}
    assert first["value"] == pytest.approx(103.16, abs=0.01)
    assert "*" not in first["sentence"]


@pytest.mark.parametrize("activation", ["linear", "tanh", "sigmoid"])
def test_errors_of_good_and_better_are_those_of_the_shipped_runs(activation: str) -> None:
    run = Gallery().get(Variant(activation=activation, loss="mean_squared_error").key)
    assert run is not None
    assert run.scores.mse == pytest.approx(ERRORS_ON_SAMPLE[activation], abs=5e-5)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"activation": "tanh", "loss": "mean_squared_error"}, True),
        ({"activation": "linear", "loss": "huber"}, True),
        # Trained on the sample: a pixel MSE of 0.0182 with linear and 0.0156 with sigmoid.
        ({"activation": "linear", "loss": "log_cosh"}, True),
        ({"activation": "sigmoid", "loss": "mean_squared_error"}, False),
        ({"activation": "tanh", "loss": "huber", "normalization": "symmetric"}, False),
        ({"activation": "tanh", "loss": "mean_absolute_error"}, False),
    ],
)
def test_a_loose_fit_is_good_and_sigmoid_better(
    settings: dict[str, str], expected: bool, known: DatasetStats
) -> None:
    found = {finding.code: finding for finding in diagnostics.preflight(Variant(**settings), known)}
    assert ("better_activation" in found) == expected
    assert ("fits" in found) or not expected
    if expected:  # of other networks the numbers say nothing
        assert "usually works better. The question's network" in found["better_activation"].sentence


@pytest.mark.parametrize(("black", "severity"), [(0.82, "warning"), (0.47, "note")])
def test_median_is_a_warning_only_where_most_places_are_black(
    black: float, severity: str, known: DatasetStats
) -> None:
    # 47 % is Fashion-MNIST's share, on which linear outputs with MAE work.
    variant = Variant(activation="linear", loss="mean_absolute_error")
    found = findings(variant, {**facts(variant, known), "black_median": black})
    assert {"median": severity}.items() <= {one.code: one.severity for one in found}.items()
    assert ("fits" in {one.code for one in found}) == (severity == "note")


def test_logits_that_are_shown_are_told_from_a_second_sigmoid(known: DatasetStats) -> None:
    raw = diagnostics.preflight(Variant(activation="linear", loss_from="logits"), known)[0]
    twice = diagnostics.preflight(Variant(loss_from="logits"), known)[0]
    # sigmoid(1) = 1 / (1 + 1 / e) = 0.731.
    assert "0.5 appears as 0, and one of **0.73** as 1" in raw.sentence
    assert "the weights become the same" in raw.sentence
    assert (raw.title, twice.title) == ("Logits shown", "Sigmoid twice")
    assert "nearly every pixel is pushed to black" in twice.sentence
    of_shares = diagnostics.preflight(
        Variant(activation="linear", loss=CCE, loss_from="logits", normalization="sum_to_one"),
        known,
    )[0]
    assert "their softmax is trained to be the target" in of_shares.sentence
    assert of_shares.remedy == {"activation": "softmax", "loss_from": "keras"}
