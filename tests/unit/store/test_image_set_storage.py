"""Stored image sets and their statistics, against NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.data.image_files.preparation import Options, PreparedImages, prepare
from core.data.image_files.reading import read
from core.metrics.baselines import baselines
from core.metrics.dataset_stats import statistics
from core.store.image_set_storage import add_image_set
from core.variant import Variant
from support.image_files import digits, given, npy_of


def prepared(images: np.ndarray) -> PreparedImages:  # type: ignore[type-arg]
    return prepare(read([given(npy_of(images))], values="0-255"), Options())


def test_floor_baselines_and_targets_of_an_added_set_are_those_of_numpy(
    home: Path,
) -> None:
    images = prepared(digits(200)[0])
    info = add_image_set(images, "digits", None)
    training, held_out = images.training / 255, images.held_out / 255
    found = baselines(Variant(dataset=info.name), statistics(info.name), images.held_out)
    mean, median = training.mean(axis=0), np.median(training, axis=0)
    assert found["all black"].mse == pytest.approx(np.square(held_out).mean(), rel=1e-6)
    assert found["mean image"].mse == pytest.approx(np.square(held_out - mean).mean(), rel=1e-5)
    assert found["median image"].mae == pytest.approx(np.abs(held_out - median).mean(), rel=1e-5)
    targets = statistics(info.name).held_out_targets
    p = held_out[(held_out > 0) & (held_out < 1)]
    entropy = -(p * np.log(p) + (1 - p) * np.log(1 - p)).sum() / held_out.size
    assert targets["unit/bce_logits"] == pytest.approx(entropy, rel=1e-6)
    # What is reached of pixels from -1 to 1: sigmoid's outputs end at 0, which is half grey.
    grey = np.square(np.maximum(held_out, 0.5) - held_out).mean()
    assert targets["symmetric/sigmoid/mse"] == pytest.approx(grey, rel=1e-5)
    assert targets["symmetric/sigmoid/unreachable"] == pytest.approx((held_out < 0.5).mean())
    _, _, directions = np.linalg.svd(training - mean, full_matrices=False)
    code = (held_out - mean) @ directions[:28].T
    pca = np.clip(code @ directions[:28] + mean, 0, 1)
    assert found["PCA, 28 components"].mse == pytest.approx(
        np.square(held_out - pca).mean(), rel=1e-3
    )


@pytest.mark.parametrize("grey", [0, 7, 255])
def test_equal_images_are_stored_with_one_component(home: Path, grey: int) -> None:
    images = prepared(np.full((30, 28, 28), grey, np.uint8))
    info = add_image_set(images, "equal", None)
    assert info.pca_width == 1
    known = statistics(info.name)
    found = baselines(Variant(dataset=info.name), known, images.held_out)
    assert found["mean image"].mse < 1e-12
    assert found["all black"].mse == pytest.approx((grey / 255) ** 2, rel=1e-6)
    # One grey has no deviation; then only the mean is subtracted, and every target is 0.
    assert known.training_targets["standardized/lowest"] == 0
    assert known.training_targets["standardized/highest"] == 0
