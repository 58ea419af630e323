"""The pre-flight check of all combinations, against what formulas and pixels themselves say.

Nothing here looks at how `core.diagnostics` decides: each finding is expected where a computation
on real targets, by grid search or by differences, shows the defect that it names.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from core import diagnostics
from core.data import loading
from core.data.normalization import NORMALIZATIONS
from core.metrics import image_metrics
from core.metrics.dataset_stats import DatasetStats, statistics
from core.objectives.activations import ACTIVATIONS
from core.objectives.loss_formulas import LOWEST
from core.objectives.losses import LOSSES
from core.text.labels import best_label
from core.variant import LOSS_FROM, Variant

BCE, CCE, KL = "binary_crossentropy", "categorical_crossentropy", "kl_divergence"
COMBINATIONS = [
    Variant(activation=activation, loss=loss, normalization=normalization, loss_from=loss_from)
    for activation, loss, normalization, loss_from in product(
        ACTIVATIONS, LOSSES, NORMALIZATIONS, LOSS_FROM
    )
]
LOGITS = np.concatenate([np.linspace(-300, 300, 601), np.linspace(-4, 4, 801)])
PROBABILITIES = np.concatenate([np.geomspace(LOWEST, 0.5, 500), 1 - np.geomspace(1e-7, 0.5, 500)])


@pytest.fixture(scope="module")
def known() -> DatasetStats:
    return statistics("mnist-sample")


def name_of(variant: Variant) -> str:
    return f"{variant.normalization}-{variant.activation}-{variant.loss}-{variant.loss_from}"


@cache
def targets(normalization: str) -> np.ndarray:
    """Of 90 training images, among them the sample's darkest and brightest targets."""
    images = loading.load("mnist-sample").training
    moments = statistics("mnist-sample").moments
    everything = NORMALIZATIONS[normalization].apply(images, moments).targets()
    highest = everything.max(axis=1).argmax()
    return np.concatenate([everything[::51], everything[highest : highest + 1]]).astype(np.float64)


def takes_hidden_logits(variant: Variant) -> bool:
    """Keras' rule, which tests/training asks of Keras itself."""
    pair = variant.activation in ("sigmoid", "softmax") and variant.loss in (BCE, CCE)
    return pair and variant.loss_from == "keras"


def takes_outputs_as_logits(variant: Variant) -> bool:
    """As PyTorch's BCEWithLogitsLoss and its CrossEntropyLoss do."""
    return variant.loss_from == "logits" and variant.loss in (BCE, CCE)


def trained_loss(variant: Variant, y: np.ndarray, logits: np.ndarray) -> np.ndarray:
    from_logits = LOSSES[variant.loss].from_logits
    if takes_hidden_logits(variant) and from_logits is not None:
        return from_logits(y, logits)
    if takes_outputs_as_logits(variant) and from_logits is not None:
        return from_logits(y, ACTIVATIONS[variant.activation].apply(logits))
    return LOSSES[variant.loss].per_image(y, ACTIVATIONS[variant.activation].apply(logits))


def shown_loss(variant: Variant, y: np.ndarray, logits: np.ndarray) -> np.ndarray:
    return LOSSES[variant.loss].per_image(y, ACTIVATIONS[variant.activation].apply(logits))


def sums_missed(variant: Variant) -> bool:
    return bool(np.any(np.abs(targets(variant.normalization).sum(axis=1) - 1) > 1e-3))


def falls_without_end(variant: Variant) -> bool:
    y = targets(variant.normalization)
    direction = np.where(y < 0, -1.0, np.where(y > 1, 1.0, 0.0))
    if takes_outputs_as_logits(variant):  # of any output: what the activation gives is no matter
        variant = replace(variant, activation="linear")
    near, far = (trained_loss(variant, y, size * direction).mean() for size in (1e4, 1e8))
    return bool(far < near < 0 and far < 1e3 * near)


