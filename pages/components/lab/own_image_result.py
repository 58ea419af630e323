"""The visitor's own image through the run of the Lab: its reconstruction and scores."""

from __future__ import annotations

import streamlit as st

from core.data.datasets import DATASETS
from core.data.uploaded_image import UploadedImage
from core.metrics import image_metrics
from core.metrics.baselines import score_baselines
from core.run import Run
from core.views.lab import samples
from core.views.lab.lab_view import View
from pages.components.common import own_image
from pages.components.common.image_grid import digit_grid
from pages.components.common.notices import notices
from pages.components.common.preflight_results import Checks
from pages.components.common.reconstruction_rows import Shown, digit_rows
from pages.components.common.score_table import score_frame
from pages.components.common.theme import palette

# The width of one digit with the labels of the rows.
WIDTH = 240


def result(run: Run | None, checks: Checks | None, dataset: str, view: View) -> None:
    """Draw the image, its reconstruction and scores; or why there are none.

    Args:
        run: of the current settings; None if there is none.
        checks: its preflight results; None if the data set cannot be read.
        dataset: its name.
        view: its `difference` and `own_scale` are used.
    """
    found = own_image.image(dataset)
    if not isinstance(found, UploadedImage):
        return
    if run is None or run.weights is None or checks is None:
        notices([_why_not(run, checks)], "Your image")
    else:
        _draw(run, checks, found, view)


def _why_not(run: Run | None, checks: Checks | None) -> str:
    if run is None:
        return "It goes through the trained network, so train it first."
    if run.weights is None:
        return "This run's weights are not stored, so it cannot draw your image. Train it again."
    return f"{DATASETS[run.variant.dataset].label} cannot be read on this machine."


def _draw(run: Run, checks: Checks, own: UploadedImage, view: View) -> None:
    facts = checks.statistics
    pixels = samples.reconstruct(run, own.image, facts.moments)
    shown = Shown(originals=own.image, pixels=pixels, label="Reconstruction", note="", yours=True)
    baselines = score_baselines(run.variant, facts, own.image)
    ranked = dict(sorted(baselines.items(), key=lambda baseline: baseline[1].mse))
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=WIDTH):
            digit_grid(digit_rows(shown, view, palette()))
        with st.container():
            rows = {"this run": image_metrics.score(pixels, own.image), **ranked}
            st.table(score_frame(rows), border="horizontal")
            st.caption(" ".join(own.notes))
