"""The Losses page: the formulas, to drag."""

from __future__ import annotations

import streamlit as st

from pages.shared.finding import asides
from pages.shared.formulas import (
    controls,
    data_range,
    drawing,
    gradient,
    one_image,
    one_pixel,
    reading,
    terms,
)
from pages.shared.page import open_page

DRAW = {
    "pixel": one_pixel.draw,
    "gradient": gradient.draw,
    "image": one_image.draw,
    "data": data_range.draw,
    "reading": reading.draw,
    "terms": terms.draw,
}

open_page("Losses")
drawing.apply_styles()
view, ignored = controls.adopt()
controls.sections()
with st.container(key="losses-asides"):
    asides(ignored, "Ignored")
with st.container(key=f"losses-of-{view.section}"):
    DRAW[view.section](view)
controls.write(view)
