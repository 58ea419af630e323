"""Charts as SVG: for the report, which works without network and scripts, and as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from core.charts.chart import Chart, Level, Line
from core.charts.loss_chart import LANDMARK_DASH, LEVEL_DASH
from core.charts.palette import LIGHT
from core.charts.ticks import Tick
from core.text import formats

WIDTH = 720
FIGURE_HEIGHT, SHEET_HEIGHT = 260, 405
LEFT, RIGHT, END_LABEL_ROOM = 64, 12, 34
EDGE, TICK_ROOM, AXIS_TITLE_ROOM = 12, 30, 46
TEXT, TITLE, ROW, SAMPLE = 12, 15, 21, 26
# The size of a file in pixels: that of a slide.
SHEET_PIXELS = 1600, 900


@dataclass(frozen=True, kw_only=True)
class _Plot:
    """The position of a chart's axes in a drawing."""

    chart: Chart
    top: float
    bottom: float
    right: float

    def x(self, value: float) -> float:
        return LEFT + self.chart.x.share(value) * (self.right - LEFT)

    def y(self, value: float) -> float:
        return self.bottom - self.chart.y.share(value) * (self.bottom - self.top)


def chart_figure(chart: Chart, words: str) -> str:
    """A chart as a `<figure>` of HTML with its legend above the drawing.

    Args:
        chart: what to show.
        words: its alternative text.
    """
    if not any(line.points for line in chart.lines):
        title = escape(chart.title)
        return f"<figure><figcaption>{title}: nothing was measured.</figcaption></figure>"
    legend = "".join(
        f'<span style="color:{colour}"><svg width="{SAMPLE}" height="8" aria-hidden="true">'
        f"{_stroke('M0 4H26', colour, dash)}</svg> {escape(name)} <b>{value}</b></span> "
        for name, value, colour, dash in _legend(chart)
    )
    return (
        f"<figure><figcaption><b>{escape(chart.title)}</b> {legend}</figcaption>"
        f'<svg viewBox="0 0 {WIDTH} {FIGURE_HEIGHT}" font-size="{TEXT}" role="img"'
        f' aria-label="{escape(words)}">'
        f"{_plot(chart, 0, FIGURE_HEIGHT)}</svg></figure>"
    )


