"""Share: the link to the current state of the page, with a button that copies it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
ABOUT = (
    "It contains all settings, so it also works with the address of another lab. Runs that are"
    " missing there can be trained with one click."
)


def with_clipboard(script: Path) -> str:
    """A component's script, extended by a function `copy` that copies the text of a field."""
    parts = (HERE / "clipboard.js", script)
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)


_component = st.components.v2.component(
    "lab_share",
    html=(
        '<div class="link" hidden><input readonly aria-label="Link to this page">'
        '<button type="button">Copy link</button></div><p role="status"></p>'
    ),
    css=(HERE / "share.css").read_text(encoding="utf-8"),
    js=with_clipboard(HERE / "share.js"),
)


def share_button() -> None:
    """Draw the button that opens the link.

    It sends nothing to the server: a popover that reports its closing would do so while the visitor
    leaves the page, and Streamlit would draw a fragment of the previous page.
    """
    with st.popover("Share", icon=":material/link:", type="tertiary", key="share"):
        st.markdown("This link opens the page as it is now.")
        _component(key="share-link")
        st.caption(ABOUT)
