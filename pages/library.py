"""The Library page: every run that is kept, to find, open, compare, export and delete."""

from __future__ import annotations

import streamlit as st

from core.shelf import select
from pages.shared import state
from pages.shared.finding import asides
from pages.shared.page import open_page
from pages.shared.shelf import actions, deleting, finding, importing, saying, table

open_page("Library")
deleting.settle()
ignored = finding.adopt()
table.apply_styles()
summaries = state.library().summaries()
found = select(summaries.values(), finding.query())
with st.container(key="library-saying"):
    saying.say(summaries.values(), found)
with st.container(key="library-asides"):
    asides(ignored, "Ignored")
    asides([message.text for message in state.store().messages], "Store")
    importing.outcome()
    deleting.offer_undo()
with st.container(horizontal=True, vertical_alignment="bottom", key="library-find"):
    finding.controls(summaries.values())
    importing.button()
place_of_actions = st.container(
    horizontal=True, vertical_alignment="center", gap="small", key="library-actions"
)
with st.container(key="library-list"):
    chosen = table.table(found)
with place_of_actions:
    actions.actions(chosen)
finding.write()
