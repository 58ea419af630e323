"""Train and Stop, and the return to the sample if the chosen data are not available."""

from __future__ import annotations

import math

import streamlit as st

from core.data.datasets import DATASETS, SAMPLE
from core.data.image_sets import is_image_set
from core.errors import LimitExceeded
from core.jobs import TrainerStatus
from core.run import Run
from core.variant import Variant
from pages.components.common import preflight_results, services
from pages.components.common.run_status import RunStatus
from pages.components.lab import settings_panel
from pages.components.lab.lab_link import LAB

# Session state: the key of the variant that this visitor last requested.
ASKED = "training-asked"


def train_button(variant: Variant, status: RunStatus) -> None:
    """Draw Train, Train again or Stop, depending on the status."""
    if status.is_live:
        st.button(
            "Stop",
            icon=":material/stop:",
            key="train",
            on_click=_stop,
            args=(variant,),
            disabled=status.is_left,
            width="stretch",
        )
        return
    again = status.run is not None
    # Nothing could be downloaded.
    is_away = is_image_set(variant.dataset) and preflight_results.is_missing(variant.dataset)
    reason = preflight_results.missing(variant.dataset) if is_away else status.trainer.message
    st.button(
        "Train again" if again else "Train",
        icon=":material/play_arrow:",
        key="train",
        type="secondary" if again else "primary",
        on_click=_train,
        args=(variant,),
        disabled=is_away or status.trainer.state in ("off", "unavailable"),
        help=reason or None,
        width="stretch",
    )


def explore_button(run: Run, trainer: TrainerStatus) -> None:
    """Draw the button that trains a run without weights, so that it can be explored.

    Args:
        run: a run without weights.
        trainer: the state of the trainer.
    """
    seconds = services.trainer().seconds_for(run.variant)
    takes = f" · about {math.ceil(seconds)} s" if seconds is not None else ""
    asked = st.button(
        f"Train to explore{takes}",
        icon=":material/play_arrow:",
        key="lab-explore",
        on_click=_train,
        args=(run.variant,),
        disabled=trainer.state in ("off", "unavailable"),
        help=trainer.message or None,
    )
    if asked:  # Stop and the notes are outside the fragment
        st.rerun()


def keep_sample(variant: Variant, status: RunStatus) -> None:
    """Return to the sample if this visitor's training failed because its data are missing.

    Call it before the settings are drawn, and read the settings afterwards.
    """
    asked = st.session_state.get(ASKED) == variant.key
    if asked and status.state == "failed" and preflight_results.is_missing(variant.dataset):
        del st.session_state[ASKED]
        settings_panel.apply({"dataset": SAMPLE, "epochs": DATASETS[SAMPLE].default_epochs})
        reason = status.job.error if status.job else ""
        LAB.note("Data", f"{reason} The sample stays selected.")


def _train(variant: Variant) -> None:
    st.session_state[ASKED] = variant.key
    LAB.forget_notes()
    try:
        services.trainer().train(variant, services.visitor(), address=services.address_block())
    except LimitExceeded as refusal:
        LAB.note("Limit", str(refusal))


def _stop(variant: Variant) -> None:
    services.trainer().stop(variant.key, services.visitor())
