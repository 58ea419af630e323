"""A finding: a badge, a sentence, and widgets of the page beside the badge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import streamlit as st

from core.diagnostics import Severity

Colour = Literal["red", "orange", "grey", "green"]
BADGES: dict[Severity, tuple[Colour, str]] = {
    "fault": ("red", ":material/error:"),
    "warning": ("orange", ":material/warning:"),
    "note": ("grey", ":material/info:"),
    "fit": ("green", ":material/check:"),
}


@contextmanager
def finding_box(severity: Severity, title: str, sentence: str) -> Iterator[None]:
    """Draw a finding; the elements of the `with` block are placed beside the badge.

    If nothing is wrong there is no box, only a line.

    Args:
        severity: determines colour and icon of the badge.
        title: one or two words for the badge, plain text.
        sentence: Markdown.
    """
    colour, icon = BADGES[severity]
    if severity == "fit":
        st.markdown(f":{colour}-badge[{icon} {title}] {sentence}")
        yield
        return
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(title, icon=icon, color=colour)
            yield
        st.markdown(sentence)
