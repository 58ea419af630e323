"""The curve or the digits of the Lab alone, for a frame in a page of another site."""

from __future__ import annotations

import streamlit as st

from core.variant import Variant
from pages.components.common import embedding
from pages.components.common.headline import headline
from pages.components.common.image_grid import digit_grid
from pages.components.common.loss_panel import loss_panel
from pages.components.common.page_rerun import rerun_page
from pages.components.common.preflight_results import Checks
from pages.components.common.reconstruction_rows import digit_rows
from pages.components.common.run_status import RunStatus, headline_of, look
from pages.components.common.theme import palette
from pages.components.lab import epoch_slider, image_picker
from pages.components.lab.lab_link import LAB
from pages.components.lab.result import curve_of

# With headline, readout and link it fits a frame of 640 x 480.
CURVE_HEIGHT = 270


def part(variant: Variant, checks: Checks | None, *, tick: float | None) -> None:
    """Draw the part that the link names; runs as a fragment. For arguments see `result`."""
    status = look(variant)
    if status.tick != tick:
        rerun_page()
    with st.container(key="embedded-part", gap="small"):
        with st.container(key="embedded-notes"):
            LAB.say_notes()
        headline(*headline_of(status, variant))
        if LAB.part == "curve":
            _curve(variant, status, checks)
        else:
            _digits(status, checks)
        embedding.link_to_page("Lab", LAB.now.to_query())
    LAB.write()


def _curve(variant: Variant, status: RunStatus, checks: Checks | None) -> None:
    view = LAB.view()
    loss_panel(
        curve_of(variant, status, checks, view),
        palette(),
        key="run",
        log=view.axis == "log",
        smoothing=view.smoothing,
        epoch=view.epoch,
        height=CURVE_HEIGHT,
    )


def _digits(status: RunStatus, checks: Checks | None) -> None:
    view = LAB.view()
    epoch = epoch_slider.position(status.run) if status.run else None
    shown = image_picker.shown(status, checks, view, epoch)
    if shown:
        digit_grid(digit_rows(shown, view, palette()))
