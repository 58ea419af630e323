"""The loss curve with its readout, which is also its legend."""

from __future__ import annotations

from html import escape
from itertools import pairwise

import streamlit as st

from core import formats
from core.drawing import figures
from core.drawing.figures import HELD_OUT, SHOWN, TRAINING, LossCurve
from core.drawing.palette import Palette

HEIGHT = 196
# Ends of strokes and gaps in CSS pixels, as the curve's own line types.
_STROKES = {"training": (20,), "held-out": (2, 5), "shown": (8, 11, 13, 16), "floor": (6, 10)}


def loss_curve(
    curve: LossCurve,
    palette: Palette,
    *,
    key: str,
    log: bool = True,
    smoothing: int = 1,
    epoch: float | None = None,
    height: int = HEIGHT,
) -> None:
    """Draw the readout and under it the curve; it may be redrawn many times a second.

    Args:
        curve: what to show.
        palette: the colours of the visitor's theme.
        key: of this curve on its page.
        log: a logarithmic axis, where all values are above 0.
        smoothing: points in the moving mean; 1 for none.
        epoch: where the marker of the replay stands; None for no marker.
        height: in CSS pixels.
    """
    st.html(readout_html(curve, palette, log=log, smoothing=smoothing))
    options = figures.curve_options(curve, palette, log=log, smoothing=smoothing, epoch=epoch)
    with st.container(key=f"lab-curve-{key}"):
        st.echarts_chart(
            options, height=height, key=f"{key}-chart", alt=figures.curve_in_words(curve)
        )


def readout_html(
    curve: LossCurve, palette: Palette, *, log: bool = True, smoothing: int = 1
) -> str:
    """The latest value of each line, with the line's own colour and dashes."""
    named = [
        ("training", "training", curve.training, palette.series[TRAINING]),
        ("held-out", "held-out", curve.held_out, palette.series[HELD_OUT]),
        ("shown", "from the shown pixels", curve.shown, palette.series[SHOWN]),
    ]
    parts = [f"<span>{escape(curve.unit)}</span>"]
    for kind, name, points, colour in named:
        if points:
            parts.append(_part(kind, name, formats.loss(points[-1][1]), colour))
    if curve.floor is not None:
        is_drawn = curve.floor > 0 or not (log and curve.fits_log)
        value = formats.loss(curve.floor) if is_drawn else "0, below this axis"
        parts.append(_part("floor", "floor", value, palette.muted))
    elif curve.is_unbounded:
        parts.append("<span>no floor</span>")
    if smoothing > 1:
        parts.append(f"<span>mean of {smoothing} points</span>")
    return f'<div class="lab-readout">{"".join(parts)}</div>'


def _part(kind: str, name: str, value: str, colour: str) -> str:
    ends = (0, *_STROKES[kind])
    pieces = [
        f"{'transparent' if place % 2 else colour} {start}px {end}px"
        for place, (start, end) in enumerate(pairwise(ends))
    ]
    stroke = f"background:repeating-linear-gradient(90deg,{','.join(pieces)})"
    return (
        f'<span style="color:{colour}"><i style="{stroke}"></i>{escape(name)}'
        f" <b>{escape(value)}</b></span>"
    )
