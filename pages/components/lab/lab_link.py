"""The link to a page: read into the widgets' state, written back when a widget changes it.

The widgets are not bound to the URL by Streamlit: it erases an invalid value without a word, and
leaves out what equals a widget's default, which here depends on other settings. What is written
here is complete, so the address bar is the link to share.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.variant import FIELDS, Variant, format_value
from core.views.lab.lab_view import VIEW_FIELDS, View
from pages.components.common import address_bar
from pages.components.common.setting_notes import Note, completed, refusals

# Session state: the URLs that this session has read or written, the settings of the last run of
# the script, what the widgets held then, and what else the visitor should know.
KNOWN = "link-known"
REMEMBERED = "link-remembered"
WIDGETS = "link-widgets"
NOTES = "link-notes"


def adopt() -> None:
    """Take over the URL's settings where they are news; the first call of a page with settings.

    A URL that this session has read or written is no news: a click may overtake the next one on
    its way to the browser. Where the visitor comes back from another page, the settings are as they
    were. Each part of the link that is not understood is ignored, and a note says so.
    """
    query = st.query_params.to_dict()
    is_back = "activation" not in st.session_state
    if is_back and not query:
        query = st.session_state.get(REMEMBERED, {})
    elif not is_back and query in [{}, *st.session_state.get(KNOWN, [])]:
        if texts() != st.session_state[WIDGETS]:
            forget_notes()
        st.session_state[WIDGETS] = texts()
        return
    forget_notes()
    st.session_state[KNOWN] = [*st.session_state.get(KNOWN, []), query]
    query, added = completed(query)
    variant, problems = Variant.from_query(query)
    view, view_problems = View.from_query(query)
    st.session_state[REMEMBERED] = {**variant.to_query(), **view.to_query()}
    set_widgets(variant)
    st.session_state[WIDGETS] = texts()
    for field in VIEW_FIELDS:
        st.session_state[field] = getattr(view, field)
    unknown = sorted(set(query) - {*FIELDS, *VIEW_FIELDS})
    ignored = refusals([*problems, *view_problems], variant, word="Ignored")
    st.session_state[NOTES] = [*added, *ignored]
    for name in unknown:
        add_note("Ignored", f"There is no setting {name[:40]!r}.")


def add_note(word: str, sentence: str) -> None:
    """Tell the visitor something that stays on the page until they change a setting.

    Args:
        word: for the badge before it.
        sentence: plain text.
    """
    st.session_state[NOTES] = [*notes(), Note(word=word, sentence=sentence)]


def notes() -> list[Note]:
    """What was noted, in order."""
    return list(st.session_state.get(NOTES, []))


def forget_notes() -> None:
    """Nothing is to be told any more."""
    st.session_state[NOTES] = []


def set_widgets(variant: Variant) -> None:
    """Let the settings' widgets show these; before they are drawn, or in a callback."""
    for field in FIELDS:
        st.session_state[field] = widget_value(field, getattr(variant, field))


def widget_value(field: str, value: Any) -> Any:
    """A setting's value as its widget holds it."""
    return format_value(value) if field == "layers" else value


def texts() -> dict[str, str]:
    """What the settings' widgets hold, allowed or not."""
    return {field: format_value(st.session_state[field]) for field in FIELDS}


def write(variant: Variant, view: View) -> None:
    """Put settings and view into the URL, and remember them for the way back to this page."""
    query = {**variant.to_query(), **view.to_query()}
    st.session_state[REMEMBERED] = query
    st.session_state[WIDGETS] = texts()
    address_bar.write(query, KNOWN)
