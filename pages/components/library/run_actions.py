"""The actions for the selected runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.store.run_summary import RunSummary
from core.views.compare.comparison import MAX_RUNS, link_query
from pages.components.common import comparison_link
from pages.components.common.export_menu import export_button
from pages.components.common.navigation import PAGES
from pages.components.library import delete_runs


def actions(chosen: Sequence[RunSummary]) -> None:
    """Draw a row of buttons; without a selection, a hint."""
    if not chosen:
        st.caption("Select runs in the first column to open, compare, export or delete them.")
        return
    variants = [one.variant for one in chosen]
    if len(chosen) == 1:
        _lead("Lab", "Open in the lab", ":material/science:", variants[0].to_query())
        _lead("Inside", "Look inside", ":material/scatter_plot:", variants[0].to_query())
    query = comparison_link.query_with(variants[0]) if len(chosen) == 1 else link_query(variants)
    _lead(
        "Compare",
        "Compare",
        ":material/compare_arrows:",
        query,
        disabled=len(chosen) > MAX_RUNS,
        help=f"Up to {MAX_RUNS} runs side by side",
    )
    export_button(chosen, key="library-export")
    delete_runs.button(chosen)
    st.caption(f"{len(chosen)} selected", width="content")


def _lead(
    page: str,
    label: str,
    icon: str,
    query: Mapping[str, str],
    *,
    disabled: bool = False,
    help: str | None = None,
) -> None:
    # A link, since `st.switch_page` may be lost while a fragment of this page reruns.
    with st.container(key=f"library-to-{page.lower()}", width="content"):
        st.page_link(
            PAGES[page],
            label=label,
            icon=icon,
            query_params=dict(query),
            disabled=disabled,
            help=help,
            width="content",
        )
