"""Presenting the story: keys, full screen, and a size that fills the window."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.views.story.story_state import STEPS, StoryState
from pages.components.common.url_state import UrlState
from pages.components.common.widgets import component_value

HERE = Path(__file__).parent
KEY = "story-presenter"

_component = st.components.v2.component(
    "lab_presenter",
    html='<button type="button" hidden></button>',
    css=(HERE / "presenter.css").read_text(encoding="utf-8"),
    js=(HERE / "presenter.js").read_text(encoding="utf-8"),
)


def presenter(place: StoryState, state: UrlState[StoryState]) -> None:
    """Listen to the keys, and offer full screen while presenting.

    Left and right arrows turn the pages. While presenting, so do Page Up, Page Down (the keys of a
    clicker), Space, Home, End and the number of a step; F is full screen and Escape ends it.

    Args:
        place: what the page shows.
        state: receives the changes.
    """
    _component(
        key=KEY,
        data={"step": place.step, "last": len(STEPS), "present": place.present},
        width="content",
        on_step_change=lambda: _turn(state),
        on_present_change=lambda: state.change(present=False),
    )


def _turn(state: UrlState[StoryState]) -> None:
    step = component_value(KEY, "step")
    if isinstance(step, int) and step in STEPS:  # a browser's message may hold anything
        state.change(step=step)
