"""One digit enlarged: what it says of its values."""

from __future__ import annotations

import numpy as np

from core.charts.enlarged_digit import enlarged


def test_values_under_the_pointer_follow_the_rule_for_numbers() -> None:
    pixels = np.zeros(784)
    # Below 0.1 a pixel value has three decimals; what is not clipped loses its false precision.
    pixels[[0, 1, 28, 783]] = 0.8712, 0.0143, -4406.7266, 3.2e19
    [drawn] = enlarged(pixels, height=156).data
    assert drawn.hovertemplate == "row %{y}, column %{x}: %{text}<extra></extra>"
    assert [list(row[:2]) for row in drawn.text[:2]] == [["0.87", "0.014"], ["-4,407", "0.00"]]
    assert drawn.text[27][27] == "3e19"
