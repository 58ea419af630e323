"""A pad below the story: two networks reconstruct what is drawn on it, in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from core.views.story import drawn_digit
from pages.components.common import drawing, services
from pages.components.common.scripts import joined

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "lab_live_drawing",
    html=joined(HERE / "live_drawing.html").replace("PAD", joined(drawing.HTML)),
    css=joined(drawing.CSS, HERE / "live_drawing.css"),
    js=joined(*drawing.LIVE_SCRIPTS, HERE / "live_drawing.js"),
)


def live_drawing() -> None:
    """Draw the pad in an expander; the networks are sent when it is opened."""
    words = st.expander(
        "Draw a digit, and watch both networks reconstruct it",
        icon=":material/draw:",
        key="story-drawing-open",
        on_change="rerun",
    )
    if not words.open:
        return
    data = _networks()
    with words:
        if data is None:
            st.caption("The shipped results are missing, so nothing can reconstruct a drawing.")
        else:
            _component(key="story-drawing-pad", data=data)


@st.cache_resource(show_spinner=False)
def _networks() -> dict[str, Any] | None:
    found = drawn_digit.side_by_side(services.library().gallery)
    return found and {"id": "story", **found}
