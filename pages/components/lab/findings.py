"""The findings, each with a button that changes the setting."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.diagnostics import Finding, with_cause
from pages.components.common.finding_box import finding_box
from pages.components.lab import settings_panel

MAX_OPEN = 3


def findings(found: Sequence[Finding], *, cause: Finding | None = None) -> None:
    """Draw findings in the given order, at most three outside the expander.

    Args:
        found: from `core.diagnostics`, most important first.
        cause: the cause according to the verdict; its badge says "Cause".
    """
    found = with_cause(found, cause)
    for finding in found[:MAX_OPEN]:
        _draw(finding, finding is cause)
    if found[MAX_OPEN:]:
        with st.expander(f"{len(found) - MAX_OPEN} more"):
            for finding in found[MAX_OPEN:]:
                _draw(finding, finding is cause)


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
