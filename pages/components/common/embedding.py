"""Parts of pages that other sites may show in a frame: `?view=curve` and the like.

A part has no navigation and no button that changes anything, and its links open the lab in a new
window: a site that frames it cannot redirect a visitor's clicks to anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from core.views.url_codec import refusal
from pages.components.server.framing import PARTS, VIEW


def split(page: str, query: Mapping[str, str]) -> tuple[str, dict[str, str], list[str]]:
    """Split a link's query into the part and the rest.

    Args:
        page: the page's title.
        query: the link's query.

    Returns:
        The part, "" for the whole page; the rest of the query; and a sentence if the link names a
        part that the page does not have.
    """
    parts = PARTS.get(page)
    if not parts or VIEW not in query:
        return "", dict(query), []
    rest = {name: text for name, text in query.items() if name != VIEW}
    if query[VIEW] in parts:
        return query[VIEW], rest, []
    return "", rest, [str(refusal(VIEW, query[VIEW], ", ".join(parts)))]


def link_to_page(page: str, query: Mapping[str, str]) -> None:
    """Draw the link from a part to the whole page, which opens in a new window."""
    st.caption(f"[Open in Autoencoder Lab]({page.lower()}?{urlencode(query)})")
