"""Targets: their values under a normalization, an activation's range, and the floor."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core import diagnostics
from core.charts import digit_images
from core.data import loading
from core.data.normalization import NORMALIZATIONS, Images
from core.diagnostics.setting_facts import facts
from core.errors import DataUnavailable, MissingData
from core.metrics.dataset_stats import DatasetStats, statistics
from core.metrics.image_metrics import displayed
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import COMMON_LOSSES, LOSSES
from core.text import formats
from core.text.labels import best_label
from core.variant import Variant
from core.views.losses import target_values, value_figures
from core.views.losses.losses_view import LossesView
from core.views.losses.target_values import TargetValues
from pages.components.common import dataset_choices
from pages.components.common.headline import headline
from pages.components.common.image_grid import DigitRow, NumberRow, digit_grid
from pages.components.common.theme import palette
from pages.components.common.widgets import segments
from pages.components.losses.figures import figure, sources, table
from pages.components.losses.losses_link import key

HEIGHT = 210


def draw(view: LossesView) -> None:
    """Draw the section."""
    text_column, figure_column = st.columns([1, 2.3], gap="medium")
    with text_column:
        labels = dataset_choices.labels(view.dataset)
        segments("Data set", labels, key("dataset"), term="data set")
        labels = {name: entry.label for name, entry in NORMALIZATIONS.items()}
        segments("Pixels scaled to", labels, key("normalization"), term="normalization")
        labels = {name: entry.label for name, entry in ACTIVATIONS.items()}
        segments("Output activation", labels, key("activation"), term="output activation")
    try:
        stats = statistics(view.dataset)
        values = _values(view.dataset, view.normalization, stats.fingerprint)
        pinned = loading.pinned(loading.load_held_out(view.dataset)).images
    except MissingData:
        with figure_column:
            headline("Not downloaded yet.", "Train on it in the lab to download it.")
        return
    except DataUnavailable as problem:
        with figure_column:
            headline("Cannot be read.", str(problem), "warning")
        return
    with text_column:
        _floors(view, stats)
        _link_to_lab(view, stats)
    with figure_column:
        _targets(view, stats, values)
        _pictures(view, stats, pinned)
        sources("BCE", "CCE", "entropy", "softmax")


def _targets(view: LossesView, stats: DatasetStats, values: TargetValues) -> None:
    target_facts = facts(_variant(view, "mean_squared_error"), stats)
    unreachable, missed = target_facts["unreachable"] or 0.0, target_facts["sum_missed"] or 0.0
    first, rest = target_values.summary(
        view.activation, unreachable, missed, target_facts["target_sum"] or 0.0
    )
    out_of_reach = unreachable > 0 or (view.activation == "softmax" and missed > 0)
    headline(first, rest, "bad" if out_of_reach else "good")
    softmax = view.activation == "softmax"
    columns = st.columns(2) if softmax else [st.container()]
    with columns[0]:
        figure(
            value_figures.histogram_of_targets(values, view.activation, palette()),
            "targets",
            height=HEIGHT,
            alt=f"Target values from {values.lowest:.3g} to {values.highest:.3g};"
            f" {formats.share(unreachable)} of them out of range.",
        )
    if softmax:
        with columns[1]:
            figure(
                value_figures.histogram_of_sums(values, palette()),
                "sums",
                height=HEIGHT,
                alt=f"{formats.share(missed)} of the images have targets that do not sum to 1.",
            )


def _pictures(view: LossesView, stats: DatasetStats, pinned: Images) -> None:
    variant = _variant(view, "mean_squared_error")
    best = displayed(diagnostics.best_possible(variant, pinned, stats.moments))
    originals = pinned / 255
    frame = palette().border
    digit_grid(
        [
            DigitRow(
                label="Original",
                picture=digit_images.digit_row(originals, frame=frame),
                alt="Ten held-out images, one of each class.",
            ),
            DigitRow(
                label=best_label(view.normalization),
                note=f"with {view.activation}",
                picture=digit_images.digit_row(best, frame=frame),
                alt="The closest images that this activation can produce.",
                hollow=True,
                numbers=[
                    NumberRow(name="sum", texts=[formats.total(float(s)) for s in best.sum(axis=1)])
                ],
            ),
            *_entropies(pinned, view, stats),
        ]
    )


def _entropies(images: Images, view: LossesView, stats: DatasetStats) -> list[DigitRow]:
    """Rows that show the entropy of each target; empty for targets outside [0, 1]."""
    values = target_values.entropies(images, stats.moments, view.normalization)
    if values is None:
        return []
    means = [float(mean) for mean in values.mean(axis=1)]
    in_words = ", ".join(map(formats.loss, means))
    return [
        DigitRow(
            label="Entropy H(y)",
            note="white is ln 2 = 0.69",
            picture=digit_images.digit_row(values / np.log(2), frame=palette().border),
            alt=f"The entropy of each target, highest where it is grey. Means: {in_words}.",
            numbers=[
                NumberRow(name="BCE floor", texts=list(map(formats.short, means)), strong=True)
            ],
        )
    ]


def _floors(view: LossesView, stats: DatasetStats) -> None:
    rows = []
    for loss in map(LOSSES.__getitem__, COMMON_LOSSES):
        variant = _variant(view, loss.name)
        floor = diagnostics.floor(variant, stats)
        rows.append(
            {
                "Loss": loss.label,
                "Floor": formats.loss(floor.held_out) if floor.held_out is not None else "none",
                "Check": diagnostics.preflight(variant, stats)[0].title,
            }
        )
    table(rows, alt="The minimum of each loss on these data, and the result of the check.")
    st.caption(
        "Floor: the lowest possible loss on the held-out images. For BCE it is the mean entropy"
        " of the targets, for CCE that of each image. None: the loss falls without bound."
    )


def _link_to_lab(view: LossesView, stats: DatasetStats) -> None:
    """A link to the lab with these settings, and a compatible loss if there is one."""
    variants = [_variant(view, loss) for loss in COMMON_LOSSES]
    fitting = [v for v in variants if diagnostics.preflight(v, stats)[0].severity == "fit"]
    chosen = (fitting or variants)[0]
    st.page_link(
        "pages/lab.py",
        label=f"Try {chosen.activation} + {LOSSES[chosen.loss].label} in the lab",
        icon=":material/science:",
        query_params=chosen.to_query(),
    )


def _variant(view: LossesView, loss: str) -> Variant:
    return Variant(
        dataset=view.dataset,
        normalization=view.normalization,
        activation=view.activation,
        loss=loss,
    )


@st.cache_data(show_spinner="Counting pixels", max_entries=18)
def _values(dataset: str, normalization: str, fingerprint: str) -> TargetValues:
    stats = statistics(dataset)
    return target_values.target_values(loading.read(dataset).training, stats.moments, normalization)
