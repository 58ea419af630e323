"""Presenting a page: keys, full screen, and a size that fills the window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from pages.components.common.url_state import UrlState
from pages.components.common.widgets import component_value

HERE = Path(__file__).parent
KEY = "presenter"

_component = st.components.v2.component(
    "lab_presenter",
    html='<button type="button" hidden></button>',
    css=(HERE / "presenter.css").read_text(encoding="utf-8"),
    js=(HERE / "presenter.js").read_text(encoding="utf-8"),
)


def presenter(state: UrlState[Any], *, present: bool, step: int = 0, last: int = 0) -> None:
    """Listen to the keys, and offer full screen while presenting.

    Left and right arrows turn the pages. While presenting, so do Page Up, Page Down (the keys of a
    clicker), Space, Home, End and the number of a step; F is full screen and Escape ends it.

    Args:
        state: receives the changes of its fields `present` and `step`.
        present: whether the page is presented.
        step, last: the current step, from 1, and the last one; 0 if there are no steps.
    """
    _component(
        key=KEY,
        data={"step": step, "last": last, "present": present},
        width="content",
        on_step_change=lambda: _turn(state, last),
        on_present_change=lambda: state.change(present=False),
    )


def _turn(state: UrlState[Any], last: int) -> None:
    step = component_value(KEY, "step")
    if isinstance(step, int) and 1 <= step <= last:  # a browser's message may contain anything
        state.change(step=step)
