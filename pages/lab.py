"""The Lab page: pick, train, watch, look at the digits."""

from __future__ import annotations

import streamlit as st

from pages.shared import checks, enlarging, link, settings, state
from pages.shared.comparing import controls as comparing
from pages.shared.finding import asides, findings
from pages.shared.funnel import funnel
from pages.shared.moment import look
from pages.shared.page import PAGES, open_page
from pages.shared.result import STYLES, result
from pages.shared.training import keep_sample, train_button

open_page("Lab")
enlarging.apply_styles()
st.html(STYLES)
link.adopt()
variant, _ = settings.current()
keep_sample(variant, look(variant))
variant, notes = settings.current()
notes += link.notes()
known = checks.of(variant)
moment = look(variant)

with st.container(key="lab-body"):
    settings_column, result_column = st.columns([1, 2.3], gap="medium")

with settings_column:
    settings.first_three()
    st.caption(settings.in_words(variant))
    funnel(variant)
    with st.container(horizontal=True):
        train_button(variant, moment)
        with st.popover("More settings", icon=":material/tune:"):
            settings.the_rest(variant, notes)
    with st.container(key="lab-notes", gap="xsmall"):
        for note in notes:
            asides([note.sentence], note.word)
        asides(checks.troubles([variant]), "Data")
        asides(state.troubles(variant.key), "Store")
        if moment.state == "done" and moment.job is not None and moment.job.error:
            asides([moment.job.error], "Note")
    with st.container(key="lab-findings"):
        findings(known.findings if known else (), cause=moment.cause)
    st.page_link(
        PAGES["Compare"],
        label="Compare with other runs",
        icon=":material/compare_arrows:",
        query_params=comparing.query_with(variant),
        width="content",
    )

with result_column:
    st.fragment(result, run_every=moment.tick)(variant, known, tick=moment.tick)
