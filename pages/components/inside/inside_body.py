"""The parts of the Inside page."""

from __future__ import annotations

import streamlit as st

from core.run import Run
from core.views.inside.inside_view import InsideState
from pages.components.common.preflight_results import Checks
from pages.components.inside.latent import latent
from pages.components.inside.training_curves import training_curves
from pages.components.inside.units import units

PARTS_DRAWN = {"latent": latent, "units": units, "training": training_curves}


def body(state: InsideState, run: Run | None, known: Checks | None) -> None:
    """Draw the chosen part of a run.

    Args:
        state: state of the page.
        run: with weights.
        known: its preflight results.
    """
    if run is None or known is None:
        return
    with st.container(key=f"inside-shown-{state.part}"):
        PARTS_DRAWN[state.part](state, run, known)
