"""Findings: what is wrong or to know, its number, and the setting to change, one click away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.advice import Finding
from pages.shared import settings
from pages.shared.markdown import escaped

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
        found: from `core.advice`, what matters most first.
        cause: code of the finding that a verdict names as the cause; its badge says "Cause".
    """
    for finding in found[:MOST_OPEN]:
        _draw(finding, finding.code == cause)
    if found[MOST_OPEN:]:
        with st.expander(f"{len(found) - MOST_OPEN} more"):
            for finding in found[MOST_OPEN:]:
                _draw(finding, finding.code == cause)


def asides(sentences: Sequence[str], word: str, *, is_good: bool = False) -> None:
    """Say what else the visitor should know, one line each.

    Args:
        sentences: plain text.
        word: on the badge before each, such as "Ignored".
        is_good: whether that is as it should be.
    """
    badge = ":green-badge[:material/check:" if is_good else ":orange-badge[:material/info:"
    for sentence in sentences:
        st.markdown(f"{badge} {word}] {escaped(sentence)}")


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
                    on_click=settings.apply,
                    args=(finding.remedy,),
                )
        st.markdown(finding.sentence)
