"""The address bar: what a page writes there, and remembers to have written; the link to share."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import streamlit as st

MOST_REMEMBERED = 50
# Session state: the query of the page as it was drawn last. The browser's own may lag behind.
LATEST = "address-latest"


def write(query: Mapping[str, str], written: str) -> None:
    """Put a query into the URL, unless it stands there.

    Args:
        query: complete.
        written: key of the session state's list of what this session wrote; a URL that is in it is
            no news when it comes back from the browser.
    """
    st.session_state[LATEST] = dict(query)
    if query != st.query_params.to_dict():
        remembered = st.session_state[written][-MOST_REMEMBERED:]
        st.session_state[written] = [*remembered, query]
        st.query_params.from_dict(query)


def share_button() -> None:
    """Draw the button behind which the link to the page stands, to be copied."""
    st.session_state[LATEST] = st.query_params.to_dict()
    with st.container(width="content", key="share-place"):
        st.fragment(_share)()


def _share() -> None:
    popover = st.popover(
        "Share", icon=":material/link:", type="tertiary", key="share", on_change="rerun"
    )
    if popover.open:
        with popover:
            st.markdown("This link opens the page as it is now.")
            st.code(_link(), language=None, wrap_lines=True)
            st.caption(
                "Another lab opens it too, with its own address in front: what follows holds the"
                " settings themselves. Runs that are missing there are trained with one click."
            )


def _link() -> str:
    here = urlsplit(st.context.url or "")
    return here._replace(path=here.path or "/", query=urlencode(st.session_state[LATEST])).geturl()
