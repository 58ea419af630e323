"""What is compared: read from the link and changed by the widgets, written back to the link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from core.variant import Variant
from core.views.compare.comparison import MOST_RUNS, Comparison
from pages.components.common import address_bar
from pages.components.common.comparison_link import VIEW

# Session state: what this session wrote to the URL, and what of the link was not understood.
WRITTEN = "compare-written"
IGNORED = "compare-ignored"


def adopt() -> tuple[Comparison, list[str]]:
    """The comparison that the link asks for, or as it was last; before any widget is drawn.

    On this page a URL that this session has written is no news: a click may overtake it on its way
    to the browser. Coming from another page, it is; without one all is as it was.

    Returns:
        The comparison, and one sentence for each part of the link that was not understood.
    """
    query = st.query_params.to_dict()
    # Streamlit forgets the widgets of a page that is left; one of these is always drawn here.
    stays = any(key in st.session_state for key in ("compare-play", "compare-example-0-open"))
    written = st.session_state.get(WRITTEN, []) if stays else []
    if VIEW not in st.session_state or query not in [{}, *written]:
        view, problems = Comparison.from_query(query)
        st.session_state[IGNORED] = [str(problem) for problem in problems]
        st.session_state[WRITTEN] = [query]
        st.session_state[VIEW] = view
    return current(), st.session_state[IGNORED]


def current() -> Comparison:
    """The comparison now; in a fragment it may be newer than the page around it."""
    view: Comparison = st.session_state[VIEW]
    return view


def write() -> None:
    """Put the comparison into the URL."""
    address_bar.write(current().to_query(), WRITTEN)


def change(**changes: Any) -> None:
    """Change parts of the comparison; in a callback, or before the widgets are drawn."""
    st.session_state[VIEW] = replace(current(), **changes)


def follow(field: str) -> Callable[[], None]:
    """For a widget's `on_change`: the comparison takes what the widget of a field holds."""
    return lambda: change(**{field: st.session_state[key(field)]})


def hold(field: str) -> str:
    """The key of a field's widget, which from now on holds what the comparison says."""
    # A value that is set again would be sent to a browser that may have moved on.
    if st.session_state.get(key(field)) != getattr(current(), field):
        st.session_state[key(field)] = getattr(current(), field)
    return key(field)


def add(*variants: Variant) -> None:
    """Let more runs join, as far as there is room; none of them twice."""
    joined = dict.fromkeys([*current().variants, *variants])
    change(variants=tuple(joined)[:MOST_RUNS])


def remove(variant: Variant) -> None:
    """Take a run away."""
    change(variants=tuple(other for other in current().variants if other != variant))


def key(field: str) -> str:
    """The widget of a field of the comparison, in the session state."""
    return f"compare-{field}"
