"""The preview of added images: the originals, the network's inputs, and their statistics."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charts import digit_images
from core.charts.image_histogram import histogram_options
from core.data.image_files import preparation
from core.data.image_files.preparation import Options
from core.data.image_files.reading import ReadImages
from core.metrics.image_set_preview import Preview
from pages.components.common.image_grid import DigitRow, digit_grid
from pages.components.common.markdown import escaped
from pages.components.common.theme import palette

COLUMNS = 10
HISTOGRAM_HEIGHT = 150


def draw(found: ReadImages, preview: Preview, options: Options) -> None:
    """Draw the preview.

    Args:
        found: the images.
        preview: their statistics.
        options: how they are processed.
    """
    st.markdown(escaped(_found_in_words(found, options)))
    seen = preparation.prepared_samples(found, options)
    rows = []
    for at in range(0, len(seen), COLUMNS):
        part = slice(at, at + COLUMNS)
        rows.append(_row("As they came", found.samples[part], "in greys"))
        rows.append(_row("As the network sees them", _squares(seen[part]), "28 × 28"))
    digit_grid(rows)
    st.markdown(escaped(preview.sentence))
    mean, greys = st.columns([1, 3], gap="medium", vertical_alignment="top")
    with mean:
        st.caption("Mean image")
        st.image(
            digit_images.square_row(_squares(preview.mean_image), frame=palette().border),
            width=112,
        )
    with greys:
        st.caption(
            f"Grey values, of all pixels: {preview.black:.0%} black, {preview.white:.0%} above half"
        )
        options_of_chart = histogram_options(preview.histogram, palette())
        st.echarts_chart(
            options_of_chart,
            height=HISTOGRAM_HEIGHT,
            key="own-histogram",
            alt=f"Histogram of grey values: {preview.black:.0%} of the pixels are 0,"
            f" {preview.white:.0%} above 127.",
        )


def _found_in_words(found: ReadImages, options: Options) -> str:
    count = len(found.training)
    if found.test is None:
        held_out = len(preparation.held_out_indices(count, options))
        split = f"{count - held_out:,} to train on, {held_out:,} held out by seed {options.seed}"
    else:
        split = (
            f"{count:,} to train on; the {len(found.test):,} test images of the file are held out"
        )
    labels = "labels 0 to 9" if found.labels is not None else "no labels"
    return " ".join(
        [
            f"{split}. The originals are {found.sides} with values {found.value_range.label},"
            f" {labels}.",
            *found.notes,
        ]
    )


def _row(label: str, images: NDArray[np.uint8], note: str) -> DigitRow:
    return DigitRow(
        label=label,
        picture=digit_images.square_row(images, frame=palette().border),
        alt=f"{label}: {len(images)} images",
        note=note,
    )


def _squares(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return images.reshape(-1, 28, 28)
