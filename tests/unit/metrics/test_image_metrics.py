"""The image metrics against numbers worked out by hand and scikit-image."""

from __future__ import annotations

import math

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from core.metrics import image_metrics


def digits_and_reconstructions(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Grey images with strokes and blurred, noisy, unclipped pixels of them."""
    random = np.random.default_rng(7)
    originals = random.integers(0, 256, (count, 28, 28)).astype(np.uint8)
    originals[:, :, :9] = 0
    originals[:, 20:] = 255
    pixels = originals / 255 * 0.8 + random.normal(0, 0.2, originals.shape)
    return pixels.reshape(count, 784).astype(np.float32), originals.reshape(count, 784)


def test_displayed_clips_to_black_and_white() -> None:
    pixels = np.array([-0.5, 0.0, 0.25, 1.0, 7.0], np.float32)
    np.testing.assert_array_equal(image_metrics.displayed(pixels), [0, 0, 0.25, 1, 1])


def test_displayed_draws_infinite_values_at_the_ends_and_no_number_as_black() -> None:
    pixels = np.array([np.inf, -np.inf, np.nan])
    np.testing.assert_array_equal(image_metrics.displayed(pixels), [1, 0, 0])


def test_displayed_leaves_its_argument_as_it_was() -> None:
    pixels = np.array([-1.0, 2.0, np.nan], np.float32)
    image_metrics.displayed(pixels)
    np.testing.assert_array_equal(pixels, [-1, 2, np.nan])


def test_errors_of_two_images_by_hand() -> None:
    originals = np.array([[0] * 784, [255] * 784], np.uint8)
    pixels = np.array([[0.5] * 784, [0.5] * 392 + [3.0] * 392], np.float32)
    # The second image: half its pixels are 0.5 away, half are drawn at 1, which is right.
    np.testing.assert_allclose(
        image_metrics.mse_per_image(pixels, originals), [0.25, 0.125], rtol=1e-6
    )
    np.testing.assert_allclose(
        image_metrics.mae_per_image(pixels, originals), [0.5, 0.25], rtol=1e-6
    )


def test_psnr_in_decibels() -> None:
    assert image_metrics.psnr(0.01) == pytest.approx(20.0)
    assert image_metrics.psnr(1.0) == pytest.approx(0.0)
    assert image_metrics.psnr(0.0) == math.inf


def test_ssim_equals_scikit_image() -> None:
    pixels, originals = digits_and_reconstructions(300)  # more than one chunk
    shown = np.clip(pixels.astype(np.float64), 0, 1)
    expected = [
        structural_similarity(
            (original / 255).reshape(28, 28),
            picture.reshape(28, 28),
            data_range=1,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
        )
        for picture, original in zip(shown, originals, strict=True)
    ]
    np.testing.assert_allclose(image_metrics.ssim_per_image(pixels, originals), expected, atol=1e-9)
    assert 0.2 < min(expected) < max(expected) < 0.95


def test_ssim_of_flat_pictures_is_the_closed_form() -> None:
    # Without variance only the means are compared: (2ab + 0.0001) / (a^2 + b^2 + 0.0001).
    originals = np.full((1, 784), 255, np.uint8)
    halves = np.full((1, 784), 0.5, np.float32)
    assert image_metrics.ssim_per_image(halves, originals)[0] == pytest.approx(
        1.0001 / 1.2501, abs=1e-12
    )


def test_equal_pictures_have_ssim_one_and_infinite_psnr() -> None:
    _, originals = digits_and_reconstructions(3)
    # A division in float32 on both sides, so that no rounding is between them.
    measured = image_metrics.score(originals / np.float32(255), originals)
    assert (measured.mse, measured.mae, measured.psnr) == (0, 0, math.inf)
    assert measured.ssim == pytest.approx(1, abs=1e-6)


def test_score_takes_the_psnr_of_the_mean_error() -> None:
    originals = np.zeros((2, 784), np.uint8)
    pixels = np.array([[0.0] * 784, [0.2] * 784], np.float32)
    measured = image_metrics.score(pixels, originals)
    assert measured.mse == pytest.approx(0.02)
    assert measured.mae == pytest.approx(0.1)
    assert measured.psnr == pytest.approx(16.9897, abs=1e-4)  # -10 log10(0.02)


def test_a_picture_without_numbers_scores_as_black() -> None:
    _, originals = digits_and_reconstructions(4)
    lost = np.full(originals.shape, np.nan, np.float32)
    assert image_metrics.score(lost, originals) == image_metrics.score(
        np.zeros_like(lost), originals
    )


def test_no_images_have_no_values() -> None:
    none = np.zeros((0, 784), np.uint8)
    assert image_metrics.ssim_per_image(none.astype(np.float32), none).shape == (0,)


def test_baselines_score_one_image_for_all() -> None:
    held_out = np.array([[0] * 784, [255] * 784], np.uint8)
    mean_image = np.full(784, 0.5, np.float32)
    median_image = np.ones(784, np.float32)
    found = image_metrics.constant_baselines(mean_image, median_image, held_out)
    assert list(found) == ["all black", "mean image", "median image"]
    assert found["all black"].mse == pytest.approx(0.5)
    assert found["mean image"].mse == pytest.approx(0.25)
    assert found["mean image"].mae == pytest.approx(0.5)
    assert found["median image"].mse == pytest.approx(0.5)
