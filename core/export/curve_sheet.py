"""The curves of some runs as one picture to take home: PNG for a slide, SVG for a page.

One run has its losses with their floor; several are on the yardstick that they share.
"""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from PIL import Image, ImageDraw, ImageFont

from core import formats
from core.comparing.comparison import names
from core.drawing.figures import loss_curve
from core.drawing.palette import LIGHT, to_rgb
from core.drawing.yardstick import LETTERS, round_step
from core.export import curve_svg
from core.export.curve_svg import Line
from core.export.digit_sheet import PLAIN_SIGNS
from core.objectives import LOSSES
from core.runs import Run
from core.scores import MEAN_IMAGE

WIDTH, HEIGHT = 1600, 900
LEFT, RIGHT, BOTTOM = 150, 70, 90
TEXT, TITLE, ROW = 28, 34, 46
SAMPLE = 60
STROKE = 4
# Dashes are given for lines that are a third as wide.
DASH = 3
# A PNG is drawn larger than it is and made smaller, so that its lines are smooth.
FINER = 2

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """A line through points, in pixels of the sheet."""

    points: Sequence[Point]
    colour: str
    width: float = STROKE
    dash: str = ""


@dataclass(frozen=True, kw_only=True)
class Text:
    """A line of text; `at` is the end that `anchor` names, "start", "middle" or "end"."""

    at: Point
    text: str
    anchor: str = "start"
    colour: str = LIGHT.text
    size: int = TEXT


Shapes = list[Stroke | Text]


def curve_sheet(runs: Sequence[Run]) -> Shapes:
    """All that is drawn of the runs' curves.

    Args:
        runs: one or more; several are named by letters in this order.
    """
    epochs = max(run.variant.epochs for run in runs)
    if len(runs) == 1:
        curve = loss_curve(runs[0].history, LOSSES[runs[0].variant.loss], runs[0].floor, epochs)
        title = f"{names([runs[0].variant])[0]}: {curve.unit}"
        return _shapes(curve_svg.loss_lines(curve), title, epochs, log=curve.fits_log)
    rivals = [run.rivals.get(MEAN_IMAGE) for run in runs]
    shared = rivals[0] if len({run.variant.dataset for run in runs}) == 1 else None
    lines = curve_svg.yardstick_lines([run.history for run in runs], epochs, shared)
    long = dict(zip(LETTERS, names([run.variant for run in runs]), strict=False))
    return _shapes(lines, curve_svg.YARDSTICK, epochs, long=long)


