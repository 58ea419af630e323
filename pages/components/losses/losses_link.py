"""What the page of formulas shows: read from the link and the widgets, written back to the link."""

from __future__ import annotations

from dataclasses import fields, replace

import streamlit as st

from core.text.glossary import help_for
from core.views.losses.losses_view import SECTIONS, LossesView
from pages.components.common import address_bar

# Session state: the view as it was last drawn, what this session wrote to the URL, and what of the
# link was not understood. Streamlit forgets the widgets of a section that is not on the page.
VIEW = "losses-view"
WRITTEN = "losses-written"
IGNORED = "losses-ignored"


def adopt() -> tuple[LossesView, list[str]]:
    """The view that the link or the widgets ask for; before any widget is drawn.

    A URL that this session has written is no news: a click may overtake it on its way to the
    browser. Where the visitor comes back from another page, all is as it was.

    Returns:
        The view, and one sentence for each part of the link that was not understood.
    """
    query = st.query_params.to_dict()
    before = st.session_state.get(VIEW)
    if before is None or query not in [{}, *st.session_state.get(WRITTEN, [])]:
        view, problems = LossesView.from_query(query)
        st.session_state[IGNORED] = [str(problem) for problem in problems]
        st.session_state[WRITTEN] = [query]
    else:
        drawn = [f.name for f in fields(LossesView) if key(f.name) in st.session_state]
        view = replace(before, **{name: st.session_state[key(name)] for name in drawn})
    st.session_state[VIEW] = view
    for field in fields(LossesView):
        value = getattr(view, field.name)
        if st.session_state.get(key(field.name)) != value:
            st.session_state[key(field.name)] = value
    return view, st.session_state[IGNORED]


def write(view: LossesView) -> None:
    """Put the view into the URL."""
    address_bar.write(view.to_query(), WRITTEN)


def key(field: str) -> str:
    """The widget of a field of the view, in the session state."""
    return f"losses-{field}"


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
        label: above it.
        field: of the view.
        limits: its ends.
        step: between two values; whole numbers where it is an int.
        term: of the glossary, for the help.
        form: printf's.
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
