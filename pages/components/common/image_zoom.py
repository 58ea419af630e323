"""Image zoom: a digit grid whose columns are buttons, and the chosen digit enlarged.

The buttons are a row of transparent Streamlit buttons over the grid: they work with the keyboard,
have names for screen readers, and leave the images below unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from core.charts import digit_images, enlarged_digit
from core.data.normalization import Floats
from core.progress import PINNED_COUNT
from core.text import formats
from pages.components.common.image_grid import DigitRow, digit_grid
from pages.components.common.theme import palette

PANEL = 156
HINT = "click to enlarge"


@dataclass(frozen=True, kw_only=True)
class Panel:
    """An enlarged image.

    Attributes:
        name: its name, such as "Original", or the letter of a run.
        pixels: pixel values, not clipped, shape (784,).
        error: pixel MSE; None for an original.
    """

    name: str
    pixels: Floats
    error: float | None = None


def digits_to_click(
    rows: Sequence[DigitRow], digit: int | None, choose: Callable[[int | None], None], *, key: str
) -> None:
    """Draw a grid whose columns can be chosen by mouse or keyboard; choosing again deselects.

    Args:
        rows: the rows of the grid, ten images each.
        digit: the chosen column, 0-9; None for none.
        choose: callback with the new choice.
        key: the page's key.
    """
    widget = f"enlarge-{key}"
    # Setting an unchanged value again would send it to a browser that may have changed it.
    if st.session_state.get(widget) != digit:
        st.session_state[widget] = digit
    with st.container(key=f"digits-to-click-{key}"):
        digit_grid(rows)
        st.segmented_control(
            "Enlarge an image",
            range(PINNED_COUNT),
            format_func=lambda index: f"Enlarge image {index + 1}",
            default=digit,
            key=widget,
            on_change=lambda: choose(st.session_state[widget]),
            label_visibility="collapsed",
            width="stretch",
        )


def enlarged(panels: Sequence[Panel], *, key: str, at_rest: bool) -> None:
    """Draw enlarged images side by side, on the fixed scale.

    Args:
        panels: the images; empty if no digit is chosen.
        key: the page's key.
        at_rest: whether nothing is moving, so that hovering shows values.
    """
    with st.container(key=f"panels-{key}", gap="xsmall"):
        if not panels:
            return
        with st.container(horizontal=True):
            for panel in panels:
                with st.container(width=PANEL, gap="xxsmall"):
                    _panel(panel, f"{key}-{panel.name}", at_rest=at_rest)
        pointer = "Values show under the pointer" + ("." if at_rest else " once the pictures rest.")
        st.caption(f"Fixed scale: 0 is black and 1 is white. {pointer}")


def _panel(panel: Panel, key: str, *, at_rest: bool) -> None:
    number = "" if panel.error is None else f" · MSE {formats.short(panel.error)}"
    words = enlarged_digit.enlarged_in_words(panel.name, panel.pixels, panel.error)
    st.html(f'<p class="lab-panel-name"><b>{escape(panel.name)}</b>{number}</p>')
    if at_rest:
        st.plotly_chart(
            enlarged_digit.enlarged(panel.pixels, height=PANEL),
            theme=None,
            width="content",
            key=f"enlarged-{key}",
            config={"displayModeBar": False},
            alt=words,
        )
    else:
        picture = digit_images.digit_row(panel.pixels[None], frame=palette().border)
        st.html(f'<img class="lab-panel-picture" alt="{escape(words)}" src="{picture}">')
