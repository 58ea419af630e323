"""The units of a network: all layers, weights as tiles, one unit, and a broken network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from core.charts import digit_images
from core.charts.unit_figures import activation_figure, weights_figure
from core.data.normalization import NORMALIZATIONS, Affine, Floats
from core.run import Layer, Run
from core.text import formats
from core.views.inside.inside_view import InsideState
from core.views.inside.layers import (
    LayerActivity,
    UnitActivity,
    layer_activities,
    strongest_first,
    unit_activity,
    worst_layer,
)
from pages.components.common.headline import headline
from pages.components.common.image_grid import DigitRow, NumberRow, digit_grid
from pages.components.common.preflight_results import Checks
from pages.components.common.services import RUNS_KEPT
from pages.components.common.theme import palette
from pages.components.common.widgets import dropdown
from pages.components.inside.break_it import break_it
from pages.components.inside.inside_link import INSIDE

# The number of tiles, in all and per row.
TILES = 30
IN_A_ROW = 10
CHART = {"displaylogo": False}


def units(state: InsideState, run: Run, known: Checks) -> None:
    """Draw the layers of a run and one of its units.

    Args:
        state: state of the page; its layer and unit exist.
        run: with weights.
        known: its preflight results.
    """
    layers = run.weights or ()
    affine = NORMALIZATIONS[run.variant.normalization].apply(
        known.held_out.held_out, known.statistics.moments
    )
    identity = run.variant.key, run.provenance.created, known.held_out.fingerprint
    activities = _layer_activities(*identity, _layers=layers, _affine=affine)
    with st.container(key="inside-all-layers"):
        _layers(activities)
    with st.container(key="inside-tiles"):
        _tiles(layers)
    with st.container(key="inside-one-unit"):
        st.subheader("One unit", anchor=False)
        _unit_choice(state, activities)
        activity = _unit_activity(
            *identity, state.layer, state.unit, _layers=layers, _affine=affine
        )
        _unit(state, activities[state.layer], activity, known)
    with st.container(key="inside-break-it"):
        break_it(state, run, known, activities)


@st.cache_resource(show_spinner=False, max_entries=RUNS_KEPT)
def _layer_activities(
    key: str, created: str, fingerprint: str, *, _layers: Sequence[Layer], _affine: Affine
) -> list[LayerActivity]:
    return layer_activities(_layers, _affine.targets())


@st.cache_resource(show_spinner=False, max_entries=RUNS_KEPT)
def _unit_activity(
    key: str,
    created: str,
    fingerprint: str,
    layer: int,
    unit: int,
    *,
    _layers: Sequence[Layer],
    _affine: Affine,
) -> UnitActivity:
    return unit_activity(_layers, _affine.targets(), layer, unit)


def _layers(activities: Sequence[LayerActivity]) -> None:
    worst = worst_layer(activities)
    if worst is None:
        headline(
            "Most units work.", "In no layer are a quarter of the units dead or saturated.", "good"
        )
    else:
        headline(*worst, "warning")
    rows = {
        activity.name: {
            "Shape": f"{activity.layer.kernel.shape[0]} → {activity.units}",
            "Activation": activity.layer.activation,
            "Parameters": f"{activity.parameters:,}",
            "Dead": _count(activity.dead, activity),
            "Saturated": _count(activity.saturated, activity),
            "Mean": formats.pixel(activity.mean),
        }
        for activity in activities
    }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "Layer"
    st.table(table, border="horizontal")
    st.caption(
        "Dead: 0 for every held-out image. Saturated: at an end of sigmoid or tanh for every one."
        " Mean: of all activations."
    )


def _count(units: Sequence[int], activity: LayerActivity) -> str:
    return "–" if activity.name == "Output" else str(len(units))


def _tiles(layers: Sequence[Layer]) -> None:
    first, last = layers[0].kernel.T, layers[-1].kernel
    for weights, title, what in (
        (first, "Weights of the first layer", "what makes a unit of the first layer active"),
        (
            last,
            "Weights of the last layer",
            "what a unit of the last hidden layer adds to the image",
        ),
    ):
        order = strongest_first(weights)[:TILES]
        scale = float(np.abs(weights[order]).max()) or 1.0
        shown = f"the {len(order)} strongest of {len(weights)}"
        st.subheader(title, anchor=False)
        st.caption(
            f"Each tile is 28 × 28 weights: {what}; {shown}, the strongest first. One scale for"
            f" all: ±{formats.pixel(scale)}, with 0 in the middle."
        )
        digit_grid(_tile_rows(weights / scale, order, title))


def _tile_rows(shares: Floats, order: np.ndarray, title: str) -> list[DigitRow]:
    colours = palette()
    rows = []
    for start in range(0, len(order), IN_A_ROW):
        part = order[start : start + IN_A_ROW]
        picture = digit_images.difference_row(
            shares[part], frame=colours.border, colours=colours.difference
        )
        numbers = [str(unit) for unit in part]
        rows.append(
            DigitRow(
                label="",
                picture=picture,
                alt=f"{title} as tiles, units {', '.join(numbers)}",
                numbers=[NumberRow(name="unit", texts=numbers)],
            )
        )
    return rows


def _unit_choice(state: InsideState, activities: Sequence[LayerActivity]) -> None:
    names = {at: f"{activity.name}, {activity.units}" for at, activity in enumerate(activities)}
    activity = activities[state.layer]
    noun = "pixel" if activity.name == "Output" else "unit"
    marks = {
        **dict.fromkeys(activity.dead, ", dead"),
        **dict.fromkeys(activity.saturated, ", saturated"),
    }
    labels = {unit: f"{noun} {unit}{marks.get(unit, '')}" for unit in range(activity.units)}
    with st.container(horizontal=True, gap="small"):
        dropdown(
            "Layer",
            names,
            INSIDE.key("layer"),
            width=220,
            on_change=lambda: INSIDE.change(unit=0),
        )
        dropdown("Unit", labels, INSIDE.key("unit"), width=220)


def _unit(state: InsideState, activity: LayerActivity, found: UnitActivity, known: Checks) -> None:
    colours = palette()
    held_out = known.held_out.held_out
    images = held_out[found.top_images] / np.float32(255)
    texts = [formats.pixel(float(value)) for value in found.activations[found.top_images]]
    row = DigitRow(
        label="Top activations",
        note="held-out images",
        picture=digit_images.digit_row(images, frame=colours.border),
        alt=f"The nine images with the largest activations: {', '.join(texts)}",
        numbers=[NumberRow(name="activation", texts=texts)],
    )
    digit_grid([row])
    weights = activity.layer.kernel[:, state.unit]
    left, right = st.columns(2, gap="medium")
    with left:
        st.caption(
            f"Activations for {len(held_out):,} held-out images: mean"
            f" {formats.pixel(float(found.activations.mean()))}, and 0 for"
            f" {formats.share(found.zeros)} of them."
        )
        st.plotly_chart(
            activation_figure(found.activations, colours),
            theme=None,
            key="inside-activations",
            config=CHART,
            alt=f"Histogram of the activations of unit {state.unit} of {activity.name}",
        )
    with right:
        st.caption(
            f"{len(weights)} incoming weights, from {formats.pixel(float(weights.min()))} to"
            f" {formats.pixel(float(weights.max()))}; bias"
            f" {formats.pixel(float(activity.layer.bias[state.unit]))}."
        )
        with st.container(key="inside-weights"):
            if len(weights) == held_out.shape[1]:
                _weights_as_tile(weights, state.unit)
            else:
                st.plotly_chart(
                    weights_figure(weights, colours),
                    theme=None,
                    key="inside-weights-chart",
                    config=CHART,
                    alt=f"Incoming weights of unit {state.unit} of {activity.name}",
                )


def _weights_as_tile(weights: Floats, unit: int) -> None:
    colours = palette()
    scale = float(np.abs(weights).max()) or 1.0
    picture = digit_images.difference_row(
        weights[None] / scale, frame=colours.border, colours=colours.difference
    )
    words = f"The weights of unit {unit} as an image"
    st.html(f'<img class="lab-panel-picture" alt="{words}" src="{picture}">')
