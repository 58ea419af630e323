"""Axes of the formula figures."""

from __future__ import annotations

import pytest

from core.charts import plots
from core.charts.palette import LIGHT
from core.charts.plots import FixedAxis


# At most six parts, each 1, 2 or 5 times a power of ten: 12 / 6 = 2, 480 / 6 = 80 -> 100,
# 0.5 / 6 = 0.083 -> 0.1, 40 / 6 = 6.7 -> 10, 16 / 6 = 2.7 -> 5, 1530 / 6 = 255 -> 500.
@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (-6, 6, [-6, -4, -2, 0, 2, 4, 6]),
        (0, 480, [0, 100, 200, 300, 400]),
        (0, 0.5, [0, 0.1, 0.2, 0.3, 0.4, 0.5]),
        (-10, 30, [-10, 0, 10, 20, 30]),
        (-8, 8, [-5, 0, 5]),
        (-765, 765, [-500, 0, 500]),
    ],
)
def test_labels_stand_at_multiples_of_1_2_or_5_times_a_power_of_ten(
    low: float, high: float, labels: list[float]
) -> None:
    axis = FixedAxis(low=low, high=high)
    drawn = plots.axes("BCE", "", LIGHT, colour=LIGHT.text, x=axis, y=axis)
    for options in (drawn["xAxis"], drawn["yAxis"]):
        # Exactly: the chart writes a label with all of its digits.
        assert options["axisLabel"]["customValues"] == labels
