"""The state of the Losses page in its link, and widgets for it."""

from __future__ import annotations

import streamlit as st

from core.text.glossary import help_for
from core.views.losses.losses_view import SECTIONS, LossesView
from pages.components.common.url_state import UrlState

LOSSES = UrlState("Losses", LossesView, tuple(LossesView.parameters), prefix="losses-")
key = LOSSES.key


def sections() -> None:
    """Draw the choice of a section."""
    st.segmented_control(
        "Section",
        list(SECTIONS),
        format_func=SECTIONS.__getitem__,
        default=str(st.session_state[key("section")]),
        key=key("section"),
        label_visibility="collapsed",
        required=True,
        wrap=True,
    )


def slider(
    label: str, field: str, limits: tuple[float, float], step: float, *, term: str, form: str
) -> None:
    """Draw a slider.

    Args:
        label: the text above it.
        field: a field of the view.
        limits: the ends of the slider.
        step: the step between values; an int for integers.
        term: the glossary term for the help text.
        form: printf format.
    """
    kind = type(step)
    st.slider(
        label,
        min_value=kind(limits[0]),
        max_value=kind(limits[1]),
        value=st.session_state[key(field)],
        step=step,
        format=form,
        key=key(field),
        help=help_for(term),
    )
