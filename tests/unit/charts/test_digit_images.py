"""Rows of digits as pictures, read back with Pillow."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from core.charts import digit_images

FRAME = "#3A4550"


def decoded(uri: str) -> Image.Image:
    head, content = uri.split(",", 1)
    assert head == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(content)))


def images(*values: float) -> np.ndarray:
    return np.stack([np.full(784, value, np.float32) for value in values])


def colour_inside(picture: Image.Image, place: int) -> tuple[int, ...]:
    left = place * (digit_images.CELL + digit_images.GAP)
    middle = (left + digit_images.CELL // 2, digit_images.CELL // 2)
    return picture.convert("RGBA").getpixel(middle)


def test_a_row_is_one_picture_with_a_cell_for_each_image():
    # 28 pixels, 6 times enlarged, and 2 pixels of frame on both sides: 28 * 6 + 4 = 172.
    assert decoded(digit_images.digit_row(images(0, 1, 0), frame=FRAME)).size == (
        3 * 172 + 2 * 6,
        172,
    )


def test_the_scale_is_fixed_from_0_black_to_1_white_whatever_the_other_pixels_are():
    picture = decoded(digit_images.digit_row(images(0.0, 0.5, 1.0), frame=FRAME))
    assert colour_inside(picture, 0) == (0, 0, 0, 255)
    # 0.5 lies between the levels 126 and 127 of 253: 126 * 255 / 253 = 127.0.
    assert colour_inside(picture, 1)[0] in (127, 128)
    assert colour_inside(picture, 2) == (255, 255, 255, 255)


def test_values_outside_the_scale_are_clipped_and_nan_is_black():
    picture = decoded(digit_images.digit_row(images(-3.0, 7.0, np.nan), frame=FRAME))
    assert [colour_inside(picture, place)[0] for place in range(3)] == [0, 255, 0]


def test_each_pixel_keeps_its_position_and_is_six_pixels_wide():
    one = np.zeros((1, 784), np.float32)
    one[0, 2 * 28 + 5] = 1  # third row, sixth column
    grey = np.asarray(decoded(digit_images.digit_row(one, frame="#000000")).convert("L"))
    white = np.argwhere(grey == 255)
    assert white.min(axis=0).tolist() == [2 + 2 * 6, 2 + 5 * 6]
    assert white.max(axis=0).tolist() == [2 + 3 * 6 - 1, 2 + 6 * 6 - 1]


def test_images_have_a_frame_and_the_gaps_between_them_are_transparent():
    picture = decoded(digit_images.digit_row(images(1, 1), frame=FRAME)).convert("RGBA")
    assert picture.getpixel((0, 80)) == (0x3A, 0x45, 0x50, 255)
    assert picture.getpixel((digit_images.CELL + 2, 80))[3] == 0


@pytest.mark.parametrize(
    ("difference", "colour"),
    [
        (-1.0, (0x21, 0x66, 0xAC)),
        (1.0, (0xB2, 0x18, 0x2B)),
        (-5.0, (0x21, 0x66, 0xAC)),
    ],
)
def test_a_difference_has_the_colour_of_its_sign(difference, colour):
    uri = digit_images.difference_row(
        images(difference), frame=FRAME, colours=("#2166AC", "#F7F7F7", "#B2182B")
    )
    assert colour_inside(decoded(uri), 0)[:3] == colour


def test_no_difference_has_the_middle_colour():
    uri = digit_images.difference_row(
        images(0.0), frame=FRAME, colours=("#2166AC", "#F7F7F7", "#B2182B")
    )
    # 254 levels have no exact middle: at most one step of the ramp away.
    assert np.abs(np.subtract(colour_inside(decoded(uri), 0)[:3], 0xF7)).max() <= 2


def test_stretching_gives_each_image_the_whole_scale_of_its_own():
    pale = np.linspace(0.2, 0.3, 784)[None]
    bright = np.linspace(0.0, 1.0, 784)[None]
    stretched = digit_images.stretched(np.concatenate([pale, bright]))
    np.testing.assert_allclose(stretched[0], stretched[1], atol=1e-12)
    assert (stretched.min(), stretched.max()) == (0, 1)


def test_stretching_leaves_an_image_of_one_value_black():
    assert digit_images.stretched(np.full((1, 784), 0.7)).max() == 0


def test_a_row_of_ten_digits_is_small_enough_to_be_sent_five_times_a_second():
    noise = np.random.default_rng(0).random((10, 784))
    assert len(digit_images.digit_row(noise, frame=FRAME)) < 40_000
