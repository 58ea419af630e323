"""Findings: what is wrong or to know, its number, and the setting to change, one click away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.diagnostics import Finding
from pages.components.lab import settings_panel

Colour = Literal["red", "orange", "grey", "green"]
BADGES: dict[str, tuple[Colour, str]] = {
    "fault": ("red", ":material/error:"),
    "warning": ("orange", ":material/warning:"),
    "note": ("grey", ":material/info:"),
    "fit": ("green", ":material/check:"),
}
MOST_OPEN = 3


def findings(found: Sequence[Finding], *, cause: str | None = None) -> None:
    """Draw findings in the order given, at most three of them open.

    Args:
        found: from `core.diagnostics`, what matters most first.
        cause: code of the finding that a verdict names as the cause; its badge says "Cause".
    """
    for finding in found[:MOST_OPEN]:
        _draw(finding, finding.code == cause)
    if found[MOST_OPEN:]:
        with st.expander(f"{len(found) - MOST_OPEN} more"):
            for finding in found[MOST_OPEN:]:
                _draw(finding, finding.code == cause)


def _draw(finding: Finding, is_cause: bool) -> None:
    colour, icon = BADGES[finding.severity]
    if finding.severity == "fit":
        st.markdown(f":{colour}-badge[{icon} {finding.title}] {finding.sentence}")
        return
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge("Cause" if is_cause else finding.title, icon=icon, color=colour)
            if finding.remedy:
                st.space("stretch")
                st.button(
                    finding.remedy_label or "Change it",
                    icon=":material/build:",
                    key=f"remedy-{finding.code}",
                    on_click=settings_panel.apply,
                    args=(finding.remedy,),
                )
        st.markdown(finding.sentence)
