"""Parts of pages that other sites may show in a frame: `?view=curve` and the like.

A part has no navigation and no button that changes anything, and its links open the lab in a new
window: a site that frames it cannot redirect a visitor's clicks to anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode

import streamlit as st
from streamlit import config

from core.views.url_codec import refusal

# The parameter of a link.
VIEW = "view"
# The parts that can be shown alone, by page title, as in Share.
PARTS: dict[str, dict[str, str]] = {
    "Lab": {"curve": "Curve", "digits": "Digits"},
    "Compare": {"curve": "Curve", "digits": "Digits"},
    "Matrix": {"map": "Map"},
}


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


def may_be_framed(path: str, query: str) -> bool:
    """Whether an address shows only a part.

    Args:
        path: path of the request as sent; for any other spelling Streamlit shows the first page.
        query: its query string.
    """
    base = config.get_option("server.baseUrlPath").strip("/")
    parts = {f"/{base}/{page.lower()}".replace("//", "/"): parts for page, parts in PARTS.items()}
    views = parse_qs(query, keep_blank_values=True).get(VIEW, [])
    return len(views) == 1 and views[0] in parts.get(path, {})


def link_to_page(page: str, query: Mapping[str, str]) -> None:
    """Draw the link from a part to the whole page, which opens in a new window."""
    st.caption(f"[Open in Autoencoder Lab]({page.lower()}?{urlencode(query)})")
