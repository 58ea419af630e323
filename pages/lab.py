"""The Lab page: choose settings, train, and watch the digits."""

from __future__ import annotations

import streamlit as st

from core.text import labels
from pages.components.common import comparison_link, dataset_choices, preflight_results, services
from pages.components.common.funnel import funnel
from pages.components.common.navigation import PAGES, open_page
from pages.components.common.notices import notices
from pages.components.common.run_status import look
from pages.components.lab import add_image_set, cause, embedded, run_prediction, settings_panel
from pages.components.lab.findings import findings
from pages.components.lab.lab_link import LAB
from pages.components.lab.result import details, result
from pages.components.lab.train_button import keep_sample, train_button

LAB.read()
open_page("Lab", navigation=not LAB.part)
add_image_set.use_chosen()
keep_sample(LAB.now.variant, look(LAB.now.variant))
variant = LAB.now.variant
dataset_choices.remember(variant.dataset)
checks = preflight_results.of(variant)
status = look(variant)
if LAB.part:
    st.fragment(embedded.part, run_every=status.tick)(variant, checks, tick=status.tick)
    st.stop()

with st.container(key="lab-body"):
    settings_column, result_column = st.columns([1, 2.3], gap="medium")

with settings_column:
    settings_panel.first_three()
    st.caption(labels.other_settings(variant))
    funnel(variant.layers)
    with st.container(horizontal=True):
        train_button(variant, status)
        with st.popover("More settings", icon=":material/tune:", key=add_image_set.settings_key()):
            settings_panel.other_settings(variant, LAB.notes)
    with st.container(key="lab-prediction", gap="xsmall"):
        run_prediction.predict(variant, status)
    with st.container(key="lab-notes", gap="xsmall"):
        LAB.say_notes()
        notices(preflight_results.read_errors([variant]), "Data")
        notices(services.store_messages(variant.key), "Store")
        if status.state == "done" and status.job is not None and status.job.error:
            notices([status.job.error], "Note")
    with st.container(key="lab-findings"):
        if not run_prediction.is_open(variant, status):
            findings(checks.findings if checks else (), cause=status.cause)
    with st.container(key="lab-cause"):
        every = cause.tick(status.run)
        st.fragment(cause.cause, run_every=every)(status.run, every=every)
    st.page_link(
        PAGES["Inside"],
        label="Look inside the network",
        icon=":material/scatter_plot:",
        query_params=variant.to_query(),
        width="content",
    )
    st.page_link(
        PAGES["Compare"],
        label="Compare with other runs",
        icon=":material/compare_arrows:",
        query_params=comparison_link.query_with(variant),
        width="content",
    )

with result_column:
    st.fragment(result, run_every=status.tick)(variant, checks, tick=status.tick)
    details(variant, checks)
add_image_set.dialog()
LAB.popover.draw_again()
