"""The line below the curve: progress during training, afterwards a replay of the epochs."""

from __future__ import annotations

import math

import streamlit as st

from core.data.image_sets import info_of
from core.jobs import Job
from core.progress import History
from core.run import Run
from core.variant import Variant
from pages.components.common import services
from pages.components.common.url_state import hold

EPOCH_STEP = 0.1


def last_epoch(history: History) -> float:
    """The last reported step, in epochs."""
    return history.epoch_at(history.last_step)


def position(run: Run) -> float:
    """The epoch of the replay; by default the end."""
    asked, end = st.session_state.epoch, _end(run)
    if asked is None or asked >= end:
        st.session_state.epoch = None
        return end
    return float(asked)


def slider(run: Run, *, disabled: bool) -> None:
    """Draw the slider over the epochs.

    Args:
        run: a run with frames.
        disabled: whether images without stored frames are shown.
    """
    epoch = position(run)
    key = hold(f"replay-{run.variant.key}-{run.provenance.created}", epoch)
    st.slider(
        f"Epoch of the {info_of(run.variant.dataset).noun} below",
        min_value=0.0,
        max_value=_end(run),
        value=epoch,
        step=EPOCH_STEP,
        format="epoch %.5g",
        key=key,
        on_change=_move,
        args=(key,),
        disabled=disabled,
        label_visibility="collapsed",
    )


def progress(variant: Variant, job: Job | None) -> None:
    """Draw the progress bar with epoch, rate and time left; at 0 without a job."""
    history = job.history if job else History()
    share = history.last_step / history.total_steps if history.total_steps else 0.0
    st.progress(min(share, 1.0), text=progress_text(variant, job))


def progress_text(variant: Variant, job: Job | None) -> str:
    """Such as "Epoch 3 of 5 · 210 steps/s · 3 s left", without unknown parts."""
    if job is None or not job.history.total_steps:
        return f"{variant.epochs} epochs"
    parts = [f"Epoch {min(job.epoch, variant.epochs)} of {variant.epochs}"]
    if job.steps_per_second is not None:
        parts.append(f"{job.steps_per_second:.0f} steps/s")
    left = services.trainer().seconds_left(job)
    if left is not None:
        parts.append(f"{math.ceil(left)} s left")
    return " · ".join(parts)


def _move(key: str) -> None:
    """Callback: set the epoch of the replay; None at the end."""
    st.session_state.epoch = st.session_state[key]


def _end(run: Run) -> float:
    # Rounded up, so that the last frame of a stopped training can be reached.
    return max(math.ceil(round(last_epoch(run.history) * 10, 6)) / 10, EPOCH_STEP)
