"""The choice of the run, and why it cannot be shown."""

from __future__ import annotations

import math

import streamlit as st

from core.errors import LimitExceeded
from core.run import Run
from core.text import formats
from core.text.labels import run_name
from core.variant import Variant
from pages.components.common import dataset_choices, preflight_results, services
from pages.components.common.navigation import PAGES
from pages.components.common.preflight_results import Checks
from pages.components.common.run_status import RunStatus, look
from pages.components.inside.inside_link import INSIDE, open_run

KEY = "inside-run"
# Browsers are slow to draw longer lists.
MAX_LISTED = 300


def run_choice(variant: Variant) -> None:
    """Draw the list of runs with weights, and links to the run on other pages."""
    listed = [
        summary.variant
        for summary in dataset_choices.visible(services.library().summaries()).values()
        if summary.has_weights
    ]
    options = list(dict.fromkeys([*listed[:MAX_LISTED], variant]))
    st.session_state[KEY] = variant
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Run",
            options,
            format_func=run_name,
            key=KEY,
            on_change=lambda: open_run(st.session_state[KEY]),
            width=460,
            help="Runs with stored weights. Others can be trained on the Lab page.",
        )
        st.page_link(
            PAGES["Lab"],
            label="Open in the lab",
            icon=":material/science:",
            query_params=variant.to_query(),
            width="content",
        )


def why_not(run: Run | None, known: Checks | None, variant: Variant) -> str | None:
    """Why the run cannot be shown; None if it can."""
    if known is None:
        return preflight_results.why_unreadable(variant.dataset)
    if run is None:
        return "There is no run with these settings yet."
    if run.weights is None:
        return "The weights of this run are not stored, so only its ten digits can be shown."
    return None


def training(variant: Variant, *, tick: float | None) -> None:
    """Draw the button that trains the run, or its progress, as a fragment.

    Args:
        variant: the settings.
        tick: seconds between two runs of the fragment; see `RunStatus.tick`.
    """
    status = look(variant)
    if status.tick != tick:
        st.rerun()
    with st.container(key="inside-training"):
        if status.is_live:
            st.progress(*_progress(status))
        else:
            _train_button(variant, status)


def _train_button(variant: Variant, status: RunStatus) -> None:
    seconds = services.trainer().seconds_for(variant)
    takes = f" · about {math.ceil(seconds)} s" if seconds is not None else ""
    asked = st.button(
        f"Train to explore{takes}",
        icon=":material/play_arrow:",
        type="primary",
        key="inside-train",
        on_click=_train,
        args=(variant,),
        disabled=status.trainer.state in ("off", "unavailable"),
        help=status.trainer.message or None,
    )
    if status.state == "failed" and status.job is not None and status.job.error:
        st.caption(status.job.error)
    if asked:
        st.rerun()


def _progress(status: RunStatus) -> tuple[float, str]:
    job = status.job
    if job is None or status.state != "training" or not job.history.total_steps:
        return 0.0, "Waiting for the trainer"
    share = min(job.history.last_step / job.history.total_steps, 1.0)
    return share, f"Training, {formats.share(share)}"


def _train(variant: Variant) -> None:
    INSIDE.forget_notes()
    try:
        services.trainer().train(variant, services.visitor(), address=services.address_block())
    except LimitExceeded as refusal:
        INSIDE.note("Limit", str(refusal))
