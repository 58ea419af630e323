"""Where the visitor is in the story: read from the link or the widgets, written to the link."""

from __future__ import annotations

import streamlit as st

from core.views.story.story_state import STEPS, StoryState
from pages.components.common import address_bar

# Session state: the widgets, what this session wrote to the URL, and what was not understood.
STEP = "story-step"
PRESENT = "story-present"
WRITTEN = "story-written"
IGNORED = "story-ignored"


def adopt() -> tuple[StoryState, list[str]]:
    """The place that the link or the widgets ask for; before any widget is drawn.

    Returns:
        The place, and one sentence for each part of the link that was not understood.
    """
    query = st.query_params.to_dict()
    is_new = STEP not in st.session_state
    if is_new or query not in [{}, *st.session_state.get(WRITTEN, [])]:
        place, problems = StoryState.from_query(query)
        st.session_state[STEP], st.session_state[PRESENT] = place.step, place.present
        st.session_state[IGNORED] = [str(problem) for problem in problems]
        st.session_state[WRITTEN] = [query]
    place = StoryState(step=st.session_state[STEP], present=st.session_state[PRESENT])
    # Streamlit forgets widgets that another page did not draw, unless they are set again.
    st.session_state[STEP], st.session_state[PRESENT] = place.step, place.present
    return place, st.session_state[IGNORED]


def controls(place: StoryState) -> None:
    """The row on top, which never moves: steps, back, next, present."""
    with st.container(horizontal=True, vertical_alignment="center", key="lab-story-controls"):
        st.segmented_control(
            "Step",
            list(STEPS),
            format_func=lambda step: f"{step} {STEPS[step]}",
            default=place.step,
            key=STEP,
            label_visibility="collapsed",
            required=True,
            wrap=True,
        )
        st.space("stretch")
        _turn("Back", place.step - 1, "ArrowLeft")
        _turn("Next", place.step + 1, "ArrowRight", kind="primary")
        st.toggle("Present", value=place.present, key=PRESENT)


def write(place: StoryState) -> None:
    """Put the place into the URL."""
    address_bar.write(place.to_query(), WRITTEN)


def _turn(label: str, step: int, shortcut: str, *, kind: str = "secondary") -> None:
    st.button(
        label,
        key=f"story-{label.lower()}",
        type=kind,  # type: ignore[arg-type]  # one of two literals
        shortcut=shortcut,
        disabled=step not in STEPS,
        on_click=_go,
        args=(step,),
    )


def _go(step: int) -> None:
    st.session_state[STEP] = step
