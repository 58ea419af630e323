"""The state of the Lab page in its link: the settings, and how the run is shown."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.variant import FIELDS
from core.views.lab.lab_view import LEVELS, VIEW_FIELDS, LabState, View
from pages.components.common.closed_popover import ClosedPopover
from pages.components.common.settings_state import SettingsState

ALWAYS_DRAWN = ("activation", "loss", "normalization")
# In "More settings" and in "Curve".
IN_POPOVERS = (*(f for f in FIELDS if f not in ALWAYS_DRAWN), "axis", "smoothing", *LEVELS)


class _Lab(SettingsState[LabState]):
    keeps_refused = True

    def view(self) -> View:
        """The view according to the widgets; also up to date within the fragment."""
        view = View(**{field: st.session_state[field] for field in VIEW_FIELDS})
        self._kept.state = LabState(variant=self.now.variant, view=view)
        return view

    def _widgets(self, state: LabState) -> dict[str, Any]:
        return super()._widgets(state) | vars(state.view)


LAB = _Lab(
    "Lab",
    LabState,
    (*FIELDS, *VIEW_FIELDS),
    popover=ClosedPopover("lab", IN_POPOVERS.__contains__),
)
