"""The link to a page: read into the widgets' state, written back when a widget changes it.

The widgets are not bound to the URL by Streamlit: it erases an invalid value without a word, and
leaves out what equals a widget's default, which here depends on other settings. What is written
here is complete, so the address bar is the link to share.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.variant import FIELDS, Variant, format_value
from core.view import VIEW_FIELDS, View

# Session state: what this session wrote to the URL, the settings of the last run of the script,
# and what of the link was not understood.
WRITTEN = "link-written"
REMEMBERED = "link-remembered"
IGNORED = "link-ignored"


def adopt() -> list[str]:
    """Take over the URL's settings where they are news; the first call of a page with settings.

    A URL that this session has written is no news: a click may overtake it on its way to the
    browser. Where the visitor comes back from another page, the settings are as they were.

    Returns:
        One sentence for each part of the link that was not understood and is ignored.
    """
    query = st.query_params.to_dict()
    is_back = "activation" not in st.session_state
    if is_back and not query:
        query = st.session_state.get(REMEMBERED, {})
    elif not is_back and query in [{}, *st.session_state.get(WRITTEN, [])]:
        return st.session_state.get(IGNORED, [])
    variant, problems = Variant.from_query(query)
    view, view_problems = View.from_query(query)
    set_widgets(variant)
    for field in VIEW_FIELDS:
        st.session_state[field] = getattr(view, field)
    unknown = sorted(set(query) - {*FIELDS, *VIEW_FIELDS})
    st.session_state[IGNORED] = [
        *(str(problem) for problem in (*problems, *view_problems)),
        *(f"There is no setting {name[:40]!r}." for name in unknown),
    ]
    return st.session_state[IGNORED]


def set_widgets(variant: Variant) -> None:
    """Let the settings' widgets show these; before they are drawn, or in a callback."""
    for field in FIELDS:
        st.session_state[field] = widget_value(field, getattr(variant, field))


def widget_value(field: str, value: Any) -> Any:
    """A setting's value as its widget holds it."""
    return format_value(value) if field == "layers" else value


def write(variant: Variant, view: View) -> None:
    """Put settings and view into the URL, and remember them for the way back to this page."""
    query = {**variant.to_query(), **view.to_query()}
    if query != st.session_state.get(REMEMBERED):
        written = st.session_state.get(WRITTEN, [])
        st.session_state[WRITTEN] = [*written[-50:], query]
        st.session_state[REMEMBERED] = query
    if query != st.query_params.to_dict():
        st.query_params.from_dict(query)