def chart_sheet(chart: Chart, title: str, names: Sequence[str] = ()) -> str:
    """A chart as an SVG file with its legend in the drawing.

    Args:
        chart: what to show.
        title: the text above the legend.
        names: names of the lines, which follow their letters in the legend.
    """
    entries = list(_legend(chart))
    full_names = dict(zip((line.name for line in chart.lines), names, strict=False))
    parts = [_text(LEFT, 24, title, size=TITLE, colour=LIGHT.text)]
    for index, (name, value, colour, dash) in enumerate(entries):
        x, y = LEFT + index % 2 * (WIDTH - LEFT) / 2, 46 + ROW * (index // 2)
        words = " ".join(filter(None, (name, full_names.get(name))))
        parts.append(_stroke(f"M{x} {y - 4}h{SAMPLE}", colour, dash))
        parts.append(_text(x + SAMPLE + 8, y, f"{words}  {value}", colour=LIGHT.text))
    if any(line.points for line in chart.lines):
        parts.append(_plot(chart, 36 + ROW * ((len(entries) + 1) // 2), SHEET_HEIGHT))
    else:
        parts.append(_text(LEFT, 56, "Nothing was measured."))
    width, height = SHEET_PIXELS
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {SHEET_HEIGHT}"'
        f' width="{width}" height="{height}" font-family="sans-serif" font-size="{TEXT}">'
        f'<rect width="{WIDTH}" height="{SHEET_HEIGHT}" fill="{LIGHT.background}"/>'
        f"{''.join(parts)}</svg>"
    )


def _legend(chart: Chart) -> Iterator[tuple[str, str, str, tuple[int, ...]]]:
    """Name, last value, colour and dash of everything that is drawn."""
    for line in chart.lines:
        if line.points and not line.is_faint:
            value = formats.loss(line.points[-1][1])
            yield line.name, value, LIGHT.series[line.colour], line.dash
    for level in chart.levels:
        yield level.name, formats.loss(level.value), LIGHT.muted, _level_dash(level)


def _plot(chart: Chart, top: float, height: float) -> str:
    plot = _Plot(
        chart=chart,
        top=top + EDGE + (ROW if chart.y.factor else 0),
        bottom=height - (AXIS_TITLE_ROOM if chart.x.title else TICK_ROOM),
        right=WIDTH - (END_LABEL_ROOM if chart.ends else RIGHT),
    )
    parts = [_y_tick(plot, tick) for tick in chart.y.ticks]
    parts += [
        _text(plot.x(tick.value), plot.bottom + 18, tick.label, anchor="middle")
        for tick in chart.x.ticks
    ]
    if chart.y.factor:
        parts.append(_text(LEFT - 6, plot.top - 11, chart.y.factor, anchor="end"))
    if chart.x.title:
        middle = (LEFT + plot.right) / 2
        parts.append(_text(middle, height - 8, chart.x.title, anchor="middle"))
    levels = [level for level in chart.levels if chart.y.low <= level.value <= chart.y.high]
    for level in levels:
        path = f"M{LEFT} {plot.y(level.value):.1f}H{plot.right}"
        width = 1 if level.is_thin else 2
        parts.append(_stroke(path, LIGHT.muted, _level_dash(level), width))
    lines = "".join(_line(plot, line) for line in chart.lines)
    parts.append(_cut(plot, lines) if chart.is_cut else lines)
    parts += [_level_label(plot, level) for level in levels if level.label]
    for end in chart.ends:
        colour = LIGHT.series[end.colour]
        parts.append(_text(plot.right + 8, plot.y(end.height) + 4, end.letter, colour=colour))
    return "".join(parts)


def _level_dash(level: Level) -> tuple[int, ...]:
    return LANDMARK_DASH if level.is_thin else LEVEL_DASH


def _level_label(plot: _Plot, level: Level) -> str:
    """Its name, outlined with the background since a curve may pass behind it."""
    x, y = plot.right - 2, plot.y(level.value if level.height is None else level.height) - 4
    outline = f'stroke="{LIGHT.background}" stroke-width="3" paint-order="stroke"'
    return f"<g {outline}>{_text(x, y, level.label, anchor='end')}</g>"


def _cut(plot: _Plot, lines: str) -> str:
    """Clip lines to the axes: a nested `<svg>` shows nothing outside its viewport."""
    x, y, width, height = LEFT, plot.top, plot.right - LEFT, plot.bottom - plot.top
    return (
        f'<svg x="{x}" y="{y}" width="{width}" height="{height}"'
        f' viewBox="{x} {y} {width} {height}">{lines}</svg>'
    )


def _line(plot: _Plot, line: Line) -> str:
    colour = LIGHT.series[line.colour]
    positions = [(plot.x(x), plot.y(y)) for x, y in line.points]
    if len(positions) == 1:
        [(x, y)] = positions
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>'
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in positions)
    return (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.8"'
        f' stroke-dasharray="{_dashes(line.dash)}"/>'
    )


def _y_tick(plot: _Plot, tick: Tick) -> str:
    y = plot.y(tick.value)
    path = f"M{LEFT} {y:.1f}H{plot.right}"
    return (
        f'<path d="{path}" stroke="{LIGHT.border}" stroke-width="0.5"/>'
        f"{_text(LEFT - 6, y + 4, tick.label, anchor='end')}"
    )


def _stroke(path: str, colour: str, dash: tuple[int, ...], width: int = 2) -> str:
    return (
        f'<path d="{path}" stroke="{colour}" stroke-width="{width}"'
        f' stroke-dasharray="{_dashes(dash)}"/>'
    )


def _dashes(dash: tuple[int, ...]) -> str:
    return " ".join(map(str, dash)) or "none"


def _text(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    colour: str = LIGHT.muted,
    size: int = TEXT,
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"'
        f' font-size="{size}">{escape(text)}</text>'
    )
