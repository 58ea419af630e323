"""The headline of the Library page."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from core import environment
from core.limits import MEGABYTE
from core.store import image_set_sizes
from core.store.run_summary import RunSummary
from pages.components.common import dataset_choices
from pages.components.common.headline import headline
from pages.components.common.navigation import PAGES
from pages.components.library import list_controls
from pages.components.library.delete_runs import counted


def headline_row(summaries: Collection[RunSummary], listed: Sequence[RunSummary]) -> None:
    """Draw the headline: the number of runs, and their size on disk.

    Args:
        summaries: the summaries of all runs.
        listed: the summaries of the listed runs.
    """
    if not summaries:
        headline("No runs yet.", "Runs trained in the lab appear here.")
        st.page_link(PAGES["Lab"], label="Open the lab", icon=":material/science:", width="content")
        return
    here = [one for one in summaries if not one.shipped]
    images = sum(map(image_set_sizes.size_of, dataset_choices.own())) / MEGABYTE
    used = sum(one.bytes for one in here) / MEGABYTE + images
    by_images = f", {images:.0f} MB of it by your images" if images else ""
    if not listed:
        headline("No run matches.", f"The library has {counted(len(summaries))}.")
        st.button(
            "Show all", icon=":material/close:", on_click=list_controls.clear, key="library-all"
        )
        return
    count = (
        f"{len(listed):,} of {len(summaries):,}" if len(listed) < len(summaries) else len(listed)
    )
    noun = "run" if len(summaries) == 1 else "runs"
    headline(
        f"{count} {noun}.",
        f"{len(here):,} trained here, {len(summaries) - len(here):,} shipped with the lab.",
    )
    st.caption(
        f"{used:.0f} of {environment.cache_megabytes():g} MB used{by_images}. When the library is"
        " full, the weights of the least recently opened runs are deleted first, then whole runs."
    )
