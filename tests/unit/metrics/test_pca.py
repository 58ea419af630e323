"""PCA beside an independent decomposition, and at the widths where its error is known."""

from __future__ import annotations

import numpy as np
import pytest

from core.data import loading
from core.metrics import pca
from core.metrics.baselines import baselines, has_pca, pca_name, score_baselines
from core.metrics.dataset_stats import statistics
from core.metrics.image_metrics import mse_per_image
from core.variant import Variant

SAMPLE = "mnist-sample"


def of_width(width: int) -> Variant:
    return Variant(layers=(width,))


def test_errors_are_those_of_a_singular_value_decomposition() -> None:
    sample = loading.load(SAMPLE)
    training, held_out = sample.training / 255, sample.held_out / 255
    mean = training.mean(axis=0)
    # Of the centred images themselves, where the lab takes eigenvectors of their covariance.
    _, _, directions = np.linalg.svd(training - mean, full_matrices=False)

    for width in (1, 2, 10, 28, 64, 300):
        axes = directions[:width]
        shown = np.clip(mean + (held_out - mean) @ axes.T @ axes, 0, 1)
        scores = baselines(of_width(width), statistics(SAMPLE), sample.held_out)[pca_name(width)]
        assert scores.mse == pytest.approx(np.square(shown - held_out).mean(), abs=1e-6)
        assert scores.mae == pytest.approx(np.abs(shown - held_out).mean(), abs=1e-6)


def test_components_are_orthonormal_with_decreasing_variance() -> None:
    training = loading.load(SAMPLE).training
    components = statistics(SAMPLE).principal_components.astype(np.float64)
    np.testing.assert_allclose(components @ components.T, np.eye(784), atol=1e-5)
    variances = (training / 255 @ components.T).var(axis=0)
    assert (np.diff(variances) < 1e-6).all()


def test_one_component_is_the_direction_in_which_points_lie() -> None:
    # Two pixels that rise together, all others black: the direction is (1, 1) / sqrt(2).
    images = np.zeros((3, 784), np.uint8)
    images[:, :2] = [[0, 0], [100, 100], [200, 200]]
    first, *_ = pca.principal_components(images)
    assert np.abs(first[:2]) == pytest.approx(2**-0.5)
    mean = (images.mean(axis=0) / 255).astype(np.float32)
    shown = pca.reconstructions(images, mean, first[None])
    np.testing.assert_allclose(shown * 255, images, atol=1e-4)


def test_full_mnist_has_its_known_errors(full_mnist: str) -> None:
    held_out = loading.load_held_out(full_mnist).held_out
    known = statistics(full_mnist)
    expected = {2: 0.0555, 10: 0.0329, 28: 0.0170, 32: 0.0152, 64: 0.0078}
    for width, mse in expected.items():
        shown = pca.reconstructions(held_out, known.mean_image, known.principal_components[:width])
        found = mse_per_image(shown, held_out).mean()
        assert found == pytest.approx(mse, abs=5e-5)


def test_width_of_pca_is_that_of_the_sample() -> None:
    sample = loading.read(SAMPLE)
    assert pca.fewest_components(sample.training, sample.held_out) == 13


def test_a_bottleneck_as_wide_as_the_image_has_no_pca_baseline() -> None:
    known, held_out = statistics(SAMPLE), loading.load_held_out(SAMPLE).held_out
    assert not has_pca(of_width(784))
    assert set(score_baselines(of_width(784), known, held_out[:5])) == {
        "all black",
        "mean image",
        "median image",
    }
    assert "PCA, 783 components" in score_baselines(of_width(783), known, held_out[:5])


def test_one_component_is_named_in_the_singular() -> None:
    assert pca_name(1) == "PCA, 1 component"
