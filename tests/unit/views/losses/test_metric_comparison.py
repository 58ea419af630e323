"""Readings: five predictions under every loss, on images small enough for arithmetic by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.data import loading
from core.metrics.dataset_stats import statistics
from core.views.losses import metric_comparison
from core.views.losses.metric_comparison import MeasuredPrediction

IMAGES = np.array([[0, 0, 0, 255], [0, 0, 127, 128]], np.uint8)
MEAN = np.array([0, 0, 0.25, 0.75], np.float32)
MEDIAN = np.array([0, 0, 0, 1], np.float32)


def by_name(found: tuple[MeasuredPrediction, ...]) -> dict[str, MeasuredPrediction]:
    return {row.name: row for row in found}


@pytest.fixture(scope="module")
def small() -> dict[str, MeasuredPrediction]:
    return by_name(metric_comparison.measure_predictions(MEAN, MEDIAN, IMAGES))


@pytest.fixture(scope="module")
def sample() -> tuple[MeasuredPrediction, ...]:
    known = statistics("mnist-sample")
    held_out = loading.load_held_out("mnist-sample").held_out
    return metric_comparison.measure_predictions(known.mean_image, known.median_image, held_out)


def test_a_perfect_copy_has_the_entropy_of_its_grey_pixels(
    small: dict[str, MeasuredPrediction],
) -> None:
    # Two of eight pixels are 0.5 / 255 from one half: 2 (ln 2 - 2 (0.5 / 255)^2) / 8
    assert small["perfect copy"].bce == pytest.approx(0.173285, abs=1e-6)
    assert small["perfect copy"].mse == small["perfect copy"].mae == 0


def test_all_grey_has_ln_2_whatever_the_images(small: dict[str, MeasuredPrediction]) -> None:
    assert small["all grey (0.5)"].bce == pytest.approx(np.log(2))


def test_accuracy_counts_only_pixels_that_are_exactly_black_or_white(
    small: dict[str, MeasuredPrediction],
) -> None:
    # Of eight pixels five are 0 and one is 255; the two greys can never be hit.
    assert small["all black"].accuracy == 5 / 8
    assert small["perfect copy"].accuracy == 6 / 8


def test_keras_accuracy_asks_for_the_place_of_the_brightest_pixel(
    small: dict[str, MeasuredPrediction],
) -> None:
    assert small["perfect copy"].brightest == 1
    assert small["mean image"].brightest == 1  # the last pixel is the brightest in both
    assert small["all black"].brightest == 0  # of equal pixels the first counts


def test_a_sum_is_the_mean_times_the_number_of_pixels(small: dict[str, MeasuredPrediction]) -> None:
    assert small["mean image"].bce_sum == pytest.approx(4 * small["mean image"].bce)


def test_all_black_is_as_accurate_as_the_sample_is_black(
    sample: tuple[MeasuredPrediction, ...],
) -> None:
    held_out = loading.load_held_out("mnist-sample").held_out
    black = by_name(sample)["all black"]
    assert black.accuracy == pytest.approx((held_out == 0).mean())
    assert 0.80 < black.accuracy < 0.82
    assert by_name(sample)["perfect copy"].accuracy - black.accuracy < 0.01


def test_explanations_have_the_measured_numbers(
    sample: tuple[MeasuredPrediction, ...],
) -> None:
    explanations = dict(metric_comparison.explanations(sample))
    found = by_name(sample)
    assert f"{found['perfect copy'].bce:.4f}: the floor" in explanations["Should BCE reach 0?"]
    accuracy = explanations["Why is there no accuracy?"]
    assert f"All black scores {found['all black'].accuracy:.1%}" in accuracy
    order = explanations["Is a BCE of 0.1 worse than an MSE of 0.1?"]
    assert "the mean image has the lowest MSE, the median image the lowest MAE" in order
    assert "784 times as much" in explanations["Sum or mean over pixels?"]


def test_the_mean_image_is_best_by_squares_and_the_median_by_distance(
    sample: tuple[MeasuredPrediction, ...],
) -> None:
    fixed = [row for row in sample if row.name != "perfect copy"]
    assert min(fixed, key=lambda r: r.mse).name == "mean image"
    assert min(fixed, key=lambda r: r.mae).name == "median image"
    assert min(fixed, key=lambda r: r.bce).name == "mean image"
