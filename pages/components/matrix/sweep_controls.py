"""The controls of a sweep over the cells without a run: start, progress, stop and errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from core.errors import LimitExceeded
from core.jobs import sweep
from core.jobs.sweep import SweepStatus
from core.text import formats
from core.variant import Variant
from core.views.matrix.matrix_view import MatrixView
from pages.components.common import services
from pages.components.common.notices import notices

# Seconds between two updates of a running sweep.
TICK = 1.0
# Session state: the runs of the matrix whose training was refused, and the reason.
REFUSED = "matrix-refused"


def sweep_row(view: MatrixView, sweep_status: SweepStatus) -> None:
    """Draw progress and Stop while a sweep runs, and the button that trains missing cells."""
    left = len(sweep_status.missing) + len(sweep_status.failed)
    if sweep_status.is_running:
        _progress(view, sweep_status)
    if left:
        _offer(view, sweep_status, left)
    runs, refusal = st.session_state.get(REFUSED, (None, ""))
    if runs == view.runs:
        notices([refusal], "Limit")
    for error, count in Counter(sweep_status.failed.values()).items():
        notices([error], f"{count} not finished")


def progress_text(sweep_status: SweepStatus, steps_per_second: float, *, is_mine: bool) -> str:
    """Such as "12 of 25 cells · 2 training · 420 steps/s · 40 s left", without unknown parts."""
    parts = [f"{len(sweep_status.done)} of {sweep_status.total} cells"]
    if sweep_status.training:
        parts.append(f"{len(sweep_status.training)} training")
    if steps_per_second:
        parts.append(f"{steps_per_second:.0f} steps/s")
    if sweep_status.seconds_left is not None:
        parts.append(f"{formats.duration(sweep_status.seconds_left)} left")
    return " · ".join(parts if is_mine else [*parts, "started by someone else"])


def _progress(view: MatrixView, sweep_status: SweepStatus) -> None:
    trainer, visitor = services.trainer(), services.visitor()
    found = [
        trainer.find(variant.key) for variant in (*sweep_status.training, *sweep_status.waiting)
    ]
    jobs = [job for job in found if job is not None]
    begun = sum(job.history.last_step / max(job.history.total_steps, 1) for job in jobs)
    rate = sum(job.steps_per_second or 0.0 for job in jobs)
    # Sweeps of other visitors are shown too, but cannot be stopped by this one.
    is_mine = any(visitor in job.sweepers for job in jobs)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(
            min((len(sweep_status.done) + begun) / sweep_status.total, 1.0),
            text=progress_text(sweep_status, rate, is_mine=is_mine),
        )
        if is_mine and st.button("Stop", icon=":material/stop:", key="matrix-stop"):
            sweep.stop(trainer, view.runs, visitor)
            st.session_state.pop(REFUSED, None)
            st.rerun()


def _offer(view: MatrixView, sweep_status: SweepStatus, left: int) -> None:
    trainer = services.trainer()
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            f"Train the missing {left}",
            icon=":material/play_arrow:",
            key="matrix-train",
            disabled=trainer.status.state in ("off", "unavailable"),
            help=trainer.status.message or None,
        ):
            _train(view, [*sweep_status.missing, *sweep_status.failed])
            st.rerun()
        ends_after = trainer.limits.unwatched_seconds
        leaving = (
            f" A sweep ends {formats.duration(ends_after)} after you leave." if ends_after else ""
        )
        st.caption(
            f"{len(sweep_status.done)} of {sweep_status.total} are trained. Single runs go first."
            f" You can stop and resume at any time.{leaving}",
            width="stretch",
        )


def _train(view: MatrixView, wanted: Sequence[Variant]) -> None:
    st.session_state.pop(REFUSED, None)
    try:
        services.start_sweep(wanted)
    except LimitExceeded as refusal:
        st.session_state[REFUSED] = view.runs, str(refusal)
