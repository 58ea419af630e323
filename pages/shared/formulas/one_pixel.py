"""One pixel: the losses over the prediction, and why binary cross-entropy is least at p = y."""

from __future__ import annotations

import streamlit as st

from core import formats, loss_figures, one_pixel
from core.losses_view import OTHER_LOSSES, LossesView
from core.objectives import LOSSES
from pages.shared.formulas.controls import key, slider
from pages.shared.formulas.drawing import figure, sources, table
from pages.shared.headline import headline
from pages.shared.theme import palette
from pages.shared.widgets import switch

BCE = "binary_crossentropy"
TALL, LOW = 232, 168


def draw(view: LossesView) -> None:
    """Draw the section."""
    target, white = (float(view.grey), 255.0) if view.raw else (view.y, 1.0)
    words, numbers = st.columns([1, 2.3], gap="medium")
    with words:
        if view.raw:
            slider("Target y, a raw grey value", "grey", (0, 255), 1, term="target", form="%d")
        else:
            slider("Target y", "y", (0, 1), 0.01, term="target", form="%.2f")
        switch("Raw pixels, 0–255", key("raw"), term="raw")
        _derivation(target)
    with numbers:
        headline(*one_pixel.summary(target), "bad" if target > 1 else "neutral")
        _binary_crossentropy(target, white)
        for column, loss in zip(st.columns(3), OTHER_LOSSES, strict=True):
            with column:
                _loss(loss, target, white, LOW)
        _costs(target, white)
        sources("BCE", "MSE", "MAE", "Huber", "entropy")


def _derivation(target: float) -> None:
    st.markdown("**Where binary cross-entropy is least**")
    for place, step in enumerate(one_pixel.derivation(target), 1):
        with st.container(gap="xxsmall"):
            st.markdown(f"{place}. {step.reason}: ${step.formula}$")
            st.markdown(f":small[{step.value}]")
    sources("logits")


def _binary_crossentropy(target: float, white: float) -> None:
    left, right = st.columns(2)
    with left:
        _loss(BCE, target, white, TALL)
    with right:
        if target > 1:
            st_alt = f"The loss falls in a straight line, by {target - 1:g} for each unit of x."
            figure(loss_figures.loss_of_logit(target, palette(), height=TALL), "logit", alt=st_alt)
        else:
            alt = f"The slope is below 0 for p below {target:.2f} and above 0 beyond."
            figure(
                loss_figures.slope_of_prediction(target, palette(), height=TALL), "slope", alt=alt
            )


def _loss(loss: str, target: float, white: float, height: int) -> None:
    cost = one_pixel.cost(loss, target, one_pixel.MISS * white)
    drawn = loss_figures.loss_of_prediction(loss, target, white, palette(), height=height)
    least = "no least value" if cost.place is None else f"least at p = {cost.place:g}"
    figure(drawn, loss, alt=f"{LOSSES[loss].title} over the prediction: {least}.")


def _costs(target: float, white: float) -> None:
    miss = one_pixel.MISS * white
    costs = [one_pixel.cost(loss, target, miss) for loss in one_pixel.PIXEL_LOSSES]
    table(
        [
            {
                "Loss": LOSSES[cost.loss].label,
                "Least value": formats.loss(cost.least),
                "at p =": formats.MISSING if cost.place is None else f"{cost.place:g}",
                f"{miss:g} too dark": formats.loss(cost.lower),
                f"{miss:g} too bright": formats.loss(cost.higher),
            }
            for cost in costs
        ],
        alt="Each loss of this pixel: its least value and what a miss on either side costs.",
    )
    end = formats.loss(one_pixel.clipped_end(target))
    st.caption(
        f"From the outputs, Keras' clipping stops it at {end}; from the logits, nothing does."
        if target > 1
        else f"BCE: {one_pixel.asymmetry(target)} MSE, MAE and Huber cost the same on both sides."
    )
