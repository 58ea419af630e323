"""The Matrix page: every combination of two settings at a glance."""

from __future__ import annotations

import streamlit as st

from pages.shared import checks
from pages.shared.finding import asides
from pages.shared.matrix import controls
from pages.shared.matrix.axes import top_row
from pages.shared.matrix.body import body
from pages.shared.matrix.seen import look
from pages.shared.matrix.sweeping import TICK
from pages.shared.page import open_page

open_page("Matrix")
view, notes = controls.adopt()
top_row(view, notes)
with st.container(key="matrix-notes", gap="xsmall"):
    for note in notes:
        asides([note.sentence], note.word)
    asides(checks.troubles(view.variants), "Data")
is_sweeping = look(view).standing.is_running
st.fragment(body, run_every=TICK if is_sweeping else None)(was_sweeping=is_sweeping)
