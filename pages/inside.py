"""The Inside page: the latent space, the units and the training of a run."""

from __future__ import annotations

import streamlit as st

from core.views.inside.inside_view import PARTS
from pages.components.common import dataset_choices, preflight_results
from pages.components.common.navigation import open_page
from pages.components.common.notices import notices
from pages.components.common.run_status import look
from pages.components.common.widgets import segments
from pages.components.inside.inside_body import body
from pages.components.inside.inside_link import INSIDE
from pages.components.inside.run_choice import run_choice, training, why_not

state = INSIDE.read()
open_page("Inside")
variant = state.variant
dataset_choices.remember(variant.dataset)
known = preflight_results.of(variant)
status = look(variant)
reason = why_not(status.run, known, variant)

run_choice(variant)
with st.container(key="inside-notes", gap="xsmall"):
    INSIDE.say_notes()
    notices([reason] if reason else [], "Not shown")
segments("Show", PARTS, INSIDE.key("part"), width="content")
with st.container(key="inside-body"):
    if reason is None:
        body(state, status.run, known)
    else:
        st.fragment(training, run_every=status.tick)(variant, tick=status.tick)
INSIDE.write()
