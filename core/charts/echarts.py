"""Charts as ECharts options, for charts that move: a keyed ECharts chart has no blank frames.

ECharts chooses and rounds its ticks itself and formats labels only by a template, so its own labels
are off: each tick is a mark line with the label of the chart model.
"""

from __future__ import annotations

from typing import Any

from core.charts.chart import Chart, EndLabel, Level, Line
from core.charts.loss_chart import LANDMARK_DASH, LEVEL_DASH
from core.charts.palette import Palette
from core.charts.ticks import Axis

Options = dict[str, Any]

MARKERS = (
    "circle",
    "rect",
    "diamond",
    "triangle",
    "path://M4 0h4v4h4v4h-4v4h-4v-4h-4v-4h4z",
    "path://M6 0L7.8 4.1L12 4.6L8.9 7.6L9.7 12L6 9.8L2.3 12L3.1 7.6L0 4.6L4.2 4.1Z",
)
MARKER_SIZE = 8
FONT_SIZE = 13
SMALL = 12
# Significant digits sent for each value: more than a screen can show.
DIGITS = 5
# Space in CSS pixels for labels beside the plot, and for the elements above and below it.
LABEL_ROOM = 40
END_LABEL_ROOM = 62
EDGE_ROOM = 6
# Half a character of a tick's label, for a label is centred on its tick.
HALF_CHARACTER = 3.5
EDGE = 8
HEADING_ROOM = 26
FACTOR_ROOM = 22
TICK_ROOM = 24
AXIS_TITLE_ROOM = 40


def chart_options(
    chart: Chart, palette: Palette, *, has_heading: bool = False, hover: bool = True
) -> Options:
    """The ECharts options of a chart.

    Args:
        chart: what to show.
        palette: the colours of the theme.
        has_heading: whether title and detail are drawn above the plot.
        hover: whether hovering shows values.
    """
    unit = 10.0**chart.y.exponent
    series = [_ticks(chart, palette, unit), _levels(chart, palette, unit)]
    series += [_line(line, unit, palette, is_cut=chart.is_cut) for line in chart.lines]
    series += [_level_label(level, chart, unit, palette) for level in chart.levels if level.label]
    series += [_end_label(label, chart.x.high, unit, palette) for label in chart.ends]
    options: Options = {
        "animation": False,
        "grid": _grid(chart, has_heading=has_heading),
        "xAxis": _axis(chart.x, 1.0, palette),
        "yAxis": _axis(chart.y, unit, palette) | _factor(chart.y, palette),
        "tooltip": {"trigger": "axis", "confine": True, "valueFormatter": "%.4g", "show": hover},
        "series": series,
    }
    if has_heading:
        options["title"] = heading(chart.title, chart.detail, palette.text, palette)
    return options


def heading(name: str, detail: str, colour: str, palette: Palette) -> Options:
    """A title whose name is bold and coloured."""
    plain = {"fontSize": FONT_SIZE, "color": palette.text, "fontWeight": "normal"}
    rich = {"name": {"fontSize": FONT_SIZE, "color": colour, "fontWeight": 600}}
    text = f"{{name|{name}}} {detail}"
    return {"text": text, "left": 0, "top": 2, "padding": 0, "textStyle": plain | {"rich": rich}}


def _grid(chart: Chart, *, has_heading: bool) -> Options:
    return {
        "left": LABEL_ROOM,
        "right": END_LABEL_ROOM if chart.ends else _edge_room(chart.x),
        "top": (HEADING_ROOM if has_heading else EDGE) + (FACTOR_ROOM if chart.y.factor else 0),
        "bottom": AXIS_TITLE_ROOM if chart.x.title else TICK_ROOM,
        # Otherwise ECharts shifts the plot by the width of its labels.
        "outerBoundsMode": "none",
    }


def _edge_room(axis: Axis) -> float:
    """The room to the right of the plot that the label of the last tick needs."""
    last = axis.ticks[-1].label if axis.ticks else ""
    return max(EDGE_ROOM, HALF_CHARACTER * len(last))


def _axis(axis: Axis, unit: float, palette: Palette) -> Options:
    return {
        "type": "log" if axis.is_log else "value",
        "min": axis.low / unit,
        "max": axis.high / unit,
        "name": axis.title,
        "nameLocation": "middle",
        "nameGap": 22,
        "nameTextStyle": {"color": palette.muted, "fontSize": SMALL},
        "axisLine": {"show": True, "onZero": False, "lineStyle": {"color": palette.border}},
        "axisTick": {"show": False},
        "axisLabel": {"show": False},
        "splitLine": {"show": False},
    }


