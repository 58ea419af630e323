"""A pad to draw a digit on; a drawing is read like an uploaded PNG."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

import streamlit as st

from pages.components.common.scripts import COMMON, joined
from pages.components.common.widgets import component_value

# Files of a component with a pad, whose own script calls `listenToPad`.
HTML, CSS = COMMON / "pad.html", COMMON / "pad.css"
PAD = COMMON / "pad.js"
# With these it can also prepare a drawing and run a network on it.
LIVE_SCRIPTS = tuple(
    COMMON / f"{name}.js" for name in ("image_canvas", "inference", "uploaded_image", "pad")
)
KEY = "lab-pad"
PREFIX = "data:image/png;base64,"
# A drawing of 280 x 280 pixels in black and white takes a few kilobytes.
MAX_CHARACTERS = 400_000

_component = st.components.v2.component(
    "lab_pad",
    html=joined(HTML),
    css=joined(CSS),
    js=joined(PAD, COMMON / "pad_component.js"),
)


def pad(on_change: Callable[[bytes], None]) -> None:
    """Draw the pad.

    Args:
        on_change: receives the drawing as the content of a PNG file after each stroke; empty after
            it was cleared.
    """
    _component(key=KEY, on_drawing_change=lambda: on_change(content()))


def content() -> bytes:
    """The pad's report as the content of a file; empty if it is invalid."""
    reported = component_value(KEY, "drawing")
    # A browser's message may contain anything.
    if not isinstance(reported, str) or len(reported) > MAX_CHARACTERS:
        return b""
    try:
        return base64.b64decode(reported.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return b""
