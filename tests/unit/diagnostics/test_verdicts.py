"""The verdict: each rule at its thresholds, the cause it names, and that no run falls through."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import diagnostics
from core.diagnostics.evidence import MEASURES
from core.diagnostics.setting_facts import FACTS
from core.diagnostics.verdicts import RULES
from core.metrics.dataset_stats import DatasetStats, statistics
from core.run import LossPair, Run, Scores
from support.measured_runs import MEAN_MSE
from support.measured_runs import measured_run as make
from support.runs import make_run

OF_MEAN_IMAGE = " PCA of this width beats it: 26% of the mean image's error."


@pytest.fixture(scope="module")
def known() -> DatasetStats:
    return statistics("mnist-sample")


SOFTMAX = {"activation": "softmax"}
MAE = {"loss": "mean_absolute_error"}
MSE = {"loss": "mean_squared_error"}
SYMMETRIC = {"normalization": "symmetric", **MSE}

EXAMPLES: list[tuple[str, str | None, dict[str, Any]]] = [
    ("works_above_floor", None, {}),
    ("works", None, {"settings": MSE}),
    ("works", None, {"settings": MSE, "error": 0.449}),
    ("blurred", "few_epochs", {"settings": MSE, "error": 0.451}),
    ("wrong", "few_epochs", {"settings": MSE, "error": 1.01, "own_scale_mse": 0.9 * MEAN_MSE}),
    ("noise", "few_epochs", {"settings": MSE, "error": 1.01}),
    ("black", "softmax_sum", {"settings": SOFTMAX | MSE, "error": 1.6, "sum": 1.0}),
    ("misleads_black", "softmax_sum", {"settings": SOFTMAX, "error": 1.6, "sum": 1.0}),
    (
        "misleads",
        "hidden_logits",
        {
            "settings": {"loss": "categorical_crossentropy", "normalization": "sum_to_one"},
            "first_loss": 6.66,
            "loss": 5.15,
            "error": 5.4,
            "sum": 400.0,
        },
    ),
    (
        "runaway",
        "no_lower_bound",
        {
            "settings": {"normalization": "raw"},
            "first_loss": 3.1,
            "loss": -2e19,
            "epoch_losses": (-9.0, -1e9, -2e19),
            "error": 1.6,
            "first_error": 0.5,
        },
    ),
    ("saturated", "out_of_range", {"settings": SYMMETRIC, "error": 3.5, "saturated": 0.99}),
    ("saturated", "out_of_range", {"settings": SYMMETRIC, "error": 3.5, "saturated": 0.21}),
    ("median_image", "median", {"settings": MAE, "error": 1.29, "variation": 0.08,
                                "to_median_image": 0.14 * MEAN_MSE}),
    ("mean_image", "few_epochs", {"settings": MSE, "error": 0.98, "variation": 0.08,
                          "to_mean_image": 0.14 * MEAN_MSE}),
    ("one_picture", "few_epochs", {"settings": MSE, "error": 0.98, "variation": 0.04}),
    ("dim", "few_epochs", {"settings": MSE, "error": 0.58, "largest": 0.44}),
    ("thin_strokes", "median", {"settings": MAE, "error": 0.75, "sum": 65.0}),
    ("too_bright", "any_brightness", {
        "settings": {"loss": "categorical_crossentropy", "loss_from": "outputs"},
        "error": 1.4, "sum": 190.0, "own_scale_mse": 0.6 * MEAN_MSE}),
    ("stuck_pixels", "no_gradient",
     {"settings": {"activation": "linear"}, "error": 0.54, "stuck": 0.08}),
    ("stuck_pixels", "dead_pixels",
     {"settings": MSE | {"activation": "relu"}, "error": 0.44, "stuck": 0.4}),
    ("works", None, {"settings": MSE | {"activation": "relu"}, "error": 0.24, "stuck": 0.13}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "cause", "case"), EXAMPLES)
def test_each_rule_applies_where_its_thresholds_say(
    code: str, cause: str | None, case: dict[str, Any], known: DatasetStats
) -> None:
    verdict = diagnostics.verdict(make(known, **case))
    assert (verdict.code, verdict.cause) == (code, cause)


def test_every_rule_has_an_example() -> None:
    told_by_status = {"stopped", "diverged", "unmeasured", "no_yardstick"}
    assert {code for code, _, _ in EXAMPLES} | told_by_status == {rule.code for rule in RULES}


def test_a_good_run_is_measured_against_the_mean_image_and_its_floor(known: DatasetStats) -> None:
    verdict = diagnostics.verdict(make(known, loss=0.1))
    # The sample's held-out floor is 0.0591, and 0.1 - 0.05908 = 0.0409.
    assert verdict.word == "It works."
    assert verdict.sentence == (
        "Error 20% of the mean image's; loss 0.0409 above its floor 0.0591."
    )
    assert verdict.tone == "good"


def test_good_run_of_binarized_digits_states_the_best_possible_error(known: DatasetStats) -> None:
    settings = MSE | {"normalization": "binarized"}
    # Binarized copies are wrong by 0.00861, which is 13 % of the mean image's 0.0673.
    assert diagnostics.verdict(make(known, settings=settings, error=0.25)).sentence == (
        "Error 25% of the mean image's; a perfect copy of its targets has 13%."
    )


def test_a_run_on_equal_images_is_called_neither_good_nor_bad(known: DatasetStats) -> None:
    run = make(known, error=0.2)
    exact = replace(run.baselines["mean image"], mse=0.0)
    verdict = diagnostics.verdict(replace(run, baselines=run.baselines | {"mean image": exact}))
    # 20 % of the mean image's 0.0673 is 0.0135.
    assert (verdict.tone, verdict.cause, verdict.sentence) == (
        "neutral",
        None,
        "Pixel error 0.0135; the held-out images are equal, so the mean image has no error to"
        " compare it with.",
    )


def with_pca(run: Run, share: float) -> Run:
    """The same with an error of PCA, as a share of the mean image's."""
    scores = Scores(mse=share * MEAN_MSE, mae=0.06, psnr=17.6, ssim=0.68)
    return replace(run, baselines={**run.baselines, "PCA, 28 components": scores})


