"""The widgets above the matrix: normalization, colour, and the popover "Axes"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.text.glossary import help_for
from core.text.labels import SETTING_TITLES, value_label
from core.variant import CHOICES, FIELDS, FIRST_FIELDS, parse_value
from core.views.matrix.matrix_view import COLOURS, MAX_VALUES, SUGGESTED, MatrixView
from pages.components.common.setting_notes import Note, notes_at
from pages.components.common.setting_widget import setting_widget
from pages.components.common.widgets import dropdown, segments
from pages.components.matrix import cell_prediction
from pages.components.matrix.matrix_link import MATRIX, forget_values, texts

NORMALIZATION = "normalization"
key = MATRIX.key
COLUMNS = 3


def top_row(view: MatrixView, notes: Sequence[Note]) -> None:
    """Draw the widgets above the matrix, side by side.

    Args:
        view: the state of the page.
        notes: notes about single settings, shown below their widgets.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="matrix-top"):
        with st.container(key="matrix-normalization-place", width="content"):
            if NORMALIZATION not in (view.rows, view.columns):
                segments(
                    SETTING_TITLES[NORMALIZATION],
                    _labels(NORMALIZATION),
                    key(NORMALIZATION),
                    term=NORMALIZATION,
                    width="content",
                )
        segments("Colour shows", COLOURS, key("colour"), term="colour of the map", width="content")
        st.space("stretch")
        cell_prediction.switch()
        with (
            st.popover("Axes", icon=":material/swap_horiz:"),
            st.container(key="matrix-axes", gap="small"),
        ):
            if MATRIX.popover.is_forgetting():
                return
            _axes(view, notes)
            with st.container(key=f"matrix-rest-{view.rows}-{view.columns}", gap="small"):
                _the_rest(view, notes)


def _axes(view: MatrixView, notes: Sequence[Note]) -> None:
    for column, (axis, other) in zip(
        st.columns(2), (("rows", view.columns), ("columns", view.rows)), strict=True
    ):
        values = "row_values" if axis == "rows" else "column_values"
        with column:
            dropdown(
                axis.capitalize(),
                {field: name for field, name in SETTING_TITLES.items() if field != other},
                key(axis),
                on_change=partial(forget_values, values),
            )
            _values(getattr(view, axis), values)
            notes_at([axis, values], notes)


def _values(field: str, name: str) -> None:
    chosen = st.session_state[key(name)]
    options = list(dict.fromkeys([*texts(SUGGESTED[field]), *chosen]))
    st.multiselect(
        f"Values of the {'rows' if name == 'row_values' else 'columns'}",
        options,
        default=chosen,
        format_func=lambda text: _value_label(field, text),
        key=key(name),
        help=help_for(field),
        max_selections=MAX_VALUES,
        accept_new_options=field not in CHOICES,
        label_visibility="collapsed",
        wrap=True,
    )


def _the_rest(view: MatrixView, notes: Sequence[Note]) -> None:
    st.caption("The same in every cell")
    drawn = {view.rows, view.columns, NORMALIZATION}
    _settings([field for field in FIRST_FIELDS if field not in drawn], notes)
    with st.expander("Rare settings", key="matrix-rare"):
        _settings([field for field in FIELDS if field not in {*drawn, *FIRST_FIELDS}], notes)


def _settings(fields: Sequence[str], notes: Sequence[Note]) -> None:
    columns = st.columns(COLUMNS)
    for index, field in enumerate(fields):
        with columns[index % COLUMNS]:
            follow = MATRIX.follow_data_set if field == "dataset" else None
            setting_widget(field, key(field), follow)
            notes_at([field], notes)


def _labels(field: str) -> dict[str, str]:
    return {value: value_label(field, value) for value in CHOICES[field]}


def _value_label(field: str, text: str) -> str:
    try:
        return value_label(field, parse_value(field, text))
    except ValueError:  # typed values are checked when the widgets are read
        return text
