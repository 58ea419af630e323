"""The widgets behind "More settings", which a closed popover keeps from following the page.

What a remedy, a link or the Back button sets of them does not reach a browser that has opened the
popover before and closed it: with the next click it sends back what its widgets held. It forgets
those that a whole run of the page did not draw, so they are left out once and drawn again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import streamlit as st

from core.variant import FIELDS

# Session state: True when widgets are to be forgotten, "left out" once a run has done so.
FORGETTING = "lab-forgetting"
ALWAYS_DRAWN = ("activation", "loss", "normalization")
FIELDS_BEHIND = tuple(field for field in FIELDS if field not in ALWAYS_DRAWN)
AFTER_SECONDS = 0.3


def forget() -> None:
    """Leave the widgets out once; call it in a callback, or before they are drawn."""
    st.session_state[FORGETTING] = True


@contextmanager
def forgetting_changes() -> Iterator[None]:
    """Forget the widgets if the block sets one of them to another value."""
    before = _values()
    yield
    after = _values()
    if any(after.get(field) != value for field, value in before.items()):
        forget()


def is_forgetting() -> bool:
    """Whether the widgets are left out in this run; their values are kept."""
    if not st.session_state.get(FORGETTING):
        return False
    for field, value in _values().items():
        st.session_state[field] = value
    return True


def draw_again() -> None:
    """Draw the widgets again in a moment; call it outside of any fragment."""
    if st.session_state.get(FORGETTING):
        st.fragment(_draw_again, run_every=AFTER_SECONDS)()


def _draw_again() -> None:
    if st.session_state.get(FORGETTING) == "left out":
        del st.session_state[FORGETTING]
        st.rerun()
    st.session_state[FORGETTING] = "left out"


def _values() -> Mapping[str, Any]:
    return {f: st.session_state[f] for f in FIELDS_BEHIND if f in st.session_state}