def _factor(axis: Axis, palette: Palette) -> Options:
    """The power of ten shared by all labels, at the end of the axis."""
    style = {"color": palette.muted, "fontSize": SMALL, "align": "right", "padding": [0, 6, 0, 0]}
    if not axis.factor:
        return {}
    return {"name": axis.factor, "nameLocation": "end", "nameGap": 10, "nameTextStyle": style}


def _ticks(chart: Chart, palette: Palette, unit: float) -> Options:
    """The labels of both axes, and a grid line for each label of the vertical axis."""
    lines: list[Options] = [
        {
            "yAxis": tick.value / unit,
            "lineStyle": {"color": palette.border, "opacity": 0.6},
            "label": {"formatter": tick.label},
        }
        for tick in chart.y.ticks
    ]
    lines += [
        {"xAxis": tick.value, "lineStyle": {"opacity": 0}, "label": {"formatter": tick.label}}
        for tick in chart.x.ticks
    ]
    marks = _marks(lines) | {"z": 0, "lineStyle": {"type": "solid", "width": 1}}
    marks["label"] = {
        "show": True,
        "position": "start",
        "distance": 6,
        "color": palette.muted,
        "fontSize": SMALL,
        # Otherwise the label takes the opacity of the line.
        "opacity": 1,
    }
    return {"type": "line", "data": [], "silent": True, "markLine": marks}


def _levels(chart: Chart, palette: Palette, unit: float) -> Options:
    lines: list[Options] = [_level(level, unit, palette) for level in chart.levels]
    if chart.epoch is not None:
        style = {"color": palette.text, "type": "solid", "width": 1}
        lines.append({"xAxis": chart.epoch, "lineStyle": style})
    return {"type": "line", "data": [], "silent": True, "markLine": _marks(lines)}


def _level(level: Level, unit: float, palette: Palette) -> Options:
    return {
        "yAxis": level.value / unit,
        "lineStyle": {
            "color": palette.muted,
            "type": list(LANDMARK_DASH if level.is_thin else LEVEL_DASH),
            "width": 1 if level.is_thin else 2,
        },
    }


def _level_label(level: Level, chart: Chart, unit: float, palette: Palette) -> Options:
    """The text above the right end of a level."""
    height = level.value if level.height is None else level.height
    return _text_at(chart.x.high, height / unit) | {
        "label": {
            "show": True,
            "formatter": level.label,
            "color": palette.muted,
            # A curve may pass behind the text.
            "textBorderColor": palette.background,
            "textBorderWidth": 3,
            "fontSize": SMALL,
            "position": "left",
            "distance": 2,
            "offset": [0, -8],
        },
        "z": 5,
    }


def _marks(lines: list[Options]) -> Options:
    return {
        "symbol": "none",
        "silent": True,
        "animation": False,
        # By default ECharts rounds the position of a line to two decimals.
        "precision": -1,
        "label": {"show": False},
        "data": lines,
    }


def _line(line: Line, unit: float, palette: Palette, *, is_cut: bool) -> Options:
    colour = palette.series[line.colour]
    points = [[rounded(x), rounded(y / unit)] for x, y in line.points]
    data: list[Any] = points
    if line.marker is not None:
        data = [
            {"value": point, "symbolSize": 0 if at % line.marker_interval else MARKER_SIZE}
            for at, point in enumerate(points)
        ]
    return {
        "type": "line",
        "name": line.name,
        "data": data,
        "symbol": "none" if line.marker is None else MARKERS[line.marker],
        "showAllSymbol": True,
        "clip": is_cut,
        "lineStyle": {
            "color": colour,
            "type": list(line.dash) or "solid",
            "width": 2,
            "opacity": 0.3 if line.is_faint else 1.0,
        },
        "itemStyle": {"color": colour},
        "emphasis": {"disabled": True},
        "tooltip": {"show": not line.is_faint},
    }


def _end_label(label: EndLabel, x: float, unit: float, palette: Palette) -> Options:
    colour = palette.series[label.colour]
    bold = {"fontWeight": 700, "color": colour, "fontSize": FONT_SIZE}
    return _text_at(x, label.height / unit) | {
        "label": {
            "show": True,
            "formatter": f"{{letter|{label.letter}}} {label.text}",
            "color": colour,
            "fontSize": FONT_SIZE,
            "rich": {"letter": bold},
            "position": "right",
            "align": "left",
            "distance": 9,
        },
        "z": 6,
    }


def _text_at(x: float, y: float) -> Options:
    """An invisible point that carries a label."""
    return {
        "type": "scatter",
        "data": [[x, y]],
        "symbolSize": 1,
        "itemStyle": {"color": "transparent"},
        "clip": False,
        "silent": True,
        "tooltip": {"show": False},
    }


def rounded(value: float) -> float:
    """A value rounded to the significant digits that are sent to the browser."""
    return float(f"{value:.{DIGITS}g}")
