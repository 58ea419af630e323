"""The link to the Compare page from other pages: the last comparison and one more run."""

from __future__ import annotations

import streamlit as st

from core.variant import Variant
from core.views.compare.comparison import MOST_RUNS, Comparison, link_query

# Session state: the comparison. Streamlit forgets the widgets of a page that is left.
VIEW = "compare-view"


def query_with(variant: Variant) -> dict[str, str]:
    """The link of another page to this one: the last comparison and one more run."""
    last: Comparison = st.session_state.get(VIEW, Comparison())
    others = [other for other in last.variants if other != variant]
    return link_query([*others[: MOST_RUNS - 1], variant])
