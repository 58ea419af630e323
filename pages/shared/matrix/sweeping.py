"""Training what the map has no runs for: start, progress, stop, and what failed."""

from __future__ import annotations

import math
from collections import Counter

import streamlit as st

from core import sweep
from core.errors import LimitExceeded
from core.matrix.matrix_view import MatrixView
from core.sweep import Standing
from pages.shared import state
from pages.shared.finding import asides

# Seconds between two looks at a sweep that runs.
TICK = 1.0


def sweep_row(view: MatrixView, standing: Standing) -> None:
    """Draw progress and Stop while cells wait or train, and the offer to train what is missing."""
    left = len(standing.missing) + len(standing.failed)
    if standing.is_running:
        _progress(view, standing)
    if left:
        _offer(view, standing, left)
    for error, count in Counter(standing.failed.values()).items():
        asides([error], f"{count} not finished")


def progress_text(standing: Standing, steps_per_second: float) -> str:
    """Such as "12 of 25 cells · 2 training · 420 steps/s · 40 s left"; the unknown is left out."""
    parts = [f"{len(standing.done)} of {standing.total} cells"]
    if standing.training:
        parts.append(f"{len(standing.training)} training")
    if steps_per_second:
        parts.append(f"{steps_per_second:.0f} steps/s")
    if standing.seconds_left is not None:
        parts.append(f"{math.ceil(standing.seconds_left)} s left")
    return " · ".join(parts)


def _progress(view: MatrixView, standing: Standing) -> None:
    trainer = state.trainer()
    found = [trainer.find(variant.key) for variant in (*standing.training, *standing.waiting)]
    jobs = [job for job in found if job is not None]
    begun = sum(job.history.last_step / max(job.history.total_steps, 1) for job in jobs)
    rate = sum(job.steps_per_second or 0.0 for job in jobs)
    # What a visitor trains in the lab shows here as well, but is not for others to stop.
    is_sweep = any(sweep.VISITOR in job.watchers for job in jobs)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(
            min((len(standing.done) + begun) / standing.total, 1.0),
            text=progress_text(standing, rate),
        )
        if is_sweep and st.button("Stop", icon=":material/stop:", key="matrix-stop"):
            sweep.stop(trainer, view.runs)
            st.rerun()


def _offer(view: MatrixView, standing: Standing, left: int) -> None:
    trainer = state.trainer()
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            f"Train the missing {left}",
            icon=":material/play_arrow:",
            key="matrix-train",
            disabled=trainer.status.state in ("off", "unavailable"),
            help=trainer.status.message or None,
        ):
            wanted = [*standing.missing, *standing.failed]
            state.store().protected.update(variant.key for variant in wanted)
            try:
                sweep.start(trainer, wanted, done=())
            except LimitExceeded as refusal:
                asides([str(refusal)], "Limit")
            else:
                st.rerun()
        st.caption(
            f"{len(standing.done)} of {standing.total} are stored. Others' trainings go first; stop"
            " and go on whenever you like.",
            width="stretch",
        )
