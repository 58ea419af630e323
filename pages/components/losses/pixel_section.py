"""One pixel: losses over the prediction, and why binary cross-entropy has its minimum at p = y."""

from __future__ import annotations

import streamlit as st

from core.objectives.losses import LOSSES
from core.text import formats
from core.views.losses import loss_figures, one_pixel
from core.views.losses.losses_view import OTHER_LOSSES, LossesView
from pages.components.common.headline import headline
from pages.components.common.theme import palette
from pages.components.common.widgets import switch
from pages.components.losses.figures import figure, sources, table
from pages.components.losses.losses_link import key, slider

BCE = "binary_crossentropy"
HEIGHT = 230


def draw(view: LossesView) -> None:
    """Draw the section."""
    target, white = (float(view.grey), 255.0) if view.raw else (view.y, 1.0)
    settings, text_column = st.columns([1, 2.3], gap="medium")
    with settings, st.container(gap="xxsmall"):
        if view.raw:
            slider("Target y, a raw grey value", "grey", (0, 255), 1, term="target", form="%d")
        else:
            slider("Target y", "y", (0, 1), 0.01, term="target", form="%.2f")
        switch("Raw pixels, 0–255", key("raw"), term="raw")
    with text_column:
        headline(*one_pixel.summary(target), "bad" if target > 1 else "neutral")
        st.markdown(_cost_of_errors(target))
    _figures(target, white)
    derivation, costs = st.columns([1.25, 1], gap="medium")
    with derivation:
        _derivation(target)
    with costs:
        _costs(target, white)
    sources("BCE", "MSE", "MAE", "Huber", "entropy", "derivation")


def _cost_of_errors(target: float) -> str:
    if target <= 1:
        return f"BCE: {one_pixel.asymmetry(target)} MSE, MAE and Huber cost the same on both sides."
    end = formats.loss(one_pixel.clipped_end(target))
    return (
        f"Computed from the outputs, BCE stops at {end}, where Keras clips. Computed from the"
        f" logits, it has no limit: each unit of x lowers it by another {target - 1:.0f}."
    )


def _figures(target: float, white: float) -> None:
    with st.container(key=key("pixel-figures")):
        columns = st.columns([1.8, 1.8, 1, 1, 1], gap="small")
    with columns[0]:
        _loss(BCE, target, white)
    with columns[1]:
        _notes(target)
    for column, loss in zip(columns[2:], OTHER_LOSSES, strict=True):
        with column:
            _loss(loss, target, white)


def _notes(target: float) -> None:
    if target > 1:
        drawn = loss_figures.loss_of_logit(target, palette())
        alt = f"The loss falls linearly with the logit, by {target - 1:g} for each unit."
    else:
        drawn = loss_figures.slope_of_prediction(target, palette())
        alt = f"The slope of BCE is negative for p below {target:.2f} and positive above."
    figure(drawn, "beside", height=HEIGHT, alt=alt)


def _loss(loss: str, target: float, white: float) -> None:
    cost = one_pixel.cost(loss, target, one_pixel.MISS * white)
    drawn = loss_figures.loss_of_prediction(loss, target, white, palette())
    minimum = "no minimum" if cost.minimum_at is None else f"minimum at p = {cost.minimum_at:g}"
    alt = f"{LOSSES[loss].title} over the prediction: {minimum}."
    figure(drawn, loss, height=HEIGHT, alt=alt)


def _derivation(target: float) -> None:
    y = f"{target:.2f}" if target < 1 else f"{target:.0f}"
    table(
        [
            {"Step": step.reason, "for every y": f"${step.formula}$", f"for y = {y}": step.value}
            for step in one_pixel.derivation(target)
        ],
        alt="The minimum of binary cross-entropy, derived in four lines.",
    )


def _costs(target: float, white: float) -> None:
    miss = one_pixel.MISS * white
    costs = [one_pixel.cost(loss, target, miss) for loss in one_pixel.PIXEL_LOSSES]
    table(
        [
            {
                "Loss": LOSSES[cost.loss].label,
                "minimum": formats.loss(cost.minimum),
                "at p =": formats.MISSING if cost.minimum_at is None else f"{cost.minimum_at:g}",
                f"{miss:g} too dark": formats.loss(cost.lower),
                f"{miss:g} too bright": formats.loss(cost.higher),
            }
            for cost in costs
        ],
        alt="Each loss of this pixel: its minimum and the cost of an error on either side.",
    )
