"""A visitor's own image sets: a list, and deletion of a set with its runs."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from core.data import image_sets
from core.errors import StoreUnavailable
from core.limits import MEGABYTE
from core.store import image_set_sizes
from core.store.image_set_removal import remove_image_set
from pages.components.common import dataset_choices, services
from pages.components.common.notices import notices
from pages.components.library.delete_runs import counted
from pages.components.server import image_set_expiry

# Session state: badge and sentence on the last deletion.
OUTCOME = "library-images-outcome"
DELETED, REMOVED = "Deleted", "Removed"


def button() -> None:
    """Draw the button that lists the image sets; nothing if there are none."""
    names = dataset_choices.own()
    with st.container(key="library-images-box", width="content"):
        if names:
            with st.popover("Your images", icon=":material/photo_library:", key="library-images"):
                _sets(names)


def outcome() -> None:
    """Show the result of the last deletion."""
    if said := st.session_state.pop(OUTCOME, None):
        word, sentence = said
        notices([sentence], word, is_good=word in (DELETED, REMOVED))


def _sets(names: list[str]) -> None:
    runs = Counter(one.variant.dataset for one in services.store().summaries())
    for name in names:
        info = image_sets.info_of(name)
        size = image_set_sizes.size_of(name) / MEGABYTE
        st.markdown(f"**{info.label}**")
        st.caption(
            f"{info.training_count + info.held_out_count:,} images, {size:.1f} MB,"
            f" {counted(runs[name])}"
        )
        st.button(
            "Delete with its runs",
            icon=":material/delete:",
            key=f"library-delete-{name}",
            on_click=_delete,
            args=(name,),
        )
    seconds = services.trainer().limits.image_set_seconds
    others = "" if seconds is None else f" If another page or browser has them, {_stay(seconds)}"
    st.caption(f"This cannot be undone: the images are removed from this lab.{others}")


def _stay(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"they stay until {minutes} minutes after the last page with them was closed."


def _delete(name: str) -> None:
    """Delete a set; on a public host only from this visitor's list while others have it.

    Whoever has a set's link or the same file has the set.
    """
    label = image_sets.info_of(name).label
    seconds = services.trainer().limits.image_set_seconds
    if seconds is not None and image_set_expiry.is_held_elsewhere(name, services.browser()):
        dataset_choices.forget(name)
        st.session_state[OUTCOME] = (
            REMOVED,
            f"{label} is no longer in your list. Another page or browser has these images and their"
            f" runs: {_stay(seconds)}",
        )
        return
    try:
        runs = remove_image_set(services.store(), name)
    except StoreUnavailable as problem:
        st.session_state[OUTCOME] = "Store", str(problem)
        return
    dataset_choices.forget(name)
    image_set_expiry.release(name)
    st.session_state[OUTCOME] = DELETED, f"{label} and {counted(runs)}."
