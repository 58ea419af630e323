"""Floors and best possible pictures, against grid search, scipy and direct sums over pixels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from core import diagnostics
from core.data import loading
from core.data.normalization import NORMALIZATIONS, GreyMoments, Images
from core.metrics import image_metrics
from core.metrics.dataset_stats import statistics
from core.objectives import floors
from core.objectives.activations import ACTIVATIONS
from core.objectives.loss_formulas import HIGHEST, LOWEST
from core.objectives.losses import LOSSES
from core.variant import Variant

MOMENTS = GreyMoments(mean=33.5, deviation=78.7)
PROBABILITIES = np.concatenate([np.geomspace(LOWEST, 0.5, 3000), 1 - np.geomspace(1e-7, 0.5, 3000)])


@pytest.fixture(scope="module")
def digits() -> Images:
    return loading.load_held_out("mnist-sample").held_out[::100]


def targets(name: str, images: Images) -> np.ndarray:
    return NORMALIZATIONS[name].apply(images, MOMENTS).targets().astype(np.float64)


def test_every_grey_is_counted_in_its_own_image() -> None:
    counts = floors.count_greys(np.array([[0, 0, 7], [255, 7, 0]], np.uint8))
    assert counts.shape == (2, 256)
    assert counts[0, [0, 7, 255]].tolist() == [2, 1, 0]
    assert counts[1, [0, 7, 255]].tolist() == [1, 1, 1]


@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_a_grey_becomes_the_target_that_the_network_gets(name: str, digits: Images) -> None:
    affine = NORMALIZATIONS[name].apply(digits, MOMENTS)
    of_greys = floors.targets_of_greys(affine, MOMENTS, name)
    chosen = np.take_along_axis(of_greys, digits.astype(np.intp), axis=1)
    np.testing.assert_array_equal(chosen.astype(np.float32), affine.targets())


@pytest.mark.parametrize("name", ["unit", "binarized", "sum_to_one"])
def test_bce_cannot_fall_below_the_mean_entropy_of_its_targets(name: str, digits: Images) -> None:
    y = targets(name, digits)
    inner = y[(y > 0) & (y < 1)]
    entropy = -np.sum(inner * np.log(inner) + (1 - inner) * np.log(1 - inner)) / y.size
    found = floors.target_statistics(digits, MOMENTS)
    assert found[f"{name}/bce_logits"] == pytest.approx(entropy, abs=1e-9)
    # Clipping keeps each of the 784 pixels from 0 and 1 by 1.2e-7 at the most.
    assert found[f"{name}/bce_clipped"] == pytest.approx(entropy, abs=2e-7)


@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_clipped_bce_has_its_minimum_where_a_grid_search_finds_it(
    name: str, digits: Images
) -> None:
    y, places = np.unique(targets(name, digits), return_inverse=True)
    losses = LOSSES["binary_crossentropy"].pointwise(y[:, None], PROBABILITIES[None])
    least = losses.min(axis=1)[places].mean()
    found = floors.target_statistics(digits, MOMENTS)[f"{name}/bce_clipped"]
    assert found == pytest.approx(least, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("name", ["raw", "symmetric", "standardized"])
def test_bce_from_logits_has_no_floor_for_targets_outside_of_0_to_1(
    name: str, digits: Images
) -> None:
    assert floors.target_statistics(digits, MOMENTS)[f"{name}/bce_logits"] is None
    y = targets(name, digits)
    from_logits = LOSSES["binary_crossentropy"].from_logits
    assert from_logits is not None
    away = [from_logits(y, np.sign(y - 0.5) * size).mean() for size in (1e3, 1e6, 1e9)]
    assert away[0] > away[1] > away[2]
    assert away[2] < -1e6


TINY_TARGETS = {
    "sums to one": (0.1, 0.2, 0.7),
    "sums to three": (0.5, 1.5, 1.0),
    "has a zero": (0.0, 0.3, 0.9),
    "has a negative": (-0.4, 0.3, 0.9),
}


@pytest.mark.parametrize("values", TINY_TARGETS.values(), ids=TINY_TARGETS)
def test_categorical_floor_of_shares_is_what_scipy_finds(values: tuple[float, ...]) -> None:
    y = np.array([values])
    loss = LOSSES["categorical_crossentropy"].per_image

    def of_logits(logits: np.ndarray) -> float:
        return float(loss(y, ACTIVATIONS["softmax"].apply(logits[None]))[0])

    starts = np.random.default_rng(0).normal(0, 4, (20, 3))
    least = min(minimize(of_logits, start, method="Nelder-Mead", tol=1e-10).fun for start in starts)
    found = floors.FLOORS["cce_shares"](np.sort(y), np.ones((1, 3), np.int64))[0]
    assert found == pytest.approx(least, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("values", TINY_TARGETS.values(), ids=TINY_TARGETS)
def test_categorical_floor_from_logits_is_that_of_shares_or_none(values: tuple[float, ...]) -> None:
    y, ones = np.array([values]), np.ones((1, 3), np.int64)
    found = floors.FLOORS["cce_logits"](y, ones)[0]
    if min(values) < 0:
        assert found == -np.inf
    else:
        # sum(y) times the entropy of y / sum(y): Gibbs' inequality.
        shares = y[y > 0] / y.sum()
        assert found == pytest.approx(-y.sum() * np.sum(shares * np.log(shares)))


@pytest.mark.parametrize("values", [(0.2, 0.3, 0.5), (0.9, 0.4, 1.0), (0.0, 0.1, 0.2)])
def test_floor_of_kl_divergence_is_its_minimum_over_outputs(values: tuple[float, ...]) -> None:
    y, ones = np.array([values]), np.ones((1, 3), np.int64)
    loss = LOSSES["kl_divergence"].per_image

    def of_logits(logits: np.ndarray) -> float:
        return float(loss(y, ACTIVATIONS["softmax"].apply(logits[None]))[0])

    starts = np.random.default_rng(0).normal(0, 2, (10, 3))
    least = min(minimize(of_logits, start, method="Nelder-Mead", tol=1e-10).fun for start in starts)
    assert floors.FLOORS["kl_softmax"](y, ones)[0] == pytest.approx(least, rel=1e-4, abs=1e-5)
    grid = np.linspace(0, 1.5, 16)
    outputs = np.stack(np.meshgrid(grid, grid, grid), axis=-1).reshape(-1, 3)
    free = loss(np.broadcast_to(y, outputs.shape), outputs).min()
    assert floors.FLOORS["kl_free"](y, ones)[0] == pytest.approx(free)


def test_outputs_of_both_signs_undercut_the_categorical_floor() -> None:
    y = np.array([[0.0, 0.4, 0.6]])
    outputs = np.array([[-1.5, 1.2, 1.3]])  # sums to 1; clipped to 1e-7, 1 and 1
    reached = LOSSES["categorical_crossentropy"].per_image(y, outputs)[0]
    found = floors.FLOORS["cce_signed"](y, np.ones((1, 3), np.int64))[0]
    assert reached == pytest.approx(-np.log(HIGHEST))
    assert found == pytest.approx(reached)
    assert found < floors.FLOORS["cce_shares"](y, np.ones((1, 3), np.int64))[0]


@pytest.mark.parametrize("name", NORMALIZATIONS)
@pytest.mark.parametrize("activation", ["sigmoid", "linear", "tanh", "relu"])
def test_no_reachable_output_is_nearer_to_its_target(
    name: str, activation: str, digits: Images
) -> None:
    kind, y = ACTIVATIONS[activation], targets(name, digits)
    affine = NORMALIZATIONS[name].apply(digits, MOMENTS)
    scale = affine.scale[:, None].astype(np.float64) * affine.white
    best = floors.best_possible(Variant(normalization=name, activation=activation), digits, MOMENTS)
    outputs = best * scale + affine.shift
    rounding = 1e-6 * np.abs(y).max()
    assert np.all((outputs >= kind.low - rounding) & (outputs <= kind.high + rounding))
    for logit in (*np.linspace(-300, 300, 61), *np.linspace(-3, 3, 61)):
        other = kind.apply(np.full((1, 1), logit))
        assert np.all(np.abs(outputs - y) <= np.abs(other - y) + rounding)


@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_softmax_comes_as_near_as_the_simplex_is(name: str, digits: Images) -> None:
    variant = Variant(normalization=name, activation="softmax")
    affine = NORMALIZATIONS[name].apply(digits, MOMENTS)
    scale = affine.scale[:, None] * affine.white
    best = floors.best_possible(variant, digits, MOMENTS) * scale + affine.shift
    y = targets(name, digits)
    # Projection onto the simplex: max(y - t, 0) with the t, found by bisection, that sums to 1.
    low, high = y.min(axis=1) - 1, y.max(axis=1)
    for _ in range(100):
        middle = (low + high) / 2
        too_much = np.maximum(y - middle[:, None], 0).sum(axis=1) > 1
        low, high = np.where(too_much, middle, low), np.where(too_much, high, middle)
    expected = np.maximum(y - low[:, None], 0)
    np.testing.assert_allclose(best, expected, atol=2e-6 * np.abs(y).max() + 1e-6)


@pytest.mark.parametrize("name", NORMALIZATIONS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_target_statistics_agree_with_direct_sums_over_the_pixels(
    name: str, activation: str, digits: Images
) -> None:
    found = floors.target_statistics(digits, MOMENTS)
    y = NORMALIZATIONS[name].apply(digits, MOMENTS).targets()
    low, high = ACTIVATIONS[activation].low, ACTIVATIONS[activation].high
    best = floors.best_possible(Variant(normalization=name, activation=activation), digits, MOMENTS)
    assert found[f"{name}/{activation}/unreachable"] == pytest.approx(
        np.mean((y < low) | (y > high))
    )
    assert found[f"{name}/{activation}/mse"] == pytest.approx(
        image_metrics.mse_per_image(best, digits).mean(), abs=1e-7
    )
    sums = y.sum(axis=1, dtype=np.float64)
    assert found[f"{name}/sum"] == pytest.approx(sums.mean(), rel=1e-4, abs=2e-3)
    assert found[f"{name}/sum_missed"] == np.mean(np.abs(sums - 1) > 1e-3)
    assert (found[f"{name}/lowest"], found[f"{name}/highest"]) == (y.min(), y.max())


def test_known_values_of_the_sample() -> None:
    known = statistics("mnist-sample")
    bce = diagnostics.floor(Variant(), known)
    # MNIST's 60,000 digits have 0.0581; these 4,500 are a little bolder.
    assert bce.training == pytest.approx(0.0590, abs=5e-5)
    assert bce.held_out == pytest.approx(0.0591, abs=5e-5)
    assert diagnostics.floor(Variant(normalization="binarized"), known).training == 0
    assert diagnostics.floor(Variant(normalization="raw"), known).training is None
    assert diagnostics.floor(Variant(loss="mean_squared_error"), known).training == 0
    # Issue: sigmoid with [-1, 1] misses about 87% of the pixels; the black ones become 0.5.
    assert known.training_targets["symmetric/sigmoid/unreachable"] == pytest.approx(0.867, abs=5e-4)


@pytest.mark.slow
def test_known_floor_of_mnist(full_mnist: str) -> None:
    assert diagnostics.floor(Variant(dataset=full_mnist), statistics(full_mnist)).training == (
        pytest.approx(0.058, abs=5e-4)
    )


def test_the_formula_follows_what_keras_does_with_the_outputs() -> None:
    def formula(activation: str, loss: str, loss_from: str = "keras") -> str | None:
        return floors.floor_formula(Variant(activation=activation, loss=loss, loss_from=loss_from))

    bce, cce = "binary_crossentropy", "categorical_crossentropy"
    assert formula("sigmoid", bce) == formula("softmax", bce) == "bce_logits"
    assert formula("sigmoid", bce, "outputs") == formula("relu", bce) == "bce_clipped"
    assert formula("linear", bce, "logits") == formula("sigmoid", bce, "logits") == "bce_logits"
    assert formula("linear", cce, "logits") == "cce_logits"
    assert formula("sigmoid", cce) == formula("softmax", cce) == "cce_logits"
    assert formula("softmax", cce, "outputs") == formula("relu", cce) == "cce_shares"
    assert formula("linear", cce) == formula("tanh", cce) == "cce_signed"
    assert formula("softmax", "mean_squared_error") is None
