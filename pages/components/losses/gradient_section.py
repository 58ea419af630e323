"""The gradient of each loss with respect to the logit of one pixel, by activation."""

from __future__ import annotations

import streamlit as st

from core.charts import plots
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import LOSSES
from core.text import formats
from core.variant import LOSS_FROM
from core.views.losses import logit_gradients, loss_figures
from core.views.losses.losses_view import EXTENTS, LARGEST_LOGIT, OTHER_LOSSES, LossesView
from core.views.losses.one_pixel import PIXEL_LOSSES
from pages.components.common.headline import headline
from pages.components.common.theme import palette
from pages.components.common.widgets import segments
from pages.components.losses.figures import figure, sources, table
from pages.components.losses.losses_link import key, slider

BCE = "binary_crossentropy"
HEIGHT = 150


def draw(view: LossesView) -> None:
    """Draw the section."""
    text_column, figure_column = st.columns([1, 2.3], gap="medium")
    with text_column:
        slider("Target y", "y", (0, 1), 0.01, term="target", form="%.2f")
        slider("Logit x", "x", (-LARGEST_LOGIT, LARGEST_LOGIT), 0.1, term="logits", form="%.1f")
        segments("Logits drawn", EXTENTS, key("extent"), term="logits")
        segments("BCE is computed", LOSS_FROM, key("loss_from"), term="loss_from")
        others = {name: LOSSES[name].label for name in OTHER_LOSSES}
        segments("Compared with", others, key("other"), term="loss")
        st.caption(logit_gradients.hidden_logits_note(view.loss_from))
    with figure_column:
        headline(*logit_gradients.summary(view.loss_from, view.other, view.y, view.x))
        with st.container(key=key("panels")):
            columns = st.columns(4, gap="small")
        for column, activation in zip(columns, logit_gradients.PIXEL_ACTIVATIONS, strict=True):
            with column, st.container(gap="xxsmall"):
                _panels(activation, view)
        st.caption(
            "The gradient of one pixel's loss with respect to its logit; Keras' mean over 784"
            " pixels divides all of them by 784. Below 0, training makes the pixel brighter. Shaded"
            " red: exactly 0 though the pixel is wrong, so it is stuck. Vertical line: x."
        )
        _gradient_panels(view)
        sources("BCE", "clipping", "saturation", "relu", "hidden logits")


def _panels(activation: str, view: LossesView) -> None:
    output = logit_gradients.gradient_at(activation, BCE, view.loss_from, view.y, view.x).output
    colour = palette().series[plots.SERIES_OF_ACTIVATION[activation]]
    st.html(
        f'<p class="lab-panel"><b style="color:{colour}">{ACTIVATIONS[activation].label}</b>'
        f" p = {formats.pixel(output)}</p>"
    )
    for loss in (BCE, view.other):
        here = logit_gradients.gradient_at(activation, loss, view.loss_from, view.y, view.x)
        drawn = loss_figures.gradient_of_logit(
            here, view.loss_from, view.y, view.x, view.extent, palette()
        )
        alt = loss_figures.gradient_in_words(here, view.x)
        figure(drawn, f"{activation}-{loss}", height=HEIGHT, alt=alt)


def _gradient_panels(view: LossesView) -> None:
    rows = []
    for activation in logit_gradients.PIXEL_ACTIVATIONS:
        row = {"Activation": activation}
        for loss in PIXEL_LOSSES:
            here = logit_gradients.gradient_at(activation, loss, view.loss_from, view.y, view.x)
            row["p"] = formats.pixel(here.output)
            row[LOSSES[loss].label] = f"{formats.loss(here.gradient)} {_mark(here)}".strip()
        rows.append(row)
    table(rows, alt="The gradient of each loss through each activation at the chosen logit.")


def _mark(here: logit_gradients.LogitGradient) -> str:
    return f":red[{logit_gradients.WORDS[here.word]}]" if here.word in ("weak", "stuck") else ""
