"""Reading the numbers: five predictions that everyone can picture, under every loss."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core import data, formats
from core.datasets import DATASETS
from core.drawing import pictures
from core.formulas import readings
from core.formulas.losses_view import LossesView
from core.formulas.readings import Reading
from core.statistics import statistics
from pages.shared.digits import DigitRow, NumberRow, digit_grid
from pages.shared.formulas.controls import key
from pages.shared.formulas.drawing import sources
from pages.shared.headline import headline
from pages.shared.theme import palette

SAMPLE = "mnist-sample"
# Rows in bold: the names, and the loss of the question.
STRONG = ("prediction", "BCE per pixel")


def draw(view: LossesView) -> None:
    """Draw the section."""
    found = _readings(SAMPLE)
    by_name = {reading.name: reading for reading in found}
    floor = formats.loss(by_name[readings.PERFECT].bce)
    headline("No number speaks for itself.", f"A perfect copy has a BCE of {floor}, not 0.")
    predictions, lessons = st.columns([1.3, 1], gap="medium")
    with predictions, st.container(key=key("reading")):
        _grid(found)
        held_out = DATASETS[SAMPLE].held_out_count
        st.caption(
            f"Five predictions for {held_out} held-out digits divided by 255; shown is the first."
        )
    with lessons:
        for question, answer in readings.lessons(found):
            st.markdown(f"**{question}** {answer}")
        sources("BCE", "MSE", "accuracy")


def _grid(found: tuple[Reading, ...]) -> None:
    values = np.stack([reading.picture for reading in found])
    rows = {
        "prediction": [reading.name for reading in found],
        "BCE per pixel": [formats.loss(reading.bce) for reading in found],
        "over its floor": [formats.loss(reading.bce - found[0].bce) for reading in found],
        "BCE per image": [formats.total(reading.bce_sum) for reading in found],
        "MSE": [formats.loss(reading.mse) for reading in found],
        "MAE": [formats.loss(reading.mae) for reading in found],
        "binary accuracy": [readings.percent(reading.accuracy) for reading in found],
        "Keras “accuracy”": [readings.percent(reading.brightest) for reading in found],
    }
    alt = "; ".join(
        f"{reading.name}: BCE {formats.loss(reading.bce)}, MSE {formats.loss(reading.mse)}"
        for reading in found
    )
    digit_grid(
        [
            DigitRow(
                label="Shown",
                picture=pictures.digit_row(values, frame=palette().border),
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
    held_out = data.load_held_out(dataset).held_out
    return readings.readings(known.mean_image, known.median_image, held_out)
