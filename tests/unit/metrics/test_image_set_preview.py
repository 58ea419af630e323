"""What is said of images before they are kept, against NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.data import loading
from core.data.image_files.preparation import Options, PreparedImages, prepare
from core.data.image_files.reading import read
from core.errors import InvalidImages
from core.metrics import image_set_preview
from core.metrics.baselines import baselines
from core.metrics.dataset_stats import statistics
from core.variant import Variant
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
    assert found.refusal is None


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


def test_width_of_pca_is_that_of_the_sample() -> None:
    sample = loading.read("mnist-sample")
    assert image_set_preview.width_of_pca(sample.training, sample.held_out) == 13


def test_floor_baselines_and_limits_of_an_added_set_are_those_of_numpy(home: Path) -> None:
    images = prepared(digits(200)[0])
    info = image_set_preview.add(images, "digits", None)
    training, held_out = images.training / 255, images.held_out / 255
    found = baselines(Variant(dataset=info.name), statistics(info.name), images.held_out)
    mean, median = training.mean(axis=0), np.median(training, axis=0)
    assert found["all black"].mse == pytest.approx(np.square(held_out).mean(), rel=1e-6)
    assert found["mean image"].mse == pytest.approx(np.square(held_out - mean).mean(), rel=1e-5)
    assert found["median image"].mae == pytest.approx(np.abs(held_out - median).mean(), rel=1e-5)
    _, _, directions = np.linalg.svd(training - mean, full_matrices=False)
    code = (held_out - mean) @ directions[:28].T
    pca = np.clip(code @ directions[:28] + mean, 0, 1)
    assert found["PCA, 28 components"].mse == pytest.approx(
        np.square(held_out - pca).mean(), rel=1e-3
    )


@pytest.mark.parametrize("grey", [0, 7, 255])
def test_equal_images_are_said_to_teach_nothing_and_are_not_kept(home: Path, grey: int) -> None:
    images = prepared(np.full((30, 28, 28), grey, np.uint8))
    found = image_set_preview.preview(images)
    assert found.refusal is not None
    assert found.refusal.startswith(
        "All images to train on are equal, so that there is nothing to learn"
    )
    with pytest.raises(InvalidImages, match=r"^All images to train on are equal"):
        image_set_preview.add(images, "equal", None)
    assert not (home / "images").exists()


def test_images_of_which_a_baseline_has_no_error_are_not_kept(home: Path) -> None:
    mostly = np.zeros((30, 28, 28), np.uint8)
    mostly[np.setdiff1d(np.arange(30), np.random.default_rng(0).permutation(30)[:10])[0]] = 255
    refusal = image_set_preview.preview(prepared(mostly)).refusal
    assert refusal is not None
    assert refusal.startswith("The held-out images are all black, so that no error")