def is_least_below_zero(variant: Variant) -> bool:
    """Whether clipped predictions reach a negative loss: no target is then where it is least."""
    if variant.loss not in (BCE, CCE) or falls_without_end(variant):
        return False
    if takes_outputs_as_logits(variant):
        return False  # nothing is clipped
    y = np.unique(targets(variant.normalization))[:, None]
    return bool(LOSSES[variant.loss].pointwise(y, PROBABILITIES[None]).min() < -1e-3)


def gradient_is_another_loss(variant: Variant) -> bool:
    """Whether softmax - y, which TensorFlow uses, is not the slope of the loss from logits."""
    if variant.loss != CCE or variant.loss_from == "outputs":
        return False
    if takes_outputs_as_logits(variant):
        variant = replace(variant, activation="linear")
    elif not takes_hidden_logits(variant):
        return False
    y, step = targets(variant.normalization), np.zeros(784)
    step[300] = 1e-4
    logits = np.zeros_like(y)
    slope = (
        trained_loss(variant, y, logits + step) - trained_loss(variant, y, logits - step)
    ) / 2e-4
    return bool(np.abs(slope - (1 / 784 - y[:, 300])).max() > 1e-3)


def misses_targets(variant: Variant) -> bool:
    y, outputs = targets(variant.normalization), ACTIVATIONS[variant.activation].apply(LOGITS)
    if variant.activation == "softmax":
        return False  # its ends are no narrower than its sum
    return bool(y.min() < outputs.min() - 1e-3 or y.max() > outputs.max() + 1e-3)


def is_flat(variant: Variant, loss: str) -> bool:
    """Whether the loss of a pixel with a logit below 0 does not change with it."""
    if loss != variant.loss or takes_hidden_logits(variant) or variant.activation == "softmax":
        return False
    if takes_outputs_as_logits(variant):
        return False  # it is never clipped
    y, step = np.full((1, 1), 0.5), 1e-3
    ends = [shown_loss(variant, y, np.full((1, 1), -0.5 + sign * step)) for sign in (-1, 1)]
    return bool(ends[0][0] == ends[1][0])


def brightness_is_free(variant: Variant) -> bool:
    if takes_hidden_logits(variant) or variant.activation == "softmax":
        return False
    if takes_outputs_as_logits(variant):
        return False  # a logit times ten is another share
    y, outputs = targets(variant.normalization), np.linspace(0.1, 0.9, 784)[None]
    per_image = LOSSES[variant.loss].per_image
    return bool(np.allclose(per_image(y, outputs), per_image(y, outputs / 10)))


def gives_negative_outputs(variant: Variant) -> bool:
    return bool(ACTIVATIONS[variant.activation].apply(LOGITS).min() < 0)


def shows_another_loss(variant: Variant) -> bool:
    logits = np.random.default_rng(0).normal(0, 1, (3, 784))
    y = np.random.default_rng(1).uniform(0, 1, (3, 784))
    return not np.allclose(
        trained_loss(variant, y, logits), shown_loss(variant, y, logits), rtol=1e-3
    )


def prefers_black(variant: Variant) -> bool:
    """Whether the best constant for a pixel that is white in 4 of 10 images is black."""
    if variant.loss in (BCE, CCE, KL):
        return False
    low, high = targets(variant.normalization).min(), targets(variant.normalization).max()
    constants = np.linspace(low, high, 501)
    pointwise = LOSSES[variant.loss].pointwise
    cost = 0.6 * pointwise(np.full(501, low), constants) + 0.4 * pointwise(
        np.full(501, high), constants
    )
    return bool(constants[cost.argmin()] - low < 0.02 * (high - low))


def white_is_as_good_as_a_copy(variant: Variant) -> bool:
    """Whether outputs of 1 throughout, which softmax cannot give, cost no more than the targets."""
    if variant.activation == "softmax":
        return False
    y, per_image = targets(variant.normalization), LOSSES[variant.loss].per_image
    white, copy = (per_image(y, outputs).mean() for outputs in (np.ones_like(y), y))
    return bool(white <= copy)


def copy_is_not_the_original(variant: Variant, known: DatasetStats) -> bool:
    images = loading.load_held_out("mnist-sample").held_out[:50]
    affine = NORMALIZATIONS[variant.normalization].apply(images, known.moments)
    return bool(
        image_metrics.mse_per_image(affine.to_pixels(affine.targets()), images).mean() > 1e-4
    )


