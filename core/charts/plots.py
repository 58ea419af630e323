"""Common parts of the formula figures: axes, fonts, lines and marks, as ECharts options.

The figures follow a slider, so a new one has to replace the old one without a blank frame, which a
keyed ECharts chart does. Colours are those of `core.charts.palette`.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.charts.echarts import FONT_SIZE, SMALL, Options, heading, rounded
from core.charts.palette import Palette
from core.charts.ticks import multiples, round_step
from core.objectives.activations import Array

SERIES_OF_LOSS = {
    "binary_crossentropy": 0,
    "categorical_crossentropy": 1,
    "mean_squared_error": 2,
    "mean_absolute_error": 3,
    "huber": 4,
}
SERIES_OF_ACTIVATION = {"sigmoid": 0, "softmax": 1, "linear": 2, "tanh": 3, "relu": 4}
DASH_OF_ACTIVATION: dict[str, str | list[int]] = {
    "sigmoid": "solid",
    "softmax": [12, 5],
    "linear": [2, 3],
    "tanh": [7, 4],
    "relu": [8, 3, 2, 3],
}
# Curves are clipped to +-FAR, since values far beyond the axes cannot be drawn.
FAR = 100.0

Range = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class FixedAxis:
    """An axis with a fixed range.

    Attributes:
        low, high: the ends of the range.
        title: below or beside it.
    """

    low: float
    high: float
    title: str = ""


def axes(
    name: str, detail: str, palette: Palette, *, colour: str, x: FixedAxis, y: FixedAxis
) -> Options:
    """Empty axes.

    Args:
        name: the name of the vertical axis, bold above the plot.
        detail: a note after the name.
        palette: the colours of the theme.
        colour: the colour of the name.
        x, y: the axes.
    """
    rule = {"lineStyle": {"color": palette.border, "opacity": 0.6}}
    return {
        "animationDuration": 0,
        "animationDurationUpdate": 150,
        "title": heading(name, detail, colour, palette),
        "grid": {
            "left": 40,
            "right": 10,
            "top": 26,
            "bottom": 38 if x.title else 22,
            "outerBoundsMode": "none",
        },
        "xAxis": _axis(x, palette) | {"splitLine": {"show": False}},
        "yAxis": _axis(y, palette) | {"splitLine": rule},
        "tooltip": {"trigger": "axis", "confine": True, "valueFormatter": "%.4g"},
        "series": [],
    }


def line(
    options: Options,
    x: Array,
    y: Array,
    colour: str,
    name: str,
    *,
    dash: str | list[int] = "solid",
) -> None:
    """Add a curve; hovering shows its values."""
    points = zip(x.tolist(), y.tolist(), strict=True)
    options["series"].append(
        {
            "type": "line",
            "name": name,
            "data": [[rounded(at), rounded(value)] for at, value in points],
            "symbol": "none",
            "lineStyle": {"color": colour, "width": 2.5, "type": dash},
            "itemStyle": {"color": colour},
            "emphasis": {"disabled": True},
        }
    )


def dot(
    options: Options,
    x: float,
    y: float,
    colour: str,
    palette: Palette,
    *,
    text: str = "",
    above: bool = True,
    align: str = "center",
    hollow: bool = False,
) -> None:
    """Add a point with a word beside it; hollow for a reference point."""
    options["series"].append(
        {
            "type": "scatter",
            "data": [[x, y]],
            "symbolSize": 10,
            "clip": False,
            "silent": True,
            "tooltip": {"show": False},
            "itemStyle": {
                "color": palette.background if hollow else colour,
                "borderColor": colour if hollow else palette.background,
                "borderWidth": 2,
                "opacity": 1,
            },
            "label": {
                "show": bool(text),
                "formatter": text,
                "position": "top" if above else "bottom",
                "align": align,
                "color": palette.text,
                "fontSize": FONT_SIZE,
            },
            "z": 5,
        }
    )


def level(options: Options, y: float, palette: Palette) -> None:
    """Add a dashed horizontal line, such as a floor."""
    _mark_line(options, {"yAxis": y}, palette.muted, "dashed", 1.5)


def vertical_line(options: Options, x: float, colour: str, *, width: float = 1) -> None:
    """Add a vertical line at `x`."""
    _mark_line(options, {"xAxis": x}, colour, "solid", width)


def band(options: Options, axis: str, ends: Range, colour: str, *, opacity: float) -> None:
    """Shade an interval of an axis, "xAxis" or "yAxis"."""
    area = {
        "silent": True,
        "itemStyle": {"color": colour, "opacity": opacity},
        "data": [[{axis: ends[0]}, {axis: ends[1]}]],
    }
    options["series"].append({"type": "line", "data": [], "markArea": area})


def legend(options: Options, names: list[str], palette: Palette) -> None:
    """Add a legend below the title, for figures with several curves."""
    options["grid"]["top"] = 66
    options["legend"] = {
        "data": names,
        "left": 34,
        "top": 20,
        "itemGap": 12,
        "itemWidth": 26,
        "itemHeight": 1,
        "selectedMode": False,
        "textStyle": {"color": palette.text, "fontSize": SMALL},
    }


def _axis(axis: FixedAxis, palette: Palette) -> Options:
    ticks = multiples(axis.low, axis.high, round_step(axis.high - axis.low))
    return {
        "type": "value",
        "min": axis.low,
        "max": axis.high,
        "name": axis.title,
        "nameLocation": "middle",
        "nameGap": 22,
        "nameTextStyle": {"color": palette.muted, "fontSize": SMALL},
        "axisLine": {"show": True, "onZero": False, "lineStyle": {"color": palette.border}},
        "axisTick": {"show": False, "customValues": ticks},
        "axisLabel": {
            "customValues": ticks,
            "color": palette.muted,
            "fontSize": SMALL,
            "hideOverlap": True,
        },
    }


def _mark_line(
    options: Options, where: dict[str, float], colour: str, dash: str, width: float
) -> None:
    mark = {
        "silent": True,
        "symbol": "none",
        "animation": False,
        # By default ECharts rounds the position of the line to two decimals.
        "precision": -1,
        "label": {"show": False},
        "lineStyle": {"color": colour, "type": dash, "width": width},
        "data": [where],
    }
    options["series"].append({"type": "line", "data": [], "markLine": mark})
