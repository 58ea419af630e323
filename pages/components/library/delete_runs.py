"""Deletion of runs, with confirmation, and undo until the visitor leaves the page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.errors import LimitExceeded, StoreUnavailable
from core.store.run_summary import RunSummary
from pages.components.common import services
from pages.components.common.notices import notices
from pages.components.library.list_controls import SEARCH

# Session state: keys of runs in the trash, and the last error.
DELETED = "library-deleted"
REFUSAL = "library-delete-refusal"


def settle() -> None:
    """Permanently remove runs that were deleted during an earlier visit to the page."""
    # Streamlit drops the widgets of a page that the visitor leaves.
    if SEARCH not in st.session_state and (keys := st.session_state.pop(DELETED, [])):
        try:
            services.store().purge(keys)
        except StoreUnavailable as problem:  # the trash is emptied later anyway
            st.session_state[REFUSAL] = str(problem)


def button(chosen: Sequence[RunSummary]) -> None:
    """Draw the button for the selected runs; shipped ones cannot be deleted."""
    keys = [one.key for one in chosen if not one.shipped]
    if refusal := _refusal(keys):
        st.button(
            "Delete", icon=":material/delete:", key="library-cannot", disabled=True, help=refusal
        )
        return
    with st.popover("Delete", icon=":material/delete:", key="library-delete"):
        st.markdown(f"Delete {counted(len(keys))}?")
        if len(keys) < len(chosen):
            st.caption("Runs shipped with the lab are kept.")
        st.caption("You can undo this until you leave the page.")
        st.button("Delete", type="primary", key="library-sure", on_click=_delete, args=(keys,))


def offer_undo() -> None:
    """Show the runs deleted during this visit, with an undo button."""
    if refusal := st.session_state.pop(REFUSAL, None):
        notices([refusal], "Store")
    if keys := st.session_state.get(DELETED):
        with st.container(horizontal=True, vertical_alignment="center", key="library-undo-row"):
            st.markdown(f"{counted(len(keys)).capitalize()} deleted.", width="content")
            st.button("Undo", icon=":material/undo:", key="library-undo", on_click=_undo)


def counted(number: int) -> str:
    """ "1 run", "2 runs"."""
    return f"{number:,} run" + ("s" if number != 1 else "")


def _refusal(keys: Sequence[str]) -> str:
    """Why nothing can be deleted; "" if the runs can."""
    if not keys:
        return "Runs shipped with the lab cannot be deleted."
    if not services.store().writable:
        return "The folder of runs is not writable."
    try:
        services.trainer().limits.check_change()
    except LimitExceeded as limit:
        return str(limit)
    return ""


def _delete(keys: Sequence[str]) -> None:
    gone = list(st.session_state.get(DELETED, []))
    try:
        gone.extend(key for key in keys if services.store().delete(key))
    except StoreUnavailable as problem:
        st.session_state[REFUSAL] = str(problem)
    st.session_state[DELETED] = gone


def _undo() -> None:
    left = []
    for key in st.session_state.pop(DELETED, []):
        try:
            services.store().restore(key)
        except StoreUnavailable as problem:
            st.session_state[REFUSAL] = str(problem)
            left.append(key)
    if left:
        st.session_state[DELETED] = left
