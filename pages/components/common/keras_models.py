"""Keras models of runs: created by the trainer on request, then offered for download.

The page process cannot create them, since it has no TensorFlow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.errors import LabError, LimitExceeded
from core.export import archive_bytes
from core.jobs import Job, ModelExport, model_export_key
from core.run import Run
from core.store.run_summary import RunSummary
from core.variant import Variant
from pages.components.common import downloads, services
from pages.components.common.page_rerun import rerun_page

# Seconds between two checks of the job.
TICK = 0.5
REFUSAL = "models-refusal"
GONE = "The file was dropped to make room for others. Prepare it again."
STATES = {"warming": "is starting", "restarting": "restarts"}
HELP = (
    "Network and weights for `keras.models.load_model`. It takes images scaled as in the run,"
    " shape (images, 784), and is not compiled."
)


@dataclass(frozen=True, kw_only=True)
class SavedRun:
    """The part of a run that is needed to export its model.

    Attributes:
        variant: its settings.
        created: the time of the training.
        has_weights: whether it can be exported.
    """

    variant: Variant
    created: str
    has_weights: bool


def saved_run(one: Run | RunSummary) -> SavedRun:
    """A stored run or its summary as a `SavedRun`."""
    if isinstance(one, RunSummary):
        return SavedRun(variant=one.variant, created=one.created, has_weights=one.has_weights)
    has_weights = one.weights is not None
    return SavedRun(variant=one.variant, created=one.provenance.created, has_weights=has_weights)


def models(runs: Sequence[SavedRun], *, key: str) -> None:
    """Draw the button that requests the file, the state of the request, or the download.

    Args:
        runs: stored or shipped runs.
        key: the key of the widgets, different on each page.
    """
    waits = _is_pending(runs)
    st.fragment(_models, run_every=TICK if waits else None)(runs, key, waits)


def _models(runs: Sequence[SavedRun], key: str, waited: bool) -> None:
    if _is_pending(runs) != waited:
        rerun_page()
    ready = [run for run in runs if run.has_weights]
    job = _file_of(ready)
    if isinstance(job, ModelExport) and job.file is not None:
        st.download_button(
            f"Download {_label(ready)}",
            partial(downloads.kept.make, partial(_content, job.key)),
            file_name=job.file_name,
            mime="application/octet-stream",
            icon=":material/check:",
            key=f"{key}-model",
            help=HELP,
            on_click=_check_kept,
            args=(job.key,),
            width="stretch",
        )
    elif ready:
        _request_button(ready, job, key)
    if bare := [run.variant for run in runs if not run.has_weights]:
        _without_weights(bare, key)
    if refusal := st.session_state.pop(REFUSAL, None):
        st.caption(refusal)


def _request_button(ready: Sequence[SavedRun], job: Job | None, key: str) -> None:
    trainer = services.trainer().status
    is_made = job is not None and not job.ended
    st.button(
        f"Prepare {_label(ready)}",
        key=f"{key}-make-model",
        help=HELP,
        on_click=_request,
        args=(ready,),
        disabled=is_made or trainer.state in ("off", "unavailable"),
        width="stretch",
    )
    if job is not None and is_made:
        st.caption(_queue_text(job))
    elif trainer.state != "ready":
        doing = {"warming": "is starting", "restarting": "restarts"}.get(
            trainer.state, "is not there"
        )
        st.caption(f"The trainer makes this file, and it {doing}. {trainer.message}".strip())
    if job is not None and job.error:
        st.caption(job.error)


def _without_weights(bare: Sequence[Variant], key: str) -> None:
    """Why runs without weights have no model, and a button that trains them again."""
    if any(map(services.is_pending, bare)):
        st.caption("Training. The Keras model is available when it is done.")
        return
    which = "This run has" if len(bare) == 1 else f"{len(bare)} of the runs have"
    st.caption(
        f"{which} no weights here, so no Keras model: shipped runs have none, and"
        " old weights are deleted to free space."
    )
    st.button(
        "Train it here" if len(bare) == 1 else f"Train {len(bare)} here",
        icon=":material/play_arrow:",
        key=f"{key}-train",
        on_click=_train,
        args=(bare,),
        disabled=services.trainer().status.state in ("off", "unavailable"),
        width="stretch",
    )


def _file_of(ready: Sequence[SavedRun]) -> Job | None:
    """The job that creates or created the file; None if there is none."""
    key = model_export_key((run.variant.key, run.created) for run in ready)
    return services.trainer().find(key, services.visitor()) if ready else None


def _content(key: str) -> bytes:
    """The file of a job, for the download.

    Raises:
        LabError: it no longer exists.
    """
    job = services.trainer().find(key)
    if not isinstance(job, ModelExport) or job.file is None:
        raise LabError(GONE)
    return job.file


def _check_kept(key: str) -> None:
    """Explain why nothing was downloaded if the file no longer exists."""
    try:
        _content(key)
    except LabError as gone:
        st.session_state[REFUSAL] = str(gone)


def _is_pending(runs: Sequence[SavedRun]) -> bool:
    """Whether the file, or the training of one of its runs, is queued or in progress."""
    job = _file_of([run for run in runs if run.has_weights])
    is_made = job is not None and not job.ended
    return is_made or any(services.is_pending(run.variant) for run in runs if not run.has_weights)


def _queue_text(job: Job) -> str:
    if job.position == 0:
        return "The trainer is making it."
    left = services.trainer().seconds_left(job)
    wait = f", about {math.ceil(left)} s" if left else ""
    return f"Number {job.position} in the trainer's queue{wait}."


def _label(ready: Sequence[SavedRun]) -> str:
    return "Keras model" if len(ready) == 1 else f"Keras models of {len(ready)} runs"


def _request(ready: Sequence[SavedRun]) -> None:
    found = (services.library().get(run.variant.key, record_use=False) for run in ready)
    runs = [run for run in found if run is not None and run.weights is not None]
    try:
        if runs:
            variants = [run.variant for run in runs]
            services.trainer().limits.check_archive(archive_bytes(services.library(), variants))
            services.trainer().save(runs, services.visitor(), address=services.network())
    except LimitExceeded as refusal:
        st.session_state[REFUSAL] = str(refusal)


def _train(bare: Sequence[Variant]) -> None:
    try:
        for variant in bare:
            services.trainer().train(variant, services.visitor(), address=services.network())
    except LimitExceeded as refusal:
        st.session_state[REFUSAL] = str(refusal)
