"""Normalizations: literal targets of literal greys, and the way back to pixel values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.data.normalization import NORMALIZATIONS, Affine, GreyMoments, Images

# Of MNIST's training images.
MNIST = GreyMoments(mean=33.3184, deviation=78.5675)
GREYS = np.array([[0, 51, 127, 128, 255]], np.uint8)

images_of_any_kind = arrays(np.uint8, st.tuples(st.integers(1, 4), st.just(16)))


def normalized(name: str, images: Images = GREYS) -> Affine:
    return NORMALIZATIONS[name].apply(images, MNIST)


@pytest.mark.parametrize(
    ("name", "targets"),
    [
        ("raw", [0, 51, 127, 128, 255]),
        ("unit", [0, 0.2, 127 / 255, 128 / 255, 1]),
        ("symmetric", [-1, -0.6, -1 / 255, 1 / 255, 1]),
        # (0 - 33.3184) / 78.5675 and (255 - 33.3184) / 78.5675, widely known as MNIST's range.
        ("standardized", [-0.424074, 0.225049, 1.192371, 1.205098, 2.821543]),
        ("binarized", [0, 0, 0, 1, 1]),
        # The five greys have the sum 561.
        ("sum_to_one", [0, 1 / 11, 127 / 561, 128 / 561, 5 / 11]),
    ],
)
def test_greys_become_these_targets(name: str, targets: list[float]) -> None:
    found = normalized(name).targets()

    assert found.dtype == np.float32
    assert found[0] == pytest.approx(targets, abs=2e-6)


def test_white_and_black_are_exact_where_a_crossentropy_needs_them() -> None:
    black_and_white = np.array([[0, 255]], np.uint8)

    assert normalized("unit", black_and_white).targets().tolist() == [[0, 1]]
    assert normalized("symmetric", black_and_white).targets().tolist() == [[-1, 1]]
    assert normalized("sum_to_one", black_and_white).targets()[0, 0] == 0


@pytest.mark.parametrize("name", ["raw", "unit", "symmetric", "standardized", "sum_to_one"])
@given(images=images_of_any_kind)
def test_targets_come_back_as_the_original_pixel_values(name: str, images: Images) -> None:
    affine = normalized(name, images)

    assert affine.to_pixels(affine.targets()) == pytest.approx(images / 255, abs=2e-6)


@given(images=images_of_any_kind)
def test_binarized_targets_come_back_as_they_are(images: Images) -> None:
    affine = normalized("binarized", images)

    assert np.array_equal(affine.to_pixels(affine.targets()), images > 127)


@given(images=images_of_any_kind)
def test_targets_sum_to_one_in_every_image_that_is_not_black(images: Images) -> None:
    sums = normalized("sum_to_one", images).targets().sum(axis=1)

    assert sums == pytest.approx(images.any(axis=1).astype(float), abs=1e-6)


@given(images=images_of_any_kind)
def test_codes_stay_bytes_until_they_are_in_the_graph(images: Images) -> None:
    for normalization in NORMALIZATIONS.values():
        affine = normalization.apply(images, MNIST)
        assert affine.greys.dtype == np.uint8
        assert affine.greys.shape == images.shape
        assert affine.scale.dtype == np.float32
        assert affine.scale.shape == (len(images),)


def test_only_binarizing_makes_new_codes() -> None:
    shared = {name: normalized(name).greys is GREYS for name in NORMALIZATIONS}

    assert shared == {name: name != "binarized" for name in NORMALIZATIONS}


def test_outputs_outside_of_the_range_are_not_clipped_on_the_way_back() -> None:
    outputs = np.array([[-2.0, 0.0, 3.0, 0.0, 0.0]], np.float32)

    assert normalized("unit").to_pixels(outputs)[0, :3].tolist() == [-2, 0, 3]
    assert normalized("symmetric").to_pixels(outputs)[0, :3].tolist() == [-0.5, 0.5, 2]


def test_names_and_labels_are_unique() -> None:
    assert list(NORMALIZATIONS) == [
        "unit",
        "symmetric",
        "raw",
        "standardized",
        "binarized",
        "sum_to_one",
    ]
    assert len({normalization.label for normalization in NORMALIZATIONS.values()}) == 6
