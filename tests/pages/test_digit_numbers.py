"""Numbers under digits follow the one rule for numbers."""

from __future__ import annotations

import numpy as np

from pages.components.common.image_grid import pixel_numbers


def test_small_error_under_a_digit_is_not_rounded_to_0() -> None:
    pixels = np.full((2, 784), 0.5)
    smallest, largest, total, error = pixel_numbers(pixels, np.array([0.0123, 0.0002]))
    assert error.texts == ["0.012", "2.0e-4"]
    assert smallest.texts == largest.texts == ["0.50", "0.50"]
    assert total.texts == ["392", "392"]  # 784 halves
