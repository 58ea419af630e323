"""All below the widgets: the map on the left, the selected cell on the right."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from core.views.matrix import in_every_cell, table
from core.views.matrix.matrix_view import MatrixView
from pages.components.common.theme import palette
from pages.components.matrix.cell_details import selected_cell
from pages.components.matrix.map_grid import grid, scale
from pages.components.matrix.matrix_link import MATRIX
from pages.components.matrix.matrix_status import MatrixStatus, current_status
from pages.components.matrix.sweep_controls import sweep_row

STYLES = """<style>
.lab-scale {
  display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; margin: 0 0 0 76px;
  font-size: 0.867rem;
}
.lab-scale i { flex: 1 1 120px; max-width: 260px; height: 10px; border-radius: 2px; }
/* In view after a tap on the map, it leaves the map's last row in sight. */
.st-key-matrix-cell { scroll-margin-top: 100px; }
.st-key-matrix-top { row-gap: 0.5rem; }
[data-testid=stPopoverBody]:has(.st-key-matrix-axes) { width: min(720px, 94vw); max-width: none; }
.st-key-matrix-open a, .st-key-matrix-compare a {
  min-height: 2.5rem; margin: 0; padding: 0.25rem 0.75rem; border-radius: 0.375rem;
  border: 1px solid var(--lab-border);
}
.st-key-matrix-open > div, .st-key-matrix-compare > div { margin: 0 !important; }
.st-key-matrix-open a, .st-key-matrix-open a:hover {
  background: var(--lab-primary); border-color: var(--lab-primary);
}
.st-key-matrix-open a * { color: var(--lab-background); }
@media (max-width: 900px) {
  .st-key-matrix-body [data-testid=stColumn] { min-width: 100%; }
  .st-key-matrix-body .lab-grid { max-width: 560px; }
}
@media (max-width: 640px) { .lab-scale { margin-left: 0; } }
</style>"""


def body(*, was_sweeping: bool) -> None:
    """Draw map and cell as they are now; the body of a fragment.

    Args:
        was_sweeping: whether cells waited or trained when the page was last drawn as a whole.
    """
    view = MATRIX.now
    status = current_status(view)
    if status.standing.is_running != was_sweeping:
        st.rerun()
    st.html(STYLES)
    with st.container(key="matrix-body"):
        map_column, cell_column = st.columns([1.95, 1], gap="medium")
    with map_column, st.container(gap="small"):
        grid(view, status.cells, palette(), original=status.original, on_select=_select)
        scale(view, palette())
        st.caption(f"In every cell: {in_every_cell(view)}")
        with st.container(key="matrix-sweep"):
            sweep_row(view, status.standing)
        _in_words(view, status)
    with cell_column, st.container(gap="xsmall", key="matrix-cell"):
        selected_cell(view, status)
    MATRIX.write()


def _select(place: int) -> None:
    view = MATRIX.now
    if place < len(view.variants):  # a click on a map that was drawn before the axes changed
        MATRIX.take(replace(view, variant=view.variants[place]))


def _in_words(view: MatrixView, status: MatrixStatus) -> None:
    words = st.expander("All cells as a table", on_change="rerun", key="matrix-words")
    if words.open:
        with words:
            rows = table(view, status.cells, status.summaries)
            st.dataframe(pd.DataFrame(rows), hide_index=True)
