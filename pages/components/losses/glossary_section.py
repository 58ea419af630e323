"""The section "Terms": the whole glossary, with a search."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

import streamlit as st

from core.text.glossary import Term, matching
from core.views.losses.losses_view import MAX_SEARCH_LENGTH, LossesView
from pages.components.common.headline import headline
from pages.components.losses.figures import source_link
from pages.components.losses.losses_link import key


def draw(view: LossesView) -> None:
    """Draw the section."""
    matches = matching(view.find)
    st.text_input(
        "Find a term",
        value=st.session_state[key("find")],
        key=key("find"),
        max_chars=MAX_SEARCH_LENGTH,
        placeholder="such as floor, logits or BCE",
        width=320,
    )
    with st.container(key="losses-no-term"):
        if not matches:
            headline("No such term.", "Clear the field to see them all.")
    groups = [(title, list(terms)) for title, terms in groupby(matches, key=lambda t: t.group)]
    columns = st.columns(2, gap="large")
    placed = 0
    for title, terms in groups:
        with columns[0 if placed < len(matches) / 2 else 1]:
            st.subheader(title)
            st.html(terms_html(terms))
        placed += len(terms)


def terms_html(terms: Sequence[Term]) -> str:
    """Terms and definitions as a description list, with classes of `lab.css`."""
    return f'<dl class="lab-terms">{"".join(_entry(term) for term in terms)}</dl>'


def _entry(term: Term) -> str:
    short = f" <small>{escape(term.short)}</small>" if term.short else ""
    source = f" {source_link(term.source)}" if term.source else ""
    return f"<dt>{escape(term.name)}{short}</dt><dd>{escape(term.help)}{source}</dd>"
