"""Search, filters and order of the list."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from core.matrix.matrix_view import AXIS_NAMES
from core.shelf import ORIGIN, SORTS, VERDICT, Query, choices
from core.store.run_summary import RunSummary

NAMES = {**AXIS_NAMES, VERDICT: "Verdict", ORIGIN: "Origin"}
SEARCH = "library-search"
SORT = "library-sort"


def query() -> Query:
    """What the widgets ask for; before they are drawn as well."""
    filters = {name: tuple(st.session_state.get(_key(name), ())) for name in NAMES}
    return Query(
        search=st.session_state.get(SEARCH, ""),
        filters=filters,
        sort=st.session_state.get(SORT, "used"),
    )


def controls(summaries: Iterable[RunSummary]) -> None:
    """Draw the widgets.

    Args:
        summaries: of all runs; only settings in which they differ can be filtered by.
    """
    st.text_input(
        "Search",
        key=SEARCH,
        placeholder="softmax MSE black",
        help="Words that settings, verdict or origin of a run must all have.",
        width=260,
    )
    available = choices(summaries)
    count = sum(bool(values) for values in query().filters.values())
    label = f"Filter ({count})" if count else "Filter"
    with st.popover(label, icon=":material/filter_list:", key="library-filter"):
        columns = st.columns(2)
        for place, (name, values) in enumerate(available.items()):
            # A choice that no run has any more is no choice.
            kept = [value for value in st.session_state.get(_key(name), ()) if value in values]
            st.session_state[_key(name)] = kept
            columns[place % 2].multiselect(NAMES[name], values, key=_key(name), placeholder="any")
        if not available:
            st.caption("All runs have the same settings.")
        st.button("Clear", icon=":material/close:", on_click=clear, key="library-clear-filters")
    st.selectbox(
        "Order",
        list(SORTS),
        format_func=lambda name: SORTS[name][0],
        key=SORT,
        width=200,
    )


def clear() -> None:
    """Ask for all runs again; for a callback."""
    st.session_state[SEARCH] = ""
    for name in NAMES:
        st.session_state[_key(name)] = []


def _key(name: str) -> str:
    return f"library-filter-{name}"
