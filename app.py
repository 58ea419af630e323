"""The landing page: the question that the lab grew out of, replayed step by step.

Streamlit runs it as a script for each visitor, and imports `app` from it, the server of all pages.
"""

from __future__ import annotations

import streamlit as st

from core.views.story import story_steps
from pages.components.common import services
from pages.components.common.navigation import open_page
from pages.components.server import server_hardening
from pages.components.story import introduction, live_drawing, story_link, symptoms
from pages.components.story.story_link import STORY
from pages.components.story.story_screen import ask, outcome, question, screen


def landing_page() -> None:
    place = STORY.read()
    open_page("Story", navigation=not place.present)
    with st.container(key="story-introduction"):
        if not place.present:
            introduction.introduction()
    story_link.controls(place)
    with st.container(key="story-asides"):
        STORY.say_notes()
    step = story_steps.step(place.step, services.library().gallery)
    asked = question(place.step) if place.predict else None
    with st.container(key="story-outcome"):
        if place.predict:
            outcome(place.step)
    with st.container(key="story-screen"):
        if step is None:
            st.warning(
                "The shipped results are missing, so there is no story to show. The lab works."
            )
            st.page_link(
                "pages/lab.py", label="Open the lab", icon=":material/science:", width="content"
            )
        elif asked:
            ask(place.step, asked, present=place.present)
        else:
            screen(place.step, step, present=place.present)
    with st.container(key="story-drawing"):
        if not (place.present or asked):  # it would reveal the answer
            live_drawing.live_drawing()
    with st.container(key="story-symptoms", gap="xsmall"):
        if not (place.present or asked):  # so would the cards
            symptoms.symptoms()
    with st.container(key="story-footer"):
        if not place.present:
            introduction.footer()
    STORY.write()


if __name__ == "__main__":
    landing_page()
else:
    app = st.App(
        __file__,
        lifespan=server_hardening.lifespan,
        middleware=server_hardening.middleware,
    )
