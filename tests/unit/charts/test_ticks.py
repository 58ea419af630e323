"""Axes: 1-2-5 ticks whose labels fit beside a plot, with a common power of ten written once."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.charts import ticks
from core.charts.ticks import Axis, linear_axis, log_axis, zero_axis

VALUES = st.floats(-1e300, 1e300)
ABOVE_ZERO = st.floats(1e-300, 1e300)


def labels(axis: Axis) -> list[str]:
    return [tick.label for tick in axis.ticks]


def read(axis: Axis, label: str) -> float:
    """The value that a label stands for, as a reader takes it."""
    return float(label.replace(",", "")) * 10.0**axis.exponent


@pytest.mark.parametrize(
    ("extent", "step"), [(1, 0.2), (5, 1), (67, 20), (0.0673, 0.02), (0.3, 0.05), (1000, 200)]
)
def test_axes_have_few_round_labels(extent: float, step: float) -> None:
    assert ticks.round_step(extent) == pytest.approx(step)


def test_epochs_have_integer_ticks() -> None:
    assert labels(ticks.count_axis(1)) == ["0", "1"]
    assert labels(ticks.count_axis(67)) == ["0", "20", "40", "60"]
    assert labels(ticks.count_axis(5000)) == ["0", "1,000", "2,000", "3,000", "4,000", "5,000"]


@pytest.mark.parametrize(
    ("low", "high", "expected", "factor"),
    [
        # The question's own losses, and those of linear + CCE on standardized pixels.
        (-2.1e19, 524.6, ["-2.0", "-1.5", "-1.0", "-0.5", "0"], "×10¹⁹"),
        (-4407, 1300, ["-4,000", "-2,000", "0"], ""),
        (0.0, 5_625_000, ["0", "2", "4"], "×10⁶"),
        (0.0, 52_000, ["0", "20,000", "40,000"], ""),
        (0.0, 4.2e-6, ["0", "1", "2", "3", "4"], "×10⁻⁶"),
        # A flat line is not magnified: the axis spans 2 % of it and a margin.
        (0.6931, 0.6931, ["0.690", "0.695", "0.700"], ""),
        (0.0, 0.0, ["0", "0.2", "0.4"], ""),
    ],
)
def test_a_linear_axis_writes_a_common_power_of_ten_once(
    low: float, high: float, expected: list[str], factor: str
) -> None:
    axis = linear_axis(low, high)
    assert (labels(axis), axis.factor) == (expected, factor)


@pytest.mark.parametrize(
    ("low", "high", "expected", "factor"),
    [
        # Floor 0.058 and first loss 0.7 of the question's network with sigmoid.
        (0.058, 0.7, ["0.05", "0.1", "0.2", "0.5", "1"], ""),
        (3e-6, 2e-5, ["0.2", "0.5", "1", "2", "5"], "×10⁻⁵"),
        (0.02, 80, ["0.01", "0.1", "1", "10", "100"], ""),
        # Too far apart for one power of ten.
        (1e2, 5.6e6, ["1e2", "1e3", "1e4", "1e5", "1e6", "1e7"], ""),
        (1, 1e30, ["1e0", "1e6", "1e12", "1e18", "1e24", "1e30"], ""),
    ],
)
def test_a_logarithmic_axis_has_1_2_5_or_powers_of_ten(
    low: float, high: float, expected: list[str], factor: str
) -> None:
    axis = log_axis(low, high)
    assert (labels(axis), axis.factor) == (expected, factor)


def test_a_low_axis_has_at_least_two_ticks() -> None:
    # In steps of 2, as two steps would have it, 6 would be alone.
    assert labels(linear_axis(4.81, 7.4, max_intervals=2)) == ["5", "6", "7"]


def test_an_axis_from_zero_ends_at_a_tick() -> None:
    # 1.04 * 0.11 = 0.1144 lies below the next step of 0.02.
    assert zero_axis(0.1144).high == pytest.approx(0.12)
    assert labels(zero_axis(1.0)) == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]


@given(one=VALUES, other=VALUES, max_intervals=st.integers(2, 8))
def test_every_linear_axis_holds_its_values_and_short_true_labels(
    one: float, other: float, max_intervals: int
) -> None:
    low, high = sorted((one, other))
    axis = linear_axis(low, high, max_intervals=max_intervals)
    assert axis.low <= low <= high <= axis.high
    check(axis)
    step = axis.ticks[1].value - axis.ticks[0].value if len(axis.ticks) > 1 else 0
    for tick in axis.ticks:
        assert read(axis, tick.label) == pytest.approx(tick.value, rel=1e-9, abs=abs(step) * 1e-9)


@given(one=ABOVE_ZERO, other=ABOVE_ZERO, max_intervals=st.integers(2, 8))
def test_every_logarithmic_axis_holds_its_values_and_short_true_labels(
    one: float, other: float, max_intervals: int
) -> None:
    low, high = sorted((one, other))
    axis = log_axis(low, high, max_intervals=max_intervals)
    assert axis.low <= low <= high <= axis.high
    check(axis)
    for tick in axis.ticks:
        assert read(axis, tick.label) == pytest.approx(tick.value, rel=1e-9)


def check(axis: Axis) -> None:
    """Ticks lie on the axis, rising, with labels that fit and differ."""
    assert len(axis.ticks) >= 2
    for tick in axis.ticks:
        assert -1e-6 <= axis.share(tick.value) <= 1 + 1e-6
        assert len(tick.label) <= 6
    assert all(lower.value < upper.value for lower, upper in pairwise(axis.ticks))
    assert len(set(labels(axis))) == len(axis.ticks)
