"""The Losses page: the formulas, interactive."""

from __future__ import annotations

import streamlit as st

from pages.components.common.navigation import open_page
from pages.components.losses import (
    glossary_section,
    gradient_section,
    image_section,
    metrics_section,
    pixel_section,
    target_section,
)
from pages.components.losses.losses_link import LOSSES, sections

DRAW = {
    "pixel": pixel_section.draw,
    "gradient": gradient_section.draw,
    "image": image_section.draw,
    "data": target_section.draw,
    "reading": metrics_section.draw,
    "terms": glossary_section.draw,
}

view = LOSSES.read()
open_page("Losses")
sections()
with st.container(key="losses-asides"):
    LOSSES.say_notes()
with st.container(key=f"losses-of-{view.section}"):
    DRAW[view.section](view)
LOSSES.write()
