"""The preview of images that are not stored yet, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from core.data import loading
from core.data.image_files.preparation import Options, PreparedImages, prepare
from core.data.image_files.reading import read
from core.metrics import image_set_preview
from support.image_files import digits, given, npy_of


def prepared(images: np.ndarray) -> PreparedImages:  # type: ignore[type-arg]
    return prepare(read([given(npy_of(images))], values="0-255"), Options())


def test_numbers_of_the_preview_are_those_of_numpy() -> None:
    images = prepared(255 - digits(200)[0])
    found = image_set_preview.preview(images)
    p = images.held_out / 255
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.nan_to_num(p * np.log(p)) - np.nan_to_num((1 - p) * np.log(1 - p))
    assert found.floor == pytest.approx(entropy.mean(), rel=1e-12)
    assert found.black == pytest.approx((images.training == 0).mean())
    assert found.white == pytest.approx((images.training > 127).mean())
    assert found.histogram.sum() == 180 * 784
    np.testing.assert_allclose(found.mean_image[0], images.training.mean(axis=0), atol=0.5)
    assert found.sentence.startswith("Your images are 87% white, MNIST's digits 12%: an all-black")


def test_sentence_names_what_differs() -> None:
    assert image_set_preview.difference_from_mnist(0.81, 0.12, 0.059).startswith(
        "Your images are 81% black, MNIST's 81%: what holds for MNIST mostly holds for them."
    )
    assert image_set_preview.difference_from_mnist(0.02, 0.4, 0.5).startswith(
        "Only 2% of your pixels are black, 81% of MNIST's: an all-black image is a poor baseline"
    )


def test_share_of_black_in_mnist_is_that_of_the_sample() -> None:
    sample = loading.read("mnist-sample").training
    assert (sample == 0).mean() == pytest.approx(image_set_preview.MNIST_BLACK, abs=0.005)
    assert (sample > 127).mean() == pytest.approx(image_set_preview.MNIST_WHITE, abs=0.015)


@pytest.mark.parametrize("grey", [0, 7, 255])
def test_equal_images_are_reported(grey: int) -> None:
    images = prepared(np.full((30, 28, 28), grey, np.uint8))
    sentence = image_set_preview.preview(images).sentence
    assert sentence.startswith("All images are equal: the mean image has no error, so that the lab")
    # The entropy of 7 / 255: -(7/255) ln(7/255) - (248/255) ln(248/255) = 0.1258.
    floor = {0: "0.0000", 7: "0.1258", 255: "0.0000"}[grey]
    assert f"Binary cross-entropy cannot fall below {floor} here" in sentence


def test_held_out_images_equal_to_a_baseline_are_reported() -> None:
    mostly = np.zeros((30, 28, 28), np.uint8)
    mostly[np.setdiff1d(np.arange(30), np.random.default_rng(0).permutation(30)[:10])[0]] = 255
    sentence = image_set_preview.preview(prepared(mostly)).sentence
    assert sentence.startswith("The held-out images are all black: that baseline has no error, and")


def test_equal_held_out_images_have_no_unit_of_error() -> None:
    images = np.zeros((30, 28, 28), np.uint8)
    held_out = np.random.default_rng(0).permutation(30)[:10]
    rest = np.setdiff1d(np.arange(30), held_out)
    # 100 is the mean of 0 and 200: the mean image of the others, exactly.
    images[held_out], images[rest[:10]], images[rest[10:]] = 100, 0, 200
    sentence = image_set_preview.preview(prepared(images)).sentence
    assert sentence.startswith("All held-out images are equal: the mean image has no error")
