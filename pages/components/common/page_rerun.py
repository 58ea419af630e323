"""Reruns of the whole page that a fragment requests, because something it watches has changed.

While a dialog is open they wait: Streamlit 1.67 redraws an open dialog in every run of the page,
and an upload in progress there would be lost.
"""

from __future__ import annotations

import streamlit as st

# Session state: the last page drawn.
DRAWN_PAGE = "drawn-page"
# The page with an open dialog, which can be left by the browser's Back button.
DIALOG_PAGE = "dialog-page"


def is_dialog_open() -> bool:
    """Whether this session's page has a dialog open."""
    page = st.session_state.get(DIALOG_PAGE)
    return page is not None and page == st.session_state.get(DRAWN_PAGE)


def set_dialog_open(is_open: bool) -> None:
    """Record that a dialog was opened or closed; closing it reruns the page."""
    st.session_state[DIALOG_PAGE] = st.session_state.get(DRAWN_PAGE) if is_open else None


def rerun_page() -> None:
    """Rerun the whole page, unless a dialog is open."""
    if not is_dialog_open():
        st.rerun()
