"""The map of the matrix alone, for a frame in a page of another site."""

from __future__ import annotations

import streamlit as st

from core import diagnostics
from core.views.matrix import STATE_WORDS, name_of
from core.views.matrix.matrix_view import MatrixView
from pages.components.common import embedding, services
from pages.components.common.headline import headline
from pages.components.common.page_rerun import rerun_page
from pages.components.common.theme import palette
from pages.components.matrix.map_grid import grid, scale
from pages.components.matrix.matrix_body import select
from pages.components.matrix.matrix_link import MATRIX
from pages.components.matrix.matrix_status import MatrixStatus, current_status


def part(*, was_sweeping: bool) -> None:
    """Draw the map and the selected cell's verdict; runs as a fragment, as `body` does."""
    view = MATRIX.now
    status = current_status(view)
    if status.sweep_status.is_running != was_sweeping:
        rerun_page()
    with st.container(key="embedded-part", gap="xsmall"):
        with st.container(key="embedded-notes"):
            MATRIX.say_notes()
        _headline(view, status)
        grid(view, status.cells, palette(), original=status.original, on_select=select, fits=True)
        with st.container(horizontal=True, vertical_alignment="center", key="embedded-below"):
            scale(view, palette())
            embedding.link_to_page("Matrix", view.to_query())
    MATRIX.write()


def _headline(view: MatrixView, status: MatrixStatus) -> None:
    cell = next((cell for cell in status.cells if cell.variant == view.variant), None)
    if cell is None:
        headline("No cell selected.", "Select one in the matrix.")
        return
    run = services.run_of(cell.run.key)
    if run is None:
        headline(f"{name_of(view, cell)}.", f"{STATE_WORDS.get(cell.state, 'Not trained yet')}.")
        return
    found = diagnostics.verdict(run)
    headline(f"{name_of(view, cell)}: {found.word}", found.sentence, found.tone)
