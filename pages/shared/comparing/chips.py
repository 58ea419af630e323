"""The top row: a chip for each run, another run to add, the link to share, what to take home."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from core import advice
from core.comparing.comparison import MOST_RUNS
from core.drawing.palette import Palette
from core.drawing.yardstick import LETTERS
from core.matrix.matrix_view import value_label
from pages.shared import settings
from pages.shared.comparing import adding, controls
from pages.shared.comparing.seen import Entry
from pages.shared.export import export_button
from pages.shared.page import PAGES


def top_row(entries: Sequence[Entry]) -> None:
    """Draw the row."""
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="compare-chips"
    ):
        for entry in entries:
            _chip(entry)
        if len(entries) < MOST_RUNS:
            with st.popover("Add a run", icon=":material/add:", key="compare-add"):
                adding.choose([entry.variant for entry in entries])
        st.space("stretch")
        if entries:
            with st.container(width="content", key="compare-share-place"):
                st.fragment(_share)()
        if runs := [entry.variant for entry in entries if entry.run]:
            export_button(runs, key="compare-export")


def styles(palette: Palette) -> str:
    """The colours of the chips, each that of its run's curve."""
    return "".join(
        f".st-key-compare-chip-{letter} button {{ border: 2px solid {colour}; }}"
        f".st-key-compare-chip-{letter} button strong {{ color: {colour}; margin-right: 4px; }}"
        for letter, colour in zip(LETTERS, palette.series, strict=True)
    )


def _chip(entry: Entry) -> None:
    with st.popover(f"**{entry.letter}** {entry.name}", key=f"compare-chip-{entry.letter}"):
        scaled = value_label("normalization", entry.variant.normalization)
        st.markdown(f"{settings.in_words(entry.variant)} · pixels {scaled}")
        if entry.run:
            verdict = advice.verdict(entry.run)
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
                on_click=controls.remove,
                args=(entry.variant,),
            )


def _share() -> None:
    popover = st.popover("Share", icon=":material/link:", key="compare-share", on_change="rerun")
    if popover.open:
        with popover:
            st.markdown("This link opens the same runs, digits and epoch on any lab.")
            st.code(full_link(), language=None, wrap_lines=True)
            st.caption("Runs that are missing there are trained with one click.")


def full_link() -> str:
    """The address of this view, complete."""
    return f"{st.context.url or ''}?{urlencode(controls.current().to_query())}"
