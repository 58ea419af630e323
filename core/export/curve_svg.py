"""Curves as inline SVG: for a report that opens without network and without a script."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape

from core import formats
from core.drawing.figures import LossCurve, Points, curve_in_words
from core.drawing.palette import LIGHT
from core.drawing.yardstick import LETTERS, in_words, round_step
from core.progress import History
from core.runs import Scores

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 12, 30
DECADE = (1, 2, 5)
MOST_LOG_TICKS = 6
TRAINING, HELD_OUT, SHOWN = 0, 1, 3
YARDSTICK = "Pixel error (MSE), held-out images"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a figure.

    Attributes:
        name: in the legend.
        points: (epoch, value); what is not finite is left out.
        colour: "#RRGGBB".
        dash: SVG's `stroke-dasharray`; empty for a solid line.
    """

    name: str
    points: Points
    colour: str
    dash: str = ""


def loss_svg(curve: LossCurve) -> str:
    """The loss curve of a run: logarithmic where all losses are above 0."""
    words = curve_in_words(curve)
    return figure(loss_lines(curve), curve.unit, curve.epochs, words=words, log=curve.fits_log)


def loss_lines(curve: LossCurve) -> list[Line]:
    """The lines of a run's loss: training, held-out, from the shown pixels, and the floor."""
    lines = [
        Line(name="training", points=curve.training, colour=LIGHT.series[TRAINING]),
        Line(name="held-out", points=curve.held_out, colour=LIGHT.series[HELD_OUT], dash="2 4"),
        Line(
            name="from the shown pixels",
            points=curve.shown,
            colour=LIGHT.series[SHOWN],
            dash="8 3 2 3",
        ),
    ]
    if curve.floor is not None and (curve.floor > 0 or not curve.fits_log):
        ends = [(0.0, curve.floor), (float(curve.epochs), curve.floor)]
        lines.append(Line(name="floor", points=ends, colour=LIGHT.muted, dash="6 4"))
    return lines


def yardstick_svg(histories: Sequence[History], epochs: int, mean_image: Scores | None) -> str:
    """Held-out pixel MSE of some runs over their epochs, named by letters where they are several.

    Args:
        histories: of the runs A to F.
        epochs: the right end of the axis.
        mean_image: a dashed line, where the runs have such a rival in common.
    """
    lines = yardstick_lines(histories, epochs, mean_image)
    return figure(lines, YARDSTICK, epochs, words=in_words(histories), from_zero=True)


def yardstick_lines(
    histories: Sequence[History], epochs: int, mean_image: Scores | None
) -> list[Line]:
    """The lines of `yardstick_svg`; arguments as there."""
    lines = [
        Line(
            name=letter if len(histories) > 1 else "this run",
            points=[(float(end.epoch), end.mse) for end in history.epochs],
            colour=colour,
        )
        for letter, colour, history in zip(LETTERS, LIGHT.series, histories, strict=False)
    ]
    if mean_image:
        ends = [(0.0, mean_image.mse), (float(epochs), mean_image.mse)]
        lines.append(Line(name="mean image", points=ends, colour=LIGHT.muted, dash="6 4"))
    return lines


def figure(
    lines: Sequence[Line],
    title: str,
    epochs: int,
    *,
    words: str,
    log: bool = False,
    from_zero: bool = False,
) -> str:
    """Draw lines over epochs.

    Args:
        lines: those without a point are left out.
        title: what the vertical axis shows.
        epochs: the right end of the axis.
        words: the same in text.
        log: a logarithmic axis; every value is above 0.
        from_zero: whether a linear axis begins at 0.

    Returns:
        An `<figure>` with the legend above the drawing.
    """
    drawn = finite(lines)
    if not drawn:
        return f"<figure><figcaption>{escape(title)}: nothing was measured.</figcaption></figure>"
    ticks, share = axis(drawn, log=log, from_zero=from_zero)
    shapes = [_tick(tick, _place(share(tick))) for tick in ticks]
    step = round_step(epochs, whole=True)
    shapes += [_epoch(at * step, epochs) for at in range(int(epochs / step) + 1)]
    shapes += [_drawn(line, epochs, share) for line in drawn]
    legend = "".join(
        f'<span style="color:{line.colour}"><svg width="26" height="8" aria-hidden="true"><path'
        f' d="M0 4H26" stroke="{line.colour}" stroke-width="2" stroke-dasharray="{line.dash}"/>'
        f"</svg> {escape(line.name)} <b>{formats.loss(line.points[-1][1])}</b></span> "
        for line in drawn
    )
    return (
        f"<figure><figcaption><b>{escape(title)}</b> {legend}</figcaption>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(words)}">'
        f"{''.join(shapes)}</svg></figure>"
    )


