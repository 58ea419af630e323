"""The Compare page: several runs side by side, on the same digits and metrics."""

from __future__ import annotations

import streamlit as st

from pages.shared import checks, state
from pages.shared.comparing import chips, controls, replay, saying, seen, styles
from pages.shared.comparing.body import body
from pages.shared.comparing.examples import examples
from pages.shared.finding import asides
from pages.shared.page import open_page

open_page("Compare")
styles.apply()
view, ignored = controls.adopt()
entries = seen.see(view)
chips.top_row(entries)
with st.container(key="compare-asides"):
    asides(ignored, "Ignored")
    asides(checks.troubles(entry.variant for entry in entries), "Data")
with st.container(key="compare-saying"):
    if entries:
        saying.say(entries, state.library().summaries())
    else:
        examples()
with st.container(key="compare-body"):
    if entries:
        awaited = saying.awaited(view)
        pace = replay.pace(entries, awaited)
        st.fragment(body, run_every=pace)(entries, replay.is_playing(), awaited)
controls.write()
