"""The widgets of the settings; their keys are `Variant`'s field names."""

from __future__ import annotations

import streamlit as st

from core.datasets import DATASETS
from core.errors import InvalidVariant
from core.glossary import help_for
from core.normalization import NORMALIZATIONS
from core.objectives import ACTIVATIONS, LOSSES
from core.variant import (
    FIELDS,
    HIDDEN_ACTIVATIONS,
    LAYER_PRESETS,
    LOSS_FROM,
    OPTIMIZERS,
    RANGES,
    Variant,
    format_value,
)
from pages.shared import link

OWN_WIDTHS = "own widths"
ACCURACY_NOTE = (
    "There is no accuracy here: most pixels of a digit are black, so on MNIST an image that is"
    " black all over would be about 81% accurate."
)


def current() -> tuple[Variant, list[InvalidVariant]]:
    """The settings as the widgets have them.

    Returns:
        The variant, and one error for each setting that is not allowed; such a setting keeps its
        last allowed value.
    """
    texts = {field: format_value(st.session_state[field]) for field in FIELDS}
    variant, problems = Variant.from_query(texts)
    if problems:
        remembered = st.session_state.get(link.REMEMBERED, {})
        refused = {problem.field: remembered.get(problem.field, "") for problem in problems}
        variant, _ = Variant.from_query({**texts, **refused})
    return variant, problems


def apply(remedy: dict[str, object]) -> None:
    """Set what a finding offers; for a button's `on_click`."""
    for field, value in remedy.items():
        st.session_state[field] = link.widget_value(field, value)


def first_three() -> None:
    """Output activation, loss and normalization: what the lab is about."""
    st.segmented_control(
        "Output activation",
        list(ACTIVATIONS),
        format_func=lambda name: ACTIVATIONS[name].label,
        key="activation",
        help=help_for("output activation"),
        required=True,
        width="stretch",
        wrap=True,
    )
    st.segmented_control(
        "Loss",
        list(LOSSES),
        format_func=lambda name: LOSSES[name].label,
        key="loss",
        help=help_for("loss"),
        required=True,
        width="stretch",
        wrap=True,
    )
    st.segmented_control(
        "Pixels scaled to",
        list(NORMALIZATIONS),
        format_func=lambda name: NORMALIZATIONS[name].label,
        key="normalization",
        help=help_for("normalization"),
        required=True,
        width="stretch",
        wrap=True,
    )


def in_words(variant: Variant) -> str:
    """The settings behind "More settings" in one line of Markdown."""
    widths = "-".join(map(str, (784, *variant.layers, 784)))
    parts = [
        f"**{DATASETS[variant.dataset].label}**",
        f"{widths} {variant.hidden_activation}",
        f"{variant.optimizer} {variant.learning_rate:g}",
        f"batch {variant.batch_size}",
        f"{variant.epochs} epochs",
        f"seed {variant.seed}",
    ]
    if variant.loss_from == "outputs":
        parts.append("loss from the outputs")
    return " · ".join(parts)


def the_rest(problems: list[InvalidVariant]) -> None:
    """All other settings, for a popover.

    Args:
        problems: what is not allowed now, shown under its widget.
    """
    _data_set()
    _network(problems)
    st.radio(
        "The loss is computed",
        list(LOSS_FROM),
        format_func=LOSS_FROM.get,
        key="loss_from",
        help=help_for("loss_from"),
        horizontal=True,
    )
    _training()
    st.caption(ACCURACY_NOTE)


def _data_set() -> None:
    st.segmented_control(
        "Data set",
        list(DATASETS),
        format_func=lambda name: DATASETS[name].label,
        key="dataset",
        help=help_for("data set"),
        on_change=_follow_data_set,
        required=True,
        width="stretch",
    )
    info = DATASETS[st.session_state.dataset]
    st.caption(
        f"{info.title} {info.training_count:,} to train, {info.held_out_count:,} held out."
        f" From {info.source}; {info.licence}."
    )


def _follow_data_set() -> None:
    """A data set has its own number of epochs; one that the visitor chose stays."""
    before = st.session_state[link.REMEMBERED]
    if int(before["epochs"]) == DATASETS[before["dataset"]].default_epochs:
        st.session_state.epochs = DATASETS[st.session_state.dataset].default_epochs


def _network(problems: list[InvalidVariant]) -> None:
    presets = {format_value(layers): name for name, layers in LAYER_PRESETS.items()}
    st.session_state["layers-preset"] = presets.get(st.session_state.layers, OWN_WIDTHS)
    with st.container(horizontal=True):
        st.selectbox(
            "Network",
            [*presets.values(), OWN_WIDTHS],
            key="layers-preset",
            on_change=_follow_preset,
            width=180,
        )
        st.text_input(
            "Hidden layers", key="layers", help=help_for("hidden layers"), max_chars=60, width=200
        )
        st.selectbox(
            "Hidden activation",
            HIDDEN_ACTIVATIONS,
            key="hidden_activation",
            help=help_for("hidden activation"),
            width=150,
        )
    for problem in problems:
        st.caption(f":red[:material/error: {problem}]")


def _follow_preset() -> None:
    chosen = st.session_state["layers-preset"]
    if chosen in LAYER_PRESETS:
        st.session_state.layers = format_value(LAYER_PRESETS[chosen])


def _training() -> None:
    with st.container(horizontal=True):
        st.selectbox(
            "Optimizer", OPTIMIZERS, key="optimizer", help=help_for("optimizer"), width=130
        )
        low, high = RANGES["learning_rate"]
        st.number_input(
            "Learning rate",
            min_value=low,
            max_value=high,
            step=0.001,
            format="%g",
            key="learning_rate",
            help=help_for("learning rate"),
            width=170,
        )
        for field, label in (("batch_size", "Batch"), ("epochs", "Epochs"), ("seed", "Seed")):
            first, last = RANGES[field]
            st.number_input(
                label,
                min_value=int(first),
                max_value=int(last),
                step=1,
                key=field,
                help=help_for(field),
                width=130,
            )
