"""The Compare page: several runs side by side, with the same digits and metrics."""

from __future__ import annotations

import streamlit as st

from pages.components.common import preflight_results, services
from pages.components.common.comparison_link import COMPARISON
from pages.components.common.navigation import open_page
from pages.components.common.notices import notices
from pages.components.compare import (
    compared_runs,
    comparison_text,
    embedded,
    replay_slider,
    run_chips,
)
from pages.components.compare.comparison_body import body
from pages.components.compare.presented import presented
from pages.components.compare.ready_comparisons import examples

view = COMPARISON.read()
open_page("Compare", navigation=not (COMPARISON.part or (view.present and view.variants)))
entries = compared_runs.current_entries(view)
if COMPARISON.part:
    st.fragment(embedded.part, run_every=replay_slider.tick(entries, []))(entries)
    st.stop()
run_chips.top_row(entries)
with st.container(key="compare-asides"):
    COMPARISON.say_notes()
    notices(preflight_results.read_errors(entry.variant for entry in entries), "Data")
with st.container(key="compare-headline"):
    if entries:
        comparison_text.headline_row(entries, services.library().summaries())
    else:
        examples()
with st.container(key="compare-body"):
    if entries:
        awaited = comparison_text.awaited(view)
        tick = replay_slider.tick(entries, awaited)
        draw = presented if view.present else body
        st.fragment(draw, run_every=tick)(entries, replay_slider.is_playing(), awaited)
if not replay_slider.is_playing():
    COMPARISON.write()
