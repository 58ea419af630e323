"""Noise on the input: as much as is asked for, the same for the same seed."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from core.training.noise import noisy
from core.variant import Variant

GREY = tf.fill((200, 784), 0.5)


def drawn(seed: tuple[int, int] = (0, 0), **settings: object) -> NDArray[np.float32]:
    variant = Variant.from_dict(settings)
    ends = tf.constant(0.0), tf.constant(1.0)
    draw = tf.function(noisy, jit_compile=True)
    return draw(variant, GREY, tf.constant(seed), *ends).numpy()


def test_gaussian_noise_has_its_standard_deviation_and_no_mean() -> None:
    noise = drawn(noise="gaussian", noise_level=0.1) - 0.5
    # 156,800 values: the mean is off by 0.1 / 396 = 0.00025, the deviation by less.
    assert abs(noise.mean()) < 0.001
    assert abs(noise.std() - 0.1) < 0.001


def test_gaussian_noise_is_clipped_to_black_and_white() -> None:
    values = drawn(noise="gaussian", noise_level=2.0)
    assert (values.min(), values.max()) == (0, 1)


def test_masking_makes_its_share_of_the_pixels_zero() -> None:
    values = drawn(noise="masking", noise_level=0.25)
    assert set(np.unique(values)) == {0, 0.5}
    assert abs((values == 0).mean() - 0.25) < 0.005  # sqrt(0.25 * 0.75 / 156800) is 0.0011


def test_noise_follows_from_seed_and_step() -> None:
    first = drawn((3, 7), noise="gaussian")
    np.testing.assert_array_equal(first, drawn((3, 7), noise="gaussian"))
    for other in ((3, 8), (4, 7)):
        assert np.abs(first - drawn(other, noise="gaussian")).max() > 0.1


def test_without_noise_the_images_stay() -> None:
    np.testing.assert_array_equal(drawn(), GREY)
