"""The ruler: pixel error on a line, beside predictions that need no training."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from core import numbers
from core.palette import Palette
from core.runs import Scores

# Room behind the worst of all, as a share of its error.
HEADROOM = 0.05
# Marks nearer than this share of the line to its ends turn their text inwards.
NEAR_AN_END = 0.06


def ruler(
    rivals: Mapping[str, Scores],
    palette: Palette,
    *,
    run: Scores | None = None,
    best: float | None = None,
    held_out: int,
    noun: str = "digits",
) -> None:
    """Draw the pixel MSE of a run from 0 past the worst rival.

    Args:
        rivals: scores of the predictions that need no training, by name.
        palette: the colours of the visitor's theme.
        run: the run's scores; None before there are any.
        best: pixel MSE of the best that the settings could ever show; None for no mark.
        held_out: how many images were measured.
        noun: what they show.
    """
    st.html(ruler_html(rivals, palette, run=run, best=best, held_out=held_out, noun=noun))


def ruler_html(
    rivals: Mapping[str, Scores],
    palette: Palette,
    *,
    run: Scores | None,
    best: float | None,
    held_out: int,
    noun: str,
) -> str:
    """The ruler as HTML; its classes are those of `pages.shared.theme`."""
    errors = [scores.mse for scores in rivals.values()]
    end = max([*errors, run.mse if run else 0, best or 0]) * (1 + HEADROOM)
    closer = 100 * rivals["mean image"].mse / end
    marks = [f'<div class="line"></div><div class="line closer" style="width:{closer:.1f}%"></div>']
    for name, scores in rivals.items():
        marks.append(_rival(name, scores.mse, scores.mse / end))
    if best is not None:
        title = f"best possible {numbers.loss(best)}"
        marks.append(f'<div class="dot best" style="left:{100 * best / end:.1f}%" title="{title}"></div>')
    if run is not None:
        marks.append(_run(run.mse, run.mse / end, rivals["mean image"].mse, palette))
    return (
        f'<div class="lab-ruler"><div class="title"><b>Pixel error</b> MSE on {held_out:,} held-out'
        f' {escape(noun)}, 0 is perfect</div><div class="track">{"".join(marks)}</div></div>'
    )


def _rival(name: str, error: float, share: float) -> str:
    left = f"left:{100 * share:.1f}%"
    return (
        f'<div class="tick" style="{left}"></div>'
        f'<div class="rival{_inwards(share)}" style="{left}">{escape(name)} <i>{error:.3f}</i></div>'
    )


def _run(error: float, share: float, mean_image: float, palette: Palette) -> str:
    style = f"left:{100 * share:.1f}%;color:{palette.good if error < mean_image else palette.bad}"
    return (
        f'<div class="dot" style="{style}"></div>'
        f'<div class="above{_inwards(share)}" style="{style}">this run {numbers.loss(error)}</div>'
    )


def _inwards(share: float) -> str:
    if share > 1 - NEAR_AN_END:
        return " last"
    return " first" if share < NEAR_AN_END else ""
