"""What can be done with the selected runs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.comparing.comparison import MOST_RUNS, link_query
from core.store.run_summary import RunSummary
from pages.shared.comparing import controls as comparing
from pages.shared.export import export_button
from pages.shared.page import PAGES
from pages.shared.shelf import deleting


def actions(chosen: Sequence[RunSummary]) -> None:
    """Draw a row of buttons; before a selection, how to make one."""
    if not chosen:
        st.caption("Select runs in the first column to open, compare, export or delete them.")
        return
    variants = [one.variant for one in chosen]
    if len(chosen) == 1:
        if st.button("Open in the lab", icon=":material/science:", type="primary"):
            st.switch_page(PAGES["Lab"], query_params=variants[0].to_query())
        query = comparing.query_with(variants[0])
    else:
        query = link_query(variants)
    if st.button(
        "Compare",
        icon=":material/compare_arrows:",
        disabled=len(chosen) > MOST_RUNS,
        help=f"Up to {MOST_RUNS} runs side by side",
    ):
        st.switch_page(PAGES["Compare"], query_params=query)
    export_button(variants, key="library-export")
    deleting.button(chosen)
    st.caption(f"{len(chosen)} selected", width="content")
