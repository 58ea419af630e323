"""The visitor's own image beside its reconstruction by each compared run."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from core.charts import digit_images
from core.data.datasets import DATASETS
from core.data.normalization import Floats, Images
from core.data.uploaded_image import UploadedImage
from core.metrics import image_metrics
from core.text import formats
from core.views.lab import samples
from pages.components.common import own_image, preflight_results
from pages.components.common.run_status import look
from pages.components.common.theme import palette
from pages.components.compare.compared_runs import Entry
from pages.components.compare.digit_rows import absence

# Session state: the reconstructions of the current images, by image and run.
RECONSTRUCTED = "compare-own-reconstructed"
NO_WEIGHTS = "Its weights are not stored. Train it again to draw your image."
UNKNOWN_MAKING = "Its data set is a set of your own images, for which no image can be prepared."


def own_image_row(entries: Sequence[Entry]) -> None:
    """Draw a pad and an uploader in an expander, and the image through every run.

    Args:
        entries: the runs.
    """
    datasets = [
        name
        for name in dict.fromkeys(entry.variant.dataset for entry in entries)
        if name in DATASETS
    ]
    with st.container(key="compare-own-image"):
        if datasets:
            _expander(entries, datasets)


def _expander(entries: Sequence[Entry], datasets: Sequence[str]) -> None:
    opened = st.expander(
        "Draw or upload an image, and compare its reconstructions",
        key="compare-own-image-open",
        on_change="rerun",
    )
    if not opened.open:
        return
    with opened:
        left, right = st.columns([1, 2.4], gap="medium")
        with left:
            own_image.drawing_pad(datasets)
        with right:
            # The images first: they are in sight while one draws on a phone.
            with st.container(key="compare-own-images", gap="xsmall"):
                found = {name: own_image.image(name) for name in datasets}
                images = {
                    name: one for name, one in found.items() if isinstance(one, UploadedImage)
                }
                if images:
                    _draw(entries, images)
                else:
                    st.caption("Each run reconstructs it after every stroke.")
            own_image.uploader(datasets)


def _draw(entries: Sequence[Entry], images: dict[str, UploadedImage]) -> None:
    figures = []
    before: dict[tuple[bytes, str, str], Floats | None] = st.session_state.get(RECONSTRUCTED, {})
    now: dict[tuple[bytes, str, str], Floats | None] = {}
    for dataset, one in images.items():
        name = f"Your image, like {DATASETS[dataset].label}" if images.keys() > {dataset} else ""
        figures.append(
            _figure(
                name or "Your image", "", (one.image / 255).astype(np.float32), "28 × 28 pixels"
            )
        )
        for entry in (entry for entry in entries if entry.variant.dataset == dataset):
            if entry.run is None:
                figures.append(_figure(entry.letter, entry.name, None, absence(entry), entry))
                continue
            key = one.image.tobytes(), entry.variant.key, entry.run.provenance.created
            now[key] = before[key] if key in before else _through(entry, one.image)
            figures.append(_reconstruction(entry, now[key], one.image))
    others = (entry for entry in entries if entry.variant.dataset not in DATASETS)
    figures += [_figure(entry.letter, entry.name, None, UNKNOWN_MAKING, entry) for entry in others]
    st.session_state[RECONSTRUCTED] = now
    st.html(f'<div class="lab-own-images">{"".join(figures)}</div>')
    st.caption(" ".join(dict.fromkeys(note for one in images.values() for note in one.notes)))


def _through(entry: Entry, image: Images) -> Floats | None:
    """The reconstruction after training, shape (1, 784); None if the run has no weights."""
    run, checks = look(entry.variant).run, preflight_results.of(entry.variant)
    if run is None or run.weights is None or checks is None:
        return None
    return samples.reconstruct(run, image, checks.statistics.moments)


def _reconstruction(entry: Entry, pixels: Floats | None, image: Images) -> str:
    if pixels is None:
        return _figure(entry.letter, entry.name, None, NO_WEIGHTS, entry)
    error = f"MSE {formats.loss(float(image_metrics.mse_per_image(pixels, image)[0]))}"
    return _figure(entry.letter, entry.name, image_metrics.displayed(pixels), error, entry)


def _figure(
    label: str, name: str, pixels: Floats | None, words: str, entry: Entry | None = None
) -> str:
    colour = f' style="color:{palette().series[entry.index]}"' if entry else ""
    caption = f"<figcaption><b{colour}>{escape(label)}</b> {escape(name)}</figcaption>"
    if pixels is None:
        return f'<figure>{caption}<p class="absent">{escape(words)}</p></figure>'
    source = digit_images.digit_row(pixels, frame=palette().border)
    alt = escape(f"{label} {name}: {words}." if name else f"{label} {words}.")
    return f'<figure>{caption}<img alt="{alt}" src="{source}"><p>{escape(words)}</p></figure>'