def expected_codes(variant: Variant, known: DatasetStats) -> set[str]:
    softmax_missed = variant.activation == "softmax" and sums_missed(variant)
    free = brightness_is_free(variant)
    signed = gives_negative_outputs(variant)
    shown = {
        "softmax_sum": softmax_missed,
        "no_lower_bound": falls_without_end(variant),
        "wrong_minimum": is_least_below_zero(variant),
        "wrong_gradient": gradient_is_another_loss(variant),
        "out_of_range": misses_targets(variant),
        "no_distributions": variant.loss == KL and white_is_as_good_as_a_copy(variant),
        "no_gradient": is_flat(variant, BCE) or is_flat(variant, KL),
        "no_distribution": free and signed,
        "any_brightness": free and not signed,
        "hidden_logits": shows_another_loss(variant) and takes_hidden_logits(variant),
        "logits_shown": shows_another_loss(variant) and takes_outputs_as_logits(variant),
        "dead_pixels": np.ptp(ACTIVATIONS[variant.activation].apply(np.array([-2.0, -1.0]))) == 0,
        "median": prefers_black(variant),
        "tiny_targets": targets(variant.normalization).max() < 0.1
        and variant.loss not in (CCE, KL),
        # Sigmoid, too, reaches targets of 0 to 1, and nothing below that no target has.
        "better_activation": signed
        and variant.normalization == "unit"
        and variant.loss in ("mean_squared_error", "huber", "log_cosh"),
        "greys_lost": copy_is_not_the_original(variant, known),
    }
    return {code for code, is_so in shown.items() if is_so}


@pytest.mark.parametrize("variant", COMBINATIONS, ids=name_of)
def test_findings_are_what_the_formulas_and_the_pixels_show(
    variant: Variant, known: DatasetStats
) -> None:
    found = {finding.code for finding in diagnostics.preflight(variant, known)}
    expected = expected_codes(variant, known)
    if not expected - {"greys_lost", "better_activation"}:
        expected.add("fits")
    assert found == expected


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_out_of_range_is_a_fault_if_even_the_best_image_is_visibly_wrong(
    activation: str, normalization: str, known: DatasetStats
) -> None:
    variant = Variant(activation=activation, normalization=normalization)
    held_out = loading.load_held_out("mnist-sample").held_out
    affine = NORMALIZATIONS[normalization].apply(held_out, known.moments)
    kind = ACTIVATIONS[activation]
    best = affine.to_pixels(np.clip(affine.targets(), kind.low, kind.high))
    error = image_metrics.mse_per_image(best, held_out).mean()
    assert diagnostics.best_mse(variant, known) == pytest.approx(error, abs=1e-6)
    found = {finding.code: finding for finding in diagnostics.preflight(variant, known)}
    severity = found["out_of_range"].severity if "out_of_range" in found else None
    if misses_targets(variant):
        assert severity == ("fault" if error > 0.02 else "warning")
    else:
        assert severity is None


def test_greys_come_nearer_to_the_originals_than_a_copy_of_binarized_targets() -> None:
    """Why nothing speaks of a best possible error there."""
    sample = loading.load("mnist-sample")
    known = statistics("mnist-sample")
    bits, greys = sample.held_out > 127, sample.held_out / 255
    # The mean grey of the training pixels above 127, and of the others.
    is_light = sample.training > 127
    light, dark = sample.training[is_light].mean() / 255, sample.training[~is_light].mean() / 255
    assert (light, dark) == pytest.approx((0.891, 0.015), abs=5e-4)
    copied = np.square(bits - greys).mean()
    best = diagnostics.best_mse(Variant(normalization="binarized"), known)
    assert copied == pytest.approx(best, rel=1e-5)
    assert np.square(np.where(bits, light, dark) - greys).mean() < 0.8 * copied
    assert best_label("binarized") == "Nearest to targets"
    assert best_label("unit") == "Best possible"
