"""The visitor's own run, on every page: its progress and a link to it."""

from __future__ import annotations

import streamlit as st

from core.jobs import Job
from core.text.labels import run_name
from core.variant import Variant
from pages.components.common import services
from pages.components.common.run_status import position_in_words

# Seconds between two updates; the Lab page itself updates more often.
TICK = 2.0


def my_run_link(*, on_lab: bool) -> None:
    """Draw the link to the visitor's queued or training run; also counts as watching it.

    Args:
        on_lab: whether this is the Lab page, where the displayed run needs no link.
    """
    with st.container(key="lab-own-run", width="content"):
        st.fragment(_link, run_every=TICK if _my_jobs() else None)(on_lab)


def keep_watching() -> None:
    """Count the visitor as watching their runs, on a page without the link."""
    st.fragment(_heartbeat, run_every=TICK if _my_jobs() else None)()


def _link(on_lab: bool) -> None:
    _heartbeat()
    shown = Variant.from_query(st.query_params.to_dict())[0].key if on_lab else None
    runs = (job for job in _my_jobs() if not job.in_background and job.key != shown)
    job = next(runs, None)
    if job is not None:
        st.page_link(
            "pages/lab.py",
            label=f"Your run: {_in_words(job)}",
            icon=":material/model_training:",
            query_params=job.variant.to_query(),
            help=run_name(job.variant),
            width="content",
        )


def _heartbeat() -> None:
    services.trainer().heartbeat(services.visitor())


def _my_jobs() -> list[Job]:
    visitor = services.visitor()
    return [job for job in services.trainer().jobs() if not job.ended and visitor in job.owners]


def _in_words(job: Job) -> str:
    if job.state == "queued":
        return f"{position_in_words(job.position).lower()} in the queue"
    history = job.history
    share = history.last_step / history.total_steps if history.total_steps else 0.0
    return f"{share:.0%} trained"
