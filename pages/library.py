"""The Library page: find, open, compare, export and delete stored runs."""

from __future__ import annotations

import streamlit as st

from core.views.library.library_query import select
from pages.components.common import dataset_choices, services
from pages.components.common.navigation import open_page
from pages.components.common.notices import notices
from pages.components.library import (
    delete_image_sets,
    delete_runs,
    import_runs,
    library_text,
    list_controls,
    run_actions,
    run_table,
)
from pages.components.library.list_controls import LIST

LIST.read()
open_page("Library")
delete_runs.settle()
summaries = dataset_choices.visible(services.library().summaries())
found = select(summaries.values(), list_controls.query())
with st.container(key="library-headline"):
    library_text.headline_row(summaries.values(), found)
with st.container(key="library-asides"):
    LIST.say_notes()
    notices([message.text for message in services.store().messages], "Store")
    import_runs.outcome()
    delete_image_sets.outcome()
    delete_runs.offer_undo()
with st.container(horizontal=True, vertical_alignment="bottom", key="library-find"):
    list_controls.controls(summaries.values())
    import_runs.button()
    delete_image_sets.button()
place_of_actions = st.container(
    horizontal=True, vertical_alignment="center", gap="small", key="library-actions"
)
with st.container(key="library-list"):
    chosen = run_table.table(found)
with place_of_actions:
    run_actions.actions(chosen)
LIST.popover.draw_again()
LIST.write()
