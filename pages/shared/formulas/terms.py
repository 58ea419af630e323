"""Terms: the whole glossary, to search."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from core.glossary import Term, matching
from core.losses_view import LONGEST_SEARCH, LossesView
from pages.shared.formulas.controls import key
from pages.shared.headline import headline


def draw(view: LossesView) -> None:
    """Draw the section."""
    found = matching(view.find)
    st.text_input(
        "Find a term",
        value=st.session_state[key("find")],
        key=key("find"),
        max_chars=LONGEST_SEARCH,
        placeholder="such as floor, logits or BCE",
        width=320,
    )
    if not found:
        headline("No such term.", "Clear the field to see them all.")
    for place, (group, terms) in enumerate(groupby(found, key=lambda term: term.group)):
        st.subheader(group, anchor=f"terms-{place}")
        for term in terms:
            st.markdown(_line(term))


def _line(term: Term) -> str:
    also = f" ({', '.join(term.also)})" if term.also else ""
    source = f" [{term.source.title}]({term.source.url})" if term.source else ""
    return f"**{term.name}**{also}: {term.help}{source}"
