"""The headline: the state of the page in one sentence."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.diagnostics.findings import Tone


def headline(first: str, rest: str = "", tone: Tone = "neutral") -> None:
    """Draw a sentence whose first words name the state.

    Args:
        first: such as "It works.", bold and in the tone's colour.
        rest: the rest of the sentence.
        tone: whether the state is good; never the only sign of it.
    """
    st.html(
        f'<p class="lab-headline" role="status"><b class="lab-tone-{tone}">{escape(first)}</b>'
        f" {escape(rest)}</p>"
    )
