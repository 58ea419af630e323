"""The widgets of the list: search, filters, order and page; kept in the link."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import streamlit as st

from core.store.run_summary import RunSummary
from core.text.labels import SETTING_TITLES
from core.views.library.library_order import order_label
from core.views.library.library_query import (
    MAX_SEARCH_LENGTH,
    ORIGIN,
    VERDICT,
    Query,
    choices,
    sorted_by,
)
from pages.components.common.closed_popover import ClosedPopover
from pages.components.common.url_state import UrlState, hold

NAMES = {**SETTING_TITLES, VERDICT: "Verdict", ORIGIN: "Origin"}
SEARCH = "library-search"
# The orders in "Order"; the table's headers offer all others.
COMMON_ORDERS = (
    *("used", "created", "-created", "mse", "-mse", "ssim", "-ssim", "verdict", "name"),
    *("seconds", "-seconds", "bytes"),
)
FILTER = "library-filter-"
LIST = UrlState(
    "Library",
    Query,
    prefix="library-",
    popover=ClosedPopover("library", lambda key: key.startswith(FILTER)),
)


def query() -> Query:
    """The current query."""
    return LIST.now


def follow(key: str, field: str) -> Callable[[], None]:
    """An `on_change` callback that sets a field of the query, and returns to page 1."""

    def change() -> None:
        LIST.change(**{"page": 1, field: st.session_state[key]})

    return change


def controls(summaries: Iterable[RunSummary]) -> None:
    """Draw the widgets.

    Args:
        summaries: the summaries of all runs; settings in which they differ are offered as filters.
    """
    st.text_input(
        "Search",
        value=query().search,
        key=hold(SEARCH, query().search),
        on_change=follow(SEARCH, "search"),
        max_chars=MAX_SEARCH_LENGTH,
        placeholder="softmax MSE black",
        help="Lists the runs whose settings, verdict or origin contain every word.",
        width=260,
    )
    count = len(query().filters)
    label = f"Filter ({count})" if count else "Filter"
    with st.popover(label, icon=":material/filter_list:", key="library-filter"):
        with LIST.popover.forgetting_changes():
            filters = _filters(summaries)
        if not LIST.popover.is_forgetting():
            _draw(filters)
        st.button("Clear", icon=":material/close:", on_click=clear, key="library-clear-filters")
    orders = list(dict.fromkeys([*COMMON_ORDERS, query().sort]))
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
    """Callback: sort by a column, or reverse that order.

    Args:
        name: a key of `core.views.library.library_order.SORTS`.
    """
    LIST.take(sorted_by(query(), name))


def clear() -> None:
    """Callback: reset the query."""
    LIST.take(Query(sort=query().sort))


def _filters(summaries: Iterable[RunSummary]) -> dict[str, list[str]]:
    """The values to filter by, by setting; their widgets are set to those of the query."""
    available = choices(summaries)
    # A link may filter by values that no run has: they are shown, so that they can be removed.
    for name, asked in query().filters.items():
        available[name] = list(dict.fromkeys([*available.get(name, []), *asked]))
    for name in available:
        hold(_key(name), list(query().filters.get(name, ())))
    return available


def _draw(available: Mapping[str, Sequence[str]]) -> None:
    columns = st.columns(2)
    for index, (name, values) in enumerate(available.items()):
        columns[index % 2].multiselect(
            NAMES[name],
            values,
            default=st.session_state[_key(name)],
            key=_key(name),
            on_change=_choose,
            args=(name,),
            placeholder="any",
        )
    if not available:
        st.caption("All runs have the same settings.")


def _choose(name: str) -> None:
    filters = {**query().filters, name: tuple(st.session_state[_key(name)])}
    left = {name: values for name, values in filters.items() if values}
    LIST.change(filters=left, page=1)


def _key(name: str) -> str:
    return f"{FILTER}{name}"
