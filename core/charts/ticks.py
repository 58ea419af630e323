"""The axes of all charts: ends, ticks at 1, 2 or 5 times a power of ten, and labels.

A power of ten that is common to all labels is written once, at the end of the axis.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

STEPS = (1, 2, 5, 10)
# At most this many steps divide an axis, unless its caller says otherwise.
MAX_INTERVALS = 6
# From this value on a label needs a power of ten, as a loss does (`core.text.formats`).
LARGEST_LABEL = 1e5
# Characters that fit beside a plot: "10,000", "0.0581".
LABEL_CHARACTERS = 6
# Labels that differ by this many powers of ten share none of them: "1e2", "1e5".
MAX_LABEL_DECADES = 3
# An axis with a single label has no scale.
MIN_LABELS = 2
# Room below and above the values on a linear axis, as a share of their extent.
MARGIN = 0.06
# A linear axis spans at least this share of its values, so that noise does not look like a fall.
SMALLEST_SPAN = 0.02
# A logarithmic axis ends at least LOG_MARGIN beyond its values and spans at least a factor of
# SMALLEST_LOG_SPAN.
LOG_MARGIN = 1.05
SMALLEST_LOG_SPAN = 20
# Values beyond these are not drawn: the margin around them would not be finite.
LARGEST, SMALLEST = 1e300, 1e-300
# Rounding may put a tick this share of a step beyond the end of its axis.
TOLERANCE = 1e-9
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A labelled value on an axis."""

    value: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One axis of a chart.

    Attributes:
        low, high: its ends, low < high.
        ticks: between them, increasing.
        is_log: whether it is logarithmic; then low > 0.
        exponent: the power of ten that is left out of the labels.
        title: what it shows; may be empty.
    """

    low: float
    high: float
    ticks: tuple[Tick, ...]
    is_log: bool = False
    exponent: int = 0
    title: str = ""

    @property
    def factor(self) -> str:
        """The factor of all labels, such as "×10¹⁸"; empty for 1."""
        return f"×10{str(self.exponent).translate(SUPERSCRIPTS)}" if self.exponent else ""

    def share(self, value: float) -> float:
        """The position of a value, from 0 at the low end to 1 at the high end."""
        if self.is_log:
            low, high, value = map(math.log, (self.low, self.high, value))
        else:
            low, high = self.low, self.high
        return (value - low) / (high - low)

    def value_at(self, share: float) -> float:
        """The inverse of `share`."""
        if self.is_log:
            return self.low * (self.high / self.low) ** share
        return self.low + share * (self.high - self.low)


def round_step(extent: float, max_intervals: int = MAX_INTERVALS, *, whole: bool = False) -> float:
    """The smallest 1, 2 or 5 times a power of ten that divides an extent into at most so many.

    Args:
        extent: length of the interval, above 0.
        max_intervals: the maximum number of steps.
        whole: whether the step is at least 1.
    """
    power = 10.0 ** math.floor(math.log10(extent / max_intervals))
    step = next(m * power for m in STEPS if extent / (m * power) <= max_intervals + TOLERANCE)
    return max(step, 1.0) if whole else step


def multiples(low: float, high: float, step: float) -> list[float]:
    """The multiples of a step from `low` to `high`, increasing."""
    first, last = math.ceil(low / step - TOLERANCE), math.floor(high / step + TOLERANCE)
    # 3 * 0.2 is 0.6000000000000001, and ECharts would write all its digits.
    return [float(f"{at * step:.12g}") for at in range(first, last + 1)]


def count_axis(count: int, *, title: str = "") -> Axis:
    """An axis from 0 to a number of epochs, with integer ticks."""
    step = int(round_step(count, whole=True))
    ticks = tuple(Tick(value=at, label=f"{at:,}") for at in range(0, count + 1, step))
    return Axis(low=0, high=count, ticks=ticks, title=title)


def linear_axis(low: float, high: float, *, max_intervals: int = 5) -> Axis:
    """A linear axis around values.

    Args:
        low, high: the smallest and the largest value.
        max_intervals: the maximum number of intervals between ticks.
    """
    span = max(high - low, SMALLEST_SPAN * max(abs(low), abs(high))) or 1.0
    margin = (span - (high - low)) / 2 + MARGIN * span
    bottom = low - margin
    return _linear(max(bottom, 0.0) if low >= 0 else bottom, high + margin, max_intervals)


def zero_axis(high: float) -> Axis:
    """A linear axis from 0 to the first tick at or above `high`, which is above 0."""
    step = round_step(high)
    return _linear(0.0, step * math.ceil(high / step - TOLERANCE), MAX_INTERVALS)


def log_axis(low: float, high: float, *, max_intervals: int = 5) -> Axis:
    """A logarithmic axis around values above 0; it ends at ticks, so that it rarely changes.

    Args:
        low, high: the smallest and the largest value.
        max_intervals: the maximum number of intervals between ticks.
    """
    bottom = _round_below(low / LOG_MARGIN)
    top = max(_round_above(high * LOG_MARGIN), SMALLEST_LOG_SPAN * bottom)
    exponent, labels = _labels(ticks := _log_ticks(bottom, top, max_intervals))
    return Axis(low=bottom, high=top, ticks=_ticks(ticks, labels), is_log=True, exponent=exponent)


def _linear(low: float, high: float, max_intervals: int) -> Axis:
    ticks: list[float] = []
    while len(ticks) < MIN_LABELS:
        step = round_step(high - low, max_intervals)
        ticks = multiples(low, high, step)
        max_intervals += 1
    exponent, labels = _labels(ticks, step)
    return Axis(low=low, high=high, ticks=_ticks(ticks, labels), exponent=exponent)


def _ticks(values: Sequence[float], labels: Sequence[str]) -> tuple[Tick, ...]:
    pairs = zip(values, labels, strict=True)
    return tuple(Tick(value=value, label=label) for value, label in pairs)


def _round_below(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return max(m * power for m in STEPS if m * power <= value * (1 + TOLERANCE))


def _round_above(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return min(m * power for m in STEPS if m * power >= value * (1 - TOLERANCE))


def _log_ticks(bottom: float, top: float, max_intervals: int) -> list[float]:
    """1-2-5 ticks if they are few; otherwise powers of ten, or every second or third of them."""
    first, last = math.floor(math.log10(bottom)), math.ceil(math.log10(top))
    fine = [m * 10.0**power for power in range(first, last + 1) for m in (1, 2, 5)]
    low, high = bottom * (1 - TOLERANCE), top * (1 + TOLERANCE)
    ticks = [tick for tick in fine if low <= tick <= high]
    stride = 0
    while len(ticks) > max_intervals + 1:
        stride += 1
        powers = [10.0**at for at in range(first, last + 1) if at % stride == 0]
        coarse = [tick for tick in powers if low <= tick <= high]
        if len(coarse) < MIN_LABELS:
            break
        ticks = coarse
    return ticks


def _labels(values: Sequence[float], step: float | None = None) -> tuple[int, list[str]]:
    """The exponent that is left out of the labels, and the labels.

    Args:
        values: the values of the ticks.
        step: between them if it is constant: then all labels have the same number of decimals.
    """
    magnitudes = [abs(value) for value in values if value]
    if not magnitudes:
        return 0, ["0" for _ in values]
    largest, smallest = (
        math.floor(math.log10(magnitude * (1 + TOLERANCE)))
        for magnitude in (max(magnitudes), min(magnitudes))
    )
    plain = [0] if max(magnitudes) < LARGEST_LABEL else []
    shared = range(largest, smallest - 1, -1) if largest - smallest < MAX_LABEL_DECADES else ()
    for exponent in (*plain, *shared):
        labels = [_label(value, exponent, step) for value in values]
        if max(map(len, labels)) <= LABEL_CHARACTERS:
            return exponent, labels
    return 0, [_with_power(value) for value in values]


def _label(value: float, exponent: int, step: float | None) -> str:
    if not value:
        return "0"
    smallest = step or abs(value)
    decimals = exponent - math.floor(math.log10(smallest * (1 + TOLERANCE)))
    return f"{value / 10.0**exponent:,.{max(decimals, 0)}f}"


def _with_power(value: float) -> str:
    digits, power = f"{value:.0e}".split("e")
    return f"{digits}e{int(power)}"
