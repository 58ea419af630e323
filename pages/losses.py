"""The Losses page: the formulas, to drag."""

from __future__ import annotations

import streamlit as st

from pages.components.common.navigation import open_page
from pages.components.common.notices import notices
from pages.components.losses import (
    figures,
    glossary_section,
    gradient_section,
    image_section,
    losses_link,
    metrics_section,
    pixel_section,
    target_section,
)

DRAW = {
    "pixel": pixel_section.draw,
    "gradient": gradient_section.draw,
    "image": image_section.draw,
    "data": target_section.draw,
    "reading": metrics_section.draw,
    "terms": glossary_section.draw,
}

open_page("Losses")
figures.apply_styles()
view, ignored = losses_link.adopt()
losses_link.sections()
with st.container(key="losses-asides"):
    notices(ignored, "Ignored")
with st.container(key=f"losses-of-{view.section}"):
    DRAW[view.section](view)
losses_link.write(view)
