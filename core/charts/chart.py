"""The chart model: lines, levels, axes and labels, independent of the renderer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.charts.ticks import LARGEST, Axis

Points = list[tuple[float, float]]

# Labels at the right end keep this share of the axis between them.
LEAST_GAP = 0.09


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a chart.

    Attributes:
        name: in a legend.
        points: (epoch, value), finite ones.
        colour: a place in `Palette.series`.
        dash: lengths of strokes and gaps in CSS pixels; empty for a solid line.
        marker: a place in `core.charts.echarts.MARKERS`, at `marked` points; None for none.
        marked: every how many points a marker stands.
        is_faint: whether it lies behind another line of the same values.
    """

    name: str
    points: Points
    colour: int
    dash: tuple[int, ...] = ()
    marker: int | None = None
    marked: int = 1
    is_faint: bool = False


@dataclass(frozen=True, kw_only=True)
class Level:
    """A dashed horizontal line.

    Attributes:
        name: in a legend.
        value: where it lies on the vertical axis.
        label: written over its right end; empty for none.
        height: of the label on the vertical axis; None for the line's own.
        is_thin: whether it stands behind the lines that matter more.
    """

    name: str
    value: float
    label: str = ""
    height: float | None = None
    is_thin: bool = False


@dataclass(frozen=True, kw_only=True)
class EndLabel:
    """The letter and last value of a line at the right end, at a height on the vertical axis."""

    letter: str
    text: str
    height: float
    colour: int


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart of values over epochs.

    Attributes:
        title: what the vertical axis shows.
        detail: what else there is to know of it.
        x, y: the axes.
        lines: in the order in which they are drawn.
        levels: such as a floor.
        ends: labels at the right end.
        epoch: where a vertical line stands; None for none.
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
        """Whether a line leaves the axes."""
        values = (value for line in self.lines for _, value in line.points)
        return any(not self.y.low <= value <= self.y.high for value in values)


def drawable(points: Iterable[tuple[float, float]]) -> Points:
    """The points that a chart can show: finite, and not next to the largest number there is."""
    return [(x, y) for x, y in points if math.isfinite(y) and abs(y) <= LARGEST]


def smoothed(points: Points, window: int) -> Points:
    """The mean of each point and its neighbours, `window` points in all.

    Towards the ends the window shrinks on both sides, so the first and the last point stay.
    """
    values = [value for _, value in points]
    last = len(values) - 1
    halves = [min(window // 2, place, last - place) for place in range(len(values))]
    means = (
        sum(values[place - half : place + half + 1]) / (2 * half + 1)
        for place, half in enumerate(halves)
    )
    return [(x, mean) for (x, _), mean in zip(points, means, strict=True)]


def apart(values: Sequence[float], gap: float, top: float) -> list[float]:
    """Rising values moved to lie at least `gap` apart, none of them above `top`."""
    moved: list[float] = []
    for value in values:
        moved.append(max(value, moved[-1] + gap) if moved else value)
    highest = top
    for place in reversed(range(len(moved))):
        moved[place] = min(moved[place], highest)
        highest = moved[place] - gap
    return moved
