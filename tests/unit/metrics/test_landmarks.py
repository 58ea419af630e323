"""Landmarks of a loss beside NumPy's formulas on the sample's images."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from core.data import loading
from core.data.normalization import NORMALIZATIONS
from core.metrics import landmarks as metrics_landmarks
from core.metrics.baselines import baselines
from core.metrics.dataset_stats import statistics
from core.metrics.landmarks import landmarks
from core.objectives.losses import LOSSES
from core.variant import Variant

SAMPLE = "mnist-sample"


def found(**settings: object) -> dict[str, float]:
    variant = Variant(**settings)  # type: ignore[arg-type]
    return landmarks(variant, statistics(SAMPLE), loading.load_held_out(SAMPLE).held_out)


def pixels() -> tuple[np.ndarray, np.ndarray]:
    """The mean training image and the held-out images, in [0, 1]."""
    sample = loading.load(SAMPLE)
    return sample.training.mean(axis=0) / 255, sample.held_out / 255


def test_binary_crossentropy_has_the_mean_image_and_log_2() -> None:
    mean, held_out = pixels()
    p = np.clip(mean, 1e-7, 1 - 1e-7)
    expected = -(held_out * np.log(p) + (1 - held_out) * np.log(1 - p)).mean()
    levels = found()
    assert set(levels) == {"mean image", "all grey"}
    assert levels["mean image"] == pytest.approx(expected, rel=1e-5)
    assert levels["all grey"] == pytest.approx(0.693147, abs=1e-6)


def test_distances_are_those_of_the_pixels_on_the_scale_of_the_targets() -> None:
    mean, held_out = pixels()
    known = baselines(Variant(), statistics(SAMPLE), loading.load_held_out(SAMPLE).held_out)
    pca = known["PCA, 28 components"]
    raw = found(normalization="raw", activation="linear", loss="mean_squared_error")
    assert raw["mean image"] == pytest.approx(255**2 * np.square(mean - held_out).mean(), rel=1e-5)
    assert raw["all grey"] == pytest.approx(255**2 * np.square(0.5 - held_out).mean(), rel=1e-5)
    assert raw["PCA"] == pytest.approx(255**2 * pca.mse, rel=1e-5)
    # From -1 to 1 every distance is twice as long.
    symmetric = found(normalization="symmetric", loss="mean_absolute_error")
    assert symmetric["PCA"] == pytest.approx(2 * pca.mae, rel=1e-5)
    # No distance of pixels in [0, 1] exceeds 1, up to which Huber is half the square.
    assert found(loss="huber")["PCA"] == pytest.approx(pca.mse / 2, rel=1e-5)


def test_categorical_crossentropy_has_equal_shares_and_the_mean_images_shares() -> None:
    mean, held_out = pixels()
    shares = np.clip(mean / mean.sum(), 1e-7, 1)
    levels = found(loss="categorical_crossentropy", activation="softmax")
    assert set(levels) == {"mean image", "all grey"}
    assert levels["mean image"] == pytest.approx(
        -(held_out * np.log(shares)).sum(axis=1).mean(), rel=1e-5
    )
    assert levels["all grey"] == pytest.approx(held_out.sum(axis=1).mean() * np.log(784), rel=1e-5)


def test_the_mean_image_of_binarized_digits_is_the_mean_of_the_bits() -> None:
    sample = loading.load(SAMPLE)
    training, held_out = sample.training > 127, sample.held_out > 127
    expected = np.square(training.mean(axis=0) - held_out).mean()
    levels = found(normalization="binarized", loss="mean_squared_error")
    assert levels["mean image"] == pytest.approx(expected, rel=1e-5)
    assert levels["all grey"] == pytest.approx(0.25)


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_meaningless_landmarks_are_absent(normalization: str, loss: str) -> None:
    levels = found(normalization=normalization, loss=loss)
    is_crossentropy = loss.endswith("crossentropy")
    if loss == "kl_divergence":  # outputs need not sum to 1: it can be negative
        assert levels == {}
        return
    is_of_greys = normalization in ("unit", "symmetric", "raw", "standardized")
    assert ("PCA" in levels) == (is_of_greys and not is_crossentropy)
    if is_crossentropy and normalization in ("symmetric", "standardized"):
        assert levels == {}  # negative targets
    if (loss, normalization) == ("binary_crossentropy", "raw"):
        assert levels == {}  # targets above 1: no bound
    assert all(np.isfinite(value) and value > 0 for value in levels.values())


def test_a_bottleneck_as_wide_as_the_image_has_no_pca() -> None:
    assert "PCA" not in found(loss="mean_squared_error", layers=(784,))


def test_nothing_is_kept_of_a_data_set_whose_statistics_are_gone() -> None:
    held_out = loading.load_held_out(SAMPLE).held_out
    stats = replace(statistics(SAMPLE), fingerprint="of a visitor")
    variant = Variant(loss="huber")
    scores = weakref.ref(baselines(variant, stats, held_out)["PCA, 28 components"])
    assert baselines(variant, stats, held_out)["PCA, 28 components"] is scores()
    assert set(landmarks(variant, stats, held_out)) == {"mean image", "all grey", "PCA"}
    count = len(metrics_landmarks._known)
    del stats
    gc.collect()
    assert scores() is None
    assert len(metrics_landmarks._known) == count - 1
