"""The chart model: lines, levels, axes and labels, independent of the renderer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.charts.ticks import LARGEST, Axis

Points = list[tuple[float, float]]

# The smallest distance between labels at the right end, as a share of the axis.
MIN_GAP = 0.09


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a chart.

    Attributes:
        name: its name in a legend.
        points: (epoch, value) pairs, all finite.
        colour: an index of `Palette.series`.
        dash: lengths of strokes and gaps in CSS pixels; empty for a solid line.
        marker: an index of `core.charts.echarts.MARKERS`; None for no markers.
        marker_interval: every n-th point has a marker.
        is_faint: whether it is the unsmoothed line behind a smoothed one.
    """

    name: str
    points: Points
    colour: int
    dash: tuple[int, ...] = ()
    marker: int | None = None
    marker_interval: int = 1
    is_faint: bool = False


@dataclass(frozen=True, kw_only=True)
class Level:
    """A dashed horizontal line.

    Attributes:
        name: its name in a legend.
        value: its position on the vertical axis.
        label: text above its right end; empty for none.
        height: the label's position on the vertical axis; None for the line's own.
        is_thin: whether it is drawn thinner than other levels.
    """

    name: str
    value: float
    label: str = ""
    height: float | None = None
    is_thin: bool = False


@dataclass(frozen=True, kw_only=True)
class EndLabel:
    """A line's letter and last value at the right end; `height` is on the vertical axis."""

    letter: str
    text: str
    height: float
    colour: int


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart of values over epochs.

    Attributes:
        title: what the vertical axis shows.
        detail: a note after the title.
        x, y: the axes.
        lines: the lines in drawing order.
        levels: horizontal lines, such as the loss floor.
        ends: labels at the right end.
        epoch: position of a vertical line; None for none.
    """

    title: str
    detail: str = ""
    x: Axis
    y: Axis
    lines: tuple[Line, ...]
    levels: tuple[Level, ...] = ()
    ends: tuple[EndLabel, ...] = ()
    epoch: float | None = None

    @property
    def is_cut(self) -> bool:
        """Whether a line leaves the plot."""
        values = (value for line in self.lines for _, value in line.points)
        return any(not self.y.low <= value <= self.y.high for value in values)


def drawable(points: Iterable[tuple[float, float]]) -> Points:
    """The points that a chart can show: finite, and far from the floating-point limits."""
    return [(x, y) for x, y in points if math.isfinite(y) and abs(y) <= LARGEST]


def smoothed(points: Points, window: int) -> Points:
    """The centred moving mean over `window` points.

    Towards the ends the window shrinks on both sides, so the first and last points do not move.
    """
    values = [value for _, value in points]
    last = len(values) - 1
    halves = [min(window // 2, index, last - index) for index in range(len(values))]
    means = (
        sum(values[index - half : index + half + 1]) / (2 * half + 1)
        for index, half in enumerate(halves)
    )
    return [(x, mean) for (x, _), mean in zip(points, means, strict=True)]


def apart(values: Sequence[float], gap: float, top: float) -> list[float]:
    """Move increasing values at least `gap` apart, with none of them above `top`."""
    moved: list[float] = []
    for value in values:
        moved.append(max(value, moved[-1] + gap) if moved else value)
    highest = top
    for index in reversed(range(len(moved))):
        moved[index] = min(moved[index], highest)
        highest = moved[index] - gap
    return moved