@pytest.mark.parametrize(
    ("error", "measured", "added"),
    [
        # 0.26 / 0.8 = 0.325: above it PCA is clearly better.
        (0.32, {}, ""),
        (0.33, {}, " PCA of this width beats it: 26%."),
        (0.9, {"variation": 0.08, "to_mean_image": 0.0}, OF_MEAN_IMAGE),
        (1.5, {"sum": 1.0}, OF_MEAN_IMAGE),
    ],
)
def test_a_run_that_clearly_loses_to_pca_says_so(
    known: DatasetStats, error: float, measured: dict[str, float], added: str
) -> None:
    run = make(known, error=error, **measured)
    without = diagnostics.verdict(run).sentence
    assert diagnostics.verdict(with_pca(run, 0.26)).sentence == without + added


@pytest.mark.parametrize(("width", "is_said"), [(1024, True), (784, True), (783, False)])
def test_a_network_that_compresses_nothing_is_not_praised_for_its_copy(
    known: DatasetStats, width: int, is_said: bool
) -> None:
    run = make(known, settings={"layers": (width,)}, error=0.001)
    verdict = diagnostics.verdict(run)
    assert verdict.tone == "good"
    assert ("Nothing is compressed" in verdict.sentence) == is_said


def test_a_run_that_diverged_is_not_held_against_pca(known: DatasetStats) -> None:
    run = make(known, epoch_losses=(0.3, -800.0, -9e5))
    assert diagnostics.verdict(run).code == "runaway"
    assert "PCA" not in diagnostics.verdict(with_pca(run, 0.01)).sentence


@pytest.mark.parametrize(
    ("losses", "code"),
    # Of the way from 0.7 to 0.3 the last fifth brings (0.4 - 0.3) / 0.4 = 25 %, or nothing.
    [((0.7, 0.6, 0.5, 0.4, 0.3), "few_epochs"), ((0.7, 0.5, 0.3, 0.3, 0.3), "plateau")],
)
def test_a_loss_at_rest_is_a_plateau_and_not_unfinished(
    known: DatasetStats, losses: tuple[float, ...], code: str
) -> None:
    run = make(known, settings=MSE | {"hidden_activation": "tanh"}, error=0.9)
    run.history.losses[:] = losses
    run.history.steps[:] = range(1, 6)
    verdict = diagnostics.verdict(run)
    assert verdict.cause == code
    expected = {"hidden_activation": "relu", "layers": [128, 64, 32, 64, 128]}
    assert (verdict.remedy == expected) == (code == "plateau")


@pytest.mark.parametrize(
    ("code", "settings", "measured"),
    [
        ("thin_strokes", MAE, {"sum": 65.0}),
        ("stuck_pixels", MSE | {"activation": "relu"}, {"stuck": 0.08, "own_scale_mse": 0.06}),
    ],
)
@pytest.mark.parametrize(("error", "tone"), [(0.99, "warning"), (1.01, "bad")])
def test_run_worse_than_the_mean_image_is_bad(
    known: DatasetStats,
    code: str,
    settings: dict[str, Any],
    measured: dict[str, float],
    error: float,
    tone: str,
) -> None:
    verdict = diagnostics.verdict(make(known, settings=settings, error=error, **measured))
    assert (verdict.code, verdict.tone) == (code, tone)


