"""The top row: a chip for each run, and "Add a run"."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core import diagnostics
from core.text import labels
from core.text.labels import value_label
from core.views.compare.comparison import MAX_RUNS
from pages.components.common import comparison_link
from pages.components.common.comparison_link import COMPARISON
from pages.components.common.navigation import PAGES
from pages.components.common.presenter import presenter
from pages.components.compare import add_run
from pages.components.compare.compared_runs import Entry


def top_row(entries: Sequence[Entry]) -> None:
    """Draw the row; while presenting, only what ends that."""
    present = COMPARISON.now.present and bool(entries)
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="compare-chips"
    ):
        for entry in () if present else entries:
            _chip(entry)
        if len(entries) < MAX_RUNS and not present:
            with st.popover("Add a run", icon=":material/add:", key="compare-add"):
                add_run.choose([entry.variant for entry in entries])
        if entries:
            st.space("stretch")
            presenter(COMPARISON, present=present)
            st.toggle(
                "Present",
                value=present,
                key=COMPARISON.hold("present"),
                on_change=COMPARISON.follow("present"),
            )


def _chip(entry: Entry) -> None:
    with st.popover(f"**{entry.letter}** {entry.name}", key=f"compare-chip-{entry.letter}"):
        scaled = value_label("normalization", entry.variant.normalization)
        st.markdown(f"{labels.other_settings(entry.variant)} · pixels {scaled}")
        if entry.run:
            verdict = diagnostics.verdict(entry.run)
            st.markdown(f"**{verdict.word}** {verdict.sentence}")
        with st.container(horizontal=True):
            st.page_link(
                PAGES["Lab"],
                label="Open in the lab",
                icon=":material/science:",
                query_params=entry.variant.to_query(),
                width="content",
            )
            st.button(
                f"Remove {entry.letter}",
                icon=":material/close:",
                key=f"compare-remove-{entry.letter}",
                on_click=comparison_link.remove,
                args=(entry.variant,),
            )
