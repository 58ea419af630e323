"""The chart of the layers during training."""

from __future__ import annotations

import streamlit as st

from core.charts.layer_figure import layer_figure
from core.run import Run
from core.views.inside.inside_view import InsideState
from core.views.inside.layer_curves import MEANINGS, MEASURES, in_words, layer_curves
from core.views.inside.layers import layer_names
from pages.components.common.preflight_results import Checks
from pages.components.common.theme import palette
from pages.components.common.widgets import segments
from pages.components.inside.inside_link import INSIDE


def training_curves(state: InsideState, run: Run, known: Checks) -> None:
    """Draw the gradient norm or the relative update of each layer over the epochs.

    Args:
        state: state of the page.
        run: with weights.
        known: its preflight results.
    """
    segments("Measure", MEASURES, INSIDE.key("measure"), width="content")
    curves = layer_curves(run.layer_evidence, layer_names(run.weights or ()), state.measure)
    with st.container(key="inside-curves"):
        if not run.layer_evidence:
            st.caption(
                "An earlier version trained this run, without recording its layers. Train it again"
                " on the Lab page."
            )
            return
        words = in_words(curves, state.measure)
        st.caption(f"{MEANINGS[state.measure]} Epoch 0 is the first step.")
        st.plotly_chart(
            layer_figure(
                [(curve.name, curve.epochs, curve.values) for curve in curves],
                MEASURES[state.measure].lower(),
                palette(),
            ),
            theme=None,
            key="inside-layer-curves",
            config={"displaylogo": False},
            alt=words,
        )
        st.caption(words)
