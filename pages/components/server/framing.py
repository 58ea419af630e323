"""Framing: the addresses that other sites may show in a frame, each a part of a page."""

from __future__ import annotations

from urllib.parse import parse_qs

from streamlit import config

# The parameter of a link.
VIEW = "view"
# The parts that can be shown alone, by page title, as in Share.
PARTS: dict[str, dict[str, str]] = {
    "Lab": {"curve": "Curve", "digits": "Digits"},
    "Compare": {"curve": "Curve", "digits": "Digits"},
    "Matrix": {"map": "Map"},
}


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
