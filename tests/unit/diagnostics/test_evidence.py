"""The evidence, measured on reconstructions whose every property is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.data import loading
from core.data.normalization import NORMALIZATIONS, Images
from core.diagnostics.evidence import evidence
from core.metrics.dataset_stats import DatasetStats, statistics
from core.variant import Variant


@pytest.fixture(scope="module")
def known() -> DatasetStats:
    return statistics("mnist-sample")


@pytest.fixture(scope="module")
def held_out() -> Images:
    return loading.load_held_out("mnist-sample").held_out


def measure(known: DatasetStats, held_out: Images, pixels: np.ndarray, **settings: str) -> Any:
    variant = Variant(**settings)
    affine = NORMALIZATIONS[variant.normalization].apply(held_out, known.moments)
    outputs = pixels * affine.scale[:, None] * affine.white + affine.shift
    return evidence(variant, outputs.astype(np.float32), held_out, known)


def test_evidence_of_a_perfect_copy(known: DatasetStats, held_out: Images) -> None:
    found = measure(known, held_out, held_out / 255)
    assert found["variation"] == pytest.approx(1, abs=1e-5)
    assert found["sum"] == pytest.approx(found["original_sum"], rel=1e-6)
    assert found["own_scale_mse"] == pytest.approx(0, abs=1e-9)
    assert (found["stuck"], found["saturated"]) == (0, 0)


def test_evidence_of_the_mean_image_and_of_black(known: DatasetStats, held_out: Images) -> None:
    mean = measure(known, held_out, np.broadcast_to(known.mean_image, held_out.shape))
    assert mean["variation"] == pytest.approx(0, abs=1e-9)
    assert mean["to_mean_image"] == pytest.approx(0, abs=1e-12)
    assert mean["stuck"] == 1
    black = measure(known, held_out, np.zeros(held_out.shape), normalization="unit")
    assert (black["largest"], black["sum"]) == (0, 0)


def test_half_the_brightness_is_corrected_by_a_factor(
    known: DatasetStats, held_out: Images
) -> None:
    found = measure(known, held_out, held_out / 510, loss="mean_squared_error")
    assert found["sum"] == pytest.approx(found["original_sum"] / 2, rel=1e-6)
    assert found["own_scale_mse"] == pytest.approx(0, abs=1e-9)


def test_saturated_are_outputs_at_an_end_that_miss_their_targets(
    known: DatasetStats, held_out: Images
) -> None:
    """Sigmoid at 0 throughout, [-1, 1] wanted: all but the pixels whose target is near 0 too."""
    found = measure(known, held_out, np.full(held_out.shape, 0.5), normalization="symmetric")
    wanted = held_out / 127.5 - 1
    assert found["saturated"] == pytest.approx(np.mean(np.abs(wanted) > 0.05), abs=1e-6)
    assert found["saturated"] > 0.98


def test_clipped_counts_values_that_cannot_be_shown(known: DatasetStats, held_out: Images) -> None:
    pixels = np.zeros(held_out.shape)
    pixels[:, :392] = -0.5
    found = measure(known, held_out, pixels, activation="linear")
    assert found["clipped"] == 0.5
