"""The map of a code: what it shows of the held-out images, and that its points lift to codes."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.loading import HeldOut, load_held_out
from core.metrics import inference
from core.metrics.dataset_stats import DatasetStats, statistics
from core.run import Layer, Run
from core.store.shipped import TWO_UNITS, Gallery
from core.variant import Variant
from core.views.inside.latent_map import (
    CELLS,
    LatentMap,
    latent_map,
    pca_map,
)
from support.decoding import code_at, decoded
from support.runs import make_run

SATURATED = Variant(loss="mean_squared_error", normalization="symmetric")


@pytest.fixture(scope="module")
def held_out() -> HeldOut:
    return load_held_out("mnist-sample")


@pytest.fixture(scope="module")
def known() -> DatasetStats:
    return statistics("mnist-sample")


def run_of(variant: Variant) -> Run:
    run = Gallery().get(variant.key)
    assert run is not None
    return run


def mapped(run: Run, held_out: HeldOut, known: DatasetStats) -> LatentMap:
    found = latent_map(run, held_out.held_out, held_out.held_out_labels, known.moments)
    assert found is not None
    return found


def with_code(kernel: np.ndarray) -> Run:
    """A run whose code is the given linear function of the image; its decoder is linear too."""
    width = kernel.shape[1]
    encoder = Layer(kernel=kernel, bias=np.zeros(width, np.float32), activation="linear")
    decoder = Layer(kernel=kernel.T.copy(), bias=np.zeros(784, np.float32), activation="linear")
    settings = Variant(layers=(width,), hidden_activation="linear", activation="linear")
    return make_run(settings, weights=(encoder, decoder))


def test_a_code_of_two_units_is_its_own_map(held_out: HeldOut, known: DatasetStats) -> None:
    run = run_of(TWO_UNITS[1])
    found = mapped(run, held_out, known)
    codes = inference.encode(run.weights or (), held_out.held_out / np.float32(255))
    np.testing.assert_allclose(found.points, codes[found.indices], rtol=1e-5, atol=1e-4)
    assert found.share == 1
    np.testing.assert_array_equal(code_at(found, 3, -2), [3, -2])


def test_a_wider_code_is_shown_in_the_plane_of_its_largest_variance(
    held_out: HeldOut, known: DatasetStats
) -> None:
    run = run_of(Variant())
    found = mapped(run, held_out, known)
    codes = inference.encode(run.weights or (), held_out.held_out / np.float32(255))
    # Independent of the SVD: eigenvalues of the covariance.
    sizes = np.linalg.eigvalsh(np.cov(codes.astype(float).T))[::-1]
    assert found.share == pytest.approx(sizes[:2].sum() / sizes.sum(), rel=1e-4)
    variances = found.points.astype(float).var(axis=0, ddof=1)
    assert variances == pytest.approx(sizes[:2], rel=1e-3)
    assert float(found.across @ found.up) == pytest.approx(0, abs=1e-5)


def test_a_point_of_the_plane_lifts_to_a_code_that_projects_to_it(
    held_out: HeldOut, known: DatasetStats
) -> None:
    found = mapped(run_of(Variant()), held_out, known)
    [point] = found.project(code_at(found, 12.5, -4.25)[None], found.labels[:1])
    assert point == pytest.approx((12.5, -4.25), rel=1e-4)


def test_a_code_of_one_unit_is_a_line_with_a_row_for_each_class(
    held_out: HeldOut, known: DatasetStats
) -> None:
    found = mapped(with_code(np.full((784, 1), 0.01, np.float32)), held_out, known)
    np.testing.assert_array_equal(found.points[:, 1], found.labels)
    np.testing.assert_array_equal(code_at(found, 2.5, 7), [2.5])
    # Whether data are near depends on the code alone, not on the row.
    assert (found.is_far == found.is_far[0]).all()
    columns = ((found.points - found.low) / (found.high - found.low) * CELLS).astype(int)[:, 0]
    assert not found.is_far[0, columns].any()


def test_decoded_codes_are_the_reconstructions(held_out: HeldOut, known: DatasetStats) -> None:
    run = run_of(SATURATED)
    found = mapped(run, held_out, known)
    targets = found.images * np.float32(2 / 255) - np.float32(1)
    pixels = (inference.outputs(run.weights or (), targets) + 1) / 2
    np.testing.assert_allclose(decoded(found, found.codes), pixels, atol=1e-5)


def test_dead_units_are_those_that_are_zero_for_every_held_out_image(
    held_out: HeldOut, known: DatasetStats
) -> None:
    run = run_of(SATURATED)
    found = mapped(run, held_out, known)
    codes = inference.encode(run.weights or (), held_out.held_out * np.float32(2 / 255) - 1)
    alive = [unit for unit in range(28) if any(codes[:, unit] != 0)]
    assert len(alive) == 7
    assert set(found.dead) == set(range(28)) - set(alive)
    deviations = [float(codes[:, unit].std()) for unit in found.strongest]
    assert deviations == sorted(deviations, reverse=True)
    assert set(found.strongest) == set(alive)


def test_areas_without_data_are_far_and_points_are_not(
    held_out: HeldOut, known: DatasetStats
) -> None:
    found = mapped(run_of(Variant()), held_out, known)
    places = (found.points - found.low) / (found.high - found.low) * CELLS
    columns, rows = places.astype(int).T
    assert not found.is_far[rows, columns].any()
    # No image is in the bottom left corner of this map.
    assert found.is_far[0, 0]
    assert 0.2 < found.is_far.mean() < 0.6


def test_a_collapsed_code_has_a_map(held_out: HeldOut, known: DatasetStats) -> None:
    """All units are dead, so every image has the same code."""
    found = mapped(with_code(np.zeros((784, 3), np.float32)), held_out, known)
    assert found.dead == (0, 1, 2)
    assert found.strongest == ()
    assert found.spacing == 0
    assert (found.low < found.high).all()


def test_the_map_of_pca_is_its_projection(held_out: HeldOut, known: DatasetStats) -> None:
    found = pca_map(known, held_out.held_out, held_out.held_out_labels)
    # The first two components of MNIST hold 9.7 % and 7.1 % of its variance.
    assert found.share == pytest.approx(0.17, abs=0.01)
    centred = found.images / 255 - known.mean_image
    np.testing.assert_allclose(found.points, centred @ known.principal_components[:2].T, atol=1e-4)
    np.testing.assert_allclose(decoded(found, np.zeros((1, 2), np.float32))[0], known.mean_image)
