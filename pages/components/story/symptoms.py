"""The section "What do you see?": cards with symptoms, each linked to a run that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.charts import digit_images
from core.views.story import symptoms as views
from core.views.story.symptoms import Symptom
from pages.components.common import services
from pages.components.common.theme import palette


def symptoms() -> None:
    """Draw the cards; nothing if their runs are not shipped."""
    found = _shipped()
    if not found:
        return
    st.html(
        '<h2 class="lab-symptoms-title">What do you see?</h2><p class="lab-symptoms-text">Each of'
        " these opens a run that shows it, with its cause and the setting to change.</p>"
    )
    with st.container(key="story-symptom-cards"):
        for index, symptom in enumerate(found):
            _card(symptom, key=f"story-symptom-{index}")


@st.cache_resource(show_spinner=False)
def _shipped() -> Sequence[Symptom]:
    return views.symptoms(services.library().gallery)


def _card(symptom: Symptom, *, key: str) -> None:
    # The link covers the whole card.
    with st.container(border=True, gap=None, height="stretch", key=key):
        picture = digit_images.digit_row(symptom.pixels, frame=palette().border)
        alt = f"{symptom.title}: reconstructed digits, {symptom.note}."
        st.html(f'<img class="lab-symptom" alt="{escape(alt)}" src="{picture}">')
        st.page_link("pages/lab.py", label=symptom.title, query_params=symptom.variant.to_query())
        st.html(f'<p class="lab-note lab-muted">{escape(symptom.note)}</p>')
