"""Findings: what is wrong or to know, its number, and the setting to change, one click away."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.diagnostics import Finding
from pages.components.common.finding_box import finding_box
from pages.components.lab import settings_panel

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
    title = "Cause" if is_cause else finding.title
    with finding_box(finding.severity, title, finding.sentence):
        if finding.remedy:
            st.space("stretch")
            st.button(
                finding.remedy_label or "Change it",
                icon=":material/build:",
                key=f"remedy-{finding.code}",
                on_click=settings_panel.apply,
                args=(finding.remedy,),
            )
