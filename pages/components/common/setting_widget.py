"""One setting of `Variant` as a labelled widget."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.setting_values import REAL_NUMBERS
from core.text.glossary import help_for
from core.text.labels import SETTING_TITLES, value_label
from core.variant import CHOICES
from pages.components.common import dataset_choices
from pages.components.common.widgets import dropdown, number

STEPS = {
    "learning_rate": 0.001,
    "momentum": 0.1,
    "weight_decay": 0.001,
    "code_l1": 0.001,
    "noise_level": 0.1,
}


def setting_widget(field: str, key: str, on_change: Callable[[], None] | None = None) -> None:
    """Draw the widget of a setting, with title and help.

    Args:
        field: a field of `Variant`.
        key: the key of its value in the session state.
        on_change: callback, for choices only.
    """
    title = SETTING_TITLES[field]
    if field in CHOICES:
        if field == "dataset":
            labels = dataset_choices.labels(st.session_state[key])
        else:
            labels = {value: value_label(field, value) for value in CHOICES[field]}
        dropdown(title, labels, key, term=field, on_change=on_change)
    elif field == "layers":
        st.text_input(
            title, value=st.session_state[key], key=key, help=help_for(field), max_chars=120
        )
    elif field in REAL_NUMBERS:
        number(title, key, step=STEPS[field], form="%g", term=field)
    else:
        number(title, key, term=field)
