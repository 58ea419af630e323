"""The state of the Story page in its link, and its controls."""

from __future__ import annotations

import streamlit as st

from core.views.story.story_state import STEPS, StoryState
from pages.components.common import prediction
from pages.components.common.presenter import presenter
from pages.components.common.url_state import UrlState

STORY = UrlState("Story", StoryState, ("step", "present", "predict"), prefix="story-")


def controls(state: StoryState) -> None:
    """Draw the row at the top: steps, Back, Next, Present."""
    with st.container(horizontal=True, vertical_alignment="center", key="lab-story-controls"):
        st.segmented_control(
            "Step",
            list(STEPS),
            format_func=lambda step: f"{step} {STEPS[step]}",
            default=state.step,
            key=STORY.key("step"),
            label_visibility="collapsed",
            required=True,
            wrap=True,
        )
        st.space("stretch")
        _turn("Back", state.step - 1, ":material/arrow_back:")
        _turn("Next", state.step + 1, ":material/arrow_forward:", kind="primary")
        presenter(STORY, present=state.present, step=state.step, last=len(STEPS))
        st.toggle(
            "Predict first",
            value=state.predict,
            key=STORY.key("predict"),
            on_change=prediction.forget,
            help="Each step first asks which image will come out.",
        )
        st.toggle("Present", value=state.present, key=STORY.key("present"))


def _turn(label: str, step: int, icon: str, *, kind: str = "secondary") -> None:
    st.button(
        label,
        key=f"story-{label.lower()}",
        type=kind,  # type: ignore[arg-type]  # one of two literals
        icon=icon,
        disabled=step not in STEPS,
        on_click=_go,
        args=(step,),
    )


def _go(step: int) -> None:
    STORY.change(step=step)
