"""The ruler: pixel error on a line, beside predictions that need no training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from core import formats
from core.drawing.palette import Palette
from core.runs import Scores

# Room behind the worst of all, as a share of its error.
HEADROOM = 0.05
# Room that the text under a mark takes, as a share of the line.
TEXT_WIDTH = 0.17
# How far such a text may reach beyond the ends of the line.
OVERHANG = 0.03


def ruler(
    rivals: Mapping[str, Scores],
    palette: Palette,
    *,
    run: float | None = None,
    best: float | None = None,
    held_out: int,
    noun: str = "digits",
) -> None:
    """Draw the pixel MSE of a run from 0 past the worst rival.

    Args:
        rivals: scores of the predictions that need no training, by name.
        palette: the colours of the visitor's theme.
        run: pixel MSE of the run; None before there is any.
        best: pixel MSE of the best that the settings could ever show; None for no mark.
        held_out: how many images were measured.
        noun: what they show.
    """
    st.html(ruler_html(rivals, palette, run=run, best=best, held_out=held_out, noun=noun))


def ruler_html(
    rivals: Mapping[str, Scores],
    palette: Palette,
    *,
    run: float | None,
    best: float | None,
    held_out: int,
    noun: str,
) -> str:
    """The ruler as HTML; its classes are those of `pages.shared.theme`."""
    end = max([*(scores.mse for scores in rivals.values()), run or 0, best or 0]) * (1 + HEADROOM)
    mean_image = rivals["mean image"].mse
    closer = f'<div class="line closer" style="width:{100 * mean_image / end:.1f}%"></div>'
    marks = ['<div class="line"></div>', closer]
    places = spread([scores.mse / end for scores in rivals.values()])
    for (name, scores), place in zip(rivals.items(), places, strict=True):
        marks.append(_rival(name, scores.mse, scores.mse / end, place))
    if best is not None:
        title = f"best possible {formats.loss(best)}"
        style = f"left:{100 * best / end:.1f}%"
        marks.append(f'<div class="dot best" style="{style}" title="{title}"></div>')
    if run is not None:
        colour = palette.good if run < mean_image else palette.bad
        marks.append(_run(run, run / end, colour))
    return (
        f'<div class="lab-ruler"><div class="title"><b>Pixel error</b> MSE on {held_out:,} held-out'
        f' {escape(noun)}, 0 is perfect</div><div class="track">{"".join(marks)}</div></div>'
    )


def spread(shares: Sequence[float], width: float = TEXT_WIDTH) -> list[float]:
    """Middles of texts as near to their marks as fits beside each other.

    Args:
        shares: where the marks are, from 0 to 1 along the line.
        width: of each text.

    Returns:
        In the order of `shares`; neighbours at least `width` apart, none beyond the right end.
    """
    order = sorted(range(len(shares)), key=shares.__getitem__)
    places = dict.fromkeys(order, 0.0)
    right = 1 - width / 2 + OVERHANG
    for place in reversed(order):
        places[place] = min(shares[place], right)
        right = places[place] - width
    return [places[place] for place in range(len(shares))]


def _rival(name: str, error: float, share: float, place: float) -> str:
    first, space, more = escape(name).partition(" image")
    return (
        f'<div class="tick" style="left:{100 * share:.1f}%"></div>'
        f'<div class="rival" style="left:{100 * place:.1f}%">{first}'
        f'<span class="more">{space}{more}</span> <i>{error:.3f}</i></div>'
    )


def _run(error: float, share: float, colour: str) -> str:
    style = f"left:{100 * share:.1f}%;color:{colour}"
    place = min(max(share, TEXT_WIDTH / 2 - OVERHANG), 1 - TEXT_WIDTH / 2 + OVERHANG)
    return (
        f'<div class="dot" style="{style}"></div>'
        f'<div class="above" style="left:{100 * place:.1f}%;color:{colour}">'
        f"this run {formats.loss(error)}</div>"
    )
