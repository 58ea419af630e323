"""Share: the link to the current state of the page, and the frame that embeds a part of it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.components.common import services
from pages.components.server.framing import PARTS

HERE = Path(__file__).parent
ABOUT = (
    "It contains all settings, so it also works with the address of another lab. Runs that are"
    " missing there can be trained with one click."
)

FRAMES = (
    "A part shows in pages of this machine, such as a notebook or slides that a local server shows."
    " For pages elsewhere, turn on the limits for a public lab."
)
FRAMES_IN_PUBLIC = "A part shows in pages of any site; the whole lab does not."


def with_clipboard(script: Path) -> str:
    """A component's script, extended by a function `copy` that copies the text of a field."""
    parts = (HERE / "clipboard.js", script)
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)


_component = st.components.v2.component(
    "lab_share",
    html=(
        '<div class="link" hidden><input readonly aria-label="Link to this page">'
        '<button type="button">Copy link</button></div>'
        '<div class="embed" hidden><p>Or show one part of it in another page:</p>'
        '<div class="parts" role="group" aria-label="Part to embed"></div>'
        '<div class="link"><input readonly aria-label="Code to embed">'
        '<button type="button">Copy code</button></div></div><p role="status"></p>'
    ),
    css=(HERE / "share.css").read_text(encoding="utf-8"),
    js=with_clipboard(HERE / "share.js"),
)


def share_button(page: str) -> None:
    """Draw the button that opens the link.

    Args:
        page: its title.

    It sends nothing to the server: a popover that reports its closing would do so while the visitor
    leaves the page, and Streamlit would draw a fragment of the previous page.
    """
    with st.popover("Share", icon=":material/link:", type="tertiary", key="share"):
        st.markdown("This link opens the page as it is now.")
        # Not a dictionary: for one of these, or a list, Streamlit imports pandas (0.3 s).
        _component(key="share-link", data={"parts": tuple(PARTS.get(page, {}).items())})
        st.caption(ABOUT)
        if page in PARTS:
            st.caption(FRAMES if services.trainer().limits.changes_library else FRAMES_IN_PUBLIC)
