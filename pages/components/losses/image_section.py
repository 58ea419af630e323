"""One image: its pixels as logits, and the outputs of every activation."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.charts import digit_images
from core.data import loading
from core.data.datasets import DATASETS, PIXELS, SAMPLE
from core.data.normalization import Images
from core.metrics.image_metrics import displayed
from core.objectives.activations import ACTIVATIONS
from core.text import formats
from core.views.losses import one_image, value_figures
from core.views.losses.losses_view import LARGEST_SCALE, SMALLEST_SCALE, LossesView
from core.views.losses.one_image import Activated
from pages.components.common.headline import headline
from pages.components.common.image_grid import DigitRow, NumberRow, digit_grid
from pages.components.common.theme import palette
from pages.components.common.widgets import segments
from pages.components.losses.figures import figure, sources, table
from pages.components.losses.losses_link import key, slider


def draw(view: LossesView) -> None:
    """Draw the section."""
    image = loading.pinned(loading.load_held_out(SAMPLE)).images[view.digit]
    activated = one_image.activate(image, view.scale)
    text_column, figure_column = st.columns([1, 2.3], gap="medium")
    with text_column:
        digits = dict(enumerate(DATASETS[SAMPLE].class_names))
        segments("Digit", digits, key("digit"), term="pinned digits")
        slider(
            "Scale of the logits",
            "scale",
            (SMALLEST_SCALE, LARGEST_SCALE),
            0.1,
            term="logits",
            form="%.1f",
        )
        st.caption(
            f"The logits are the digit itself: {view.scale:.1f} where it is white,"
            f" −{view.scale:.1f} where it is black. Every activation gets the same logits."
        )
        _losses(activated)
    with figure_column:
        headline(*one_image.summary(image, activated))
        _pictures(image, activated)
        figure(
            value_figures.sorted_values(image, activated, palette()),
            "sorted",
            height=270,
            alt="The pixels of each activation, largest first; the numbers below the images"
            " give the smallest, the largest and the sum.",
        )
        sources("softmax", "sigmoid", "tanh", "relu", "linear", "hidden logits")


def _pictures(image: Images, activated: tuple[Activated, ...]) -> None:
    names = ["original", *(ACTIVATIONS[one.activation].label for one in activated)]
    values = np.stack([image / 255, *(one.outputs for one in activated)])
    low, high, total = values.min(axis=1), values.max(axis=1), values.sum(axis=1)
    numbers = [
        NumberRow(name="smallest", texts=[formats.pixel(float(value)) for value in low]),
        NumberRow(
            name="largest", texts=[formats.pixel(float(value)) for value in high], strong=True
        ),
        NumberRow(name="clipped", texts=[str(count) for count in one_image.count_clipped(values)]),
        NumberRow(name="sum", texts=[formats.total(float(value)) for value in total], strong=True),
    ]
    alt = "; ".join(
        f"{name}: largest {formats.pixel(float(top))}, sum {formats.total(float(whole))}"
        for name, top, whole in zip(names, high, total, strict=True)
    )
    digit_grid(
        [
            DigitRow(
                label="Shown",
                note="0 black, 1 white",
                picture=digit_images.digit_row(displayed(values), frame=palette().border),
                alt=alt,
                numbers=[NumberRow(name="output", texts=names, strong=True), *numbers],
            )
        ]
    )


def _losses(activated: tuple[Activated, ...]) -> None:
    with st.container(key="losses-image-table"):
        table(
            [
                {
                    "Output": ACTIVATIONS[one.activation].label,
                    "BCE per pixel": formats.loss(one.bce),
                    "sum of 784": formats.total(one.bce * PIXELS),
                    "Keras trains on": formats.loss(one.bce_trained),
                }
                for one in activated
            ],
            alt="Binary cross-entropy of each output: per pixel, summed, and as Keras trains on"
            " it.",
        )
    st.caption(
        "Softmax and sigmoid leave their logits on the tensor, and Keras trains on these: the same"
        " loss for both, whatever the image."
    )
