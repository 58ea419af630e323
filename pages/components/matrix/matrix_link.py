"""What the matrix shows: read from the link and the widgets, written back to the link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.data.datasets import DATASETS
from core.variant import FIELDS, Variant, format_value
from core.views.matrix.matrix_view import BETWEEN_VALUES, SUGGESTED, VIEW_FIELDS, MatrixView
from pages.components.common import address_bar
from pages.components.common.setting_notes import Note, completed, refusals

# Session state: the view as it was last drawn, what this session wrote to the URL, and what of the
# link was not understood. Streamlit forgets the widgets of a page that is left.
VIEW = "matrix-view"
WRITTEN = "matrix-written"
IGNORED = "matrix-ignored"
LISTS = {"row_values": "rows", "column_values": "columns"}


def adopt() -> tuple[MatrixView, list[Note]]:
    """The view that the link or the widgets ask for; before any widget is drawn.

    A URL that this session has written is no news: a click may overtake it on its way to the
    browser. Where the visitor comes back from another page, all is as it was.

    Returns:
        The view, and a note for each part that was not understood and is ignored, and for layers to
        which a decoder was added.
    """
    query = st.query_params.to_dict()
    before: MatrixView | None = st.session_state.get(VIEW)
    refused: list[Note] = []
    if before is None or query not in [{}, *st.session_state.get(WRITTEN, [])]:
        st.session_state[WRITTEN] = [query]
        query, added = completed(query)
        view, problems = MatrixView.from_query(query)
        st.session_state[IGNORED] = [*added, *refusals(problems, view.variant, word="Ignored")]
    else:
        texts, added = completed(before.texts() | _widgets())
        view, problems = MatrixView.from_query(texts)
        if problems:
            kept = {problem.field: before.texts()[problem.field] for problem in problems}
            view, _ = MatrixView.from_query(texts | kept)
        refused = [*added, *refusals(problems, view.variant, word="Refused")]
    take(view)
    return view, [*st.session_state[IGNORED], *refused]


def current() -> MatrixView:
    """The view now; in a fragment it may be newer than the page around it."""
    view: MatrixView = st.session_state[VIEW]
    return view


def take(view: MatrixView) -> None:
    """Show this from now on; before the widgets are drawn, or in a callback."""
    st.session_state[VIEW] = view
    for field in FIELDS:
        value = getattr(view.variant, field)
        st.session_state[key(field)] = format_value(value) if field == "layers" else value
    for name in VIEW_FIELDS:
        value = getattr(view, name)
        st.session_state[key(name)] = listed(value) if name in LISTS else value


def write(view: MatrixView) -> None:
    """Put the view into the URL."""
    address_bar.write(view.to_query(), WRITTEN)


def key(name: str) -> str:
    """The widget of a setting or of a part of the view, in the session state."""
    return f"matrix-{name}"


def listed(values: Sequence[Any]) -> list[str]:
    """The values of an axis as its widget holds them."""
    return [format_value(value) for value in values]


def forget_values(name: str) -> None:
    """Let an axis take the values that are suggested; for a widget's `on_change`."""
    st.session_state[key(name)] = []


def follow_data_set() -> None:
    """A data set has its own number of epochs; one that the visitor chose stays."""
    before = current().variant
    if before.epochs == DATASETS[before.dataset].default_epochs:
        chosen = Variant(dataset=st.session_state[key("dataset")])
        st.session_state[key("epochs")] = chosen.epochs


def _widgets() -> dict[str, str]:
    """What the widgets hold, as text; an emptied list of values is left out."""
    texts = {}
    for name in (*FIELDS, *VIEW_FIELDS):
        value = st.session_state.get(key(name))
        if name in LISTS:
            axis = st.session_state.get(key(LISTS[name]))
            value = BETWEEN_VALUES.join(value or listed(SUGGESTED[axis])) if axis else None
        if value is not None:
            texts[name] = format_value(value)
    return texts
