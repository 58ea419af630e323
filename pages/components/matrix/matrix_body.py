"""The body of the Matrix page: the matrix on the left, the selected cell on the right."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from core.views.matrix import common_settings, table
from core.views.matrix.matrix_view import MatrixView
from pages.components.common.page_rerun import rerun_page
from pages.components.common.theme import palette
from pages.components.matrix import cell_prediction
from pages.components.matrix.cell_details import selected_cell
from pages.components.matrix.map_grid import grid, scale
from pages.components.matrix.matrix_link import MATRIX
from pages.components.matrix.matrix_status import MatrixStatus, current_status
from pages.components.matrix.sweep_controls import sweep_row


def body(*, was_sweeping: bool) -> None:
    """Draw matrix and cell with their current status; runs as a fragment.

    Args:
        was_sweeping: whether a sweep was running when the whole page was last drawn.
    """
    view = MATRIX.now
    status = current_status(view)
    if status.sweep_status.is_running != was_sweeping:
        rerun_page()
    with st.container(key="matrix-body"):
        map_column, cell_column = st.columns([1.95, 1], gap="medium")
    with map_column, st.container(gap="small"):
        grid(view, status.cells, palette(), original=status.original, on_select=select)
        scale(view, palette())
        st.caption(f"In every cell: {common_settings(view)}")
        with st.container(key="matrix-sweep"):
            sweep_row(view, status.sweep_status)
        with st.container(key="matrix-table"):
            if not cell_prediction.is_on():  # it would reveal every outcome
                _in_words(view, status)
    with cell_column, st.container(gap="xsmall", key="matrix-cell"):
        selected_cell(view, status)
    MATRIX.write()


def select(index: int) -> None:
    """Callback of the map: select a cell by its index."""
    view = MATRIX.now
    if index < len(view.variants):  # the click may be on a matrix drawn before the axes changed
        MATRIX.take(replace(view, variant=view.variants[index]))


def _in_words(view: MatrixView, status: MatrixStatus) -> None:
    words = st.expander("All cells as a table", on_change="rerun", key="matrix-words")
    if words.open:
        with words:
            rows = table(view, status.cells, status.summaries)
            st.dataframe(pd.DataFrame(rows), hide_index=True)
