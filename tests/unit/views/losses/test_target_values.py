"""Target values: histograms against direct counts, and the sentence on what is in reach."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.normalization import NORMALIZATIONS, GreyMoments
from core.views.losses.target_values import BINS, entropies, summary, target_values

MOMENTS = GreyMoments(mean=33.0, deviation=78.0)
IMAGES = np.array([[0, 0, 0, 255], [0, 51, 102, 255], [0, 0, 200, 200]], np.uint8)


@pytest.mark.parametrize("name", NORMALIZATIONS)
def test_every_target_is_counted_once_and_in_the_right_bin(name: str) -> None:
    images = np.random.default_rng(0).integers(0, 256, (7, 784), np.uint8)
    targets = NORMALIZATIONS[name].apply(images, MOMENTS).targets().astype(np.float64)
    values = target_values(images, MOMENTS, name)
    assert values.pixels.counts.sum() == images.size
    assert (values.lowest, values.highest) == pytest.approx((targets.min(), targets.max()))
    expected, _ = np.histogram(targets, values.pixels.edges)
    # float32 targets may lie a rounding beside an edge that the float64 ones are on.
    assert np.abs(np.cumsum(expected) - np.cumsum(values.pixels.counts)).max() <= 5


def test_black_and_white_have_bars_of_their_own_around_them() -> None:
    values = target_values(IMAGES, MOMENTS, "unit").pixels
    assert values.centres[[0, -1]] == pytest.approx([0, 1])
    assert values.counts[[0, -1]].tolist() == [6, 2]
    assert values.shares[0] == 0.5
    assert len(values.counts) == BINS


def test_binarized_pixels_fill_two_bins_only() -> None:
    counts = target_values(IMAGES, MOMENTS, "binarized").pixels.counts
    assert (counts[0], counts[-1], np.count_nonzero(counts)) == (8, 4, 2)


def test_sums_are_counted_per_image() -> None:
    values = target_values(IMAGES, MOMENTS, "unit").sums
    # Sums 1, 1.6 and 400/255 = 1.57: the first bin, and two of the last.
    assert values.counts.sum() == 3
    assert values.edges[[0, -1]] == pytest.approx([1, 1.6])


def test_images_that_all_sum_to_one_get_a_range_around_it() -> None:
    values = target_values(IMAGES, MOMENTS, "sum_to_one").sums
    assert values.edges[0] < 1 < values.edges[-1]
    assert values.counts.sum() == 3


def test_entropy_of_targets_is_that_of_their_pixels() -> None:
    found = entropies(IMAGES, MOMENTS, "unit")
    assert found is not None
    # 51/255 = 0.2 and 102/255 = 0.4: H = 0.500402 and 0.673012
    assert found[1] == pytest.approx([0, 0.500402, 0.673012, 0], abs=1e-6)
    binarized = entropies(IMAGES, MOMENTS, "binarized")
    assert binarized is not None
    assert binarized.max() == 0


@pytest.mark.parametrize("name", ["raw", "symmetric", "standardized"])
def test_targets_outside_of_0_and_1_have_no_entropy(name: str) -> None:
    assert entropies(IMAGES, MOMENTS, name) is None


@pytest.mark.parametrize(
    ("activation", "unreachable", "sum_missed", "first"),
    [
        ("sigmoid", 0.87, 1.0, "Sigmoid cannot reach 87% of these targets."),
        ("sigmoid", 0.0, 1.0, "Every target lies in the range of sigmoid."),
        ("softmax", 0.0, 1.0, "Softmax cannot reach these images."),
        ("softmax", 0.0, 0.0, "Every target lies in the range of softmax."),
        ("tanh", 0.0, 0.0, "Every target lies in the range of tanh."),
    ],
)
def test_the_summary_says_what_is_out_of_reach(
    activation: str, unreachable: float, sum_missed: float, first: str
) -> None:
    assert summary(activation, unreachable, sum_missed, 104.0)[0] == first
