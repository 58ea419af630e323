"""The Matrix page: every combination of two settings."""

from __future__ import annotations

import streamlit as st

from pages.components.common import dataset_choices, preflight_results
from pages.components.common.navigation import open_page
from pages.components.common.notices import notices
from pages.components.matrix import embedded
from pages.components.matrix.axis_controls import top_row
from pages.components.matrix.matrix_body import body
from pages.components.matrix.matrix_link import MATRIX
from pages.components.matrix.matrix_status import current_status
from pages.components.matrix.sweep_controls import TICK

view = MATRIX.read()
open_page("Matrix", navigation=not MATRIX.part)
dataset_choices.remember(view.variant.dataset)
if MATRIX.part:
    is_sweeping = current_status(view).sweep_status.is_running
    st.fragment(embedded.part, run_every=TICK if is_sweeping else None)(was_sweeping=is_sweeping)
    st.stop()
top_row(view, MATRIX.notes)
with st.container(key="matrix-notes", gap="xsmall"):
    MATRIX.say_notes()
    notices(preflight_results.read_errors(view.variants), "Data")
is_sweeping = current_status(view).sweep_status.is_running
st.fragment(body, run_every=TICK if is_sweeping else None)(was_sweeping=is_sweeping)
MATRIX.popover.draw_again()