def test_diverging_run_states_start_and_better_epoch(known: DatasetStats) -> None:
    run = make(
        known,
        settings={"normalization": "raw"},
        first_loss=3.1,
        loss=-2e19,
        epoch_losses=(-9.0, -1e9, -2e19),
        error=1.6,
        first_error=0.5,
    )
    assert diagnostics.verdict(run).sentence == (
        "From epoch 2 on, the loss diverges, reaching -2.0e19; epoch 1 was better."
    )


def test_black_pictures_under_a_fine_loss_are_shown_by_their_brightest_pixel(
    known: DatasetStats,
) -> None:
    run = make(known, settings=SOFTMAX, loss=0.1011, error=1.62, sum=1.0, largest=0.097)
    verdict = diagnostics.verdict(run)
    assert verdict.word == "Black."
    assert (
        verdict.sentence
        == "The loss looks fine (0.1011), but an image's brightest pixel is 0.097 on"
        " average."
    )
    from_outputs = replace(run, variant=replace(run.variant, loss_from="outputs"))
    assert diagnostics.verdict(from_outputs).sentence == (
        "The pixels of an image sum to 1.0 instead of 101."
    )


def test_a_stopped_run_and_a_diverged_one_say_in_which_epoch(known: DatasetStats) -> None:
    run = make(known)
    stopped = diagnostics.verdict(replace(run, status="stopped"))
    assert (stopped.code, stopped.word, stopped.tone) == ("stopped", "Stopped.", "neutral")
    assert stopped.sentence.startswith("It ended in epoch 3;")
    diverged = diagnostics.verdict(replace(run, status="diverged"))
    assert (diverged.code, diverged.tone) == ("diverged", "bad")
    assert diverged.sentence.startswith("In epoch 3 ")


def test_run_without_evidence_states_its_error_only() -> None:
    verdict = diagnostics.verdict(make_run(evidence={}))
    assert verdict.code == "unmeasured"
    assert verdict.sentence == "Pixel error 0.0141 on held-out images."


def test_a_verdict_goes_into_json(known: DatasetStats) -> None:
    assert diagnostics.verdict(
        make(known, settings=SOFTMAX | MSE, error=1.6, sum=1.0)
    ).to_dict() == {
        "code": "black",
        "tone": "bad",
        "word": "Black.",
        "sentence": "The pixels of an image sum to 1.0 instead of 101.",
        "cause": "softmax_sum",
        "remedy": {"activation": "sigmoid"},
    }


def test_a_verdict_is_read_back_and_so_is_one_of_earlier_versions(known: DatasetStats) -> None:
    verdict = diagnostics.verdict(make(known, settings=SOFTMAX | MSE, error=1.6, sum=1.0))
    plain = verdict.to_dict()
    assert diagnostics.Verdict.from_dict(plain) == verdict
    earlier = {**plain, "guilty": plain["cause"]}
    del earlier["cause"], earlier["remedy"]
    assert diagnostics.Verdict.from_dict(earlier) == replace(verdict, remedy=None)


@pytest.mark.parametrize(
    "changed",
    [
        {"tone": "fine"},
        {"word": 3},
        {"mood": "good"},
        {"remedy": {"activation": "os.system"}},
        {"remedy": {"batch_size": 10**9}},
        {"remedy": ["sigmoid"]},
    ],
)
def test_invalid_verdict_is_refused(changed: dict[str, Any], known: DatasetStats) -> None:
    plain = diagnostics.verdict(make(known)).to_dict()
    with pytest.raises((ValueError, TypeError)):
        diagnostics.Verdict.from_dict({**plain, **changed})


NUMBERS = st.one_of(st.none(), st.floats(0, 1e30))


@given(
    measured=st.fixed_dictionaries(dict.fromkeys([*MEASURES, *FACTS], NUMBERS)),
    error=st.floats(0, 1e3),
    status=st.sampled_from(["finished", "stopped", "diverged"]),
    loss=NUMBERS,
)
def test_every_run_matches_a_rule(
    measured: dict[str, float | None], error: float, status: Any, loss: float | None
) -> None:
    run = make_run(
        status=status,
        evidence=measured,
        scores=Scores(mse=error, mae=0.1, psnr=10.0, ssim=0.5),
        trained_loss=LossPair(training=loss, held_out=loss),
    )
    verdict = diagnostics.verdict(run)
    assert verdict.code in {rule.code for rule in RULES}
    assert verdict.sentence.endswith(".")
    assert "{" not in verdict.sentence
    if verdict.tone == "warning":
        assert error < 0.0673  # the mean image's
