"""Reading the numbers: five predictions that everyone can picture, under every loss."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.charts import digit_images
from core.data import loading
from core.data.datasets import DATASETS
from core.metrics.dataset_stats import statistics
from core.text import formats
from core.views.losses import metric_comparison
from core.views.losses.losses_view import LossesView
from core.views.losses.metric_comparison import Reading
from pages.components.common.headline import headline
from pages.components.common.image_grid import DigitRow, NumberRow, digit_grid
from pages.components.common.theme import palette
from pages.components.losses.figures import sources
from pages.components.losses.losses_link import key

SAMPLE = "mnist-sample"
# Rows in bold: the names, and the loss of the question.
STRONG = ("prediction", "BCE per pixel")


def draw(view: LossesView) -> None:
    """Draw the section."""
    found = _readings(SAMPLE)
    by_name = {reading.name: reading for reading in found}
    floor = formats.loss(by_name[metric_comparison.PERFECT].bce)
    headline("A loss alone says little.", f"A perfect copy has a BCE of {floor}, not 0.")
    predictions, lessons = st.columns([1.3, 1], gap="medium")
    with predictions, st.container(key=key("reading")):
        _grid(found)
        held_out = DATASETS[SAMPLE].held_out_count
        st.caption(
            f"Five predictions for {held_out} held-out digits divided by 255; the first is shown."
        )
    with lessons:
        for question, answer in metric_comparison.lessons(found):
            st.markdown(f"**{question}** {answer}")
        sources("BCE", "MSE", "accuracy")


def _grid(found: tuple[Reading, ...]) -> None:
    values = np.stack([reading.picture for reading in found])
    rows = {
        "prediction": [reading.name for reading in found],
        "BCE per pixel": [formats.loss(reading.bce) for reading in found],
        "above its floor": [formats.loss(reading.bce - found[0].bce) for reading in found],
        "BCE per image": [formats.total(reading.bce_sum) for reading in found],
        "MSE": [formats.loss(reading.mse) for reading in found],
        "MAE": [formats.loss(reading.mae) for reading in found],
        "binary accuracy": [metric_comparison.percent(reading.accuracy) for reading in found],
        "Keras “accuracy”": [metric_comparison.percent(reading.brightest) for reading in found],
    }
    alt = "; ".join(
        f"{reading.name}: BCE {formats.loss(reading.bce)}, MSE {formats.loss(reading.mse)}"
        for reading in found
    )
    digit_grid(
        [
            DigitRow(
                label="Shown",
                picture=digit_images.digit_row(values, frame=palette().border),
                alt=alt,
                numbers=[
                    NumberRow(name=name, texts=texts, strong=name in STRONG)
                    for name, texts in rows.items()
                ],
            )
        ]
    )


@st.cache_data(show_spinner=False)
def _readings(dataset: str) -> tuple[Reading, ...]:
    known = statistics(dataset)
    held_out = loading.load_held_out(dataset).held_out
    return metric_comparison.readings(known.mean_image, known.median_image, held_out)
