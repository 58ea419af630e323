"""The digits of all runs at one epoch: a grid with a row a run, and one of them enlarged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from core import scores
from core.comparing import comparison_figures
from core.datasets import DATASETS
from core.drawing import pictures
from core.normalization import Floats
from core.runs import Pinned
from core.view import frame_at
from pages.shared.comparing import controls
from pages.shared.comparing.seen import Entry
from pages.shared.digits import DigitRow, NumberRow, digit_grid
from pages.shared.moment import headline_of
from pages.shared.theme import palette

PANEL = 156
# A frame as far from the epoch of the slider is named under the run.
NAMED_FROM = 0.1


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What a run draws at an epoch.

    Attributes:
        pixels: pixel values of the pinned digits, not clipped, shape (10, 784).
        pinned: the originals.
        epoch: after which it drew them.
    """

    pixels: Floats
    pinned: Pinned
    epoch: float


def drawn_by(entry: Entry, epoch: float) -> Drawn | None:
    """The digits of a run at an epoch, the latest while it trains; None where it has none."""
    history, pinned = entry.history, entry.pinned
    if not history.frames or pinned is None:
        return None
    frame = frame_at(history, epoch) if entry.run else history.frames[-1]
    at = frame.step / max(history.steps_per_epoch, 1)
    return Drawn(pixels=frame.pixels, pinned=pinned, epoch=at)


def grid(entries: Sequence[Entry], epoch: float) -> None:
    """Draw the originals of each data set, and under them a row for each of its runs."""
    rows: list[DigitRow] = []
    for dataset in dict.fromkeys(entry.variant.dataset for entry in entries):
        group = [entry for entry in entries if entry.variant.dataset == dataset]
        several = len(group) < len(entries)
        rows += _originals(group, DATASETS[dataset].label if several else "held-out")
        rows += [_row(entry, epoch) for entry in group]
    digit_grid(rows)


def enlarged(entries: Sequence[Entry], epoch: float, *, at_rest: bool) -> None:
    """Draw the choice of a digit, and the chosen one large in every run.

    Args:
        entries: the runs.
        epoch: where the replay stands.
        at_rest: whether nothing moves: only then values are told on hovering.
    """
    with st.container(key="compare-choose"):
        st.segmented_control(
            "Enlarge a digit",
            range(10),
            default=controls.current().digit,
            key=controls.hold("digit"),
            on_change=controls.follow("digit"),
            wrap=True,
        )
    digit = controls.current().digit
    if digit is None:
        return
    with st.container(horizontal=True, key="compare-enlarged"):
        for name, pixels, error in _panels(entries, epoch, digit):
            with st.container(width=PANEL, gap="xxsmall"):
                words = comparison_figures.enlarged_in_words(name, pixels, error)
                _panel(name, pixels, error, words, at_rest=at_rest)
    with st.container(key="compare-scale"):
        pointer = "Values show under the pointer" + ("." if at_rest else " once the pictures rest.")
        st.caption(f"Fixed scale: 0 is black and 1 is white. {pointer}")


Panel = tuple[str, Floats, float | None]


def _panels(entries: Sequence[Entry], epoch: float, digit: int) -> list[Panel]:
    panels: list[Panel] = []
    seen = set()
    for entry in entries:
        drawn = drawn_by(entry, epoch)
        if drawn is None:
            continue
        original = drawn.pinned.images[digit : digit + 1]
        if entry.variant.dataset not in seen:
            seen.add(entry.variant.dataset)
            panels.append(("Original", (original[0] / 255).astype("float32"), None))
        error = float(scores.mse_per_image(drawn.pixels[digit : digit + 1], original)[0])
        panels.append((entry.letter, drawn.pixels[digit], error))
    return panels


def _panel(name: str, pixels: Floats, error: float | None, words: str, *, at_rest: bool) -> None:
    number = "" if error is None else f" · MSE {error:.3f}"
    st.html(f'<p class="lab-panel-name"><b>{escape(name)}</b>{number}</p>')
    if at_rest:
        st.plotly_chart(
            comparison_figures.enlarged(pixels, height=PANEL),
            theme=None,
            width="content",
            key=f"compare-enlarged-{name}",
            config={"displayModeBar": False},
            alt=words,
        )
    else:
        picture = pictures.digit_row(scores.displayed(pixels[None]), frame=palette().border)
        st.html(f'<img class="lab-panel-picture" alt="{escape(words)}" src="{picture}">')


def _originals(group: Sequence[Entry], note: str) -> list[DigitRow]:
    pinned = next((entry.pinned for entry in group if entry.pinned), None)
    if pinned is None:
        return []
    picture = pictures.digit_row(pinned.images / 255, frame=palette().border)
    alt = "Ten held-out images as they are, one of each class."
    return [DigitRow(label="Original", note=note, picture=picture, alt=alt)]


def _row(entry: Entry, epoch: float) -> DigitRow:
    drawn = drawn_by(entry, epoch)
    colour = palette().series[entry.place]
    if drawn is None:
        return DigitRow(
            label=entry.letter, note=entry.name, colour=colour, picture="", alt=_absence(entry)
        )
    errors = [f"{e:.3f}" for e in scores.mse_per_image(drawn.pixels, drawn.pinned.images)]
    apart = not entry.run or abs(drawn.epoch - epoch) >= NAMED_FROM
    after = f"\nafter epoch {drawn.epoch:.3g}" if apart else ""
    return DigitRow(
        label=entry.letter,
        note=f"{entry.name}{after}",
        colour=colour,
        picture=pictures.digit_row(scores.displayed(drawn.pixels), frame=palette().border),
        alt=f"{entry.letter}, {entry.name}, after epoch {drawn.epoch:.3g}."
        f" Pixel MSE of each: {', '.join(errors)}.",
        numbers=[NumberRow(name="MSE", texts=errors)],
    )


def _absence(entry: Entry) -> str:
    if entry.moment.is_live or entry.moment.state == "failed":
        first, rest, _ = headline_of(entry.moment, entry.variant)
        return f"{first} {rest}"
    return "Not trained yet."
