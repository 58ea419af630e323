"""The address bar: what a page writes there, and remembers to have written."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

MOST_REMEMBERED = 50


def write(query: Mapping[str, str], written: str) -> None:
    """Put a query into the URL, unless it stands there.

    Args:
        query: complete.
        written: key of the session state's list of what this session wrote; a URL that is in it is
            no news when it comes back from the browser.
    """
    if query != st.query_params.to_dict():
        remembered = st.session_state[written][-MOST_REMEMBERED:]
        st.session_state[written] = [*remembered, query]
        st.query_params.from_dict(query)
