"""The less common settings, in the expander "More settings"."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.text.labels import rare_settings as in_words
from core.variant import FIELDS, FIRST_FIELDS, Variant
from pages.components.common.setting_notes import Note, notes_at
from pages.components.common.setting_widget import setting_widget

RARE = FIELDS[len(FIRST_FIELDS) :]


def rare_settings(variant: Variant, notes: Sequence[Note]) -> None:
    """Draw their widgets, and a caption with those not at their defaults.

    Args:
        variant: the current settings.
        notes: notes about single settings, shown below their widgets.
    """
    with st.expander("Rare settings", key="lab-rare"), st.container(gap="xsmall"):
        columns = st.columns(2)
        for place, field in enumerate(RARE):
            with columns[place % 2]:
                setting_widget(field, field)
        notes_at(RARE, notes)
    if changed := in_words(variant):
        st.caption(f"Rare settings: {', '.join(changed)}.")
