"""Break it: the ten digits with a unit of the code switched off, or noise on the input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.charts import digit_images
from core.data.normalization import Floats, Images
from core.metrics.image_metrics import displayed, mse_per_image
from core.run import Run
from core.text import formats
from core.views.inside.breaking import broken
from core.views.inside.inside_view import NONE, InsideState
from core.views.inside.layers import LayerActivity
from core.views.lab.samples import reconstruct
from pages.components.common.image_grid import DigitRow, NumberRow, digit_grid
from pages.components.common.preflight_results import Checks
from pages.components.common.theme import palette
from pages.components.common.widgets import dropdown
from pages.components.inside.inside_link import INSIDE


def break_it(
    state: InsideState, run: Run, known: Checks, activities: Sequence[LayerActivity]
) -> None:
    """Draw the controls, and the ten digits before and after breaking the network.

    Args:
        state: state of the page; its unit to switch off exists.
        run: with weights.
        known: its preflight results.
        activities: the layers of the run.
    """
    code = next(activity for activity in activities if activity.name == "Bottleneck")
    labels = {NONE: "none"}
    labels |= {at: f"unit {at}{', dead' * (at in code.dead)}" for at in range(code.units)}
    st.subheader("Break it", anchor=False)
    with st.container(horizontal=True, gap="medium"):
        dropdown("Switch off a unit of the code", labels, INSIDE.key("off"), width=260)
        with st.container(width=320):
            st.slider(
                "Noise on the input",
                0.0,
                1.0,
                st.session_state[INSIDE.key("input_noise")],
                step=0.05,
                key=INSIDE.key("input_noise"),
                help="Standard deviation of Gaussian noise on pixels from 0 to 1, then clipped.",
            )
    images, moments = run.pinned.images, known.statistics.moments
    whole = reconstruct(run, images, moments)
    inputs, pixels = broken(run, images, moments, off=state.off, noise=state.input_noise)
    rows = [
        _row("Original", _pixels(images)),
        _row("Reconstruction", whole, images),
        _row("Input now", _pixels(inputs)),
        _row("Reconstruction now", pixels, images),
    ]
    before, after = (float(mse_per_image(each, images).mean()) for each in (whole, pixels))
    st.caption(
        f"MSE of these ten digits: {formats.loss(before)} before, {formats.loss(after)} now."
    )
    digit_grid(rows)


def _pixels(images: Images) -> Floats:
    return (images / np.float32(255)).astype(np.float32)


def _row(label: str, pixels: Floats, originals: Images | None = None) -> DigitRow:
    errors = None if originals is None else mse_per_image(pixels, originals)
    texts = [] if errors is None else [formats.short(float(error)) for error in errors]
    return DigitRow(
        label=label,
        picture=digit_images.digit_row(displayed(pixels), frame=palette().border),
        alt=f"{label} of the ten digits" + (f", MSE {', '.join(texts)}" if texts else ""),
        numbers=[NumberRow(name="MSE", texts=texts)] if texts else (),
    )
