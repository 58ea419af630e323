"""Search, filters, order and page of the list: from the link or the widgets, and to the link."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import streamlit as st

from core.store.run_summary import RunSummary
from core.text.labels import SETTING_TITLES
from core.views.library.library_order import order_label
from core.views.library.library_query import (
    LONGEST_SEARCH,
    ORIGIN,
    VERDICT,
    Query,
    choices,
    sorted_by,
)
from pages.components.common import address_bar

NAMES = {**SETTING_TITLES, VERDICT: "Verdict", ORIGIN: "Origin"}
SEARCH = "library-search"
# Offered in "Order"; the table's headers give every other order.
USUAL_ORDERS = (
    *("used", "created", "-created", "mse", "-mse", "ssim", "-ssim", "verdict", "name"),
    *("seconds", "-seconds", "bytes"),
)
# Session state: what is asked for, what this session wrote to the URL, and what of the link was not
# understood. Streamlit forgets the widgets of a page that is left.
ASKED = "library-asked"
WRITTEN = "library-written"
IGNORED = "library-ignored"


def adopt() -> list[str]:
    """Take over what the link asks for where it is news; before any widget is drawn.

    A URL that this session has written is no news: a click may overtake it on its way to the
    browser. Coming from another page, it is; without one all is as it was.

    Returns:
        One sentence for each part of the link that was not understood.
    """
    query = st.query_params.to_dict()
    written = st.session_state.get(WRITTEN, []) if SEARCH in st.session_state else []
    if ASKED not in st.session_state or query not in [{}, *written]:
        asked, problems = Query.from_query(query)
        st.session_state[IGNORED] = [str(problem) for problem in problems]
        st.session_state[WRITTEN] = [query]
        st.session_state[ASKED] = asked
    return list(st.session_state[IGNORED])


def query() -> Query:
    """What is asked for now."""
    asked: Query = st.session_state[ASKED]
    return asked


def write() -> None:
    """Put it into the URL."""
    address_bar.write(query().to_query(), WRITTEN)


def hold(key: str, value: Any) -> str:
    """The key of a widget, which from now on holds this value."""
    # A value that is set again would be sent to a browser that may have moved on.
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return key


def follow(key: str, field: str) -> Callable[[], None]:
    """For a widget's `on_change`: what is asked for takes its value; another list opens at 1."""

    def change() -> None:
        changes = {"page": 1, field: st.session_state[key]}
        st.session_state[ASKED] = replace(query(), **changes)

    return change


def controls(summaries: Iterable[RunSummary]) -> None:
    """Draw the widgets.

    Args:
        summaries: of all runs; only settings in which they differ can be filtered by.
    """
    st.text_input(
        "Search",
        value=query().search,
        key=hold(SEARCH, query().search),
        on_change=follow(SEARCH, "search"),
        max_chars=LONGEST_SEARCH,
        placeholder="softmax MSE black",
        help="Lists the runs whose settings, verdict or origin contain every word.",
        width=260,
    )
    count = len(query().filters)
    label = f"Filter ({count})" if count else "Filter"
    with st.popover(label, icon=":material/filter_list:", key="library-filter"):
        _filters(summaries)
        st.button("Clear", icon=":material/close:", on_click=clear, key="library-clear-filters")
    orders = list(dict.fromkeys([*USUAL_ORDERS, query().sort]))
    st.selectbox(
        "Order",
        orders,
        index=orders.index(query().sort),
        format_func=order_label,
        key=hold("library-sort", query().sort),
        on_change=follow("library-sort", "sort"),
        help="Sorts the whole list. Clicking a column heading does the same.",
        width=240,
    )


def sort_by(name: str) -> None:
    """Ask for the order of a column, or for the opposite of it; for a callback.

    Args:
        name: a key of `core.views.library.library_order.SORTS`.
    """
    st.session_state[ASKED] = sorted_by(query(), name)


def clear() -> None:
    """Ask for all runs again; for a callback."""
    st.session_state[ASKED] = Query(sort=query().sort)


def _filters(summaries: Iterable[RunSummary]) -> None:
    available = choices(summaries)
    # A link may ask for what no run here has: it is shown, so that it can be taken away.
    for name, asked in query().filters.items():
        available[name] = list(dict.fromkeys([*available.get(name, []), *asked]))
    columns = st.columns(2)
    for place, (name, values) in enumerate(available.items()):
        chosen = list(query().filters.get(name, ()))
        columns[place % 2].multiselect(
            NAMES[name],
            values,
            default=chosen,
            key=hold(_key(name), chosen),
            on_change=_choose,
            args=(name,),
            placeholder="any",
        )
    if not available:
        st.caption("All runs have the same settings.")


def _choose(name: str) -> None:
    filters = {**query().filters, name: tuple(st.session_state[_key(name)])}
    left = {name: values for name, values in filters.items() if values}
    st.session_state[ASKED] = replace(query(), filters=left, page=1)


def _key(name: str) -> str:
    return f"library-filter-{name}"
