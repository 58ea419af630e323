"""Widgets in a popover, which ignore what a page sets while it is closed.

A browser that has opened and closed a popover keeps the values of its widgets, and sends them back
with the next click, whatever a remedy, a link or the Back button has set since. It forgets widgets
that a full run of the page did not draw, so they are omitted once and drawn again a moment later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import streamlit as st

from pages.components.common.page_rerun import is_dialog_open

AFTER_SECONDS = 0.3
OMITTED = "left out"


class ClosedPopover:
    """The widgets of one page's popovers; one object for all sessions.

    Args:
        name: the name of the page, for the session state.
        is_inside: whether the widget with a key is in one of the popovers.
    """

    def __init__(self, name: str, is_inside: Callable[[str], bool]) -> None:
        self._flag = f"{name}-closed-popover"
        self._is_inside = is_inside

    def forget(self) -> None:
        """Omit the widgets once; call it in a callback, or before they are drawn."""
        st.session_state[self._flag] = True

    @contextmanager
    def forgetting_changes(self) -> Iterator[None]:
        """Forget the widgets if the block sets one of them to another value."""
        before = self._values()
        yield
        after = self._values()
        if any(after.get(key) != value for key, value in before.items()):
            self.forget()

    def is_forgetting(self) -> bool:
        """Whether the widgets are omitted in this run; their values are kept."""
        if not st.session_state.get(self._flag):
            return False
        for key, value in self._values().items():
            st.session_state[key] = value
        return True

    def draw_again(self) -> None:
        """Redraw the widgets in a moment; call it at the end of a page, outside any fragment."""
        if st.session_state.get(self._flag):
            st.fragment(self._draw_again, run_every=AFTER_SECONDS)()

    def _draw_again(self) -> None:
        # The first call is part of the page that omits the widgets, the second comes later.
        if st.session_state.get(self._flag) == OMITTED and not is_dialog_open():
            del st.session_state[self._flag]
            st.rerun()
        st.session_state[self._flag] = OMITTED

    def _values(self) -> Mapping[str, Any]:
        keys = [key for key in st.session_state if isinstance(key, str) and self._is_inside(key)]
        return {key: st.session_state[key] for key in keys}
