"""The histogram of grey values."""

from __future__ import annotations

import numpy as np

from core.charts.image_histogram import histogram_options
from core.charts.palette import LIGHT


def test_bars_are_percentages_of_eight_greys_each() -> None:
    histogram = np.zeros(256, np.int64)
    histogram[[0, 7, 8, 255]] = 50, 25, 20, 5
    options = histogram_options(histogram, LIGHT)
    [bars] = options["series"]
    assert bars["data"] == [75.0, 20.0, *[None] * 29, 5.0]
    assert options["xAxis"]["data"][:3] == ["0", "8", "16"]
    assert options["xAxis"]["data"][-1] == "248"
