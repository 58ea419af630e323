"""The part of a run that is shown."""

from __future__ import annotations

from core.run import Run
from core.views.inside.inside_view import InsideState
from pages.components.common.preflight_results import Checks
from pages.components.inside.latent import latent


def body(state: InsideState, run: Run | None, known: Checks | None) -> None:
    """Draw the chosen part of a run.

    Args:
        state: of the page.
        run: with weights.
        known: its preflight results.
    """
    if run is None or known is None:
        return
    latent(state, run, known)
