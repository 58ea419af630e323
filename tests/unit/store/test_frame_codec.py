"""The shipped frames: small, and within half a level of what was trained."""

import numpy as np
import pytest

from core.files.npz import from_npz, to_npz
from core.progress import Frame
from core.store.shipped.frame_codec import TYPES, decode, encode


def frames_of(*pixels: np.ndarray) -> list[Frame]:
    return [Frame(step=step, pixels=shown) for step, shown in enumerate(pixels)]


def through_a_file(frames: list[Frame]) -> list[Frame]:
    return decode(from_npz(to_npz(encode(frames), compressed=True), TYPES))


@pytest.fixture
def bright() -> np.ndarray:
    return np.random.default_rng(0).random((10, 784), np.float32)


def test_last_frame_is_within_half_of_a_256th_and_others_within_half_of_a_64th(
    bright: np.ndarray,
) -> None:
    first, last = through_a_file(frames_of(bright, bright))
    # Levels lie between the image's own ends, so half of one is at most 1/2/63 and 1/2/255.
    assert np.abs(first.pixels - bright).max() <= 0.5 / 63 + 1e-6
    assert np.abs(last.pixels - bright).max() <= 0.5 / 255 + 1e-6


def test_faint_pictures_keep_their_shape(bright: np.ndarray) -> None:
    faint = bright / bright.sum(axis=1, keepdims=True)
    (kept,) = through_a_file(frames_of(faint))
    # A softmax picture: its largest value is about 0.0025; half of a 255th of that is 5e-6.
    assert np.abs(kept.pixels - faint).max() <= faint.max() / 255 / 2 * 1.001
    np.testing.assert_allclose(kept.pixels.sum(axis=1), 1, atol=1e-3)


def test_a_flat_picture_comes_back_exactly() -> None:
    flat = np.full((10, 784), 0.25, np.float32)
    (kept,) = through_a_file(frames_of(flat))
    np.testing.assert_array_equal(kept.pixels, flat)


def test_values_far_outside_come_back_to_eight_bits_and_those_not_finite_as_they_are(
    bright: np.ndarray,
) -> None:
    diverged = bright.copy()
    diverged[3] *= 1e20
    diverged[4, 5] = np.nan
    diverged[5, 6] = -np.inf
    (kept,) = through_a_file(frames_of(diverged))
    # Eight bits of the mantissa are kept and the rest is cut off: at most 1/256 of the value.
    np.testing.assert_allclose(kept.pixels[3:6], diverged[3:6], rtol=1 / 256)
    assert np.abs(kept.pixels[:3] - bright[:3]).max() <= 0.5 / 255 + 1e-6


def test_steps_come_back(bright: np.ndarray) -> None:
    frames = [Frame(step=step, pixels=bright) for step in (0, 45, 3015)]
    assert [frame.step for frame in through_a_file(frames)] == [0, 45, 3015]
