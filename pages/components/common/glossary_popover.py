"""A popover with definitions of the glossary."""

from __future__ import annotations

import streamlit as st

from core.text.glossary import help_for, term


def explain(label: str, *terms: str) -> None:
    """Draw a small button that opens the definitions of some terms.

    Args:
        label: the label of the button, such as "What is the floor?".
        terms: the terms of the glossary.
    """
    with st.popover(label, icon=":material/help:", type="tertiary"):
        for spelling in terms:
            st.markdown(f"**{term(spelling).name}** · {help_for(spelling)}")
        st.page_link(
            "pages/losses.py", label="All terms", query_params={"section": "terms"}, width="content"
        )
