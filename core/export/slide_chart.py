"""A curve as a native chart of a PowerPoint slide."""

from __future__ import annotations

import math
from typing import Any

from pptx.chart.data import XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Inches, Pt

from core.charts.chart import Chart, Points
from core.charts.palette import LIGHT
from core.charts.ticks import Axis

FONT = "Arial"
# Points of a line; more would only make the file larger.
MAX_POINTS = 500
# Above this ratio of its ends a logarithmic axis has ticks at powers of ten, below at doublings.
LARGEST_OF_BASE_2 = 100


def add_chart(slide: Any, chart: Chart, alt: str, frame: tuple[float, float, float, float]) -> None:
    """Draw a chart that can be edited in PowerPoint: its numbers are in the file as a table.

    Args:
        slide: a slide of python-pptx.
        chart, alt: the chart, and its alternative text.
        frame: left, top, width and height in inches.
    """
    data = XyChartData()
    for name, points in _series(chart):
        series = data.add_series(name)
        for x, y in points:
            series.add_data_point(x, y)
    kind = XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS
    shape = slide.shapes.add_chart(kind, *map(Inches, frame), data)
    describe(shape, alt)
    drawn = shape.chart
    drawn.font.size, drawn.font.name = Pt(11), FONT
    drawn.font.color.rgb = rgb(LIGHT.muted)
    drawn.has_title = True
    drawn.chart_title.text_frame.text = chart.title
    [line] = drawn.chart_title.text_frame.paragraphs
    line.font.size, line.font.bold = Pt(12), False
    drawn.has_legend = True
    drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    _style_lines(drawn, chart)
    _axis(drawn.category_axis, chart.x)
    _axis(drawn.value_axis, chart.y)
    drawn.value_axis.has_major_gridlines = True
    drawn.value_axis.major_gridlines.format.line.color.rgb = rgb(LIGHT.border)


def _series(chart: Chart) -> list[tuple[str, Points]]:
    """The lines with points, then the levels as lines across the chart."""
    lines = [(line.name, _thinned(line.points)) for line in chart.lines if line.points]
    across = (chart.x.low, chart.x.high)
    return [*lines, *((each.name, [(x, each.value) for x in across]) for each in chart.levels)]


def _thinned(points: Points) -> Points:
    step = -(-len(points) // MAX_POINTS)
    return [*points[:-1:step], points[-1]]


def _style_lines(drawn: Any, chart: Chart) -> None:
    lines = [line for line in chart.lines if line.points]
    for place, series in enumerate(drawn.plots[0].series):
        line = lines[place] if place < len(lines) else None
        series.smooth = False
        series.marker.style = XL_MARKER_STYLE.NONE
        stroke = series.format.line
        stroke.width = Pt(2 if line else 1.25)
        stroke.color.rgb = rgb(LIGHT.series[line.colour] if line else LIGHT.muted)
        if line is None or line.dash:
            stroke.dash_style = MSO_LINE.DASH if line is None else MSO_LINE.ROUND_DOT


def _axis(drawn: Any, axis: Axis) -> None:
    drawn.minimum_scale, drawn.maximum_scale = axis.low, axis.high
    drawn.has_major_gridlines = False
    # Losses may be negative; the epochs stay at the lower edge.
    drawn.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    drawn.format.line.color.rgb = rgb(LIGHT.border)
    drawn.tick_labels.number_format_is_linked = False
    drawn.tick_labels.number_format = "0.0E+0" if axis.exponent else "0.###"
    if axis.is_log:
        drawn.minimum_scale, base = _log_ticks(axis)
        drawn.major_unit = base
        log = parse_xml(f'<c:logBase {nsdecls("c")} val="{base}"/>')
        drawn._element.find(f"{{{log.nsmap['c']}}}scaling").insert(0, log)
    elif axis.ticks[1:]:
        unit = axis.ticks[1].value - axis.ticks[0].value
        drawn.major_unit = unit
        # Ticks are counted from the lower end.
        drawn.minimum_scale = axis.ticks[0].value - (unit if axis.low < axis.ticks[0].value else 0)


def _log_ticks(axis: Axis) -> tuple[float, int]:
    """The lower end and the base of a logarithmic axis, whose ticks are counted from it."""
    decade = 10.0 ** math.floor(math.log10(axis.low))
    if axis.high > LARGEST_OF_BASE_2 * axis.low:
        return decade, 10
    return max(step * decade for step in (1, 2, 5) if step * decade <= axis.low), 2


def describe(shape: Any, text: str) -> None:
    """Set the alternative text of an image or a chart."""
    [named] = shape._element.xpath(".//p:cNvPr")
    named.set("descr", text)


def rgb(colour: str) -> RGBColor:
    """The colour "#RRGGBB" as a python-pptx colour."""
    return RGBColor.from_string(colour.removeprefix("#"))
