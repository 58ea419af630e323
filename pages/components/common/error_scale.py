"""The error scale: the pixel error of a run on a line with the baselines."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from core.charts.label_positions import label_positions
from core.charts.palette import Palette
from core.metrics.image_metrics import MEAN_IMAGE, NO_ERROR
from core.run import Scores
from core.text import formats

# Margin beyond the largest error, as a share of it.
HEADROOM = 0.05
# Names of baselines in imported archives may be longer.
MAX_NAME_LENGTH = 14


def ruler(
    baselines: Mapping[str, Scores],
    palette: Palette,
    *,
    run: float | None,
    best: float | None,
    best_name: str,
    held_out: int,
    noun: str,
) -> None:
    """Draw the pixel MSE of a run on a scale from 0 to beyond the worst baseline.

    Args:
        baselines: scores of the baselines, by name.
        palette: the colours of the visitor's theme.
        run: pixel MSE of the run; None before there is one.
        best: pixel MSE of the best possible reconstructions; None for no mark.
        best_name: the label of `best`.
        held_out: the number of images measured.
        noun: what the images show.
    """
    errors = dict(
        sorted(((name, s.mse) for name, s in baselines.items()), key=lambda pair: pair[1])
    )
    mean_image = errors[MEAN_IMAGE]
    # If all errors are 0, as for equal black images, the scale has length 1.
    end = max([*errors.values(), run or 0, best or 0]) * (1 + HEADROOM) or 1.0
    closer = f'<div class="line closer" style="width:{100 * mean_image / end:.1f}%"></div>'
    marks = ['<div class="line"></div>', closer, *_baselines(errors, end)]
    if best is not None:
        title = escape(f"{best_name} {formats.loss(best)}")
        style = f"left:{100 * best / end:.1f}%"
        marks.append(f'<div class="dot best" style="{style}" title="{title}"></div>')
    if run is not None:
        colour = palette.good if run < mean_image else palette.bad
        if mean_image < NO_ERROR:
            colour = palette.muted
        marks.append(_run(run, run / end, colour))
    st.html(
        f'<div class="lab-ruler"><div class="title"><b>Pixel error</b> MSE on {held_out:,} held-out'
        f' {escape(noun)}, 0 is perfect</div><div class="track">{"".join(marks)}</div></div>'
    )


def _baselines(errors: Mapping[str, float], end: float) -> list[str]:
    """A tick and a label for each baseline; a narrow scale shows names without numbers."""
    shares = [error / end for error in errors.values()]
    names = [_short_name(name) for name in errors]
    numbers = [formats.short(error) for error in errors.values()]
    long = [len(f"{name} {number}") for name, number in zip(names, numbers, strict=True)]
    wide, narrow = label_positions(shares, long), label_positions(shares, list(map(len, names)))
    return [
        f'<div class="tick" style="left:{100 * share:.1f}%"></div>'
        f'<div class="baseline" style="--wide:{with_number.css()};--narrow:{alone.css()}">'
        f"{escape(name)} <i>{number}</i></div>"
        for share, with_number, alone, name, number in zip(
            shares, wide, narrow, names, numbers, strict=True
        )
    ]


def _short_name(name: str) -> str:
    """The name for a phone's screen: "PCA" for "PCA, 28 components"."""
    name = name.partition(",")[0]
    return name if len(name) <= MAX_NAME_LENGTH else f"{name[: MAX_NAME_LENGTH - 1]}…"


def _run(error: float, share: float, colour: str) -> str:
    text = f"this run {formats.loss(error)}"
    [position] = label_positions([share], [len(text)])
    return (
        f'<div class="dot" style="left:{100 * share:.1f}%;color:{colour}"></div>'
        f'<div class="above" style="left:{position.css()};color:{colour}">{text}</div>'
    )
