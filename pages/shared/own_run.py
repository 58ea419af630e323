"""The visitor's own run, on every page: how far it is, and the way to it."""

from __future__ import annotations

import streamlit as st

from core.jobs import Job
from core.labels import run_name
from core.variant import Variant
from pages.shared import state
from pages.shared.moment import place_in_words

# Seconds between two looks at it; the Lab page shows the same run as often as it can.
TICK = 2.0


def own_run(*, on_lab: bool) -> None:
    """Draw the link to what this visitor trains or waits for.

    Args:
        on_lab: whether this is the Lab page, where the run that it shows needs no link.
    """
    is_live = _job(on_lab) is not None
    with st.container(key="lab-own-run", width="content"):
        st.fragment(_link, run_every=TICK if is_live else None)(on_lab)


def _link(on_lab: bool) -> None:
    job = _job(on_lab)
    if job is not None:
        st.page_link(
            "pages/lab.py",
            label=f"Your run: {_in_words(job)}",
            icon=":material/model_training:",
            query_params=job.variant.to_query(),
            help=run_name(job.variant),
            width="content",
        )


def _job(on_lab: bool) -> Job | None:
    shown = Variant.from_query(st.query_params.to_dict())[0].key if on_lab else None
    mine = [
        job
        for job in state.trainer().jobs()
        if type(job) is Job  # no file that is made
        and job.visitor == state.visitor()
        and not (job.in_background or job.ended or job.key == shown)
    ]
    return mine[0] if mine else None


def _in_words(job: Job) -> str:
    if job.state == "queued":
        return f"{place_in_words(job.position).lower()} in the queue"
    history = job.history
    share = history.last_step / history.total_steps if history.total_steps else 0.0
    return f"{share:.0%} trained"
