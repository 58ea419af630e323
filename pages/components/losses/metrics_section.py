"""Five simple predictions, measured by every loss and metric."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.charts import digit_images
from core.data import loading
from core.data.datasets import DATASETS, SAMPLE
from core.metrics.dataset_stats import statistics
from core.text import formats
from core.views.losses import metric_comparison
from core.views.losses.losses_view import LossesView
from core.views.losses.metric_comparison import MeasuredPrediction
from pages.components.common.headline import headline
from pages.components.common.image_grid import DigitRow, NumberRow, digit_grid
from pages.components.common.theme import palette
from pages.components.losses.figures import sources
from pages.components.losses.losses_link import key

# Rows in bold: the names, and the loss of the question.
STRONG = ("prediction", "BCE per pixel")


def draw(view: LossesView) -> None:
    """Draw the section."""
    measured = _measured(SAMPLE)
    by_name = {row.name: row for row in measured}
    floor = formats.loss(by_name[metric_comparison.PERFECT].bce)
    headline("A loss alone says little.", f"A perfect copy has a BCE of {floor}, not 0.")
    predictions, explanations = st.columns([1.3, 1], gap="medium")
    with predictions, st.container(key=key("reading")):
        _grid(measured)
        held_out = DATASETS[SAMPLE].held_out_count
        st.caption(
            f"Five predictions for {held_out} held-out digits divided by 255; the first is shown."
        )
    with explanations:
        for question, answer in metric_comparison.explanations(measured):
            st.markdown(f"**{question}** {answer}")
        sources("BCE", "MSE", "accuracy")


def _grid(measured: tuple[MeasuredPrediction, ...]) -> None:
    values = np.stack([row.picture for row in measured])
    rows = {
        "prediction": [row.name for row in measured],
        "BCE per pixel": [formats.loss(row.bce) for row in measured],
        "above its floor": [formats.loss(row.bce - measured[0].bce) for row in measured],
        "BCE per image": [formats.total(row.bce_sum) for row in measured],
        "MSE": [formats.loss(row.mse) for row in measured],
        "MAE": [formats.loss(row.mae) for row in measured],
        "binary accuracy": [metric_comparison.percent(row.accuracy) for row in measured],
        "Keras “accuracy”": [metric_comparison.percent(row.brightest) for row in measured],
    }
    alt = "; ".join(
        f"{row.name}: BCE {formats.loss(row.bce)}, MSE {formats.loss(row.mse)}" for row in measured
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
def _measured(dataset: str) -> tuple[MeasuredPrediction, ...]:
    stats = statistics(dataset)
    held_out = loading.load_held_out(dataset).held_out
    return metric_comparison.measure_predictions(stats.mean_image, stats.median_image, held_out)
