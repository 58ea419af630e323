"""The Losses page: the formulas, to drag."""

from __future__ import annotations

from core.losses_view import SECTIONS
from pages.shared.finding import ignored_parts
from pages.shared.formulas import (
    controls,
    data_range,
    gradient,
    one_image,
    one_pixel,
    reading,
    terms,
)
from pages.shared.page import open_page
from pages.shared.widgets import segments

DRAW = {
    "pixel": one_pixel.draw,
    "gradient": gradient.draw,
    "image": one_image.draw,
    "data": data_range.draw,
    "reading": reading.draw,
    "terms": terms.draw,
}

open_page("Losses")
view, ignored = controls.adopt()
segments("What to look at", SECTIONS, controls.key("section"), width="content")
ignored_parts(ignored)
DRAW[view.section](view)
controls.write(view)
