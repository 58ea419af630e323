"""The widgets of the settings; their keys are `Variant`'s field names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import streamlit as st

from core.data.image_sets import info_of, is_image_set, is_kept
from core.data.normalization import NORMALIZATIONS
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import LOSSES
from core.text.glossary import help_for
from core.text.labels import loss_sources
from core.variant import (
    HIDDEN_ACTIVATIONS,
    LAYER_PRESETS,
    OPTIMIZERS,
    Variant,
    format_value,
)
from pages.components.common import dataset_choices
from pages.components.common.setting_notes import Note, notes_at
from pages.components.common.widgets import dropdown, number, segments
from pages.components.lab import add_image_set
from pages.components.lab.lab_link import LAB
from pages.components.lab.rare_settings import rare_settings

CUSTOM_WIDTHS = "custom widths"
PRESET = "layers-preset"
# Zeiler 2012; with Keras' default of 0.001 it hardly learns.
RATE_OF_ADADELTA = 1.0
ACCURACY_NOTE = (
    "Accuracy is not shown: most pixels of a digit are black, so on MNIST an all-black image"
    " would be about 81% accurate."
)


class Labelled(Protocol):
    """An entry of a table that widgets draw."""

    @property
    def label(self) -> str:
        """The text on a button."""


def apply(remedy: Mapping[str, object]) -> None:
    """Apply the change that a finding offers; for a button's `on_click`."""
    LAB.change(variant=Variant.from_dict({**LAB.now.variant.to_dict(), **remedy}))


def first_three() -> None:
    """Output activation, loss and normalization: what the lab is about."""
    segments("Output activation", _labels(ACTIVATIONS), "activation", term="output activation")
    segments("Loss", _labels(LOSSES), "loss", term="loss")
    segments("Pixels scaled to", _labels(NORMALIZATIONS), "normalization", term="normalization")


def other_settings(variant: Variant, notes: Sequence[Note]) -> None:
    """All other settings, for a popover.

    Args:
        variant: the current settings.
        notes: notes about single settings, shown below their widgets.
    """
    with st.container(key="lab-more"):
        if LAB.popover.is_forgetting():
            return
        what, how = st.columns(2, gap="medium")
        with what, st.container(gap="xsmall"):
            # First, so that the note below its field is visible in a low window.
            _network(variant, notes)
            _data_set(variant)
            notes_at(["dataset"], notes)
            rare_settings(variant, notes)
        with how, st.container(gap="xsmall"):
            segments("The loss is computed", loss_sources(variant), "loss_from", term="loss_from")
            notes_at(["loss_from"], notes)
            _training(variant, notes)
            st.caption(ACCURACY_NOTE)


def _data_set(variant: Variant) -> None:
    labels = dataset_choices.labels(st.session_state.dataset)
    segments("Data set", labels, "dataset", term="data set", on_change=LAB.follow_data_set)
    add_image_set.button()
    info = info_of(variant.dataset)
    if is_image_set(variant.dataset) and not is_kept(variant.dataset):
        st.caption(info.title)
        return
    rights = "" if is_image_set(variant.dataset) else f" From {info.source}; {info.licence}."
    st.caption(
        f"{info.title} {info.training_count:,} to train, {info.held_out_count:,} held out.{rights}"
    )


def _network(variant: Variant, notes: Sequence[Note]) -> None:
    presets = {format_value(layers): name for name, layers in LAYER_PRESETS.items()}
    st.session_state[PRESET] = presets.get(format_value(variant.layers), CUSTOM_WIDTHS)
    network, hidden = st.columns(2)
    with network:
        # Custom widths are typed: choosing them here would change nothing.
        own = () if st.session_state[PRESET] in LAYER_PRESETS else (CUSTOM_WIDTHS,)
        names = _same((*LAYER_PRESETS, *own))
        dropdown(
            "Network",
            names,
            PRESET,
            term="the question's network",
            on_change=_follow_preset,
        )
    with hidden:
        names = _same(HIDDEN_ACTIVATIONS)
        dropdown("Hidden activation", names, "hidden_activation", term="hidden activation")
    st.text_input(
        "Hidden layers",
        value=st.session_state.layers,
        key="layers",
        help=help_for("hidden layers"),
        max_chars=120,
    )
    notes_at(["hidden_activation", "layers"], notes)


def _training(variant: Variant, notes: Sequence[Note]) -> None:
    optimizer, rate = st.columns(2)
    with optimizer:
        dropdown("Optimizer", _same(OPTIMIZERS), "optimizer", term="optimizer")
    with rate:
        number("Learning rate", "learning_rate", step=0.001, form="%g")
    notes_at(["optimizer", "learning_rate"], notes)
    if variant.optimizer == "adadelta" and variant.learning_rate < RATE_OF_ADADELTA:
        label = "Use rate 1, as published for Adadelta"
        st.button(label, on_click=apply, args=({"learning_rate": RATE_OF_ADADELTA},))
    fields = {"batch_size": "Batch", "epochs": "Epochs", "seed": "Seed"}
    for column, (field, label) in zip(st.columns(3), fields.items(), strict=True):
        with column:
            number(label, field)
    notes_at(list(fields), notes)


def _follow_preset() -> None:
    if st.session_state[PRESET] in LAYER_PRESETS:
        st.session_state.layers = format_value(LAYER_PRESETS[st.session_state[PRESET]])


def _labels(table: Mapping[str, Labelled]) -> dict[str, str]:
    return {name: entry.label for name, entry in table.items()}


def _same(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}