def curve_sheet_svg(shapes: Shapes) -> str:
    """The sheet as SVG, with the text as text."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}" font-family="sans-serif">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{LIGHT.background}"/>'
        f"{''.join(map(_svg, shapes))}</svg>"
    )


def curve_sheet_png(shapes: Shapes) -> bytes:
    """The sheet as a PNG of `WIDTH` x `HEIGHT` pixels."""
    size = WIDTH * FINER, HEIGHT * FINER
    canvas = Image.new("RGB", size, to_rgb(LIGHT.background))
    draw = ImageDraw.Draw(canvas)
    for shape in shapes:
        colour = to_rgb(shape.colour)
        if isinstance(shape, Text):
            x, y = (FINER * place for place in shape.at)
            anchor = {"start": "ls", "middle": "ms", "end": "rs"}[shape.anchor]
            font = ImageFont.load_default(FINER * shape.size)
            draw.text((x, y), shape.text.translate(PLAIN_SIGNS), colour, font, anchor)
            continue
        for part in _dashed(shape):
            places = [(FINER * x, FINER * y) for x, y in part]
            draw.line(places, colour, round(FINER * shape.width), joint="curve")
    target = io.BytesIO()
    canvas.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(target, "PNG", optimize=True)
    return target.getvalue()


def _shapes(
    lines: Sequence[Line],
    title: str,
    epochs: int,
    *,
    log: bool = False,
    long: dict[str, str] | None = None,
) -> Shapes:
    drawn = curve_svg.finite(lines)
    legend = [Text(at=(LEFT, 52), text=title, size=TITLE), *_legend(drawn, long or {})]
    if not drawn:
        return [*legend, Text(at=(LEFT, 120), text="Nothing was measured.", colour=LIGHT.muted)]
    top = max(stroke.points[0][1] for stroke in legend if isinstance(stroke, Stroke)) + ROW
    bottom = HEIGHT - BOTTOM
    ticks, share = curve_svg.axis(drawn, log=log, from_zero=not log and bool(long))
    step = round_step(epochs, whole=True)

    def place(x: float, y: float) -> Point:
        return LEFT + x / max(epochs, 1) * (WIDTH - LEFT - RIGHT), bottom - share(y) * (
            bottom - top
        )

    shapes: Shapes = list(legend)
    for tick in ticks:
        y = place(0, tick)[1]
        ends = [(LEFT, y), (WIDTH - RIGHT, y)]
        shapes.append(Stroke(points=ends, colour=LIGHT.border, width=1))
        shapes.append(Text(at=(LEFT - 14, y + 10), text=f"{tick:.4g}", anchor="end"))
    for at in range(int(epochs / step) + 1):
        x = place(at * step, ticks[0])[0] if ticks else LEFT
        shapes.append(Text(at=(x, bottom + 42), text=f"{at * step:g}", anchor="middle"))
    shapes.append(Text(at=((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10), text="epoch", anchor="middle"))
    for line in drawn:
        points = [place(*point) for point in line.points]
        shapes.append(Stroke(points=points, colour=line.colour, dash=line.dash))
    named = [line for line in drawn if line.name in (long or {})]
    return [*shapes, *_letters([(place(*line.points[-1]), line) for line in named])]


def _letters(ends: Sequence[tuple[Point, Line]]) -> Iterator[Text]:
    """The letter of each run beside the end of its line, no two on each other."""
    lowest = 0.0
    for (_, y), line in sorted(ends, key=lambda end: end[0][1]):
        lowest = max(y + 10, lowest + TEXT)
        at = (WIDTH - RIGHT + 16, lowest)
        yield Text(at=at, text=line.name, colour=line.colour, size=TITLE)


def _legend(drawn: Sequence[Line], long: dict[str, str]) -> Iterator[Stroke | Text]:
    """A row of samples for each two lines."""
    for place, line in enumerate(drawn):
        x = LEFT + (place % 2) * (WIDTH - LEFT) / 2
        y = 100 + ROW * (place // 2)
        yield Stroke(points=[(x, y), (x + SAMPLE, y)], colour=line.colour, dash=line.dash)
        name = f"{line.name} {long.get(line.name, '')}".strip()
        text = f"{name}  {formats.loss(line.points[-1][1])}"
        yield Text(at=(x + SAMPLE + 16, y + 10), text=text)


def _svg(shape: Stroke | Text) -> str:
    if isinstance(shape, Text):
        x, y = shape.at
        return (
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{shape.size}" fill="{shape.colour}"'
            f' text-anchor="{shape.anchor}">{escape(shape.text)}</text>'
        )
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
    dash = " ".join(str(DASH * int(part)) for part in shape.dash.split())
    return (
        f'<polyline points="{points}" fill="none" stroke="{shape.colour}"'
        f' stroke-width="{shape.width}" stroke-dasharray="{dash}"/>'
    )


def _dashed(stroke: Stroke) -> Iterator[list[Point]]:
    """The parts of a line that are drawn, by its dashes."""
    pattern = [DASH * float(part) for part in stroke.dash.split()]
    if not pattern:
        yield list(stroke.points)
        return
    lengths = itertools.cycle(pattern)
    left, is_on, part = next(lengths), True, [stroke.points[0]]
    for start, end in itertools.pairwise(stroke.points):
        done, whole = 0.0, math.dist(start, end)
        while whole - done > left:
            done += left
            share = done / whole
            cut = start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
            if is_on:
                yield [*part, cut]
            left, is_on, part = next(lengths), not is_on, [cut]
        left -= whole - done
        part.append(end)
    if is_on and len(part) > 1:
        yield part