def finite(lines: Sequence[Line]) -> list[Line]:
    """The lines without what is not finite, those that have any point then."""
    kept = (
        replace(line, points=[(x, y) for x, y in line.points if math.isfinite(y)]) for line in lines
    )
    return [line for line in kept if line.points]


def axis(
    lines: Sequence[Line], *, log: bool, from_zero: bool
) -> tuple[list[float], Callable[[float], float]]:
    """Where a vertical axis has ticks, and the share of it below a value; arguments as `figure`."""
    values = [y for line in lines for _, y in line.points]
    return _log_axis(values) if log else _linear_axis(values, from_zero)


def _linear_axis(
    values: Sequence[float], from_zero: bool
) -> tuple[list[float], Callable[[float], float]]:
    low, high = (min(0.0, *values) if from_zero else min(values)), max(values)
    margin = (high - low or abs(high) or 1.0) * 0.05
    low, high = (low if from_zero else low - margin), high + margin
    step = round_step(high - low)
    first = math.ceil(low / step)
    ticks = [at * step for at in range(first, math.floor(high / step) + 1)]
    return ticks, lambda y: (y - low) / (high - low)


def _log_axis(values: Sequence[float]) -> tuple[list[float], Callable[[float], float]]:
    low, high = math.log10(min(values)) - 0.05, math.log10(max(values)) + 0.05
    decades = range(math.floor(low), math.ceil(high) + 1)
    fine = [factor * 10.0**power for power in decades for factor in DECADE]
    ticks = [tick for tick in fine if low <= math.log10(tick) <= high]
    if len(ticks) > MOST_LOG_TICKS:
        stride = math.ceil(len(decades) / MOST_LOG_TICKS)
        powers = [10.0**power for power in decades[::stride]]
        ticks = [tick for tick in powers if low <= math.log10(tick) <= high]
    return ticks, lambda y: (math.log10(y) - low) / (high - low)


def _place(share: float) -> float:
    """Distance from the top of the drawing of a share of the vertical axis."""
    return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)


def _across(epoch: float, epochs: int) -> float:
    return LEFT + epoch / max(epochs, 1) * (WIDTH - LEFT - RIGHT)


def _tick(value: float, y: float) -> str:
    return (
        f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{LIGHT.border}" stroke-width="0.5"/>'
        f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.4g}</text>'
    )


def _epoch(epoch: float, epochs: int) -> str:
    x, y = _across(epoch, epochs), HEIGHT - BOTTOM + 18
    return f'<text x="{x:.1f}" y="{y}" text-anchor="middle">{epoch:g}</text>'


def _drawn(line: Line, epochs: int, share: Callable[[float], float]) -> str:
    places = " ".join(f"{_across(x, epochs):.1f},{_place(share(y)):.1f}" for x, y in line.points)
    dots = "".join(
        f'<circle cx="{place.partition(",")[0]}" cy="{place.partition(",")[2]}" r="2.5"'
        f' fill="{line.colour}"/>'
        for place in places.split()
        if len(line.points) == 1
    )
    return (
        f'<polyline points="{places}" fill="none" stroke="{line.colour}" stroke-width="1.5"'
        f' stroke-dasharray="{line.dash}"/>{dots}'
    )
